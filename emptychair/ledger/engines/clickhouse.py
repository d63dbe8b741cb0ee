"""ClickHouse, embedded through chdb, over the same Parquet."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from emptychair.ledger.cards import cards
from emptychair.ledger.engines.engine import EngineError, files_of, pattern_of
from emptychair.ledger.engines.shape import Shapes, shaped
from emptychair.ledger.known import NOTHING, TABLES, Known, as_known
from emptychair.ledger.portable import Dialect
from emptychair.ledger.question import Question
from emptychair.ledger.render import render
from emptychair.ledger.schema import COLUMNS, SIGNALS


class ClickHouse:
    """A private ClickHouse inside this process; chdb allows one."""

    def __init__(self) -> None:
        try:
            session: Any = import_module("chdb.session")
        except ImportError as error:
            raise EngineError("ClickHouse is not installed: pip install 'emptychair[clickhouse]'") from error
        self._folder = TemporaryDirectory(prefix="empty-chair-clickhouse-")
        self._session: Any = session.Session(self._folder.name)
        self._lock = Lock()
        self._shapes = Shapes([])
        self._seen: object = None

    def prepare(self, lake: Path, promoted: Mapping[str, str], known: Known = NOTHING) -> None:
        """Show the lake; the cards are computed once and kept in memory."""
        files = files_of(lake)
        if self._seen == (files, dict(promoted), known.mark):
            return
        columns = ", ".join(f"CAST({field.name} AS {_sql(field)}) AS {field.name}" for field in SIGNALS)
        extra = "".join(f", {_extraction(key)} AS {column}" for key, column in promoted.items())
        source = f"file({_text(pattern_of(lake))}, 'Parquet')" if files else f"({_nothing()})"
        rows = f"(SELECT *{extra} FROM (SELECT {columns} FROM {source}))"
        shown = as_known([*COLUMNS, *promoted.values()], rows, "startsWith")
        with self._lock:
            for name in TABLES:
                self._take(name, getattr(known, name))
            self._session.query(f"CREATE OR REPLACE VIEW signals AS {shown} SETTINGS join_use_nulls = 1")
            self._session.query("DROP TABLE IF EXISTS person_cards")
            kept = render(cards(), Dialect.CLICKHOUSE)
            self._session.query(f"CREATE TABLE person_cards ENGINE = Memory AS {kept}")
        self._shapes = Shapes([*promoted.values()])
        self._seen = (files, dict(promoted), known.mark)

    def _take(self, name: str, table: pa.Table) -> None:
        path = Path(self._folder.name) / f"{name}.parquet"
        pq.write_table(table, path)
        columns = ", ".join(f"CAST({field.name} AS {_sql(field)}) AS {field.name}" for field in table.schema)
        self._session.query(f"DROP TABLE IF EXISTS {name}")
        self._session.query(
            f"CREATE TABLE {name} ENGINE = Memory AS"
            f" SELECT {columns} FROM file({_text(str(path))}, 'Parquet')"
        )

    def ask(self, question: Question) -> pa.Table:
        """The answer, through Arrow."""
        shape = self._shapes.of(question)
        with self._lock:
            found = self._session.query(render(question, Dialect.CLICKHOUSE), "ArrowTable")
        return shaped(found, shape)

    def close(self) -> None:
        """Close the session and remove its folder."""
        self._session.close()
        self._folder.cleanup()


def _sql(field: pa.Field) -> str:
    """Decimals have 38 digits, because ClickHouse computes products in the width of its operands."""
    kind = field.type
    if pa.types.is_decimal(kind):
        name = f"Decimal(38, {kind.scale})"
    elif pa.types.is_integer(kind):
        name = "Int64"
    else:
        name = "DateTime64(6, 'UTC')" if pa.types.is_timestamp(kind) else "String"
    return f"Nullable({name})" if field.nullable else name


def _nothing() -> str:
    columns = ", ".join(f"defaultValueOfTypeName({_text(_sql(field))}) AS {field.name}" for field in SIGNALS)
    return f"SELECT {columns} WHERE false"


def _extraction(key: str) -> str:
    """The text under a key; ClickHouse writes the double 20.0 as 20, the others keep the point."""
    name = _text(key)
    raw = f"JSONExtractRaw(properties, {name})"
    double = f"if(match({raw}, '^-?[0-9]+$'), {raw} || '.0', {raw})"
    kind = f"toString(JSONType(properties, {name}))"
    return (
        f"CAST(CASE {kind} WHEN 'Null' THEN NULL WHEN 'String' THEN JSONExtractString(properties, {name})"
        f" WHEN 'Double' THEN {double} ELSE {raw} END AS Nullable(String))"
    )


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
