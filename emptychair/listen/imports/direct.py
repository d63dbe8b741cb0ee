"""An import carried out at once, by the one process that holds the home folder: for the command line."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from emptychair.desk import audit, imports
from emptychair.desk.desk import Desk
from emptychair.desk.imports import Import
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports.carrying import Progress, Summary, carry_out
from emptychair.listen.imports.plan import Plan
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.queue import close_books
from emptychair.listen.imports.stated import Stated, read_as

BY = "cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file that was looked at: where it lies, what was stated about it, and what would be done with it."""

    path: Path
    stated: Stated
    plan: Plan


@contextmanager
def planned(path: Path, stated: Stated, home: Path, name: str | None = None) -> Iterator[Planned]:
    """The plan for a file, called `name` if that is not its own; what was written aside to read it is removed
    at the end.

    Raises ImportRefused when there is no such file, or it is no table.
    """
    if not path.is_file():
        raise ImportRefused(f"{path} is no file")
    reading = read_as(path, name or path.name, home / "imports" / "incoming" / token_hex(8), stated)
    try:
        yield Planned(path=path, stated=stated, plan=stated.plan(reading))
    finally:
        reading.close()


def take_in(
    file: Planned,
    ledger: Ledger,
    desk: Desk,
    *,
    clock: Callable[[], datetime],
    progress: Callable[[Progress], None] = lambda progress: None,
) -> tuple[Import, Summary]:
    """Store the file and write its books on the desk. Raises PlanIncomplete while its plan has questions.

    Killed in between, the import is left running on the desk with part of its rows in the ledger; the next
    start closes it as failed, and the same file again stores what is missing.
    """
    shape = file.plan.ready_shape()
    now = clock()
    with desk.begin() as tx:
        one = imports.preview(
            tx,
            file_name=file.path.name,
            size=file.path.stat().st_size,
            sha256=_digest(file.path),
            shape=shape,
            audience=file.plan.audience,
            plan=file.stated.as_json(),
            by=BY,
            now=now,
        )
        imports.begin(tx, one.id, now)
        audit.record(tx, who=BY, verb="import", thing=one.id, now=now, details={"file": one.file_name})
    try:
        summary = carry_out(file.plan, ledger, import_id=one.id, now=now, progress=progress)
    except BaseException as problem:
        with desk.begin() as tx:
            imports.fail(tx, one.id, f"{type(problem).__name__}: {problem}", clock())
        raise
    with desk.begin() as tx:
        close_books(tx, one.id, summary, clock())
        found = imports.find(tx, one.id)
    return found or one, summary


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
