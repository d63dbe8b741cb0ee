"""A table of the company's own database, read on a schedule, as far as a column that only grows tells."""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import ColumnElement, TableClause, and_, column, false, or_, select, table

from emptychair.listen.intake.mapped import Came
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources.asked import matching
from emptychair.listen.sources.database import Reader, address, connected
from emptychair.listen.sources.kept import remember
from emptychair.listen.sources.system import Ask, Errand, Fetched, SourceTrouble, System, Want

AT_ONCE = 1_000
SAMPLES = 5
_NAME = r"[^\x00-\x1f]{1,128}"
# Types of Python by a letter, so that a value can be written into a cursor and compared again.
_READ: Mapping[str, Any] = {
    "i": int, "f": float, "s": str, "d": Decimal, "t": datetime.fromisoformat, "y": date.fromisoformat,
}  # fmt: skip


def step(errand: Errand) -> Fetched:
    """The next rows, in the order of the watermark and of the key."""
    with connected(errand) as reader:
        found = _table(reader, errand)
        if errand.is_trial or not errand.is_mapped:
            return _samples(reader, found, errand)
        rows = _rows(reader, found, errand)
    cursor = errand.cursor
    watermark, keys = errand.setting("watermark"), errand.names("key")
    items = [(f"{_id(row, keys)}@{_written(row[watermark])}", _kept(row, keys)) for row in rows]
    fresh, seen = remember(cursor.get("seen"), items)
    if len(rows) == AT_ONCE:
        behind = [_written(rows[-1][name]) for name in (watermark, *keys)]
        return Fetched(items=fresh, cursor={**cursor, "behind": behind, "seen": seen}, is_more=True)
    top = _written(rows[-1][watermark]) if rows else (cursor.get("behind") or [cursor.get("top")])[0]
    return Fetched(items=fresh, cursor={"top": top, "seen": seen})


def _table(reader: Reader, errand: Errand) -> TableClause:
    """The table with all of its columns. Raises SourceTrouble for one that has not what was told."""
    schema, _, name = errand.setting("table").rpartition(".")
    names = reader.columns(schema or None, name)
    if not names:
        raise SourceTrouble(f"There is no table {errand.setting('table')}, or it may not be read.")
    for needed in (errand.setting("watermark"), *errand.names("key")):
        if needed not in names:
            raise SourceTrouble(
                f"The table {errand.setting('table')} has no column {needed}: it has {', '.join(names[:50])}."
            )
    return table(name, *(column(each) for each in names), schema=schema or None)


def _rows(reader: Reader, found: TableClause, errand: Errand) -> list[dict[str, Any]]:
    watermark = found.c[errand.setting("watermark")]
    keys = [found.c[name] for name in errand.names("key")]
    query = select(found).where(watermark.is_not(None))
    if behind := errand.cursor.get("behind"):
        query = query.where(_after([watermark, *keys], [_value(each) for each in behind]))
    elif (top := errand.cursor.get("top")) is not None:
        # Rows of the same instant may have come since, and others under an earlier one: their transactions
        # took longer.
        query = query.where(watermark >= _earlier(_value(top), errand))
    return reader.rows(query.order_by(watermark, *keys).limit(AT_ONCE))


def _after(columns: Sequence[Any], values: Sequence[Any]) -> Any:
    """Rows behind these values in the order of the columns."""
    found: ColumnElement[bool] = false()
    for n, (each, value) in enumerate(zip(columns, values, strict=True)):
        same = [before == known for before, known in zip(columns[:n], values[:n], strict=True)]
        found = or_(found, and_(*same, each > value))
    return found


def _earlier(top: Any, errand: Errand) -> Any:
    overlap = timedelta(minutes=int(errand.setting("overlap", "5")))
    return top - overlap if isinstance(top, datetime) else top


def _samples(reader: Reader, found: TableClause, errand: Errand) -> Fetched:
    """The newest rows, for whoever says what they mean; until then nothing is taken."""
    watermark, keys = found.c[errand.setting("watermark")], errand.names("key")
    query = select(found).where(watermark.is_not(None)).order_by(watermark.desc()).limit(SAMPLES)
    rows = [_kept(row, keys) for row in reader.rows(query)]
    columns = ", ".join(each.name for each in found.columns)[:300]
    note = "It waits until somebody has said what its columns mean."
    if errand.is_trial:
        note = f"{errand.setting('table')} can be read. Its columns are {columns}."
    return Fetched(cursor=errand.cursor, samples=list(reversed(rows)), note=note)


def _kept(row: Mapping[str, Any], keys: Sequence[str]) -> bytes:
    body = msgspec.json.encode({name: _plain(value) for name, value in row.items()}, enc_hook=str)
    return msgspec.json.encode(Came(body=Raw(body), id=_id(row, keys)))


def _id(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    return ".".join(str(_plain(row[name])) for name in keys)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)[:4096]).decode()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _written(value: Any) -> str:
    """A value with its type, as text."""
    for letter, kind in (("i", int), ("f", float), ("d", Decimal), ("t", datetime), ("y", date)):
        if isinstance(value, kind) and not isinstance(value, bool):
            return f"{letter}{value.isoformat() if isinstance(value, date) else value}"
    return f"s{value}"


def _value(written: str) -> Any:
    return _READ[written[0]](written[1:])


def _columns(text: str) -> str:
    names = [part.strip() for part in text.split(",") if part.strip()]
    if not 1 <= len(names) <= 5:
        raise ValueError("expected the columns of the key with commas between them, at most 5")
    return ", ".join(names)


SYSTEM = System(
    key="table",
    door=Door.ROW,
    step=step,
    every=timedelta(minutes=15),
    is_mapped=True,
    asks=(
        Ask(name="address", is_needed=True, check=address),
        Ask(name="password", want=Want.SECRET),
        Ask(name="table", is_needed=True, check=matching(_NAME, "the name of a table, such as shop.orders")),
        Ask(name="watermark", is_needed=True, check=matching(_NAME, "the name of a column")),
        Ask(name="key", is_needed=True, check=_columns),
        Ask(name="overlap", want=Want.CHOICE, choices=("0", "5", "60", "1440"), default="5", moves=False),
    ),
)
