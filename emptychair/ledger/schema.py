"""The columns of the ledger: what a signal looks like in Parquet and in every engine."""

import pyarrow as pa

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
