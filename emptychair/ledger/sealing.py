"""From the journal to the lake: closed segments become Parquet, every id compared with all that is known."""

from collections import Counter
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from emptychair.ledger import bookkeeping, card, links, people
from emptychair.ledger.arriving import ARRIVING, arrived, tally
from emptychair.ledger.books import Sealed
from emptychair.ledger.journal import Position
from emptychair.ledger.lake import Change, Commit
from emptychair.ledger.loader import STEP_BYTES, counted, duplicates, load_all
from emptychair.ledger.months import write_months
from emptychair.ledger.schema import COLUMNS
from emptychair.ledger.stores import Stores, parquet
from emptychair.ledger.understood import Counts, Outcome


def seal(stores: Stores) -> Sealed:
    """Close the segment that is written to, and move all closed ones into the lake."""
    journal, lake = stores.journal, stores.lake
    journal.rotate()
    segments = [number for number in journal.closed() if number > lake.head.sealed]
    if not segments:
        return Sealed(segments=0, stored=0, duplicate=0)
    load_all(stores)
    lowest, highest = lake.head.sealed + 1, segments[-1]
    with stores.projection.transaction() as connection:
        come = _read(connection, stores, segments)
        known = f"(select id from signal_rows where segment < {lowest})"
        connection.execute(f"""create or replace temp table sealing as
            select {", ".join(COLUMNS)}, counted from closed anti join {known} using (id)
            qualify row_number() over (partition by id order by place) = 1""")
        connection.execute("drop table closed")
        write_months(connection, lake, "sealing")
        new = connection.sql("select received_at, source from sealing where counted").to_arrow_table()
        stored = tally(new, Outcome.STORED)
        books = bookkeeping.as_rows(come.counts + stored + duplicates(come.counted, stored))
        correct(connection, stores, "sealing", lowest, highest)
        connection.execute("drop table sealing")
        bookkeeping.replace(connection, lowest, highest, lake.head.number + 1, books)
        connection.execute("update loaded set batch = ?", [lake.head.number + 1])
        lake.commit(Change.SEAL, sealed=highest, books=books)
    journal.forget(highest)
    total, kept = come.counted.total(), stored.total()
    return Sealed(segments=len(segments), stored=kept, duplicate=total - kept)


def correct(
    connection: duckdb.DuckDBPyConnection, stores: Stores, sealed: str, lowest: int, highest: int
) -> None:
    """Let the projection hold exactly the rows of `sealed` for these segments: late duplicates leave it."""
    mine = f"segment between {lowest} and {highest}"
    connection.execute(f"""create or replace temp table late as
        select coalesce(seen.id, kept.id) as id
        from (select id, count(*) as times from signal_rows where {mine} group by id) as seen
        full join {sealed} as kept on seen.id = kept.id
        where seen.times is distinct from 1 or kept.id is null""")
    if connection.execute("select count(*) from late").fetchone() != (0,):
        connection.execute(f"""create or replace temp table touched as
            select audience, person from signal_rows semi join late using (id) where {mine} union
            select audience, person from {people.resolved(sealed)} semi join late using (id)""")
        returned = f"(select * from {sealed} semi join late using (id))"
        leaving = f"(select * from signal_rows semi join late using (id) where {mine})"
        connection.execute(f"""create or replace temp table told_late as
            from {links.told_by(returned)} union from {links.told_by(links.as_written(leaving))}""")
        connection.execute(f"delete from signal_rows where {mine} and id in (select id from late)")
        stores.write(connection, returned, highest)
        card.recompute(connection, "touched")
        links.relearn(connection, "told_late")
        connection.execute("drop table touched")
        connection.execute("drop table told_late")
    connection.execute("drop table late")


def catch_up(connection: duckdb.DuckDBPyConnection, stores: Stores, commit: Commit) -> None:
    """Do to the projection what a seal did to the lake before it was killed."""
    lowest = stores.lake.record(commit.number - 1).sealed + 1
    files = [stores.lake.signals / name for name in commit.added]
    sealed = parquet(files) if files else "(select * from signal_rows where false)"
    correct(connection, stores, sealed, lowest, commit.sealed)
    bookkeeping.replace(connection, lowest, commit.sealed, commit.number, commit.books)


@dataclass(slots=True)
class _Come:
    """What came in the segments: its counts, and the rows that are events of their own by day and source."""

    counts: Counts = field(default_factory=Counter)
    counted: Counts = field(default_factory=Counter)


def _read(connection: duckdb.DuckDBPyConnection, stores: Stores, segments: list[int]) -> _Come:
    """The rows of these segments as the temp table `closed`, numbered by `place`; what they count for.

    What could not be understood is parked here at the latest: the journal forgets it.
    """
    connection.register("nothing", ARRIVING.empty_table())
    connection.execute("create or replace temp table closed as select *, 0::bigint as place from nothing")
    connection.unregister("nothing")
    position, place, come = Position(segments[0], 0), 0, _Come()
    while True:
        chunk = stores.journal.read(position, STEP_BYTES)
        if chunk.position == position or chunk.position.segment > segments[-1]:
            return come
        position = chunk.position
        found = arrived(chunk.payloads, stores.translate)
        places = pa.array(range(place, place + found.rows.num_rows), pa.int64())
        connection.register("arrived", found.rows.append_column("place", places))
        connection.execute("insert into closed by name select * from arrived")
        connection.unregister("arrived")
        if found.parked:
            stores.park(found.parked)
        come.counts += found.counts
        come.counted += tally(counted(found.rows), Outcome.STORED)
        place += found.rows.num_rows
