"""The engine that looks at a file before anything is stored."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import duckdb


@contextmanager
def engine(width: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small engine of its own for looking at a file with `width` columns."""
    with _opened(width) as connection:
        yield connection


@contextmanager
def engine_ahead() -> Iterator[Future[duckdb.DuckDBPyConnection]]:
    """The same, opened and closed while the caller is at something else: either takes as long as a look."""
    beside = ThreadPoolExecutor(1, "engine")
    opening = beside.submit(_opened)
    try:
        yield opening
    finally:
        beside.submit(lambda: opening.result().close())
        beside.shutdown(wait=False)


def widen(connection: duckdb.DuckDBPyConnection, width: int) -> None:
    """Give an engine the memory for a file with `width` columns."""
    connection.execute(f"set memory_limit = '{_memory(width)}'")


def _opened(width: int = 0) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 2, "memory_limit": _memory(width)})


def _memory(width: int) -> str:
    # A thread holds 2,048 values of 16 bytes of every column at once.
    return f"{256 + width // 8}MB"
