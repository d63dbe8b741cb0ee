"""Recurring jobs: claimed before they run, so that each runs once whatever the number of processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, or_, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, shown


class Outcome(StrEnum):
    """How the last run ended."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One recurring job. `held_until` is None while nobody runs it, the `last_` fields until a run ended.

    `due_at` is None until it ran for the first time: it is due at once.
    """

    name: str
    held_until: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    last_ended_at: datetime | None
    last_outcome: Outcome | None
    last_microseconds: int | None
    last_error: str | None


jobs = Table(
    "jobs",
    METADATA,
    Column("name", Words(80), primary_key=True),
    Column("held_until", Instant),
    Column("started_at", Instant),
    Column("due_at", Instant),
    Column("last_ended_at", Instant),
    Column("last_outcome", Choice(Outcome)),
    Column("last_microseconds", BigInteger),
    Column("last_error", Words(2_000)),
)


def claim(tx: Connection, name: str, now: datetime, hold: timedelta) -> bool:
    """True when this process, and no other, may run the job until `now + hold`; False: held or not due.

    A hold that ran out belongs to a process that died: the job may be claimed again.
    """
    added(tx, jobs, {"name": name})
    due = or_(jobs.c.due_at.is_(None), jobs.c.due_at <= now)
    return _claimed(tx, name, due, now, hold)


def claim_early(tx: Connection, name: str, now: datetime, hold: timedelta) -> bool:
    """As `claim`, though it is not due: a person asked for it."""
    added(tx, jobs, {"name": name})
    return _claimed(tx, name, jobs.c.name == name, now, hold)


def end(
    tx: Connection,
    name: str,
    *,
    claimed_at: datetime,
    now: datetime,
    due_at: datetime,
    error: str | None = None,
) -> bool:
    """Write down how the run that was claimed at `claimed_at` ended, and give the job back.

    False when another process has claimed it since: then its hold is not taken from it.
    """
    mine = (jobs.c.name == name) & (jobs.c.started_at == claimed_at) & jobs.c.held_until.is_not(None)
    values = {
        "held_until": None,
        "due_at": due_at,
        "last_ended_at": now,
        "last_outcome": Outcome.DONE if error is None else Outcome.FAILED,
        "last_microseconds": (now - claimed_at) // timedelta(microseconds=1),
        "last_error": None if error is None else shown(error, 2_000),
    }
    return tx.execute(update(jobs).where(mine).values(**values)).rowcount == 1


def board(tx: Connection) -> list[Job]:
    """Every job that was ever claimed, by name."""
    rows = tx.execute(select(*columns(jobs, Job)).order_by(jobs.c.name)).mappings()
    return [made(Job, row) for row in rows]


def _claimed(tx: Connection, name: str, due: ColumnElement[bool], now: datetime, hold: timedelta) -> bool:
    free = or_(jobs.c.held_until.is_(None), jobs.c.held_until <= now)
    statement = update(jobs).where(jobs.c.name == name, due, free)
    return tx.execute(statement.values(held_until=now + hold, started_at=now)).rowcount == 1
