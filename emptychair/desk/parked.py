"""Parked rows: the rows of an import that could not be taken in, each with what was expected."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice

from sqlalchemy import BigInteger, Column, Connection, Table, delete, func, select, tuple_

from emptychair.desk.adding import add_new
from emptychair.desk.columns import METADATA, Words, columns, made, shown
from emptychair.desk.ids import Id

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One fault: the row's number in the file (data begins at 1), the field, its value, what was expected."""

    row: int
    field: str
    value: str
    expected: str


parked_rows = Table(
    "import_rows_parked",
    METADATA,
    # No foreign key: it would be looked up for every one of perhaps a million rows, and `withdraw` removes
    # them.
    Column("import_id", Id, primary_key=True),
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("field", Words(120), primary_key=True),
    Column("value", Words(500), nullable=False),
    Column("expected", Words(300), nullable=False),
)


def park(tx: Connection, import_id: str, rows: Iterable[Parked]) -> int:
    """Keep these faults, however many: how many were given. The same fault given twice is kept once.

    All are kept, since a row that nobody can look at is a row lost: some 100 bytes and 20 microseconds each.
    Park each batch in a transaction of its own, for others wait meanwhile. Values are kept as evidence, cut
    at 500 characters, with NUL made visible.
    """
    given = 0
    left = iter(rows)
    while chunk := list(islice(left, AT_ONCE)):
        add_new(tx, parked_rows, [_row(import_id, fault) for fault in chunk])
        given += len(chunk)
    return given


def count(tx: Connection, import_id: str) -> int:
    """How many faults are kept for this import."""
    mine = parked_rows.c.import_id == import_id
    return tx.execute(select(func.count()).select_from(parked_rows).where(mine)).scalar_one()


def page(
    tx: Connection, import_id: str, *, after: tuple[int, str] = (0, ""), limit: int = 100
) -> list[Parked]:
    """One page in the order of the file; the next begins `after` the (row, field) of its last."""
    place = tuple_(parked_rows.c.row, parked_rows.c.field)
    query = (
        select(*columns(parked_rows, Parked))
        .where(parked_rows.c.import_id == import_id, place > tuple_(*after))
        .order_by(parked_rows.c.row, parked_rows.c.field)
        .limit(limit)
    )
    return [made(Parked, row) for row in tx.execute(query).mappings()]


def every(tx: Connection, import_id: str) -> Iterator[Parked]:
    """All of them in the order of the file, for an export; memory for one page at a time."""
    after = (0, "")
    while rows := page(tx, import_id, after=after, limit=AT_ONCE):
        yield from rows
        after = (rows[-1].row, rows[-1].field)


def remove(tx: Connection, import_id: str) -> int:
    """Forget the parked rows of this import; how many there were."""
    return tx.execute(delete(parked_rows).where(parked_rows.c.import_id == import_id)).rowcount


def _row(import_id: str, fault: Parked) -> dict[str, object]:
    cut = {
        "field": shown(fault.field, 120),
        "value": shown(fault.value, 500),
        "expected": shown(fault.expected, 300),
    }
    return asdict(fault) | cut | {"import_id": import_id}
