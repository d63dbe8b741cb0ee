"""Sentences that are cues of a need, by the id of their signal: the words stay in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, Table, delete, func, select

from emptychair.desk.columns import METADATA, Instant, Words, columns, made


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCue:
    """A cue (by its name) in the sentence `place` of a signal, counted from 0; `month` is a number."""

    signal: str
    place: int
    cue: str
    said_at: datetime
    month: int


need_cues = Table(
    "need_cues",
    METADATA,
    Column("signal", Words(250), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("cue", Words(20), primary_key=True),
    Column("said_at", Instant, nullable=False),
    Column("month", Integer, nullable=False),
    Index(None, "month"),
    Index(None, "cue", "said_at"),
)
# A month is read again when it has another number of texts, or when the rules are others.
need_months = Table(
    "need_months",
    METADATA,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("texts", Integer, nullable=False),
    Column("rules", Words(40), nullable=False),
)


def months(tx: Connection, rules: str) -> Mapping[int, int]:
    """How many texts each month had when it was read by these rules."""
    query = select(need_months.c.month, need_months.c.texts).where(need_months.c.rules == rules)
    return {row[0]: row[1] for row in tx.execute(query)}


def keep(tx: Connection, month: int, texts: int, rules: str, found: Sequence[KeptCue]) -> None:
    """These are the cues of a month, in place of those before."""
    for table in (need_cues, need_months):
        tx.execute(delete(table).where(table.c.month == month))
    tx.execute(need_months.insert().values(month=month, texts=texts, rules=rules))
    if found:
        tx.execute(need_cues.insert(), [asdict(one) for one in found])


def drop(tx: Connection, kept: Sequence[int]) -> None:
    """Forget the cues of all months but these."""
    for table in (need_cues, need_months):
        tx.execute(delete(table).where(table.c.month.not_in(kept)))


def since(
    tx: Connection, start: datetime, *, cue: str = "", limit: int | None = None, skipped: int = 0
) -> list[KeptCue]:
    """The cues said at or after `start`, of one kind or of all, newest first."""
    query = select(*columns(need_cues, KeptCue)).where(need_cues.c.said_at >= start)
    if cue:
        query = query.where(need_cues.c.cue == cue)
    query = query.order_by(need_cues.c.said_at.desc(), need_cues.c.signal, need_cues.c.place)
    return [made(KeptCue, row) for row in tx.execute(query.limit(limit).offset(skipped)).mappings()]


def within(tx: Connection, signals: Sequence[str]) -> list[KeptCue]:
    """The cues in these signals, in their order."""
    query = select(*columns(need_cues, KeptCue)).where(need_cues.c.signal.in_(signals))
    query = query.order_by(need_cues.c.signal, need_cues.c.place, need_cues.c.cue)
    return [made(KeptCue, row) for row in tx.execute(query).mappings()]


def counts(tx: Connection, start: datetime) -> Mapping[str, int]:
    """How many sentences of each kind were said at or after `start`."""
    query = select(need_cues.c.cue, func.count()).where(need_cues.c.said_at >= start)
    return {row[0]: row[1] for row in tx.execute(query.group_by(need_cues.c.cue))}


def forget(tx: Connection, signals: Sequence[str]) -> int:
    """Forget the cues in these signals; how many there were."""
    return tx.execute(delete(need_cues).where(need_cues.c.signal.in_(signals))).rowcount
