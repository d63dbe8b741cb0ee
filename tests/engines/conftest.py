"""One lake of adversarial signals, and the engines that were chosen over it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from emptychair.ledger.engines.choice import engine as engine_for
from emptychair.ledger.engines.duckdb import DuckDB
from emptychair.ledger.engines.engine import Engine
from tests.engines.adversarial import PROMOTED, read, signals, write_lake
from tests.postgres import private_postgres


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lake(tmp_path_factory.mktemp("lake"), signals())


@pytest.fixture(scope="session")
def bare_engine(engine_name: str) -> Iterator[Engine]:
    """The engine before it has seen a lake."""
    with ExitStack() as stack:
        # Questions are many and small: the second Java compiler would cost more than it gains.
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(
            "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        )
        setting = stack.enter_context(private_postgres()) if engine_name == "postgresql" else engine_name
        engine = engine_for(setting)
        stack.callback(engine.close)
        yield engine


@pytest.fixture
def engine(bare_engine: Engine, lake: Path) -> Engine:
    bare_engine.prepare(lake, PROMOTED, read())
    return bare_engine


@pytest.fixture(scope="session")
def reference(lake: Path) -> Iterator[Engine]:
    """DuckDB over the same lake: what every engine must equal to the digit."""
    engine = DuckDB()
    engine.prepare(lake, PROMOTED, read())
    yield engine
    engine.close()
