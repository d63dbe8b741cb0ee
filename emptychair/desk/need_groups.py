"""Groups of alike sentences that raised an alarm, by the ids of their signals: words stay in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Index, Integer, Table, delete, select

from emptychair.desk.columns import METADATA, Instant, Words, columns, made
from emptychair.desk.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """The sentence `place` of a signal in a group, counted from 0; `nth` is 0 for the most central one.

    What a group is, its `is_seed` sentences tell: those that it began with.
    """

    group_id: str
    signal: str
    place: int
    nth: int
    is_seed: bool
    said_at: datetime


need_groups = Table(
    "need_groups",
    METADATA,
    Column("group_id", Id, primary_key=True),
    Column("signal", Words(250), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("nth", Integer, nullable=False),
    Column("is_seed", Boolean, nullable=False),
    Column("said_at", Instant, nullable=False),
    Index(None, "signal"),
)


def keep(tx: Connection, group_id: str, rows: Sequence[Belongs]) -> None:
    """These are the sentences of a group now."""
    tx.execute(delete(need_groups).where(need_groups.c.group_id == group_id))
    if rows:
        tx.execute(need_groups.insert(), [asdict(one) for one in rows])


def keep_only(tx: Connection, groups: Sequence[str]) -> None:
    """Forget all groups but these."""
    tx.execute(delete(need_groups).where(need_groups.c.group_id.not_in(groups)))


def seeds(tx: Connection) -> Mapping[str, Sequence[tuple[str, int]]]:
    """What each group began with: signals and places, the most central first."""
    query = select(need_groups.c.group_id, need_groups.c.signal, need_groups.c.place)
    found: dict[str, list[tuple[str, int]]] = {}
    for group, signal, place in tx.execute(query.where(need_groups.c.is_seed).order_by(need_groups.c.nth)):
        found.setdefault(group, []).append((signal, place))
    return found


def of(tx: Connection, groups: Sequence[str]) -> list[Belongs]:
    """The sentences of these groups, the most central first."""
    query = select(*columns(need_groups, Belongs)).where(need_groups.c.group_id.in_(groups))
    order = (need_groups.c.nth, need_groups.c.signal, need_groups.c.place)
    return [made(Belongs, row) for row in tx.execute(query.order_by(*order)).mappings()]


def is_there(tx: Connection, group_id: str) -> bool:
    """Whether there is such a group."""
    query = select(need_groups.c.group_id).where(need_groups.c.group_id == group_id).limit(1)
    return tx.execute(query).first() is not None


def forget(tx: Connection, signals: Sequence[str]) -> int:
    """Take these signals out of all groups; how many sentences they had there."""
    return tx.execute(delete(need_groups).where(need_groups.c.signal.in_(signals))).rowcount
