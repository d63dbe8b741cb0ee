"""The ledger: what happened, kept for ever, and the only door to it."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from emptychair.domain.signal import Signal
from emptychair.ledger import (
    admission,
    compaction,
    following,
    loader,
    promotion,
    rebuilding,
    sealing,
    withdrawal,
)
from emptychair.ledger.answer import normalised
from emptychair.ledger.batch import encoded
from emptychair.ledger.books import Admitted, Compacted, LedgerState, Loaded, Sealed
from emptychair.ledger.delivery import Delivery
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.errors import LedgerDegradedError, LedgerError
from emptychair.ledger.holding import hold
from emptychair.ledger.journal import Journal
from emptychair.ledger.lake import Lake
from emptychair.ledger.opening import is_damage, opened
from emptychair.ledger.projection import Place
from emptychair.ledger.question import Question
from emptychair.ledger.rebuilding import Condition
from emptychair.ledger.render import Dialect, render
from emptychair.ledger.staging import Staging
from emptychair.ledger.state import state_of
from emptychair.ledger.stores import Stores

# A rebuild that failed, for lack of space say, is tried again by the loader, but not all the time.
RETRY_AFTER = timedelta(seconds=30)


class Ledger:
    """One folder of journal, lake and projection; thread-safe, owned by one process."""

    def __init__(
        self, home: Path, *, memory_limit: str, threads: int, readable: Sequence[Path], engine: Engine | None
    ) -> None:
        """Use `Ledger.open`, which also brings the projection up to date."""
        self._engine = engine
        self._folder = home / "ledger"
        temporary = self._folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        self._lock = hold(self._folder / "lock")
        self._writing = threading.RLock()
        self._closed = False
        self._degraded: str | None = "starting"
        self._restoring: threading.Thread | None = None
        self._tried_at: datetime | None = None
        self._place = Place(
            path=self._folder / "projection.duckdb",
            folders=[self._folder / "lake", temporary, *readable],
            temporary=temporary,
            memory_limit=memory_limit,
            threads=threads,
        )
        try:
            lake = Lake(self._folder / "lake")
            promoted = promotion.promoted_keys(self._folder / "promoted.json")
            projection = opened(self._place)
            journal = Journal(self._folder / "journal", above=lake.head.sealed)
        except BaseException:
            os.close(self._lock)
            raise
        self._stores = Stores(journal=journal, lake=lake, projection=projection, promoted=promoted)

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        memory_limit: str = "1GB",
        threads: int = 2,
        readable: Sequence[Path] = (),
        wait: bool = True,
        engine: Engine | None = None,
    ) -> "Ledger":
        """Open the ledger of `home`, recovering whatever a crash left; everything acknowledged is there.

        A staging may read the files below `readable` and below the ledger's own folder, and nothing else.
        Without `wait`, a projection that has to be rebuilt is rebuilt behind the caller's back: signals are
        taken in meanwhile, and `state().degraded` says why questions are refused. With an `engine`, which is
        closed with the ledger, it answers instead of the projection, from what is sealed in the lake.
        """
        ledger = cls(home, memory_limit=memory_limit, threads=threads, readable=readable, engine=engine)
        ledger._restore(Condition.OPEN)
        if wait:
            ledger.wait()
            if ledger._degraded is not None:
                ledger.close()
                raise LedgerError(f"the ledger of {home} could not be opened: {ledger._degraded}")
            if engine is not None:
                with ledger._changing() as stores:
                    sealing.seal(stores)
        return ledger

    def wait(self) -> None:
        """Return when the projection is not being prepared any more."""
        if self._restoring is not None:
            self._restoring.join()

    def append(self, signals: Sequence[Signal]) -> None:
        """Keep these signals: durable when it returns.

        Raises NotASignalError, with nothing stored, when one of them does not fit the columns.
        """
        self.submit(signals).result()

    def submit(self, signals: Sequence[Signal]) -> "Future[None]":
        """As `append`, without waiting: the future is done when they are durable."""
        return self._stores.journal.submit(encoded(signals))

    def load(self, now: datetime) -> Loaded:
        """Let questions see what was appended; counts the rows stored and the duplicates refused.

        Nothing is loaded while the projection is being rebuilt. With nothing to load, the file is tidied.
        """
        if not self._place.path.exists() and self._degraded is None:
            self._restore(Condition.DAMAGED)
        if self._degraded is not None:
            if self._tried_at is None or now >= self._tried_at + RETRY_AFTER:
                self._tried_at = now
                self._restore(Condition.DOUBTFUL)
            return Loaded(stored=0, duplicate=0)
        with self._changing() as stores:
            loaded = loader.load_all(stores)
            if loaded.stored == loaded.duplicate == 0:
                stores.projection.rest()
        return loaded

    def seal(self, now: datetime) -> Sealed:
        """Move what the journal holds into the lake; known ids are found however old, and refused."""
        with self._changing() as stores:
            return sealing.seal(stores)

    def compact(self, now: datetime) -> Compacted:
        """Make every month before the one of `now` a single file, sorted by person and time."""
        with self._changing() as stores:
            return compaction.compact(stores, now)

    def withdraw(self, source: str) -> int:
        """Take back everything that `source` brought; how many rows left lake, projection and cards."""
        with self._changing() as stores:
            return withdrawal.withdraw(stores, source)

    @contextmanager
    def staging(self, source: str) -> Iterator[Staging]:
        """The bulk door: a connection to prepare signals on, and ways to let them in under `source`.

        Questions see them from the next one on, which waits until they are loaded.
        """
        own: set[int] = set()

        def admit(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> dict[int, Admitted]:
            with self._changing(behind=True) as stores:
                if stores.journal.end() > stores.projection.position():
                    following.follow(stores)
                    loader.load_all(stores)
                return admission.admit(connection, stores, delivery, source, own)

        self._catch_up()
        with (
            self._stores.projection.reading() as connection,
            Staging(connection, self._stores, admit) as door,
        ):
            yield door

    def ask(self, question: Question) -> pa.Table:
        """The answer to a question about what is loaded, fetched whole.

        Raises LedgerDegradedError while the projection is being rebuilt.
        """
        self._catch_up()
        if self._engine is not None:
            with self._writing:  # files of the lake must not go while they are read
                self._engine.prepare(self.lake, self._stores.promoted)
                return self._engine.ask(question)
        try:
            with self._stores.projection.reading() as cursor:
                return normalised(cursor.sql(render(question, Dialect.DUCKDB)).to_arrow_table())
        except duckdb.Error as error:
            if is_damage(error, self._place.path):
                self._restore(_condition(error))
            self._refuse_when_degraded()
            raise

    def keys(self) -> tuple[str, ...]:
        """Every key that `properties` hold, in order. O(rows): for a person who asks for one by name."""
        self._catch_up()
        with self._stores.projection.reading() as cursor:
            return tuple(key for (key,) in cursor.execute(promotion.KEYS).fetchall())

    def promote(self, key: str) -> str:
        """Give a key of `properties` a column that questions can use; its name. Safe to call again."""
        with self._changing() as stores:
            if key not in stores.promoted:
                column = promotion.column_for(key, stores.promoted)
                promotion.keep(self._folder / "promoted.json", {**stores.promoted, key: column})
                stores.promoted[key] = column
                stores.projection.show(stores.promoted)
            return stores.promoted[key]

    @property
    def promoted(self) -> Mapping[str, str]:
        """The promoted keys and their columns."""
        return dict(self._stores.promoted)

    @property
    def lake(self) -> Path:
        """The folder of Parquet files, one folder per month: yours to read with any engine."""
        return self._stores.lake.signals

    def state(self) -> LedgerState:
        """How the ledger is, for a readiness check and the operator."""
        return state_of(self._stores, self._place.path, self._degraded)

    def close(self) -> None:
        """Write what is pending, close the files, let another process have them. Safe to call again."""
        self.wait()
        with self._writing:
            if not self._closed:
                self._closed = True
                if self._engine is not None:
                    self._engine.close()
                self._stores.journal.close()
                self._stores.projection.close()
                os.close(self._lock)

    def _catch_up(self) -> None:
        """Let the next question see what was let in. Cheap when it is seen already."""
        self._refuse_when_degraded()
        if self._stores.projection.batch() != self._stores.lake.head.number:
            with self._changing():
                """The projection followed on the way in."""

    @contextmanager
    def _changing(self, *, behind: bool = False) -> Iterator[Stores]:
        """The stores for one change, alone; after a failure lake and projection are brought in line again.

        The projection may be `behind` for a change that does not need it.
        """
        self._refuse_when_degraded()
        with self._writing:
            try:
                if not behind:
                    following.follow(self._stores)
                yield self._stores
            except BaseException as error:
                self._stores.lake.recover()
                if isinstance(error, duckdb.Error) and is_damage(error, self._place.path):
                    self._restore(_condition(error))
                elif not following.is_in_line(self._stores):
                    self._restore(Condition.DOUBTFUL)
                raise

    def _refuse_when_degraded(self) -> None:
        if self._degraded is not None:
            raise LedgerDegradedError(f"the ledger is being prepared: {self._degraded}; signals are taken in")

    def _restore(self, condition: Condition) -> None:
        """Bring the projection up to date on a thread of its own, unless one is at it."""
        if self._restoring is None or not self._restoring.is_alive():
            self._degraded = self._degraded or "the projection is damaged and is being rebuilt"
            self._restoring = threading.Thread(target=self._restored, args=(condition,), name="restoring")
            self._restoring.start()

    def _restored(self, condition: Condition) -> None:
        stores = self._stores
        with self._writing:
            try:
                rebuilding.restore(stores, self._place, condition)
            except (duckdb.Error, OSError, LedgerError) as error:
                self._degraded = f"the projection could not be rebuilt: {error}"
            else:
                self._degraded = None


def _condition(error: duckdb.Error) -> Condition:
    """A fatal error says that the connection is done for, as after a full disk; the file may be sound."""
    return Condition.DOUBTFUL if isinstance(error, duckdb.FatalException) else Condition.DAMAGED
