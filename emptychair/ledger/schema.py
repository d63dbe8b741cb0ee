"""The columns of the ledger: what a signal looks like in Parquet and in every engine."""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from emptychair.domain.signal import Audience, Kind

# Money and scores are decimals: sums of doubles differ with the order of rows, and so between engines.
SIGNALS: pa.Schema = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("audience", pa.string(), nullable=False),
        pa.field("person", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("occurred_at", pa.timestamp("us"), nullable=False),
        pa.field("received_at", pa.timestamp("us"), nullable=False),
        pa.field("text", pa.string()),
        pa.field("score", pa.decimal128(9, 4)),
        pa.field("value", pa.decimal128(18, 4)),
        pa.field("currency", pa.string()),
        pa.field("properties", pa.string(), nullable=False),
    ]
)

COLUMNS: tuple[str, ...] = tuple(SIGNALS.names)


def literal(value: str) -> str:
    """The text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def enum_of(values: Iterable[str]) -> str:
    """The type in DuckDB of a text that is one of these."""
    return f"enum({', '.join(map(literal, values))})"


# Columns with a closed list of values, in the order of the alphabet, in which every engine sorts them.
CLOSED: Mapping[str, tuple[str, ...]] = {"audience": tuple(sorted(Audience)), "kind": tuple(sorted(Kind))}
# Their types in DuckDB: a byte a row, which is written and read faster than a text (docs/decisions/0203).
AUDIENCE, KIND = enum_of(CLOSED["audience"]), enum_of(CLOSED["kind"])
# So many comparisons cost less than a cast.
_FEW = 8


def check_closed(table: pa.Table) -> None:
    """Raises pyarrow.ArrowInvalid for a value that is not in the closed list of its column. O(n)."""
    for column, values in CLOSED.items():
        closed = pa.array(values, pa.string())
        for texts in table[column].chunks:
            if isinstance(texts, pa.DictionaryArray):
                if set(texts.dictionary.to_pylist()).issubset(values):
                    continue
                texts = texts.dictionary_decode()
            others = texts.filter(pc.invert(pc.is_in(texts, value_set=closed)))
            if len(others):
                raise pa.ArrowInvalid(f"{column} is {others[0].as_py()!r}, not one of {', '.join(values)}")


def enumerated(column: str, values: Sequence[str], *, having: Sequence[str] | None = None) -> str:
    """SQL: the text of a column as one of `values`.

    `having` are those that the column has, when they are known to be fewer. For few it is a CASE, which costs
    a quarter of a cast.
    """
    type_ = enum_of(values)
    known = [literal(value) for value in (values if having is None else having)]
    if not 0 < len(known) <= _FEW:
        return f"{column}::{type_}"
    cases = " ".join(f"when {value} then {value}::{type_}" for value in known)
    return f"case {column} {cases} else {column}::{type_} end"
