"""The rows of a lake kept by an engine as a table: hundreds of small questions read and extract nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from pyspark.sql import SparkSession

from emptychair.ledger.engines.clickhouse import ClickHouse
from emptychair.ledger.engines.duckdb import DuckDB
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.engines.spark import Spark
from emptychair.ledger.known import TABLES

# On a dozen rows, what compiles, shuffles and broadcasts takes longer than what it is for.
_PLAIN = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
_DUCKDB = (
    "create table kept as from signals",
    "alter view signals rename to shown",
    "alter table kept rename to signals",
)
_DUCKDB_AGAIN = ("drop table signals", "alter view shown rename to signals")
_CLICKHOUSE = (
    "create table kept engine = Memory as select * from signals",
    "rename table signals to shown",
    "rename table kept to signals",
)
_CLICKHOUSE_AGAIN = ("drop table signals", "rename table shown to signals")


@contextmanager
def from_memory(engine: Engine) -> Iterator[None]:
    """Until the end of the block; PostgreSQL has copied the rows anyway."""
    kept: Any = nullcontext()
    if isinstance(engine, Spark):
        kept = _by_spark()
    elif isinstance(engine, ClickHouse):
        kept = _by_table(engine._session.query, _CLICKHOUSE, _CLICKHOUSE_AGAIN)
    elif isinstance(engine, DuckDB):
        kept = _by_table(engine._connection.execute, _DUCKDB, _DUCKDB_AGAIN)
    with kept:
        yield


@contextmanager
def _by_table(
    run: Callable[[str], object], before: Sequence[str], afterwards: Sequence[str]
) -> Iterator[None]:
    for statement in before:
        run(statement)
    yield
    for statement in afterwards:
        run(statement)


@contextmanager
def _by_spark() -> Iterator[None]:
    session = SparkSession.getActiveSession()
    assert session is not None
    before = {name: session.conf.get(name) for name in _PLAIN}
    shown = {name: session.table(name) for name in ("signals", "person_cards", *TABLES)}
    for name, value in _PLAIN.items():
        session.conf.set(name, value)
    for name, table in shown.items():
        session.createDataFrame(table.toArrow()).coalesce(1).cache().createOrReplaceTempView(name)
    yield
    for name, table in shown.items():
        session.table(name).unpersist()
        table.createOrReplaceTempView(name)
    for name, value in before.items():
        session.conf.set(name, str(value))
