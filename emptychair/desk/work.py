"""Long work that is asked for once: it runs in the background, can be left, and survives a kill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    or_,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, shown
from emptychair.desk.ids import Id, new_id

MOST_TRIES = 5  # work that takes its process down each time must not do so for ever


class State(StrEnum):
    """Where a piece of work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work of a `kind` on a `thing` (an id), with what it needs to know.

    `done` of `total` is its progress in a unit of its own (0 of 0 before it is known), `note` says what it is
    doing. `tries` counts how often it was taken up, and tells its present holder from an earlier one.
    """

    id: str
    kind: str
    thing: str
    arguments: Mapping[str, Any]
    state: State
    done: int
    total: int
    note: str | None
    error: str | None
    tries: int
    held_until: datetime | None
    by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


work = Table(
    "work",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", Words(40), nullable=False),
    Column("thing", Words(80), nullable=False),
    Column(
        "open_key", Words(121)
    ),  # kind and thing while it is open: one open piece for each; NULL is never equal
    Column("arguments", Json, nullable=False),
    Column("state", Choice(State), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("note", Words(300)),
    Column("error", Words(2_000)),
    Column("tries", Integer, nullable=False),
    Column("held_until", Instant),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    UniqueConstraint("open_key"),
    Index(None, "state", "created_at"),
)


def ask(
    tx: Connection, kind: str, thing: str, arguments: Mapping[str, Any], *, by: str, now: datetime
) -> Work:
    """The open work of this kind on this thing: added by this call, or there already."""
    row: dict[str, object] = {
        "id": new_id("job"),
        "kind": kind,
        "thing": thing,
        "open_key": f"{kind}:{thing}",
        "arguments": arguments,
    }
    row |= {"state": State.WAITING, "done": 0, "total": 0, "tries": 0, "by": by, "created_at": now}
    added(tx, work, row)
    return _all(tx, work.c.open_key == f"{kind}:{thing}")[0]


def take(tx: Connection, kinds: Sequence[str], now: datetime, hold: timedelta) -> Work | None:
    """The oldest work of these kinds that waits or whose holder died, held until `now + hold`; else None."""
    _give_up(tx, now)
    # SKIP LOCKED (PostgreSQL): two takers at once take two pieces, neither waits for the other.
    query = select(work.c.id).where(_free(now), work.c.kind.in_(kinds))
    oldest = query.order_by(work.c.created_at, work.c.id).limit(1).with_for_update(skip_locked=True)
    work_id = tx.execute(oldest).scalar()
    mine = (work.c.id == work_id) & _free(now)
    values = {"state": State.RUNNING, "tries": work.c.tries + 1, "held_until": now + hold, "started_at": now}
    if work_id is None or tx.execute(update(work).where(mine).values(**values)).rowcount != 1:
        return None
    return find(tx, work_id)


def beat(
    tx: Connection,
    taken: Work,
    now: datetime,
    hold: timedelta,
    *,
    done: int,
    total: int,
    note: str | None = None,
) -> bool:
    """Say how far it is and hold it longer. False when it is another's by now, or cancelled: stop working."""
    told = None if note is None else shown(note, 300)
    return _mine(tx, taken, done=done, total=total, note=told, held_until=now + hold)


def finish(tx: Connection, taken: Work, now: datetime) -> bool:
    """True when this holder ended it well."""
    return _mine(tx, taken, state=State.DONE, **_closed(now))


def fail(tx: Connection, taken: Work, error: str, now: datetime) -> bool:
    """True when this holder ended it badly, for good. `error` says what happened and what to do."""
    return _mine(tx, taken, state=State.FAILED, error=shown(error, 2_000), **_closed(now))


def release(tx: Connection, taken: Work) -> bool:
    """True when this holder put it back, to be taken up again at once: the process is being stopped."""
    return _mine(tx, taken, state=State.WAITING, held_until=None, tries=work.c.tries - 1)


def cancel(tx: Connection, work_id: str, now: datetime) -> bool:
    """True when it was open until now; its holder learns it at the next `beat`."""
    is_open = (work.c.id == work_id) & work.c.open_key.is_not(None)
    statement = update(work).where(is_open).values(state=State.CANCELLED, **_closed(now))
    return tx.execute(statement).rowcount == 1


def find(tx: Connection, work_id: str) -> Work | None:
    """The work with this id, or None."""
    return next(iter(_all(tx, work.c.id == work_id)), None)


def latest(tx: Connection, kind: str, thing: str) -> Work | None:
    """The newest work of this kind on this thing, open or not; None when there never was any."""
    return next(iter(_all(tx, (work.c.kind == kind) & (work.c.thing == thing))), None)


def open_work(tx: Connection) -> list[Work]:
    """Everything that waits or runs, newest first."""
    return _all(tx, work.c.open_key.is_not(None))


def _all(tx: Connection, which: ColumnElement[bool]) -> list[Work]:
    query = select(*columns(work, Work)).where(which)
    rows = tx.execute(query.order_by(work.c.created_at.desc(), work.c.id.desc())).mappings()
    return [made(Work, row) for row in rows]


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(work.c.state == State.WAITING, (work.c.state == State.RUNNING) & (work.c.held_until <= now))


def _give_up(tx: Connection, now: datetime) -> None:
    hopeless = (work.c.state == State.RUNNING) & (work.c.held_until <= now) & (work.c.tries >= MOST_TRIES)
    error = f"it was begun {MOST_TRIES} times and its process ended each time"
    tx.execute(update(work).where(hopeless).values(state=State.FAILED, error=error, **_closed(now)))


def _closed(now: datetime) -> dict[str, Any]:
    return {"held_until": None, "open_key": None, "ended_at": now}


def _mine(tx: Connection, taken: Work, **values: Any) -> bool:
    held = (work.c.id == taken.id) & (work.c.tries == taken.tries) & (work.c.state == State.RUNNING)
    return tx.execute(update(work).where(held).values(**values)).rowcount == 1
