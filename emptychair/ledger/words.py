"""The words of signals: what was read in them, and those that nobody read yet."""

import duckdb
import pyarrow as pa

# `tone` is negative, neutral, positive or unsure, null where none can be told; `tone_score` is -1 to 1.
READINGS: pa.Schema = pa.schema(
    [
        pa.field("signal", pa.string(), nullable=False),
        pa.field("language", pa.string()),
        pa.field("tone", pa.string()),
        pa.field("tone_score", pa.decimal128(9, 4)),
    ]
)
# A theme that is spoken of in one sentence of a text; `place` counts sentences from 0.
MENTIONS: pa.Schema = pa.schema(
    [
        pa.field("signal", pa.string(), nullable=False),
        pa.field("place", pa.int64(), nullable=False),
        pa.field("theme", pa.string(), nullable=False),
        pa.field("confidence", pa.decimal128(9, 4), nullable=False),
    ]
)
CREATE = """
create table if not exists unread (
    signal varchar not null, audience varchar not null, text varchar not null,
    kind varchar not null, channel varchar not null, source varchar not null, occurred_at timestamp not null);
create table if not exists readings (
    signal varchar not null, language varchar, tone varchar, tone_score decimal(9, 4));
create table if not exists mentions (
    signal varchar not null, place bigint not null, theme varchar not null,
    confidence decimal(9, 4) not null);
create table if not exists reader (version varchar not null, changes bigint not null);
insert into reader select '', 0 where not exists (select 1 from reader);
"""
TABLES = ("unread", "readings", "mentions")
HAS_WORDS = "text is not null and text <> ''"


def learn(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Remember the words of `relation` as unread, inside the transaction that stores them."""
    columns = "id, audience, text, kind, channel, source, occurred_at"
    connection.execute(f"insert into unread select {columns} from {relation} where {HAS_WORDS}")


def forget(connection: duckdb.DuckDBPyConnection, going: str) -> None:
    """Forget what was read in the rows for which `going` (SQL) holds, before they go."""
    for table in TABLES:
        connection.execute(
            f"delete from {table} where signal in (select id from signal_rows where {going} and {HAS_WORDS})"
        )
