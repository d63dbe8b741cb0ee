"""Columns of few values: each is a list of them in the projection, a byte a row, and grows as values come."""

from collections.abc import Mapping, Sequence
from typing import cast

import duckdb

from emptychair.ledger.schema import enum_of, enumerated

# Their lists are open: what else comes is added, unlike those of schema.CLOSED.
OPEN = ("name", "channel", "source", "currency")
# A column that has more values is text from then on: each new one is a look at all rows (decision 0204).
LONGEST = 200
# The type before anything came: DuckDB has no ENUM of nothing.
NOTHING_YET = enum_of([""])


def grow(connection: duckdb.DuckDBPyConnection, relation: str) -> Mapping[str, str]:
    """Let the lists have every value of `relation`, inside the transaction that stores its rows.

    SQL for the columns of `relation` that are lists, as such; a column that has become text has none.
    O(rows of the relation), and O(all rows) for a new value.
    """
    lists = listed(connection)
    if not lists:
        return {}
    # One more than the longest list tells that they are too many; NULL is another.
    asked = ", ".join(f"list(distinct {name})[:{LONGEST + 2}]" for name in lists)
    (found,) = connection.execute(f"select {asked} from {relation}").fetchall()
    grown = {}
    for (name, known), came in zip(lists.items(), found, strict=True):
        coming = sorted(value for value in came or () if value is not None)
        values = sorted({*known, *coming})
        if len(values) > LONGEST:
            connection.execute(f"alter table signal_rows alter {name} type varchar")
            continue
        if len(values) > len(known):
            turned = enumerated(name, values, having=known)
            connection.execute(f"alter table signal_rows alter {name} type {enum_of(values)} using {turned}")
        grown[name] = enumerated(name, values, having=coming)
    return grown


def listed(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Sequence[str]]:
    """The columns that are lists, with their values in the order of the alphabet."""
    types = connection.sql(f"select {', '.join(OPEN)} from signal_rows limit 0").types
    kinds = {name: type_ for name, type_ in zip(OPEN, types, strict=True) if type_.id == "enum"}
    return {name: cast("list[str]", type_.children[0][1]) for name, type_ in kinds.items()}
