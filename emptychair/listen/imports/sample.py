"""The first rows of a table, and what they say about its columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from emptychair.listen.imports.parts import Part, run_on
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.profile import Column, profiled
from emptychair.listen.imports.rfc4180 import read_plain

Engine = Callable[[], duckdb.DuckDBPyConnection]
ROWS = 20_000
CELLS = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The first rows as text, at most 20,000 and fewer when there are many columns, and the columns."""

    rows: pa.Table
    columns: tuple[Column, ...]


def sampled(parts: Iterable[Part], names: Sequence[str], engine: Engine) -> Sample:
    """A sample of a table with columns of these names; takes no more parts than it needs.

    Raises ImportRefused when there is no part.
    """
    rows = _first_rows(parts, len(names), engine)
    columns = tuple(profiled(place, name, rows.column(place)) for place, name in enumerate(names))
    return Sample(rows=rows, columns=columns)


def _first_rows(parts: Iterable[Part], width: int, engine: Engine) -> pa.Table:
    missing = rows = max(200, min(ROWS, CELLS // max(1, width)))
    pieces: list[pa.Table] = []

    def first(relation: str) -> pa.Table:
        return engine().sql(f"select * exclude (part) from {relation} limit {rows}").to_arrow_table()

    for part in parts:
        plain = read_plain(part)
        piece = (run_on(part, first) if plain is None else plain).slice(0, missing)
        pieces.append(piece)
        missing -= piece.num_rows
        if missing <= 0:
            break
    if not pieces:
        raise ImportRefused("the file has a header and no rows: there is nothing to import")
    return pa.concat_tables(pieces)
