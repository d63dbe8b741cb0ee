"""Lines to the servers of others: whether they work, since when not, and when they are tried again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Integer, Table, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, Words, columns, made, shown

SMTP, IMAP = "smtp", "imap"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a line is. `error` is None while it works; `resumes_at` is None where time alone does not help."""

    name: str
    worked_at: datetime | None
    failed_at: datetime | None
    failing_since: datetime | None
    failures: int
    error: str | None
    is_stopped: bool
    resumes_at: datetime | None


lines = Table(
    "lines",
    METADATA,
    Column("name", Words(40), primary_key=True),
    Column("worked_at", Instant),
    Column("failed_at", Instant),
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False),
    Column("error", Words(2_000)),
    Column("is_stopped", Boolean, nullable=False),
    Column("resumes_at", Instant),
)


def state(tx: Connection, name: str) -> State:
    """How it is; one that was never used is as good as any."""
    row = tx.execute(select(*columns(lines, State)).where(lines.c.name == name)).mappings().first()
    if row is not None:
        return made(State, row)
    return State(
        name=name,
        worked_at=None,
        failed_at=None,
        failing_since=None,
        failures=0,
        error=None,
        is_stopped=False,
        resumes_at=None,
    )


def is_open(tx: Connection, name: str, now: datetime) -> bool:
    """Whether it may be used now: it works, or is due to be tried again."""
    found = state(tx, name)
    return not found.is_stopped and (found.resumes_at is None or found.resumes_at <= now)


def worked(tx: Connection, name: str, now: datetime) -> None:
    """It works; what went wrong before is over."""
    _put(tx, name, worked_at=now, failing_since=None, failures=0, error=None, **_free())


def failed(tx: Connection, name: str, error: str, now: datetime, resumes_at: datetime | None) -> None:
    """It does not work; it is tried again at `resumes_at`, or only when somebody says so (None)."""
    before = state(tx, name)
    _put(
        tx,
        name,
        failed_at=now,
        failing_since=before.failing_since or now,
        failures=before.failures + 1,
        error=shown(error, 2_000),
        is_stopped=resumes_at is None,
        resumes_at=resumes_at,
    )


def resume(tx: Connection, name: str) -> None:
    """Try it again at once: somebody changed something, or asks for it."""
    _put(tx, name, **_free())


def _free() -> dict[str, object]:
    return {"is_stopped": False, "resumes_at": None}


def _put(tx: Connection, name: str, **values: object) -> None:
    added(tx, lines, {"name": name, "failures": 0, "is_stopped": False})
    tx.execute(update(lines).where(lines.c.name == name).values(**values))
