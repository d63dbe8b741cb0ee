"""Which engine a setting names."""

from emptychair.ledger.engines.duckdb import DuckDB
from emptychair.ledger.engines.engine import Engine, EngineError


def engine(setting: str) -> Engine:
    """The engine of EMPTYCHAIR_ENGINE: duckdb, spark, spark://..., clickhouse or postgresql://...

    Raises EngineError, saying what to install or write, when it cannot be had.
    """
    # Only the engine that is named is loaded: the driver of PostgreSQL alone takes a tenth of a start.
    if setting == "duckdb":
        return DuckDB()
    from emptychair.ledger.engines.clickhouse import ClickHouse
    from emptychair.ledger.engines.postgresql import PostgreSQL
    from emptychair.ledger.engines.spark import Spark

    if setting == "spark":
        return Spark()
    if setting.startswith(("spark://", "local[", "k8s://")) or setting == "yarn":
        return Spark(setting)
    if setting == "clickhouse":
        return ClickHouse()
    if setting.startswith(("postgresql://", "postgres://")):
        return PostgreSQL(setting)
    raise EngineError(
        f"EMPTYCHAIR_ENGINE {setting!r} is not known: duckdb, spark, spark://HOST:PORT, clickhouse or "
        "postgresql://USER@HOST/DATABASE"
    )
