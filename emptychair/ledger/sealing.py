"""From the journal to the lake: closed segments become Parquet, every id compared with all that is known."""

import duckdb
import pyarrow as pa

from emptychair.ledger import card
from emptychair.ledger.batch import decoded
from emptychair.ledger.books import Sealed
from emptychair.ledger.journal import Position
from emptychair.ledger.lake import Change, Commit
from emptychair.ledger.loader import STEP_BYTES, load_all
from emptychair.ledger.months import write_months
from emptychair.ledger.schema import COLUMNS
from emptychair.ledger.stores import Stores, parquet


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
        total = _read(connection, stores, segments)
        known = f"(select id from signal_rows where segment < {lowest})"
        connection.execute(f"""create or replace temp table sealing as select {", ".join(COLUMNS)} from closed
            anti join {known} using (id) qualify row_number() over (partition by id order by place) = 1""")
        connection.execute("drop table closed")
        stored = write_months(connection, lake, "sealing")
        correct(connection, stores, "sealing", lowest, highest)
        connection.execute("drop table sealing")
        connection.execute("update loaded set batch = ?", [lake.head.number + 1])
        lake.commit(Change.SEAL, sealed=highest)
    journal.forget(highest)
    return Sealed(segments=len(segments), stored=stored, duplicate=total - stored)


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
            select audience, person from {sealed} semi join late using (id)""")
        connection.execute(f"delete from signal_rows where {mine} and id in (select id from late)")
        returned = f"(select * from {sealed} semi join late using (id))"
        connection.execute(f"insert into signal_rows by name {stores.rows(returned, str(highest))}")
        card.recompute(connection, "touched")
        connection.execute("drop table touched")
    connection.execute("drop table late")


def catch_up(connection: duckdb.DuckDBPyConnection, stores: Stores, commit: Commit) -> None:
    """Do to the projection what a seal did to the lake before it was killed."""
    lowest = stores.lake.record(commit.number - 1).sealed + 1
    files = [stores.lake.signals / name for name in commit.added]
    sealed = parquet(files) if files else "(select * from signal_rows where false)"
    correct(connection, stores, sealed, lowest, commit.sealed)


def _read(connection: duckdb.DuckDBPyConnection, stores: Stores, segments: list[int]) -> int:
    """The rows of these segments as the temp table `closed`, numbered by `place`; how many they are."""
    connection.execute(
        "create or replace temp table closed as select *, 0::bigint as place from signals where false"
    )
    position, place = Position(segments[0], 0), 0
    while True:
        chunk = stores.journal.read(position, STEP_BYTES)
        if chunk.position == position or chunk.position.segment > segments[-1]:
            return place
        position = chunk.position
        table = decoded(chunk.payloads)
        places = pa.array(range(place, place + table.num_rows), pa.int64())
        connection.register("arrived", table.append_column("place", places))
        connection.execute("insert into closed by name select * from arrived")
        connection.unregister("arrived")
        place += table.num_rows
