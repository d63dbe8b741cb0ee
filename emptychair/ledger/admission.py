"""How a staged relation becomes part of the truth: deduplicated, sorted once, written by month and loaded."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from emptychair.ledger import card
from emptychair.ledger.books import Admitted
from emptychair.ledger.lake import Change
from emptychair.ledger.months import ORDER, month_counts, write_span
from emptychair.ledger.projection import BESIDE
from emptychair.ledger.schema import COLUMNS, SIGNALS
from emptychair.ledger.stores import Stores, parquet

_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "decimal128(9, 4)": "decimal(9, 4)",
    "decimal128(18, 4)": "decimal(18, 4)",
}
_TYPED = ", ".join(f"{field.name}::{_TYPES[str(field.type)]} as {field.name}" for field in SIGNALS)
# Seen by every connection, so that the lake and the projection are written at once; on disk only in need.
_FRESH = f"{BESIDE}.fresh"


def admit(connection: duckdb.DuckDBPyConnection, stores: Stores, relation: str, source: str) -> Admitted:
    """Store the new rows of `relation` in the lake and the projection, as one."""
    try:
        total = _sort_fresh(connection, relation)
        counts = month_counts(connection, _FRESH)
        if counts:
            _store(connection, stores, counts, source)
    finally:
        connection.execute(f"drop table if exists {_FRESH}")
    stored = sum(counts.values())
    return Admitted(stored=stored, duplicate=total - stored)


def load_files(writer: duckdb.DuckDBPyConnection, stores: Stores, files: list[Path]) -> None:
    """Load the files of the lake's last commit, which a crash kept from the projection."""
    _load(writer, stores, parquet(files), -stores.lake.head.number)


def _store(
    connection: duckdb.DuckDBPyConnection, stores: Stores, counts: dict[str, int], source: str
) -> None:
    lake = stores.lake
    known, number = set(lake.months()), lake.head.number + 1
    with stores.projection.transaction() as writer:
        with ThreadPoolExecutor(1, "writing") as beside:
            written = beside.submit(_write, connection, stores, counts)
            # Rows of a commit of the lake are marked by its number, negative; others by their segment.
            _load(writer, stores, _FRESH, -number)
            writer.execute("delete from sorted_months where month in (select unnest(?))", [list(counts)])
            writer.execute("insert into sorted_months select unnest(?)", [sorted(set(counts) - known)])
            writer.execute("update loaded set batch = ?", [number])
            written.result()
        lake.commit(Change.ADMIT, source=source)


def _write(connection: duckdb.DuckDBPyConnection, stores: Stores, counts: dict[str, int]) -> None:
    begin = 0
    for month, rows in counts.items():
        write_span(connection, stores.lake, _FRESH, month, range(begin, begin + rows))
        begin += rows


def _load(writer: duckdb.DuckDBPyConnection, stores: Stores, relation: str, mark: int) -> None:
    writer.execute(f"insert into signal_rows by name {stores.rows(relation, str(mark))}")
    card.merge(writer, relation)


def _sort_fresh(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Make the table of new rows, each id once, in the order of the lake; how many `relation` has."""
    total, known = connection.execute(
        f"select (select count(*) from {relation}), (select count(*) from signal_rows)"
    ).fetchone() or (0, 0)
    new = f"(select * from {relation} as offered anti join signal_rows using (id))" if known else relation
    order = f"date_trunc('month', occurred_at), {ORDER}"
    create = f"create or replace table {_FRESH} as select {_TYPED} from"
    connection.execute(f"{create} {new} order by {order}")
    if _may_repeat(connection):
        # Which of two rows with one id stays must not depend on chance.
        connection.execute(f"""{create} (select * from {new} qualify row_number() over (
            partition by id order by occurred_at, {", ".join(COLUMNS)}) = 1) order by {order}""")
    return int(total)


def _may_repeat(connection: duckdb.DuckDBPyConnection) -> bool:
    """False when all ids are different for sure: their hashes are, and numbers are cheaper to compare."""
    found = connection.execute(f"""select (select count(*) from {_FRESH})
        <> (select count(*) from (select hash(id) as h from {_FRESH} group by h))""").fetchone()
    return found != (False,)
