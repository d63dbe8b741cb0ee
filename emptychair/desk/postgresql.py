"""The desk in PostgreSQL: the connections, and the lock under which it is migrated."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text

CONNECTIONS = 10
MIGRATION_LOCK = 0x0E5B7C4A18D  # any number that nobody else takes; advisory locks are per database


def engines(url: URL) -> tuple[Engine, Engine]:
    """The writing engine and the reading one; they share their connections."""
    # pool_pre_ping: the server may have been restarted since the connection was last used.
    writing = create_engine(url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=True)
    # REPEATABLE READ: everything in one reading transaction is of one moment, as on SQLite.
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return writing, reading


@contextmanager
def migrating(url: URL) -> Iterator[Connection]:
    """One open transaction for migrations, alone on this database; DDL rolls back with it."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as tx:
        tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        yield tx
