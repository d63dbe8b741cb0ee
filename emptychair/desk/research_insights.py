"""Insights: what somebody concludes, where it stands, and what it rests on, for it and against it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience

LONGEST_STATEMENT, LONGEST_NOTE, LONGEST_SIGNAL = 400, 2_000, 200


class Standing(StrEnum):
    """How far an insight has come."""

    DRAFT = "draft"
    STANDS = "stands"
    DROPPED = "dropped"


class Side(StrEnum):
    """Whether a piece of evidence speaks for an insight or against it."""

    FOR = "for"
    AGAINST = "against"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One insight; `note` says what follows from it, or what it leaves open."""

    id: str
    audience: Audience
    statement: str
    note: str
    standing: Standing
    by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece: a highlight, or a sentence (`place`, from 0) of a signal said at `said_at`; never words."""

    id: str
    insight_id: str
    side: Side
    highlight_id: str
    signal_id: str
    place: int
    said_at: datetime | None
    by: str
    made_at: datetime


insights = Table(
    "research_insights",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("statement", Words(LONGEST_STATEMENT), nullable=False),
    Column("note", Words(LONGEST_NOTE), nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_by", Id, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "audience", "changed_at"),
)
# Of the two names of a piece one is empty: a unique key has no NULL that differs from itself.
evidence = Table(
    "research_evidence",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("insight_id", Id, ForeignKey("research_insights.id"), nullable=False),
    Column("side", Choice(Side), nullable=False),
    Column("highlight_id", Id, nullable=False),
    Column("signal_id", Words(LONGEST_SIGNAL), nullable=False),
    Column("place", Integer, nullable=False),
    Column("said_at", Instant),
    Column("by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("insight_id", "highlight_id", "signal_id", "place"),
    Index(None, "highlight_id"),
)


def add(tx: Connection, audience: Audience, statement: str, note: str, *, by: str, now: datetime) -> Insight:
    """The new insight, a draft. Raises `Refused` without a statement."""
    new = Insight(
        id=new_id("ins"),
        audience=audience,
        statement=_statement(statement),
        note=whole(note.strip(), LONGEST_NOTE),
        standing=Standing.DRAFT,
        by=by,
        created_at=now,
        changed_by=by,
        changed_at=now,
    )
    tx.execute(insights.insert().values(asdict(new)))
    return new


def change(
    tx: Connection, insight_id: str, statement: str, note: str, standing: Standing, *, by: str, now: datetime
) -> bool:
    """True when there is such an insight: it says this from now on."""
    told: dict[str, Any] = {"statement": _statement(statement), "note": whole(note.strip(), LONGEST_NOTE)}
    told |= {"standing": standing, "changed_by": by, "changed_at": now}
    return tx.execute(update(insights).where(insights.c.id == insight_id).values(**told)).rowcount == 1


def find(tx: Connection, insight_id: str) -> Insight | None:
    """The insight with this id, or None."""
    row = (
        tx.execute(select(*columns(insights, Insight)).where(insights.c.id == insight_id)).mappings().first()
    )
    return None if row is None else made(Insight, row)


def every(tx: Connection, audience: Audience) -> list[Insight]:
    """The insights of an audience, the one that was changed last first."""
    query = select(*columns(insights, Insight)).where(insights.c.audience == audience)
    rows = tx.execute(query.order_by(insights.c.changed_at.desc(), insights.c.id)).mappings()
    return [made(Insight, row) for row in rows]


def rest(
    tx: Connection,
    insight_id: str,
    side: Side,
    *,
    highlight_id: str = "",
    signal_id: str = "",
    place: int = 0,
    said_at: datetime | None = None,
    by: str,
    now: datetime,
) -> bool:
    """True when the insight rests on it from now on; on the other side, when it did already."""
    row: dict[str, Any] = {"id": new_id("evi"), "insight_id": insight_id, "side": side, "place": place}
    row |= {
        "highlight_id": highlight_id,
        "signal_id": signal_id,
        "said_at": said_at,
        "by": by,
        "made_at": now,
    }
    if added(tx, evidence, row):
        return True
    same = (evidence.c.insight_id == insight_id) & (evidence.c.highlight_id == highlight_id)
    same &= (evidence.c.signal_id == signal_id) & (evidence.c.place == place) & (evidence.c.side != side)
    return tx.execute(update(evidence).where(same).values(side=side, by=by, made_at=now)).rowcount == 1


def let_go(tx: Connection, insight_id: str, evidence_id: str) -> bool:
    """True when the insight rested on it until now."""
    mine = (evidence.c.id == evidence_id) & (evidence.c.insight_id == insight_id)
    return tx.execute(delete(evidence).where(mine)).rowcount == 1


def evidence_of(tx: Connection, insight_ids: Sequence[str]) -> list[Evidence]:
    """What these insights rest on, oldest first."""
    if not insight_ids:
        return []
    query = select(*columns(evidence, Evidence)).where(evidence.c.insight_id.in_(list(insight_ids)))
    rows = tx.execute(query.order_by(evidence.c.made_at, evidence.c.id)).mappings()
    return [made(Evidence, row) for row in rows]


def resting_on(tx: Connection, highlight_ids: Sequence[str]) -> Counter[str]:
    """How many insights rest on each of these highlights."""
    if not highlight_ids:
        return Counter()
    mine = evidence.c.highlight_id.in_(list(highlight_ids))
    query = select(evidence.c.highlight_id, func.count()).where(mine).group_by(evidence.c.highlight_id)
    return Counter({highlight_id: int(n) for highlight_id, n in tx.execute(query)})


def _statement(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(Reason.NAME_IS_EMPTY, "say what you have found out, in a sentence")
    return whole(text, LONGEST_STATEMENT)
