"""The engine that looks at a file before anything is stored."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import duckdb


@contextmanager
def engine(width: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small engine of its own for looking at a file with `width` columns."""
    with duckdb.connect(config={"threads": 2, "memory_limit": _memory(width)}) as connection:
        yield connection


@contextmanager
def engine_when_asked(width: int = 0) -> Iterator[Callable[[], duckdb.DuckDBPyConnection]]:
    """The same, opened when it is asked for: opening takes as long as a look at a whole part."""
    opened: list[duckdb.DuckDBPyConnection] = []
    with ExitStack() as closing:

        def asked() -> duckdb.DuckDBPyConnection:
            if not opened:
                opened.append(closing.enter_context(engine(width)))
            return opened[0]

        yield asked


def _memory(width: int) -> str:
    # A thread holds 2,048 values of 16 bytes of every column at once.
    return f"{256 + width // 8}MB"
