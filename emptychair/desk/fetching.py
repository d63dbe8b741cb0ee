"""Fetching: for each source that is looked at from here, how far it is, when it is due, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    or_,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, Json, Words, columns, made, shown
from emptychair.desk.ids import Id
from emptychair.desk.sources import sources


class Condition(StrEnum):
    """How it stands with the fetching of a source that is neither paused nor removed."""

    NEW = "new"  # it was never looked at
    WELL = "well"
    TROUBLED = "troubled"  # it failed and is tried again by itself
    STOPPED = "stopped"  # it failed in a way that a person has to mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How far a source is: `cursor` in words of its kind, only ever behind what the journal acknowledged.

    `turn` counts how often it was taken up, and tells its holder from an earlier one. `failures` are those
    since it last went well; `error` is None when it did. `brought` counts items ever since. `is_stopped`: it
    is not tried again until somebody says so.
    """

    source_id: str
    cursor: Mapping[str, Any]
    due_at: datetime
    held_until: datetime | None
    turn: int
    began_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    error: str | None
    failures: int
    stopped_at: datetime | None
    brought: int
    brought_at: datetime | None
    note: str | None

    @property
    def condition(self) -> Condition:
        """How it stands."""
        if self.stopped_at is not None:
            return Condition.STOPPED
        if self.error is not None:
            return Condition.TROUBLED
        return Condition.WELL if self.succeeded_at is not None else Condition.NEW


fetching = Table(
    "source_fetching",
    METADATA,
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True),
    Column("cursor", Json, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("held_until", Instant),
    Column("turn", Integer, nullable=False),
    Column("began_at", Instant),
    Column("succeeded_at", Instant),
    Column("failed_at", Instant),
    Column("error", Words(1_000)),
    Column("failures", Integer, nullable=False),
    Column("stopped_at", Instant),
    Column("brought", BigInteger, nullable=False),
    Column("brought_at", Instant),
    Column("note", Words(500)),
    Index(None, "due_at"),
)


def begin(tx: Connection, source_id: str, now: datetime) -> bool:
    """True when this source is fetched from now on, and was not before."""
    row: dict[str, object] = {"source_id": source_id, "cursor": {}, "due_at": now, "turn": 0}
    return added(tx, fetching, row | {"failures": 0, "brought": 0})


def find(tx: Connection, source_id: str) -> Fetching | None:
    """How far this source is, or None when it is not fetched."""
    query = select(*columns(fetching, Fetching)).where(fetching.c.source_id == source_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Fetching, row)


def every(tx: Connection) -> dict[str, Fetching]:
    """All of them by their source."""
    rows = tx.execute(select(*columns(fetching, Fetching))).mappings()
    return {row["source_id"]: made(Fetching, row) for row in rows}


def due(tx: Connection, now: datetime) -> list[str]:
    """The sources that are to be fetched now, those that wait longest first."""
    query = select(fetching.c.source_id).join(sources).where(_is_due(now), *_open())
    return list(tx.execute(query.order_by(fetching.c.due_at, fetching.c.source_id)).scalars())


def claim(tx: Connection, source_id: str, now: datetime, hold: timedelta) -> Fetching | None:
    """Take it up until `now + hold`, for this caller and no other; None when it is not due or another's.

    A hold that ran out belongs to a process that died.
    """
    mine = (fetching.c.source_id == source_id) & _is_due(now)
    listened = select(sources.c.id).where(sources.c.id == source_id, *_open()).exists()
    values = {"held_until": now + hold, "turn": fetching.c.turn + 1, "began_at": now}
    if tx.execute(update(fetching).where(mine, listened).values(**values)).rowcount != 1:
        return None
    return find(tx, source_id)


def advance(
    tx: Connection,
    taken: Fetching,
    *,
    cursor: Mapping[str, Any],
    brought: int,
    now: datetime,
    hold: timedelta,
) -> bool:
    """Write down how far it is, after the journal acknowledged everything before it.

    False when it is another's by now, or paused, removed or stopped: its work is done again by whoever takes
    it up, and what came twice is known by its id.
    """
    values: dict[str, Any] = {"cursor": dict(cursor), "held_until": now + hold}
    if brought:
        values |= {"brought": fetching.c.brought + brought, "brought_at": now}
    return _mine(tx, taken, **values)


def rest(
    tx: Connection, taken: Fetching, *, now: datetime, due_at: datetime, note: str | None = None
) -> bool:
    """It went well; the next time is at `due_at`. `note` tells a person something about it."""
    told = None if note is None else shown(note, 500)
    values = {"succeeded_at": now, "due_at": due_at, "failures": 0, "error": None, "note": told}
    return _mine(tx, taken, **values, held_until=None)


def put_off(tx: Connection, taken: Fetching, error: str, *, now: datetime, due_at: datetime) -> bool:
    """It failed, and is tried again at `due_at`."""
    failures = fetching.c.failures + 1
    values = {"failed_at": now, "due_at": due_at, "failures": failures, "error": shown(error, 1_000)}
    return _mine(tx, taken, **values, held_until=None)


def stop(tx: Connection, taken: Fetching, error: str, *, now: datetime) -> bool:
    """It failed in a way that trying again does not mend; `error` says what to do."""
    values = {"failed_at": now, "stopped_at": now, "failures": fetching.c.failures + 1}
    return _mine(tx, taken, **values, error=shown(error, 1_000), held_until=None)


def hurry(tx: Connection, source_id: str, now: datetime) -> bool:
    """Let it be fetched at once, also when it was stopped; True when it is fetched at all.

    What runs already goes on to its end.
    """
    return _changed(tx, source_id, due_at=now, stopped_at=None, failures=0)


def resume(tx: Connection, source_id: str, now: datetime) -> bool:
    """As `hurry`; whoever held it when it was paused holds it no more."""
    anew = {"held_until": None, "turn": fetching.c.turn + 1}
    return _changed(tx, source_id, due_at=now, stopped_at=None, failures=0, **anew)


def restart(tx: Connection, source_id: str, now: datetime) -> bool:
    """As `resume`, and from the beginning: it looks elsewhere now. What came before is known by its id."""
    return resume(tx, source_id, now) and _changed(tx, source_id, cursor={}, error=None)


def _changed(tx: Connection, source_id: str, **values: Any) -> bool:
    mine = fetching.c.source_id == source_id
    return tx.execute(update(fetching).where(mine).values(**values)).rowcount == 1


def _open() -> tuple[ColumnElement[bool], ...]:
    return sources.c.paused_at.is_(None), sources.c.removed_at.is_(None)


def _is_due(now: datetime) -> ColumnElement[bool]:
    free = or_(fetching.c.held_until.is_(None), fetching.c.held_until <= now)
    return (fetching.c.due_at <= now) & fetching.c.stopped_at.is_(None) & free


def _mine(tx: Connection, taken: Fetching, **values: Any) -> bool:
    held = (fetching.c.source_id == taken.source_id) & (fetching.c.turn == taken.turn)
    listened = select(sources.c.id).where(sources.c.id == taken.source_id, *_open()).exists()
    return (
        tx.execute(
            update(fetching).where(held, fetching.c.held_until.is_not(None), listened).values(**values)
        ).rowcount
        == 1
    )
