"""Signals while they are being made of events: rows of plain values, turned into columns at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.schema import SIGNALS


class Row(NamedTuple):
    """A signal in the order of the ledger's columns; instants in UTC, `properties` a JSON object."""

    id: str
    audience: Audience
    person: str | None
    kind: Kind
    name: str
    channel: str
    source: str
    occurred_at: datetime
    received_at: datetime
    text: str | None = None
    score: Decimal | None = None
    value: Decimal | None = None
    currency: str | None = None
    properties: str = "{}"


_UTC = pa.timestamp("us", "UTC")


def as_table(rows: Sequence[Row]) -> pa.Table:
    """The rows in the columns of the ledger."""
    if not rows:
        return SIGNALS.empty_table()
    arrays = []
    for field, values in zip(SIGNALS, zip(*rows, strict=True), strict=True):
        if pa.types.is_timestamp(field.type):
            arrays.append(pa.array(values, _UTC).cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=SIGNALS)
