"""A source taken back: its rows leave the lake, the projection and the cards, as one."""

import duckdb

from emptychair.ledger import card, links, people
from emptychair.ledger.lake import Change
from emptychair.ledger.months import write_months
from emptychair.ledger.projection import literal
from emptychair.ledger.sealing import seal
from emptychair.ledger.stores import Stores, parquet


def withdraw(stores: Stores, source: str) -> int:
    """Remove every row that `source` brought; how many they were.

    Safe to call again. O(files that hold the source). Sealed first, so that the journal holds none of it.
    """
    seal(stores)
    lake = stores.lake
    with stores.projection.transaction() as connection:
        names = _files(connection, stores, source)
        if not names:
            return 0
        kept = parquet([lake.signals / name for name in names])
        write_months(connection, lake, f"(select * from {kept} where source <> {literal(source)})")
        rows = remove(connection, stores, source)
        connection.execute("update loaded set batch = ?", [lake.head.number + 1])
        lake.commit(Change.WITHDRAW, source=source, removed=names)
    return rows


def remove(connection: duckdb.DuckDBPyConnection, stores: Stores, source: str) -> int:
    """Take the rows of `source` out of the projection and compute the cards of its people anew."""
    connection.execute(
        """create or replace temp table bereft as
        select distinct audience, person from signal_rows where source = ? and person is not null""",
        [source],
    )
    theirs = links.as_written(f"signal_rows where source = {literal(source)}")
    connection.execute(f"create or replace temp table untold as from {links.told_by(theirs)}")
    found = connection.execute("delete from signal_rows where source = ?", [source]).fetchone()
    card.recompute(connection, "bereft")
    links.relearn(connection, "untold")
    people.settle(connection, stores.decisions)
    connection.execute("drop table bereft")
    connection.execute("drop table untold")
    return int(found[0]) if found else 0


def _files(connection: duckdb.DuckDBPyConnection, stores: Stores, source: str) -> list[str]:
    names = stores.lake.files()
    if not names:
        return []
    everything = parquet([stores.lake.signals / name for name in names])
    found = connection.execute(f"""select distinct filename from {everything}
        where source = {literal(source)}""").fetchall()
    return sorted("/".join(str(name).split("/")[-2:]) for (name,) in found)
