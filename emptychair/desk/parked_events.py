"""Parked events: what clients sent and nobody could understand, kept as it is until a fix or a decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Table,
    func,
    select,
    tuple_,
    update,
)

from emptychair.desk.adding import add_new
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, shown
from emptychair.desk.ids import Id

AT_ONCE = 500


class Standing(StrEnum):
    """Where a parked event stands."""

    WAITING = "waiting"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One event as it came, with what was wrong with it; `settled_at` is None while it waits.

    `sent_at` is what its request said of when it was sent, as JSON.
    """

    id: str
    source: str
    door: str
    client: str
    received_at: datetime
    reason: str
    field: str
    expected: str
    sent_at: str
    raw: bytes
    standing: Standing
    settled_at: datetime | None


parked_events = Table(
    "parked_events",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("source", Id, nullable=False),
    Column("door", Words(20), nullable=False),
    Column("client", Words(80), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("reason", Words(40), nullable=False),
    Column("field", Words(120), nullable=False),
    Column("expected", Words(300), nullable=False),
    Column("sent_at", Words(80), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("settled_at", Instant),
    Index(None, "source", "standing", "received_at", "id"),
)


def park(tx: Connection, events: Iterable[Parked]) -> None:
    """Keep these; one that is there already, waiting or discarded, stays as it is.

    One that was replayed and is not understood once more, since something else is said of its source by now,
    waits again.
    """
    rows = [
        {
            "id": event.id,
            "source": event.source,
            "door": event.door,
            "client": shown(event.client, 80),
            "received_at": event.received_at,
            "reason": event.reason,
            "field": shown(event.field, 120),
            "expected": shown(event.expected, 300),
            "sent_at": shown(event.sent_at, 80),
            "raw": event.raw,
            "standing": event.standing,
            "settled_at": event.settled_at,
        }
        for event in events
    ]
    for begin in range(0, len(rows), AT_ONCE):
        some_rows = rows[begin : begin + AT_ONCE]
        add_new(tx, parked_events, some_rows)
        _move(tx, [str(row["id"]) for row in some_rows], Standing.REPLAYED, Standing.WAITING, None)


def page(
    tx: Connection,
    source: str,
    *,
    standing: Standing = Standing.WAITING,
    reason: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Parked]:
    """One page, newest first; the next begins `after` the id of its last."""
    mine = _of(source, standing, reason)
    if after is not None:
        place = tuple_(parked_events.c.received_at, parked_events.c.id)
        last = select(parked_events.c.received_at, parked_events.c.id).where(parked_events.c.id == after)
        mine &= place < last.scalar_subquery()
    order = (parked_events.c.received_at.desc(), parked_events.c.id.desc())
    rows = tx.execute(select(*columns(parked_events, Parked)).where(mine).order_by(*order).limit(limit))
    return [made(Parked, row) for row in rows.mappings()]


def find(tx: Connection, event_id: str) -> Parked | None:
    """The event with this id, or None."""
    query = select(*columns(parked_events, Parked)).where(parked_events.c.id == event_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Parked, row)


def counts(tx: Connection, source: str | None = None) -> dict[tuple[str, Standing, str], int]:
    """How many events each source has, by standing and reason."""
    keys = (parked_events.c.source, parked_events.c.standing, parked_events.c.reason)
    query = select(*keys, func.count()).group_by(*keys)
    if source is not None:
        query = query.where(parked_events.c.source == source)
    return {(name, standing, reason): n for name, standing, reason, n in tx.execute(query)}


def waiting_ids(tx: Connection, source: str, reason: str | None = None) -> list[str]:
    """The ids of all events of a source that wait, oldest first."""
    mine = _of(source, Standing.WAITING, reason)
    query = select(parked_events.c.id).where(mine).order_by(parked_events.c.received_at, parked_events.c.id)
    return list(tx.execute(query).scalars())


def some(tx: Connection, ids: Sequence[str]) -> list[Parked]:
    """Those of these events that wait, oldest first."""
    mine = parked_events.c.id.in_(ids) & (parked_events.c.standing == Standing.WAITING)
    query = select(*columns(parked_events, Parked)).where(mine)
    rows = tx.execute(query.order_by(parked_events.c.received_at, parked_events.c.id)).mappings()
    return [made(Parked, row) for row in rows]


def tell_why(tx: Connection, why: Mapping[str, tuple[str, str, str]]) -> None:
    """Say anew why events that wait are not understood: reason, field, what was expected, by their ids."""
    for event_id, (reason, field, expected) in why.items():
        mine = (parked_events.c.id == event_id) & (parked_events.c.standing == Standing.WAITING)
        told = {"reason": reason, "field": shown(field, 120), "expected": shown(expected, 300)}
        tx.execute(update(parked_events).where(mine).values(**told))


def settle(tx: Connection, ids: Sequence[str], standing: Standing, now: datetime) -> int:
    """Say what became of events that waited; how many there were."""
    return _move(tx, ids, Standing.WAITING, standing, now)


def discard_all(tx: Connection, source: str, reason: str | None, now: datetime) -> int:
    """Discard all events of a source that wait, or those with one reason; how many there were."""
    mine = _of(source, Standing.WAITING, reason)
    values = {"standing": Standing.DISCARDED, "settled_at": now}
    return tx.execute(update(parked_events).where(mine).values(**values)).rowcount


def reopen_all(tx: Connection, source: str, reason: str | None = None) -> int:
    """Let all discarded events of a source wait again, or those with one reason; how many there were."""
    mine = _of(source, Standing.DISCARDED, reason)
    values = {"standing": Standing.WAITING, "settled_at": None}
    return tx.execute(update(parked_events).where(mine).values(**values)).rowcount


def reopen(tx: Connection, ids: Sequence[str]) -> int:
    """Let discarded events wait again; how many there were."""
    return _move(tx, ids, Standing.DISCARDED, Standing.WAITING, None)


def _of(source: str, standing: Standing, reason: str | None) -> ColumnElement[bool]:
    mine = (parked_events.c.source == source) & (parked_events.c.standing == standing)
    return mine if reason is None else mine & (parked_events.c.reason == reason)


def _move(
    tx: Connection, ids: Sequence[str], before: Standing, after: Standing, settled_at: datetime | None
) -> int:
    done = 0
    for begin in range(0, len(ids), AT_ONCE):
        mine = parked_events.c.id.in_(ids[begin : begin + AT_ONCE]) & (parked_events.c.standing == before)
        values = {"standing": after, "settled_at": settled_at}
        done += tx.execute(update(parked_events).where(mine).values(**values)).rowcount
    return done
