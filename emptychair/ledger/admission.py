"""How a staged relation becomes part of the truth: deduplicated, written by month, loaded from there."""

import queue
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from emptychair.ledger import card
from emptychair.ledger.books import Admitted
from emptychair.ledger.lake import Change
from emptychair.ledger.months import month_counts, write_month
from emptychair.ledger.schema import COLUMNS, SIGNALS
from emptychair.ledger.stores import Stores, parquet

_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "decimal128(9, 4)": "decimal(9, 4)",
    "decimal128(18, 4)": "decimal(18, 4)",
}
_TYPED = ", ".join(f"{field.name}::{_TYPES[str(field.type)]} as {field.name}" for field in SIGNALS)


def admit(connection: duckdb.DuckDBPyConnection, stores: Stores, relation: str, source: str) -> Admitted:
    """Store the new rows of `relation` in the lake and the projection, as one."""
    total, fresh = _fresh(connection, relation)
    counts = month_counts(connection, fresh)
    if not counts:
        return Admitted(stored=0, duplicate=total)
    lake = stores.lake
    known = set(lake.months())
    with stores.projection.transaction() as writer:
        files = (write_month(connection, lake, fresh, month) for month in counts)
        load_files(writer, stores, files)
        writer.execute("delete from sorted_months where month in (select unnest(?))", [list(counts)])
        writer.execute("insert into sorted_months select unnest(?)", [sorted(set(counts) - known)])
        writer.execute("update loaded set batch = ?", [lake.head.number + 1])
        lake.commit(Change.ADMIT, source=source)
    connection.execute("drop table if exists fresh_signals")
    stored = sum(counts.values())
    return Admitted(stored=stored, duplicate=total - stored)


def load_files(writer: duckdb.DuckDBPyConnection, stores: Stores, files: Iterable[Path]) -> None:
    """Load the files of the next commit while the later ones are being written, and merge the cards."""
    # Rows of a commit of the lake are marked by its number, negative; rows of the journal by their segment.
    mark = -(stores.projection.batch() + 1)
    ready: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
    with ThreadPoolExecutor(1, "loading") as loading:

        def load() -> None:
            for some in _drained(ready):
                writer.execute(f"insert into signal_rows by name {stores.rows(parquet(some), str(mark))}")

        loaded = loading.submit(load)
        try:
            for file in files:
                ready.put(file)
        finally:
            ready.put(None)
        loaded.result()
    card.merge(writer, f"(select * from signal_rows where segment = {mark})")


def _drained(ready: "queue.SimpleQueue[Path | None]") -> Iterator[list[Path]]:
    """All that is ready, again and again until None comes: one statement loads many files."""
    while True:
        some = [ready.get()]
        while not ready.empty():
            some.append(ready.get())
        files = [file for file in some if file is not None]
        if files:
            yield files
        if some[-1] is None:
            return


def _fresh(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str]:
    """The number of rows, and a relation without second and known ids, cheap to read many times."""
    total, distinct, known = connection.execute(f"""select count(*), count(distinct id),
        (select count(*) from signal_rows) from {relation}""").fetchone() or (0, 0, 0)
    if distinct == total and not known and _is_table(connection, relation):
        return int(total), f"(select {_TYPED} from {relation})"
    chosen = relation
    if distinct < total:
        # Which of two rows with one id stays must not depend on chance.
        chosen = f"""(select * from {relation} qualify row_number() over (
            partition by id order by occurred_at, {", ".join(COLUMNS)}) = 1)"""
    if known:
        chosen = f"(select * from {chosen} as offered anti join signal_rows using (id))"
    connection.execute(f"create or replace temp table fresh_signals as select {_TYPED} from {chosen}")
    return int(total), "fresh_signals"


def _is_table(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    found = connection.execute("select count(*) from duckdb_tables() where table_name = ?", [relation])
    return found.fetchone() != (0,)
