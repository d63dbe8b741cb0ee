"""The engine that looks at a file before anything is stored."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


@contextmanager
def engine(width: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A small engine of its own for looking at a file with `width` columns."""
    # A thread holds 2,048 values of 16 bytes of every column at once.
    memory = 256 + width // 8
    with duckdb.connect(config={"threads": 2, "memory_limit": f"{memory}MB"}) as connection:
        yield connection
