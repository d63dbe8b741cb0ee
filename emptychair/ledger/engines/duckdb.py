"""DuckDB straight over the lake, without the projection."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from emptychair.ledger.answer import normalised
from emptychair.ledger.cards import cards
from emptychair.ledger.engines.engine import files_of, pattern_of
from emptychair.ledger.known import NOTHING, TABLES, Known, as_known
from emptychair.ledger.people import NEVER_EMPTY
from emptychair.ledger.portable import Dialect
from emptychair.ledger.promotion import extracted
from emptychair.ledger.question import Question
from emptychair.ledger.render import render
from emptychair.ledger.schema import COLUMNS, SIGNALS


class DuckDB:
    """An in-memory database whose `signals` are the Parquet files of a lake."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._seen: object = None

    def prepare(self, lake: Path, promoted: Mapping[str, str], known: Known = NOTHING) -> None:
        """Show the lake; the cards are computed once and kept in memory."""
        files = files_of(lake)
        if self._seen == (files, dict(promoted), known.mark):
            return
        for name in TABLES:
            self._connection.register("told", getattr(known, name))
            self._connection.execute(f"create or replace table {name} as select * from told")
            self._connection.unregister("told")
        self._connection.execute(NEVER_EMPTY)
        rows = f"({lake_relation(lake, promoted)})"
        shown = as_known([*COLUMNS, *promoted.values()], rows, "starts_with")
        self._connection.execute(f"create or replace view signals as {shown}")
        kept = render(cards(), Dialect.DUCKDB)
        self._connection.execute(f"create or replace table person_cards as {kept}")
        self._seen = (files, dict(promoted), known.mark)

    def ask(self, question: Question) -> pa.Table:
        """The answer, from a cursor of its own."""
        with self._connection.cursor() as cursor:
            return normalised(cursor.sql(render(question, Dialect.DUCKDB)).to_arrow_table())

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def lake_relation(lake: Path, promoted: Mapping[str, str]) -> str:
    """The SELECT of DuckDB over a lake: the columns of the ledger, then the promoted ones."""
    if not files_of(lake):
        empty = ", ".join(f"cast(null as {_sql(field.type)}) as {field.name}" for field in SIGNALS)
        return f"select *{extracted(promoted)} from (select {empty}) where false"
    files = pattern_of(lake).replace("'", "''")
    return f"""select {", ".join(COLUMNS)}{extracted(promoted)}
        from read_parquet('{files}', hive_partitioning = false)"""


def _sql(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return "timestamp" if pa.types.is_timestamp(kind) else "varchar"
