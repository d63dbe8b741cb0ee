"""When trouble was looked for, in how much, and why nothing could be said if so."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, Table, select

from emptychair.desk.columns import METADATA, Instant, RowNumber, Words, columns, made, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the days before `as_of`, with `days` of history and so many `cells`.

    `people` did something in the last four weeks. `reason` says why nothing can be told yet, or is empty.
    """

    looked_at: datetime
    as_of: datetime
    days: int
    cells: int
    people: int
    reason: str


warning_looks = Table(
    "warning_looks",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("looked_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("days", Integer, nullable=False),
    Column("cells", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("reason", Words(300), nullable=False),
    Index(None, "looked_at"),
    sqlite_autoincrement=True,
)


def add(tx: Connection, look: Look) -> None:
    """Keep that it was looked."""
    tx.execute(warning_looks.insert().values(asdict(look) | {"reason": shown(look.reason, 300)}))


def last(tx: Connection) -> Look | None:
    """The last look, or None."""
    query = select(*columns(warning_looks, Look)).order_by(warning_looks.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Look, row)
