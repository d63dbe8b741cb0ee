"""Requests that were answered with no, counted by day, source and reason."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import BigInteger, Column, Connection, Date, Table, func, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Words
from emptychair.desk.ids import Id

turned_away = Table(
    "turned_away",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("source", Id, primary_key=True),  # empty where the key was of no source
    Column("reason", Words(40), primary_key=True),
    Column("n", BigInteger, nullable=False),
)


def add(tx: Connection, counts: Mapping[tuple[date, str, str], int]) -> None:
    """Add so many requests of a day, source and reason."""
    for (day, source, reason), n in sorted(counts.items()):
        key = {"day": day, "source": source, "reason": reason}
        added(tx, turned_away, {**key, "n": 0})
        mine = (
            (turned_away.c.day == day) & (turned_away.c.source == source) & (turned_away.c.reason == reason)
        )
        tx.execute(update(turned_away).where(mine).values(n=turned_away.c.n + n))


def since(tx: Connection, day: date) -> dict[tuple[str, str], int]:
    """How many requests of each source and reason there were from a day on."""
    keys = (turned_away.c.source, turned_away.c.reason)
    query = select(*keys, func.sum(turned_away.c.n)).where(turned_away.c.day >= day).group_by(*keys)
    return {(source, reason): int(n) for source, reason, n in tx.execute(query)}
