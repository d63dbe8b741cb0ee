"""The audit: who did what to which thing, appended to and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, select

from emptychair.desk.columns import METADATA, Instant, Json, RowNumber, Words, columns, made, shown
from emptychair.desk.ids import Id
from emptychair.domain.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing done. `who` is a user's id, `cli` or `system`; `address` is None where no request was."""

    id: int
    at: datetime
    who: str
    verb: str
    thing: str
    details: Mapping[str, Any]
    address: str | None


entries = Table(
    "audit",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Id, nullable=False),
    Column("verb", Words(60), nullable=False),
    Column("thing", Words(80), nullable=False),
    Column("details", Json, nullable=False),
    Column("address", Words(64)),
    Index(None, "who", "id"),
    Index(None, "thing", "id"),
    sqlite_autoincrement=True,  # a number is never given twice, so a page's place is stable
)


def record(
    tx: Connection,
    *,
    who: str,
    verb: str,
    thing: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Write it down, in the transaction in which it is done: both or neither. No secrets in `details`."""
    place = None if address is None else shown(address, 64)
    row = {"at": now, "who": who, "verb": verb, "thing": thing, "details": details or {}, "address": place}
    tx.execute(entries.insert().values(**row))


def page(
    tx: Connection,
    *,
    who: str | None = None,
    verb: str | None = None,
    thing: str | None = None,
    period: Period | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """One page, newest first, of what fits all that is asked; the next is `before` the id of its last."""
    query = select(*columns(entries, Entry))
    asked = {entries.c.who: who, entries.c.verb: verb, entries.c.thing: thing}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    if period is not None:
        query = query.where(entries.c.at >= period.start, entries.c.at < period.end)
    if before is not None:
        query = query.where(entries.c.id < before)
    rows = tx.execute(query.order_by(entries.c.id.desc()).limit(limit)).mappings()
    return [made(Entry, row) for row in rows]
