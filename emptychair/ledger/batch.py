"""A batch of signals as JSON Lines in the journal and as Arrow everywhere else, never row by row."""

import io
from collections.abc import Iterable, Sequence

import msgspec
import pyarrow as pa
import pyarrow.json as pj

from emptychair.domain.signal import Signal
from emptychair.ledger.errors import NotASignalError
from emptychair.ledger.schema import CLOSED, SIGNALS

_ENCODER = msgspec.json.Encoder(decimal_format="string")
# Written with their zone, read as UTC, kept without.
_WRITTEN = pa.schema(
    [
        field.with_type(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(field.type) else field
        for field in SIGNALS
    ]
)
_PARSE = pj.ParseOptions(explicit_schema=_WRITTEN, unexpected_field_behavior="error")


def encoded(signals: Sequence[Signal]) -> bytes:
    """The batch as JSON Lines, proved readable: what cannot be loaded later is refused now.

    Raises NotASignalError for a value that the columns cannot hold or that is not in their closed list, an
    instant without a zone, or text that is not Unicode.
    """
    for signal in signals:
        if signal.occurred_at.tzinfo is None or signal.received_at.tzinfo is None:
            raise NotASignalError(f"signal {signal.id!r}: every instant needs a time zone")
        for column, values in CLOSED.items():
            if (found := getattr(signal, column)) not in values:
                listed = ", ".join(values)
                raise NotASignalError(f"signal {signal.id!r}: {column} is {found!r}, not one of {listed}")
    try:
        payload = _ENCODER.encode_lines(signals)
    except (UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise NotASignalError(f"the batch cannot be written as JSON: {error}") from error
    decoded([payload])
    return payload


def decoded(payloads: Iterable[bytes]) -> pa.Table:
    """The rows of these batches in the order of the journal, in the columns of the schema."""
    data = b"".join(payloads)
    if not data:
        return SIGNALS.empty_table()
    options = pj.ReadOptions(use_threads=False, block_size=len(data) + 1)
    try:
        table = pj.read_json(io.BytesIO(data), read_options=options, parse_options=_PARSE)
        return table.select(SIGNALS.names).cast(SIGNALS)
    except pa.ArrowInvalid as error:
        raise NotASignalError(f"the batch does not fit the columns of the ledger: {error}") from error
