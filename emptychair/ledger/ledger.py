"""The ledger: what happened, kept for ever, and the only door to it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from emptychair.domain.signal import Signal
from emptychair.ledger import (
    admission,
    bookkeeping,
    compaction,
    following,
    loader,
    people,
    promotion,
    sealing,
    withdrawal,
)
from emptychair.ledger.answer import normalised
from emptychair.ledger.batch import encoded
from emptychair.ledger.books import Admitted, Compacted, LedgerState, Loaded, Sealed
from emptychair.ledger.delivery import Delivery
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.errors import LedgerError
from emptychair.ledger.holding import hold
from emptychair.ledger.journal import Done, Journal
from emptychair.ledger.known import NOTHING, known
from emptychair.ledger.lake import Lake
from emptychair.ledger.opening import is_damage, opened
from emptychair.ledger.projection import Place
from emptychair.ledger.question import Question
from emptychair.ledger.readings import Readings
from emptychair.ledger.rebuilding import Condition
from emptychair.ledger.render import Dialect, render
from emptychair.ledger.settling import Settling
from emptychair.ledger.staging import Staging
from emptychair.ledger.state import state_of
from emptychair.ledger.stores import Stores
from emptychair.ledger.understood import Counts, Park, Translate, nobody_keeps, nobody_reads
from emptychair.ledger.upkeep import Upkeep, condition
from emptychair.ledger.who import Who


class Ledger:
    """One folder of journal, lake and projection; thread-safe, owned by one process."""

    def __init__(
        self,
        home: Path,
        *,
        memory_limit: str,
        threads: int,
        readable: Sequence[Path],
        engine: Engine | None,
        translate: Translate,
        park: Park,
    ) -> None:
        """Use `Ledger.open`, which also brings the projection up to date."""
        self._engine = engine
        self._folder = home / "ledger"
        temporary = self._folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        self._lock = hold(self._folder / "lock")
        self._closed = False
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
            decisions = people.decided(self._folder / "people.json")
            projection = opened(self._place)
            journal = Journal(self._folder / "journal", above=lake.head.sealed)
        except BaseException:
            os.close(self._lock)
            raise
        self._stores = Stores(
            journal=journal,
            lake=lake,
            projection=projection,
            promoted=promoted,
            decisions=decisions,
            translate=translate,
            park=park,
        )
        self._upkeep = Upkeep(self._stores, self._place)
        self._settling = Settling()
        self._known = NOTHING
        self.readings = Readings(self._stores, self._upkeep)
        self.who = Who(self._folder / "people.json", self._stores, self._upkeep)

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
        translate: Translate = nobody_reads,
        park: Park = nobody_keeps,
    ) -> "Ledger":
        """Open the ledger of `home`, recovering whatever a crash left; everything acknowledged is there.

        A staging may read the files below `readable` and below the ledger's own folder, and nothing else.
        Without `wait`, a projection that has to be rebuilt is rebuilt behind the caller's back: signals are
        taken in meanwhile, and `state().degraded` says why questions are refused. With an `engine`, which is
        closed with the ledger, it answers instead of the projection, from what is sealed in the lake.
        `translate` understands what came in envelopes, and `park` keeps what it could not understand.
        """
        ledger = cls(
            home,
            memory_limit=memory_limit,
            threads=threads,
            readable=readable,
            engine=engine,
            translate=translate,
            park=park,
        )
        ledger._upkeep.restore(Condition.OPEN)
        if wait:
            ledger.wait()
            if ledger._upkeep.degraded is not None:
                ledger.close()
                raise LedgerError(f"the ledger of {home} could not be opened: {ledger._upkeep.degraded}")
            if engine is not None:
                with ledger._upkeep.changing() as stores:
                    sealing.seal(stores)
        return ledger

    def wait(self) -> None:
        """Return when the projection is not being prepared any more."""
        self._upkeep.wait()

    def append(self, signals: Sequence[Signal]) -> None:
        """Keep these signals: durable when it returns.

        Raises NotASignalError, with nothing stored, when one of them does not fit the columns.
        """
        self.submit(signals).result()

    def submit(self, signals: Sequence[Signal]) -> "Future[None]":
        """As `append`, without waiting: the future is done when they are durable."""
        return self._stores.journal.submit(encoded(signals))

    def hand_over(self, envelope: Envelope, done: Done) -> None:
        """Keep what a client sent as it is: `done` is called when it is durable, or with why it is not.

        It is understood when it is loaded. `done` runs on the journal's thread, must be quick and not raise.
        """
        self._stores.journal.hand_over(packed(envelope), done)

    def put(self, envelope: Envelope) -> None:
        """Keep an envelope: durable when it returns."""
        self._stores.journal.submit(packed(envelope)).result()

    def books(self, since: date | None = None) -> Counts:
        """What became of every event that was loaded, by day, source and client."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return bookkeeping.read(cursor, since)

    def load(self, now: datetime) -> Loaded:
        """Let questions see what was appended; counts the rows stored and the duplicates refused.

        Nothing is loaded while the projection is being rebuilt. With nothing to load, the file is tidied.
        """
        self._upkeep.mend(now)
        if self._upkeep.degraded is not None:
            return Loaded(stored=0, duplicate=0)
        with self._upkeep.changing() as stores:
            loaded = loader.load_all(stores)
            moved = self._settling.settle(stores)
            if loaded.stored == loaded.duplicate == moved == 0:
                stores.projection.rest()
        return loaded

    def seal(self, now: datetime) -> Sealed:
        """Move what the journal holds into the lake; known ids are found however old, and refused."""
        with self._upkeep.changing() as stores:
            return sealing.seal(stores)

    def compact(self, now: datetime) -> Compacted:
        """Make every month before the one of `now` a single file, sorted by person and time."""
        with self._upkeep.changing() as stores:
            return compaction.compact(stores, now)

    def withdraw(self, source: str, ids: Sequence[str] | None = None) -> int:
        """Take back everything that `source` brought, or of that these ids; how many rows left.

        They leave lake, projection and cards, and their ids are free again.
        """
        with self._upkeep.changing() as stores:
            return withdrawal.withdraw(stores, source, ids)

    @contextmanager
    def staging(self, source: str) -> Iterator[Staging]:
        """The bulk door: a connection to prepare signals on, and ways to let them in under `source`.

        Questions see them from the next one on, which waits until they are loaded.
        """
        own: set[int] = set()

        def admit(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> dict[int, Admitted]:
            with self._upkeep.changing(behind=True) as stores:
                if stores.journal.end() > stores.projection.position():
                    following.follow(stores)
                    loader.load_all(stores)
                return admission.admit(connection, stores, delivery, source, own)

        self._upkeep.catch_up()
        with (
            self._stores.projection.reading() as connection,
            Staging(connection, self._stores, admit) as door,
        ):
            yield door

    def ask(self, question: Question) -> pa.Table:
        """The answer to a question about what is loaded, fetched whole.

        Raises LedgerDegradedError while the projection is being rebuilt.
        """
        self._upkeep.catch_up()
        if self._engine is not None:
            with self._upkeep.alone:  # files of the lake must not go while they are read
                with self._stores.projection.reading() as cursor:
                    self._known = known(cursor, self._known)
                self._engine.prepare(self.lake, self._stores.promoted, self._known)
                return self._engine.ask(question)
        try:
            with self._stores.projection.reading() as cursor:
                return normalised(cursor.sql(render(question, Dialect.DUCKDB)).to_arrow_table())
        except duckdb.Error as error:
            if is_damage(error, self._place.path):
                self._upkeep.restore(condition(error))
            self._upkeep.refuse_when_degraded()
            raise

    def keys(self) -> tuple[str, ...]:
        """Every key that `properties` hold, in order. O(rows): for a person who asks for one by name."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return tuple(key for (key,) in cursor.execute(promotion.KEYS).fetchall())

    def promote(self, key: str) -> str:
        """Give a key of `properties` a column that questions can use; its name. Safe to call again."""
        with self._upkeep.changing() as stores:
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
        return state_of(self._stores, self._place.path, self._upkeep.degraded)

    def close(self) -> None:
        """Write what is pending, close the files, let another process have them. Safe to call again."""
        self.wait()
        with self._upkeep.alone:
            if not self._closed:
                self._closed = True
                if self._engine is not None:
                    self._engine.close()
                self._stores.journal.close()
                self._stores.projection.close()
                os.close(self._lock)
