"""Imports that wait: started by a person, run in the background one by one, taken back as a whole."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import Connection

from emptychair.desk import audit, imports, parked, work
from emptychair.desk.desk import Desk
from emptychair.desk.imports import Counts, Import, Status
from emptychair.desk.parked import Parked
from emptychair.desk.work import State, Work
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports.carrying import Progress, Summary, carry_out
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.stated import from_json, read_as

KIND = "import"
HOLD = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=7)

Clock = Callable[[], datetime]


class NotOursAnyMore(Exception):
    """Another process has taken the work over, or a person has cancelled it."""


def start(desk: Desk, import_id: str, *, by: str, now: datetime) -> bool:
    """True when this call started the import: it runs as soon as its turn comes."""
    with desk.begin() as tx:
        before = imports.find(tx, import_id)
        if before is None or not imports.begin(tx, import_id, now):
            return False
        # A second attempt begins with nothing of the first, or its rows would be counted as duplicates.
        work.ask(tx, KIND, import_id, {"is_again": before.started_at is not None}, by=by, now=now)
        audit.record(tx, who=by, verb="import", thing=import_id, now=now, details={"file": before.file_name})
    return True


def run_queued(ledger: Ledger, desk: Desk, home: Path, clock: Clock) -> int:
    """Run everything that waits, oldest first; how many. Safe to run twice and to be killed anywhere."""
    close_hopeless(desk, clock())
    taken_up = 0
    while (taken := _next(desk, clock())) is not None:
        taken_up += 1
        try:
            _run(taken, ledger, desk, home, clock)
        except NotOursAnyMore:
            continue
        except (ImportRefused, LedgerDegradedError, duckdb.Error, OSError) as error:
            _fail(desk, taken, str(error), clock())
    return taken_up


def withdraw(ledger: Ledger, desk: Desk, import_id: str, *, by: str, now: datetime) -> int:
    """Take back all that an import brought; how many signals left the ledger. Safe to call twice."""
    gone = ledger.withdraw(import_id)
    with desk.begin() as tx:
        if imports.withdraw(tx, import_id, by=by, now=now):
            audit.record(
                tx, who=by, verb="withdraw_import", thing=import_id, now=now, details={"signals": gone}
            )
    return gone


def discard(home: Path, import_id: str) -> None:
    """Remove the file that was sent: what it said is in the ledger, or is not wanted."""
    shutil.rmtree(home / "imports" / import_id, ignore_errors=True)


def discard_forgotten(desk: Desk, home: Path, now: datetime) -> int:
    """Discard files that were looked at and not taken in for a week, and rests of uploads; how many."""
    with desk.read() as tx:
        waiting = imports.recent(tx, status=Status.PREVIEWED, limit=1_000)
    forgotten = [one for one in waiting if one.created_at < now - FORGOTTEN_AFTER]
    for one in forgotten:
        with desk.begin() as tx:
            if imports.withdraw(tx, one.id, by="system", now=now):
                discard(home, one.id)
    for left in (home / "imports" / "incoming").glob("*"):
        if left.stat().st_mtime < (now - FORGOTTEN_AFTER).timestamp():
            shutil.rmtree(left, ignore_errors=True)
    return len(forgotten)


def _next(desk: Desk, now: datetime) -> Work | None:
    with desk.begin() as tx:
        return work.take(tx, [KIND], now, HOLD)


def _run(taken: Work, ledger: Ledger, desk: Desk, home: Path, clock: Clock) -> None:
    with desk.read() as tx:
        one = imports.find(tx, taken.thing)
    if one is None or one.status is not Status.RUNNING:
        _fail(desk, taken, "the import is not waiting to run any more", clock())
        return
    if taken.tries > 1 or taken.arguments.get("is_again"):
        ledger.withdraw(one.id)
    stated = from_json(one.plan)
    folder = home / "imports" / one.id
    reading = read_as(folder / str(one.plan["file"]), one.file_name, folder / "parts", stated)
    try:
        progress = _told(taken, one, desk, clock)
        summary = carry_out(stated.plan(reading), ledger, import_id=one.id, now=clock(), progress=progress)
    finally:
        reading.close()
    _finish(taken, summary, desk, clock())
    discard(home, one.id)


def _told(taken: Work, one: Import, desk: Desk, clock: Clock) -> Callable[[Progress], None]:
    """Writes the progress down; raises `NotOursAnyMore` when the work is another's by now."""

    def tell(progress: Progress) -> None:
        bytes_read = one.size * progress.parts_done // max(1, progress.parts)
        with desk.begin() as tx:
            is_ours = work.beat(tx, taken, clock(), HOLD, done=progress.parts_done, total=progress.parts)
            if is_ours:
                imports.progress(tx, one.id, Counts(read=progress.rows), bytes_read)
        if not is_ours:
            raise NotOursAnyMore

    return tell


def close_books(tx: Connection, import_id: str, summary: Summary, now: datetime) -> None:
    """Write down how an import ended: its counts and its parked rows."""
    counts = Counts(
        read=summary.read,
        stored=summary.stored,
        duplicate=summary.duplicate,
        refused=summary.refused,
        parked=summary.parked,
    )
    parked.remove(tx, import_id)
    parked.park(tx, import_id, _faults(summary.parked_rows))
    imports.finish(tx, import_id, counts, now)


def _finish(taken: Work, summary: Summary, desk: Desk, now: datetime) -> None:
    """The books, the parked rows and the end of the work, all at once or not at all."""
    with desk.begin() as tx:
        if work.finish(tx, taken, now):
            close_books(tx, taken.thing, summary, now)


def _faults(table: pa.Table) -> Iterator[Parked]:
    for batch in table.to_batches(max_chunksize=5_000):
        for row in batch.to_pylist():
            yield Parked(
                row=row["row"],
                field=row["field"] or "",
                value=row["value"] or "",
                expected=row["expected"] or "",
            )


def _fail(desk: Desk, taken: Work, error: str, now: datetime) -> None:
    with desk.begin() as tx:
        if work.fail(tx, taken, error, now):
            imports.fail(tx, taken.thing, error, now)


def close_hopeless(desk: Desk, now: datetime) -> None:
    """Imports whose work was given up, because it took its process down each time, have failed."""
    with desk.begin() as tx:
        for one in imports.recent(tx, status=Status.RUNNING, limit=1_000):
            latest = work.latest(tx, KIND, one.id)
            if latest is None or latest.state in (State.FAILED, State.CANCELLED):
                imports.fail(tx, one.id, (latest.error if latest else None) or "its work was cancelled", now)
