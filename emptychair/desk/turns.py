"""One at a time: for those who look first and write then, and must not both find what neither has written."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select


def take(tx: Connection, keys: Iterable[str]) -> None:
    """Hold these keys until the transaction ends; who wants one of them meanwhile waits.

    SQLite has one writer at a time, so there is nothing to do. On PostgreSQL they are advisory locks, taken
    in one order so that two who want the same ones never wait for each other. Hold few: they lie in memory.
    """
    if tx.dialect.name != "postgresql":
        return
    for key in sorted(set(keys)):
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
