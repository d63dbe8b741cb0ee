"""The DuckDB file that answers questions: a projection of the lake and the journal, never the truth."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import duckdb

from emptychair.ledger import bookkeeping, card, links, people, words
from emptychair.ledger.journal import Position
from emptychair.ledger.promotion import extraction
from emptychair.ledger.schema import AUDIENCE, COLUMNS, KIND, literal
from emptychair.ledger.vocabulary import NOTHING_YET

REST_BYTES = 32 << 20
# How often the disk is given what was written meanwhile, in seconds.
_FLUSH_EVERY = 0.5
# A database in memory, beside the file: what is on its way into it. Seen by all connections.
BESIDE = "beside"
# Uncompressed, the person column has four times as many zones: one history is found four times faster. Ids
# are compared all the time and hardly shrink. Zstandard takes the JSON in a third of the time of the default.
# Numbers are packed whatever they are: looking for what is best takes longer than packing. Segments lie in
# long runs.
_TABLES = f"""
begin transaction;
create table if not exists signal_rows (
    id varchar using compression uncompressed not null, audience {AUDIENCE} not null,
    person varchar using compression uncompressed, kind {KIND} not null,
    name {NOTHING_YET} not null, channel {NOTHING_YET} not null, source {NOTHING_YET} not null,
    occurred_at timestamp using compression bitpacking not null,
    received_at timestamp using compression bitpacking not null,
    text varchar, score decimal(9, 4) using compression bitpacking,
    value decimal(18, 4) using compression bitpacking, currency {NOTHING_YET},
    properties varchar using compression zstd not null,
    known_as varchar, segment bigint using compression rle not null);
{card.CREATE};
{bookkeeping.CREATE};
{links.CREATE};
{people.CREATE};
{words.CREATE};
create table if not exists loaded (segment bigint not null, "offset" bigint not null, batch bigint not null);
create table if not exists sorted_months (month varchar not null);
insert into loaded select 0, 0, 0 where not exists (select 1 from loaded);
commit
"""
# What differs while a file is filled from nothing: rows come in any order, which saves writing them twice,
# and go to the file while the processor has them at hand.
_BUILDING = {"preserve_insertion_order": "false", "write_buffer_row_group_count": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a projection lies, what its SQL may touch, and what it may use."""

    path: Path
    folders: Sequence[Path]
    temporary: Path
    memory_limit: str
    threads: int


class Projection:
    """One open DuckDB file, the only one in the process; questions get a cursor each."""

    def __init__(self, place: Place) -> None:
        """Open or create the file; SQL may read and write below the folders of `place` only.

        Raises duckdb.Error when the file is damaged.
        """
        self.path = place.path
        self._batch: int | None = None
        self._descriptor: int | None = None
        self._writer = duckdb.connect(
            str(place.path),
            config={
                # Readable by 1.5 and 2.x alike.
                "storage_compatibility_version": "v1.5.0",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
                "python_enable_replacements": "false",
                # A checkpoint blocks commits: done by `rest` when there is time, by size only in need.
                "checkpoint_threshold": "512MB",
                "temp_directory": str(place.temporary),
                "memory_limit": place.memory_limit,
                "threads": str(place.threads),
            },
        )
        try:
            allowed = ", ".join(literal(f"{folder.resolve()}/") for folder in place.folders)
            # A program without a file, as `python -c` is, would get one on its standard output.
            self._writer.execute("set enable_progress_bar = false")
            self._writer.execute(f"attach ':memory:' as {BESIDE}")
            self._writer.execute("set global TimeZone = 'UTC'")
            self._writer.execute(f"set allowed_directories = [{allowed}]")
            self._writer.execute("set enable_external_access = false")
            self._writer.execute(f"set allowed_configs = [{', '.join(map(literal, _BUILDING))}]")
            self._writer.execute("set lock_configuration = true")
            self._writer.execute(_TABLES)
            self._check_columns()
            self._check_size()
        except duckdb.Error:
            self._writer.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The writing connection, committed at the end and rolled back on an error."""
        try:
            with writing(self._writer) as connection:
                yield connection
        finally:
            self._batch = None

    @contextmanager
    def building(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `transaction`, to fill an empty file fast: rows may change their order."""
        for name, value in _BUILDING.items():
            self._writer.execute(f"set global {name} = {literal(value)}")
        try:
            with self._flushing(), self.transaction() as connection:
                yield connection
        finally:
            for name in _BUILDING:
                self._writer.execute(f"reset global {name}")

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own, closed at the end: an unfinished question would block the others."""
        with closing(self._writer.cursor()) as cursor:
            yield cursor

    def position(self) -> Position:
        """Up to where the journal is in this file."""
        with self.reading() as cursor:
            found = cursor.execute('select segment, "offset" from loaded').fetchone()
        return Position(*found) if found else Position(0, 0)

    def batch(self) -> int:
        """The last commit of the lake that is in this file; asked of it once after every change."""
        batch = self._batch
        if batch is None:
            with self.reading() as cursor:
                found = cursor.execute("select batch from loaded").fetchone()
            self._batch = batch = int(found[0]) if found else 0
        return batch

    def is_empty(self) -> bool:
        """True when nothing of lake or journal is in this file."""
        return self.batch() == 0 and self.position() == Position(0, 0)

    def settled(self) -> int:
        """How often people were found to be others than they were taken for."""
        with self.reading() as cursor:
            (found,) = cursor.execute("select number from settled").fetchall()[0]
        return int(found)

    def show(self, promoted: Mapping[str, str]) -> None:
        """Let questions see the columns of the schema and the promoted ones, filling new ones: O(rows)."""
        with self.transaction() as connection:
            known = {str(row[0]) for row in connection.execute("describe signal_rows").fetchall()}
            for key, column in promoted.items():
                if column not in known:
                    connection.execute(f"alter table signal_rows add column {column} varchar")
                    connection.execute(f"update signal_rows set {column} = {extraction(key)}")
            shown = ", ".join((*COLUMNS, *promoted.values()))
            connection.execute(f"create or replace view signals as select {shown} from signal_rows")
            connection.execute(f"create or replace view memberships as {links.MEMBERSHIPS}")

    def sizes(self) -> tuple[int, int]:
        """Rows, and people with a card."""
        with self.reading() as cursor:
            found = cursor.execute(
                "select (select count(*) from signal_rows), (select count(*) from person_cards)"
            ).fetchone()
        return found or (0, 0)

    def rest(self) -> None:
        """Write the file down when its log has grown: it blocks commits, so it is done when there is time."""
        log = self.path.with_name(f"{self.path.name}.wal")
        if log.exists() and log.stat().st_size > REST_BYTES:
            # Somebody is writing: there will be another rest.
            with suppress(duckdb.TransactionException):
                self._writer.execute("checkpoint")

    def close(self) -> None:
        """Close the file and every cursor of it. Safe to call again."""
        self._writer.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def _flushing(self) -> Iterator[None]:
        """Have the disk take what is written while more is computed: the commit has less to wait for."""
        if self._descriptor is None:
            # Open until the file is closed: with any descriptor of a file goes the lock that DuckDB has.
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        done = Event()
        thread = Thread(target=_flush, args=(self._descriptor, done), name="flushing")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _check_columns(self) -> None:
        """A file of an older version lacks one, or has another list of kinds."""
        known = {str(row[0]): row[1] for row in self._writer.execute("describe signal_rows").fetchall()}
        unread = {str(row[0]) for row in self._writer.execute("describe unread").fetchall()}
        (kind,) = self._writer.execute(f"select typeof(null::{KIND})").fetchall()[0]
        if known.get("kind") != kind or "known_as" not in known or "occurred_at" not in unread:
            raise duckdb.IOException(f"{self.path} is of an older version")

    def _check_size(self) -> None:
        """A file that was cut opens without a word and fails at the first question."""
        size = self.path.stat().st_size
        for table in ("signal_rows", "person_cards"):
            # Three headers of 4,096 bytes, then the blocks.
            found = self._writer.execute(f"""select 12288 + (max(block_id) + 1) * max(block_size)
                from pragma_storage_info('{table}'), pragma_database_size()""").fetchone()
            if found is not None and found[0] is not None and size < found[0]:
                raise duckdb.IOException(f"{self.path} is shorter than it says")


@contextmanager
def writing(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """One transaction of `connection`."""
    connection.execute("begin transaction")
    try:
        yield connection
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _flush(descriptor: int, done: Event) -> None:
    # What goes wrong with the disk is told by the commit, whose own descriptor hears of it, too.
    with suppress(OSError):
        while not done.wait(_FLUSH_EVERY):
            os.fdatasync(descriptor)
