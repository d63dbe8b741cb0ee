"""Columns of signals built whole, from codes and numbers, with no Python object per row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from emptychair.demo.clock import Clock, Floats, Ints
from emptychair.demo.themes import Theme
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.schema import SIGNALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A text column as codes into few words; a code of -1 is a null."""

    codes: Ints
    words: Sequence[str]

    def texts(self) -> pa.Array:
        """The column as strings."""
        return pa.array(self.words, pa.string()).take(pa.array(self.codes, mask=self.codes < 0))


Text: TypeAlias = str | Coded | pa.Array
Field: TypeAlias = str | Coded | Ints | pa.Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Signals of one stream: one entry per row in each column, or one value for all of them.

    `at` and `delay` are days; `score` is in units, `cents` in hundredths of `currency`. `theme` is what the
    words are about (a Theme, -1 for none): the truth, which never becomes a column.
    """

    stream: str
    kind: Kind
    name: Text
    channel: Text
    person: Text
    at: Floats
    delay: Floats | float = 0.0
    audience: Audience = Audience.CUSTOMER
    text: pa.Array | None = None
    score: Ints | None = None
    cents: Ints | None = None
    currency: Text | None = None
    properties: pa.Array | str = "{}"
    theme: Ints | None = None


def signals(batch: Batch, *, source: str, key: str, clock: Clock) -> pa.Table:
    """The batch with the columns of the ledger; one row per entry, ids numbered within the stream."""
    rows = int(batch.at.size)
    occurred = clock.micros(batch.at)
    last = clock.micros(np.array([float(clock.days)]))[0] - 1
    received = np.minimum(clock.micros(batch.at + batch.delay), last)
    columns = {
        "id": identifiers(f"{key}-{batch.stream}-", rows),
        "audience": _repeated(batch.audience.value, rows),
        "person": _texts(batch.person, rows),
        "kind": _repeated(batch.kind.value, rows),
        "name": _texts(batch.name, rows),
        "channel": _texts(batch.channel, rows),
        "source": _repeated(source, rows),
        "occurred_at": pa.array(occurred).cast(pa.timestamp("us")),
        "received_at": pa.array(np.maximum(received, occurred)).cast(pa.timestamp("us")),
        "text": pa.nulls(rows, pa.string()) if batch.text is None else batch.text,
        "score": _decimals(batch.score, 9, rows, per_unit=1),
        "value": _decimals(batch.cents, 18, rows, per_unit=100),
        "currency": pa.nulls(rows, pa.string()) if batch.currency is None else _texts(batch.currency, rows),
        "properties": _texts(batch.properties, rows),
    }
    return pa.table([columns[name] for name in SIGNALS.names], schema=SIGNALS)


def labelled(batch: Batch, *, key: str) -> pa.Table:
    """The ids of the batch's rows that have words, and the name of the theme of each."""
    if batch.theme is None:
        return pa.table({"id": pa.array([], pa.string()), "theme": pa.array([], pa.string())})
    names = Coded(codes=batch.theme, words=[theme.name.lower() for theme in Theme]).texts()
    table = pa.table({"id": identifiers(f"{key}-{batch.stream}-", batch.theme.size), "theme": names})
    return table.filter(pc.is_valid(table["theme"]))


def identifiers(prefix: str, count: int) -> pa.Array:
    """`prefix` followed by 0000000, 0000001 and so on."""
    return numbered(prefix, np.arange(count, dtype=np.int64))


def numbered(prefix: str, numbers: Ints) -> pa.Array:
    """`prefix` followed by each number in seven digits."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def json_objects(fields: Mapping[str, Field], rows: int) -> pa.Array:
    """One JSON object per row; a `pa.Array` holds finished JSON values, and its nulls leave the key out."""
    parts = [_member(name, field) for name, field in fields.items()]
    if not parts:
        return _repeated("{}", rows)
    parts = [_repeated(part, rows) if isinstance(part, str) else part for part in parts]
    inner = pc.binary_join_element_wise(*parts, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", inner, "}", "")


def quoted(texts: pa.Array) -> pa.Array:
    """Texts that need no escaping, as JSON strings."""
    return pc.binary_join_element_wise('"', texts, '"', "")


def instants(clock: Clock, moments: Floats) -> pa.Array:
    """Moments as JSON strings with a zone, to the second; null where infinite."""
    known = np.isfinite(moments)
    micros = clock.micros(np.where(known, moments, 0.0)) // 1_000_000 * 1_000_000
    stamps = pa.array(micros).cast(pa.timestamp("us")).cast(pa.timestamp("s"))
    texts = pc.binary_join_element_wise('"', pc.strftime(stamps, format="%Y-%m-%dT%H:%M:%SZ"), '"', "")
    return pc.if_else(pa.array(known), texts, pa.nulls(len(texts), pa.string()))


def _member(name: str, field: Field) -> pa.Array | str:
    label = json.dumps(name) + ":"
    if isinstance(field, str):
        return label + json.dumps(field)
    if isinstance(field, Coded):
        words = [label + json.dumps(word, ensure_ascii=False) for word in field.words]
        return Coded(codes=field.codes, words=words).texts()
    values = pa.array(field).cast(pa.string()) if isinstance(field, np.ndarray) else field
    return pc.binary_join_element_wise(pa.scalar(label), values, "")


def _texts(column: Text, rows: int) -> pa.Array:
    if isinstance(column, str):
        return _repeated(column, rows)
    return column.texts() if isinstance(column, Coded) else column


def _repeated(word: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(word, pa.string()), rows)


# Written as the two 64-bit words of Arrow's format: a cast of a million integers costs ten times as much.
def _decimals(numbers: Ints | None, precision: int, rows: int, *, per_unit: int) -> pa.Array:
    kind = pa.decimal128(precision, 4)
    if numbers is None:
        return pa.nulls(rows, kind)
    scaled = numbers.astype(np.int64) * (10_000 // per_unit)
    words = np.stack([scaled, scaled >> 63], axis=1)
    return pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(np.ascontiguousarray(words))])
