"""The ledger: what happened, kept for ever, and the only door to it."""

import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from emptychair.domain.signal import Signal
from emptychair.ledger import admission, loader, promotion, staging
from emptychair.ledger.batch import encoded
from emptychair.ledger.books import Admitted, LedgerState, Loaded
from emptychair.ledger.errors import LedgerInUseError
from emptychair.ledger.journal import Journal
from emptychair.ledger.lake import Lake
from emptychair.ledger.projection import Projection
from emptychair.ledger.question import Question
from emptychair.ledger.render import Dialect, render
from emptychair.ledger.staging import Staging


class Ledger:
    """One folder of journal, lake and projection; thread-safe, owned by one process."""

    def __init__(self, home: Path, *, memory_limit: str, threads: int, readable: Sequence[Path]) -> None:
        self._folder = home / "ledger"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = _hold(self._folder / "lock")
        self._writing = threading.RLock()
        self._closed = False
        self._lake = Lake(self._folder / "lake")
        self._journal = Journal(self._folder / "journal", above=self._lake.head.sealed)
        self._promoted = promotion.promoted_keys(self._folder / "promoted.json")
        temporary = self._folder / "tmp"
        temporary.mkdir(exist_ok=True)
        self._projection = Projection(
            self._folder / "projection.duckdb",
            folders=[self._folder / "lake", temporary, *readable],
            temporary=temporary / "spill",
            memory_limit=memory_limit,
            threads=threads,
        )
        self._projection.show(self._promoted)
        loader.load_all(self._projection, self._journal, self._promoted)

    @classmethod
    def open(
        cls, home: Path, *, memory_limit: str = "1GB", threads: int = 2, readable: Sequence[Path] = ()
    ) -> "Ledger":
        """Open the ledger of `home`, recovering whatever a crash left; everything acknowledged is there.

        A staging may read the files below `readable` and below the ledger's own folder, and nothing else.
        """
        return cls(home, memory_limit=memory_limit, threads=threads, readable=readable)

    def append(self, signals: Sequence[Signal]) -> None:
        """Keep these signals: durable when it returns.

        Raises NotASignalError, with nothing stored, when one of them does not fit the columns.
        """
        self.submit(signals).result()

    def submit(self, signals: Sequence[Signal]) -> "Future[None]":
        """As `append`, without waiting: the future is done when they are durable."""
        return self._journal.submit(encoded(signals))

    def load(self, now: datetime) -> Loaded:
        """Let questions see what was appended; counts the rows stored and the duplicates refused."""
        with self._writing:
            return loader.load_all(self._projection, self._journal, self._promoted)

    @contextmanager
    def staging(self, source: str) -> Iterator[Staging]:
        """The bulk door: a connection to prepare signals on, and `admit` to let them in under `source`."""

        def admit(connection: duckdb.DuckDBPyConnection, relation: str) -> Admitted:
            with self._writing:
                loader.load_all(self._projection, self._journal, self._promoted)
                return admission.admit(connection, relation, source, self._lake, self._promoted)

        with staging.opened(self._projection.cursor(), admit) as opened:
            yield opened

    def ask(self, question: Question) -> pa.Table:
        """The answer to a question about what is loaded, fetched whole."""
        with closing(self._projection.cursor()) as cursor:
            return cursor.sql(render(question, Dialect.DUCKDB)).to_arrow_table()

    def promote(self, key: str) -> str:
        """Give a key of `properties` a column that questions can use; its name. Safe to call again."""
        with self._writing:
            if key not in self._promoted:
                column = promotion.column_for(key, self._promoted)
                grown = {**self._promoted, key: column}
                promotion.keep(self._folder / "promoted.json", grown)
                self._projection.promote(column, promotion.extraction(key))
                self._promoted = grown
                self._projection.show(self._promoted)
            return self._promoted[key]

    @property
    def promoted(self) -> Mapping[str, str]:
        """The promoted keys and their columns."""
        return dict(self._promoted)

    def state(self) -> LedgerState:
        """How the ledger is, for a readiness check and the operator."""
        with self._writing:
            position = self._projection.position()
            rows, people = self._projection.sizes()
        recovered = self._journal.recovered
        return LedgerState(
            rows=rows,
            people=people,
            journal_lag=self._journal.lag(position),
            cut_bytes=recovered.cut_bytes,
            damaged=tuple(str(path) for path in recovered.damaged),
            set_aside=(),
            degraded=None,
        )

    def close(self) -> None:
        """Write what is pending, close the files, let another process have them."""
        with self._writing:
            if not self._closed:
                self._closed = True
                self._journal.close()
                self._projection.close()
                os.close(self._lock)


def _hold(path: Path) -> int:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LedgerInUseError(f"{path.parent} is in use by another process") from None
    return descriptor
