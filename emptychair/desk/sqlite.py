"""The desk in a SQLite file: which journal is safe with this build, and the connections."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event

from emptychair.desk.refusal import DeskError

READERS = 8
PATIENCE = 30  # seconds that a transaction waits for the writing one


def journal(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """`wal` when this SQLite is free of the WAL-reset bug, else `truncate`.

    https://sqlite.org/wal.html#walresetbug: from 3.7.0 to 3.51.2, two connections of which one checkpoints
    while the other starts the log anew can lose commits or corrupt the file; fixed in 3.51.3, and in 3.50.7
    and 3.44.6 for those lines. CPython often ships an affected build. The bug needs WAL: a rollback journal
    does not have it, whatever the number of connections and processes. It costs a second sync per commit and
    lets a commit wait for open reads.
    """
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    return "wal" if fixed else "truncate"


def engines(url: URL) -> tuple[Engine, Engine]:
    """The writing engine (one connection, so writers queue here instead of failing) and the reading one."""
    writing = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=PATIENCE, connect_args=_ARGUMENTS
    )
    reading = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=PATIENCE,
        connect_args=_ARGUMENTS,
    )
    # BEGIN IMMEDIATE: a transaction that reads and then writes must not find at the end that another was
    # faster.
    _prepared(writing, "BEGIN IMMEDIATE", {"foreign_keys": "on"})
    _prepared(reading, "BEGIN", {"query_only": "on"})
    return writing, reading


@contextmanager
def migrating(url: URL) -> Iterator[Connection]:
    """One open transaction for migrations, alone on this file across threads and processes.

    Foreign keys are checked at its end: while tables are rebuilt they do not hold, and inside a transaction
    they cannot be switched off.
    """
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool, connect_args=_ARGUMENTS)
    _prepared(engine, "BEGIN IMMEDIATE", {"foreign_keys": "off"})
    with _alone(path):
        _make(path)
        with engine.begin() as tx:
            yield tx
            broken = tx.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise DeskError(f"{path}: rows that point to nothing: {broken[:5]}; restore the last backup")


_ARGUMENTS = {"check_same_thread": False, "timeout": PATIENCE}


def _prepared(engine: Engine, begin: str, pragmas: dict[str, str]) -> None:
    wanted = journal()

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        found = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]
        if found != wanted:
            raise DeskError(f"the desk's file stays in journal mode {found!r}; stop what else has it open")
        # FULL: a commit is on disk when it returns. secure_delete: what is erased is not left in free pages.
        for name, value in {"synchronous": "full", "secure_delete": "on", **pragmas}.items():
            connection.execute(f"PRAGMA {name} = {value}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    # A file of its own: closing another descriptor of the database would drop the locks SQLite holds on it.
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(path: Path) -> None:
    if not path.exists():  # readable by its owner alone: it holds what people typed
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
