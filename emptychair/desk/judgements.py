"""What people judged about who is who: each judgement is kept, and can be taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, or_, select, update
from sqlalchemy.exc import IntegrityError

from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, shown
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience

LONGEST_WHY = 300
# An id of the ledger has at most 200 letters, a visitor's five more.
_PERSON = Words(210)


class Verdict(StrEnum):
    """What was judged of two ids."""

    ONE = "one"  # the first is the second
    NOT_THEIRS = "not_theirs"  # the first, a device, is not the second's
    TWO = "two"  # they are two people, whatever it looks like


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judgement of two ids, and why; it holds while `undone_at` is None."""

    id: str
    audience: Audience
    verdict: Verdict
    first: str
    second: str
    why: str
    by: str
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None


judgements = Table(
    "judgements",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("verdict", Choice(Verdict), nullable=False),
    Column("first", _PERSON, nullable=False),
    Column("second", _PERSON, nullable=False),
    Column("why", Words(LONGEST_WHY), nullable=False),
    Column("by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("undone_by", Id),
    Column("undone_at", Instant),
    Index(None, "audience", "first"),
    Index(None, "audience", "second"),
)
_HOLDS: ColumnElement[bool] = judgements.c.undone_at.is_(None)
# Nobody is two people at once, even when two merge at the same moment.
Index(
    "uq_judgements_merged",
    judgements.c.audience,
    judgements.c.first,
    unique=True,
    sqlite_where=_HOLDS & (judgements.c.verdict == Verdict.ONE),
    postgresql_where=_HOLDS & (judgements.c.verdict == Verdict.ONE),
)


def judge(
    tx: Connection,
    verdict: Verdict,
    first: str,
    second: str,
    *,
    audience: Audience,
    why: str,
    by: str,
    now: datetime,
) -> Judgement:
    """The judgement, which holds from now on; the one that holds already when it was judged before.

    Raises `Refused` for two ids that are the same, and when the first is merged into another already.
    """
    if first == second:
        raise Refused(Reason.IDS_ARE_THE_SAME, f"{first} is one id; expected two")
    same = _HOLDS & (judgements.c.audience == audience) & (judgements.c.verdict == verdict)
    same = same & (judgements.c.first == first) & (judgements.c.second == second)
    known = tx.execute(select(*columns(judgements, Judgement)).where(same)).mappings().first()
    if known is not None:
        return made(Judgement, known)
    new = Judgement(
        id=new_id("jdg"),
        audience=audience,
        verdict=verdict,
        first=first,
        second=second,
        why=shown(why, LONGEST_WHY),
        by=by,
        made_at=now,
        undone_by=None,
        undone_at=None,
    )
    try:
        with tx.begin_nested():
            tx.execute(judgements.insert().values(asdict(new)))
    except IntegrityError:
        raise Refused(Reason.MERGED_ALREADY, f"{first} is merged already; undo that first") from None
    return new


def undo(tx: Connection, judgement_id: str, *, by: str, now: datetime) -> bool:
    """True when it held until now."""
    mine = _HOLDS & (judgements.c.id == judgement_id)
    return tx.execute(update(judgements).where(mine).values(undone_by=by, undone_at=now)).rowcount == 1


def find(tx: Connection, judgement_id: str) -> Judgement | None:
    """The judgement with this id, or None."""
    query = select(*columns(judgements, Judgement)).where(judgements.c.id == judgement_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Judgement, row)


def holding(tx: Connection, *verdicts: Verdict) -> list[Judgement]:
    """All judgements of these verdicts that hold, oldest first."""
    query = select(*columns(judgements, Judgement)).where(_HOLDS, judgements.c.verdict.in_(verdicts))
    rows = tx.execute(query.order_by(judgements.c.made_at, judgements.c.id)).mappings()
    return [made(Judgement, row) for row in rows]


def about(tx: Connection, audience: Audience, ids: Sequence[str]) -> list[Judgement]:
    """Every judgement of one of these ids, undone or not, newest first."""
    theirs = or_(judgements.c.first.in_(ids), judgements.c.second.in_(ids))
    query = select(*columns(judgements, Judgement)).where(judgements.c.audience == audience, theirs)
    rows = tx.execute(query.order_by(judgements.c.made_at.desc(), judgements.c.id)).mappings()
    return [made(Judgement, row) for row in rows]
