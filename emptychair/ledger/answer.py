"""The one shape in which every engine answers."""

import pyarrow as pa
import pyarrow.types as kinds


def normalised(table: pa.Table) -> pa.Table:
    """The table with whole numbers as int64, decimals of 38 digits, instants in microseconds without zone,
    lists of few values as texts.

    A decimal without places is a whole number: it is how engines hand over a sum of integers. Raises
    pyarrow.ArrowInvalid when a number does not fit instead of cutting it.
    """
    return table.cast(pa.schema([pa.field(field.name, _kind(field.type)) for field in table.schema]))


def _kind(kind: pa.DataType) -> pa.DataType:
    if kinds.is_dictionary(kind):
        return _kind(kind.value_type)
    if kinds.is_integer(kind) or (kinds.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if kinds.is_decimal(kind):
        return pa.decimal128(38, kind.scale)
    if kinds.is_floating(kind):
        return pa.float64()
    if kinds.is_timestamp(kind):
        return pa.timestamp("us")
    if kinds.is_large_string(kind) or kinds.is_string_view(kind) or kinds.is_binary(kind):
        return pa.string()
    return kind
