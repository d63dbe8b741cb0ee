"""When emerging needs were looked for, in how much, and why nothing could be said if so."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, Table, select

from emptychair.desk.columns import METADATA, Instant, RowNumber, Words, columns, made, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the days before `as_of`, with `days` of history and so many `series` and `cues`.

    `people` spoke or searched in the last four weeks (person-days).
    `reason` says why nothing can be told yet, empty when it can.
    """

    looked_at: datetime
    as_of: datetime
    days: int
    series: int
    people: int
    cues: int
    reason: str


need_looks = Table(
    "need_looks",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("looked_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("days", Integer, nullable=False),
    Column("series", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("cues", Integer, nullable=False),
    Column("reason", Words(300), nullable=False),
    Index(None, "looked_at"),
    sqlite_autoincrement=True,
)


def add(tx: Connection, look: Look) -> None:
    """Keep that it was looked."""
    tx.execute(need_looks.insert().values(asdict(look) | {"reason": shown(look.reason, 300)}))


def last(tx: Connection) -> Look | None:
    """The last look, or None."""
    query = select(*columns(need_looks, Look)).order_by(need_looks.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Look, row)
