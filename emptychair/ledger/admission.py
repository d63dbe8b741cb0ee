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
            _remember(connection, -stores.lake.head.number)
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
    # What this session let in before is known by hashes of ids; they are not in the projection's other rows.
    connection.execute("create temp table if not exists admitted (code ubigint)")
    connection.execute("create temp table if not exists own_marks (mark bigint)")
    total, known, own = connection.execute(f"""select (select count(*) from {relation}),
        (select count(*) from signal_rows), (select count(*) from admitted)""").fetchone() or (0, 0, 0)
    others = "signal_rows" if not own else _others(connection)
    _create(
        connection,
        f"(select * from {relation} as offered anti join {others} using (id))" if known else relation,
    )
    if _may_repeat(connection):
        every = f"(select * from {relation} as offered anti join signal_rows using (id))"
        # Which of two rows with one id stays must not depend on chance.
        _create(
            connection,
            f"""(select * from {every} qualify row_number() over (
            partition by id order by occurred_at, {", ".join(COLUMNS)}) = 1)""",
        )
    return int(total)


def _create(connection: duckdb.DuckDBPyConnection, rows: str) -> None:
    connection.execute(f"""create or replace table {_FRESH} as select {_TYPED} from {rows}
        order by date_trunc('month', occurred_at), {ORDER}""")


def _others(connection: duckdb.DuckDBPyConnection) -> str:
    """The rows of the projection that this session did not bring."""
    marks = ", ".join(str(mark) for (mark,) in connection.execute("select mark from own_marks").fetchall())
    return f"(select id from signal_rows where segment not in ({marks}))"


def _remember(connection: duckdb.DuckDBPyConnection, mark: int) -> None:
    connection.execute(f"insert into admitted select hash(id) from {_FRESH}")
    connection.execute("insert into own_marks values (?)", [mark])


def _may_repeat(connection: duckdb.DuckDBPyConnection) -> bool:
    """False when every id is new for sure: the hashes are, and numbers are cheaper to compare."""
    found = connection.execute(f"""select (select count(*) from {_FRESH})
        <> (select count(*) from (select hash(id) as code from {_FRESH} group by code))
        or exists (from {_FRESH} semi join admitted on code = hash(id))""").fetchone()
    return found != (False,)
