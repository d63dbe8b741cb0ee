"""The desk opened: a transaction to write in, a transaction to read in."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from emptychair.desk import postgresql, sqlite
from emptychair.desk.migrating import migrate
from emptychair.desk.refusal import DeskError

_busy: ContextVar[frozenset[int]] = ContextVar("desks with an open transaction", default=frozenset())


class Desk:
    """Transactional state in one database; any thread may use it."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        self._writing = writing
        self._reading = reading

    @classmethod
    def open(cls, where: str | Path) -> "Desk":
        """The desk in a SQLite file (a path or `sqlite:///`) or in PostgreSQL (`postgresql://`), migrated.

        Raises `DeskError` when the database was written by a newer version, or is of another kind.
        """
        url = _url(where)
        backend = sqlite if url.get_backend_name() == "sqlite" else postgresql
        with backend.migrating(url) as tx:
            migrate(tx)
        return cls(*backend.engines(url))

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction to write in: committed at the end, rolled back when an error leaves it.

        On SQLite one writes at a time and the others wait, so do slow work (hashing, the network) outside.
        """
        with self._one_at_a_time(), self._writing.begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction to read in: everything in it is of one moment, and writing is refused."""
        with self._one_at_a_time(), self._reading.begin() as tx:
            yield tx

    def close(self) -> None:
        """Give the connections back; the desk can be opened again."""
        self._reading.dispose()
        self._writing.dispose()

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        # A second transaction inside the first would wait for the first, which waits for it.
        if id(self) in _busy.get():
            raise RuntimeError("a transaction of this desk is open here already: pass it on instead")
        _busy.set(_busy.get() | {id(self)})
        try:
            yield
        finally:
            _busy.set(_busy.get() - {id(self)})


def _url(where: str | Path) -> URL:
    text = str(where).removeprefix("sqlite:///")  # what follows is a path, whatever signs it has
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
    except ArgumentError:
        raise DeskError("the desk's address cannot be read; expected a path or postgresql://...") from None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise DeskError("a desk in memory would be gone at the end; give it a file")
        return URL.create("sqlite", database=url.database)
    if url.get_backend_name() != "postgresql":
        raise DeskError(f"a desk is SQLite or PostgreSQL, not {url.get_backend_name()}")
    return url.set(drivername="postgresql+psycopg")
