"""Apache Spark over the same Parquet, for lakes that one machine cannot scan."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from emptychair.ledger.cards import cards
from emptychair.ledger.engines.engine import EngineError, files_of
from emptychair.ledger.engines.shape import Shapes, shaped
from emptychair.ledger.known import NOTHING, TABLES, Known, as_known
from emptychair.ledger.portable import Dialect
from emptychair.ledger.question import Question
from emptychair.ledger.render import render
from emptychair.ledger.schema import COLUMNS, SIGNALS

_SETTINGS = {
    # Instants are UTC without zone; any other zone would move them.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    # A text with ${...} in it is text.
    "spark.sql.variable.substitute": "false",
    # Overflow and impossible casts are errors, never NULL.
    "spark.sql.ansi.enabled": "true",
}
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    # Months are many small files: several of them make one task.
    "spark.sql.files.openCostInBytes": "65536",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.log.level": "ERROR",
}


class Spark:
    """A session on this machine, or on the cluster that a master address names."""

    def __init__(self, master: str = "local[2]") -> None:
        try:
            from pyspark.errors import PySparkRuntimeError
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineError(
                "Spark is not installed: pip install 'emptychair[spark]', and Java 17"
            ) from error
        builder: Any = SparkSession.builder.appName("Empty Chair").master(master)
        for name, value in {**(_LOCAL if master.startswith("local") else {}), **_SETTINGS}.items():
            builder = builder.config(name, value)
        try:
            self._session: Any = builder.getOrCreate()
        except PySparkRuntimeError as error:
            raise EngineError(f"Spark does not start at {master}: it needs Java 17. {error}") from error
        for name, value in _SETTINGS.items():
            self._session.conf.set(name, value)
        self._shapes = Shapes([])
        self._seen: object = None

    def prepare(self, lake: Path, promoted: Mapping[str, str], known: Known = NOTHING) -> None:
        """Show the lake; the cards are computed when first asked for, then kept by Spark."""
        files = files_of(lake)
        if self._seen == (files, dict(promoted), known.mark):
            return
        rows = self._session.read.schema(", ".join(f"{field.name} {_sql(field.type)}" for field in SIGNALS))
        self._session.catalog.clearCache()
        rows.parquet(*map(str, files)).createOrReplaceTempView("lake_rows") if files else self._empty()
        extra = "".join(f", {_extraction(key)} as {column}" for key, column in promoted.items())
        for name in TABLES:
            self._session.createDataFrame(getattr(known, name)).createOrReplaceTempView(name)
        rows = f"(select {', '.join(COLUMNS)}{extra} from lake_rows)"
        shown = as_known([*COLUMNS, *promoted.values()], rows, "startswith")
        self._session.sql(shown).createOrReplaceTempView("signals")
        kept = self._session.sql(render(cards(), Dialect.SPARK))
        kept.createOrReplaceTempView("person_cards")
        kept.cache()
        self._shapes = Shapes([*promoted.values()])
        self._seen = (files, dict(promoted), known.mark)

    def ask(self, question: Question) -> pa.Table:
        """The answer, collected through Arrow."""
        shape = self._shapes.of(question)
        return shaped(self._session.sql(render(question, Dialect.SPARK)).toArrow(), shape)

    def close(self) -> None:
        """Stop the session and its Java process's work."""
        self._session.stop()

    def _empty(self) -> None:
        columns = ", ".join(f"cast(null as {_sql(field.type)}) as {field.name}" for field in SIGNALS)
        self._session.sql(f"select {columns} where false").createOrReplaceTempView("lake_rows")


def _sql(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return "timestamp_ntz" if pa.types.is_timestamp(kind) else "string"


def _extraction(key: str) -> str:
    """The text under a key; Java writes 12345678.9 as 1.23456789E7, which is written out as DuckDB does."""
    name = key.replace("\\", "\\\\").replace("'", "\\'")
    found = f"from_json(properties, 'map<string,string>')['{name}']"
    digits = f"cast(cast({found} as decimal(38, 21)) as string)"
    plain = f"regexp_replace(regexp_replace({digits}, '0+$', ''), '[.]$', '.0')"
    small, huge = "'^-?[0-9][.][0-9]+E(-[1-6]|[0-9]|1[0-5])$'", "'^-?[0-9][.][0-9]+E-?[0-9]+$'"
    return f"""case when {found} rlike {small} then {plain}
        when {found} rlike {huge} then lower({found}) else {found} end"""
