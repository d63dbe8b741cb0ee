"""PostgreSQL: the lake is copied into a schema of its own, file by file."""

import io
from collections.abc import Mapping
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
from pyarrow import csv

from emptychair.ledger.cards import cards
from emptychair.ledger.engines.engine import EngineError, files_of
from emptychair.ledger.engines.shape import Shapes
from emptychair.ledger.known import NOTHING, TABLES, Known, as_known
from emptychair.ledger.portable import Dialect
from emptychair.ledger.promotion import extracted
from emptychair.ledger.question import Question
from emptychair.ledger.render import render
from emptychair.ledger.schema import COLUMNS, SIGNALS

SCHEMA = "emptychair_lake"


class PostgreSQL:
    """A schema `emptychair_lake` in the database at `url`, kept in step with the files of the lake."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError as error:
            raise EngineError(f"PostgreSQL does not answer: {error}") from error
        self._run("set timezone to 'UTC'")
        self._shapes = Shapes([])
        self._seen: object = None

    def prepare(self, lake: Path, promoted: Mapping[str, str], known: Known = NOTHING) -> None:
        """Copy files that are new, drop the rows of files that are gone, then compute the cards anew."""
        seen = (files_of(lake), dict(promoted), known.mark)
        if self._seen == seen:
            return
        with self._connection.transaction():
            # Two processes may find the same new file: the second waits and finds it copied.
            self._run(f"select pg_advisory_xact_lock(hashtext('{SCHEMA}'))")
            self._run(f"create schema if not exists {SCHEMA}")
            self._run(f"set local search_path to {SCHEMA}")
            copied = self._copied(promoted)
            files = {str(path.resolve()): path for path in files_of(lake)}
            gone, fresh = copied - files.keys(), files.keys() - copied
            for name in gone:
                self._connection.execute("delete from lake_rows where lake_file = %s", [name])
                self._connection.execute("delete from files where name = %s", [name])
            for name in sorted(fresh):
                self._copy(name, promoted)
            if self._take(known, promoted) or gone or fresh:
                self._run("drop table if exists person_cards")
                self._run(f"create table person_cards as {render(cards(), Dialect.POSTGRESQL)}")
                self._run("analyze lake_rows")
        self._run(f"set search_path to {SCHEMA}")
        self._shapes = Shapes([*promoted.values()])
        self._seen = seen

    def ask(self, question: Question) -> pa.Table:
        """The answer, through COPY."""
        shape = self._shapes.of(question)
        command = f"copy ({render(question, Dialect.POSTGRESQL)}) to stdout (format csv)"
        with self._connection.cursor().copy(command.encode()) as rows:
            text = b"".join(bytes(block) for block in rows)
        return _read(text, shape)

    def close(self) -> None:
        """Close the connection; the copied lake stays for the next time."""
        self._connection.close()

    def _run(self, command: str) -> None:
        self._connection.execute(command.encode())

    def _copied(self, promoted: Mapping[str, str]) -> set[str]:
        """The files that are already there; other promoted keys than last time mean a fresh start."""
        if self._connection.execute(_IS_OLDER).fetchall():
            self._run("drop table signals, files cascade")
        self._run("create table if not exists files (name text primary key, promoted text not null)")
        found = self._connection.execute("select name, promoted from files").fetchall()
        if any(keys != repr(sorted(promoted.items())) for _, keys in found) or not found:
            self._run("drop table if exists lake_rows, person_cards cascade; truncate files")
            columns = [f"{field.name} {_sql(field.type)}" for field in SIGNALS]
            columns += [f'{name} text collate "C"' for name in promoted.values()]
            self._run(f"create table lake_rows ({', '.join(columns)}, lake_file text not null)")
            return set()
        return {name for name, _ in found}

    def _take(self, known: Known, promoted: Mapping[str, str]) -> bool:
        """Make the tables of what is known, and the view over them, unless they are there."""
        self._run("create table if not exists known (mark text primary key)")
        seen = f"{known.mark} {sorted(promoted.items())!r}"
        if self._connection.execute("select mark from known").fetchall() == [(seen,)]:
            return False
        self._run("drop view if exists signals")
        for name in TABLES:
            table = getattr(known, name)
            self._run(f"drop table if exists {name}")
            columns = ", ".join(f"{field.name} {_sql(field.type)}" for field in table.schema)
            self._run(f"create table {name} ({columns})")
            with self._connection.cursor().copy(f"copy {name} from stdin (format csv)".encode()) as target:
                for batch in table.to_batches(50_000):
                    target.write(_written(batch))
        shown = as_known([*COLUMNS, *promoted.values()], "lake_rows", "starts_with")
        self._run(f"create view signals as {shown}")
        self._connection.execute("delete from known")
        self._connection.execute("insert into known values (%s)", [seen])
        return True

    def _copy(self, name: str, promoted: Mapping[str, str]) -> None:
        """One Parquet file, batch by batch. PostgreSQL holds no NUL character: U+FFFD stands for it."""
        columns = [*COLUMNS, *promoted.values()]
        plain = ", ".join(
            [_without_nul(field) for field in SIGNALS] + [_replaced(name) for name in promoted.values()]
        )
        path = name.replace("'", "''")
        with duckdb.connect() as connection:
            rows = connection.sql(f"""select {plain}, '{path}' as lake_file from
                (select *{extracted(promoted)} from read_parquet('{path}', hive_partitioning = false))""")
            command = f"copy lake_rows ({', '.join(columns)}, lake_file) from stdin (format csv)"
            with self._connection.cursor().copy(command.encode()) as target:
                for batch in rows.to_arrow_reader(50_000):
                    target.write(_written(batch))
        self._connection.execute("insert into files values (%s, %s)", [name, repr(sorted(promoted.items()))])


# Once the copied rows were called signals.
_IS_OLDER = f"""select 1 from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = '{SCHEMA}' and relname = 'signals' and relkind = 'r'"""


def _sql(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    if pa.types.is_integer(kind):
        return "bigint"
    return "timestamp" if pa.types.is_timestamp(kind) else 'text collate "C"'


def _without_nul(field: pa.Field) -> str:
    return _replaced(field.name) if pa.types.is_string(field.type) else str(field.name)


def _replaced(name: str) -> str:
    return f"replace({name}, chr(0), chr(65533)) as {name}"


def _written(batch: pa.RecordBatch) -> bytes:
    buffer = io.BytesIO()
    # Every value quoted, so that an empty text is not a NULL.
    csv.write_csv(batch, buffer, csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return buffer.getvalue()


def _read(text: bytes, shape: pa.Schema) -> pa.Table:
    if not text:
        return shape.empty_table()
    return csv.read_csv(
        io.BytesIO(text),
        csv.ReadOptions(column_names=shape.names, block_size=max(len(text) + 1, 1 << 20)),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=shape,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
