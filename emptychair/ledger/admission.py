"""How a delivery becomes part of the truth: compared with all that is known, then committed to the lake."""

from concurrent.futures import ThreadPoolExecutor

import duckdb

from emptychair.ledger.books import Admitted
from emptychair.ledger.delivery import Delivery
from emptychair.ledger.following import follow
from emptychair.ledger.lake import Change
from emptychair.ledger.months import ORDER, write_file
from emptychair.ledger.schema import COLUMNS
from emptychair.ledger.slices import MonthFiles
from emptychair.ledger.stores import Stores, parquet


def admit(
    connection: duckdb.DuckDBPyConnection, stores: Stores, delivery: Delivery, source: str, own: set[int]
) -> dict[int, Admitted]:
    """Store the new rows of the delivery in the lake, as one; what became of the rows of each lane.

    `own` are the numbers of earlier commits of the same source, whose ids the delivery knows; this one's is
    added. The projection follows when it is asked.
    """
    with ThreadPoolExecutor(1, "completing") as beside:
        # Which waits for the disk.
        completed = beside.submit(delivery.close)
        others = set(range(stores.projection.batch() + 1, stores.lake.head.number + 1)) - own
        if others or any(delivery.doubtful()):
            follow(stores)
        (is_known,) = connection.execute("select exists (from signal_rows)").fetchall()[0]
        completed.result()
    known = _remove_known(connection, delivery) if is_known else {}
    late = _add_late(connection, delivery)
    stored = {
        number: lane.written - known.get(number, 0) + late.get(number, 0)
        for number, lane in delivery.lanes.items()
    }
    if any(stored.values()):
        stores.lake.take(delivery.folder)
        own.add(stores.lake.commit(Change.ADMIT, source=source).number)
    return {
        number: Admitted(stored=stored[number], duplicate=lane.offered - stored[number])
        for number, lane in delivery.lanes.items()
    }


def _remove_known(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> dict[int, int]:
    """Take the rows whose id the ledger has out of the files; how many there were in each lane."""
    files = delivery.files()
    if not files:
        return {}
    connection.execute(f"""create or replace temp table known as
        select id, filename from {parquet(files, "filename = true")} semi join signal_rows using (id)""")
    found = connection.execute("select filename, count(*) from known group by filename").fetchall()
    counts = {str(name): int(rows) for name, rows in found}
    known: dict[int, int] = {}
    for path in files:
        if rows := counts.get(str(path), 0):
            number = int(path.stem)
            known[number] = known.get(number, 0) + rows
            kept = f"{parquet([path])} anti join known using (id)"
            written = path.with_suffix(".kept")
            left = write_file(
                connection, f"select {', '.join(COLUMNS)} from {kept} order by {ORDER}", written
            )
            written.replace(path) if left else path.unlink()
            written.unlink(missing_ok=True)
    connection.execute("drop table known")
    return known


def _add_late(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> dict[int, int]:
    """Add the doubtful rows whose id is new after all; how many there are in each lane.

    The first of several stays, in the order they arrived in.
    """
    late: dict[int, int] = {}
    for number, path in delivery.doubtful():
        files = delivery.files()
        written = f"and id not in (select id from {parquet(files)})" if files else ""
        rows = connection.sql(f"""select {", ".join(COLUMNS)} from {parquet([path], "file_row_number = true")}
            where id not in (select id from signal_rows) {written}
            qualify row_number() over (partition by id order by file_row_number) = 1
            order by file_row_number""").to_arrow_table()
        if rows.num_rows:
            added = MonthFiles(delivery.folder, f"{number}-late")
            added.write(rows)
            added.close()
            late[number] = rows.num_rows
    return late
