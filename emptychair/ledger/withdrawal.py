"""A source taken back: its rows leave the lake, the projection and the cards, as one."""

from collections.abc import Sequence

import duckdb

from emptychair.ledger import card, links, people, words
from emptychair.ledger.lake import Change
from emptychair.ledger.months import write_months
from emptychair.ledger.schema import literal
from emptychair.ledger.sealing import seal
from emptychair.ledger.stores import Stores, parquet


def withdraw(stores: Stores, source: str, ids: Sequence[str] | None = None) -> int:
    """Remove every row that `source` brought, or those of them with these ids; how many they were.

    Safe to call again. O(files that hold the source). Sealed first, so that the journal holds none of it.
    """
    seal(stores)
    lake, going = stores.lake, rows_of(source, ids)
    with stores.projection.transaction() as connection:
        names = _files(connection, stores, going)
        if not names:
            return 0
        kept = parquet([lake.signals / name for name in names])
        write_months(connection, lake, f"(select * from {kept} where not ({going}))")
        rows = remove(connection, stores, going)
        connection.execute("update loaded set batch = ?", [lake.head.number + 1])
        lake.commit(Change.WITHDRAW, source=source, removed=names, ids=ids)
    return rows


def remove(connection: duckdb.DuckDBPyConnection, stores: Stores, going: str) -> int:
    """Take the rows for which `going` (SQL) holds out of the projection.

    Cards of their people are made anew, and what these rows told of who is who was never told.
    """
    connection.execute(
        f"""create or replace temp table bereft as
        select distinct audience, person from signal_rows where {going} and person is not null"""
    )
    theirs = links.as_written(f"signal_rows where {going}")
    connection.execute(f"create or replace temp table untold as from {links.told_by(theirs)}")
    words.forget(connection, going)
    found = connection.execute(f"delete from signal_rows where {going}").fetchone()
    card.recompute(connection, "bereft")
    links.relearn(connection, "untold")
    people.settle(connection, stores.decisions)
    connection.execute("drop table bereft")
    connection.execute("drop table untold")
    return int(found[0]) if found else 0


def rows_of(source: str, ids: Sequence[str] | None) -> str:
    """SQL: whether a row is one of `source`, and has one of these ids."""
    which = f"source = {literal(source)}"
    if ids is None:
        return which
    listed = ", ".join(literal(one) for one in ids) or "null"
    return f"{which} and id in ({listed})"


def _files(connection: duckdb.DuckDBPyConnection, stores: Stores, going: str) -> list[str]:
    names = stores.lake.files()
    if not names:
        return []
    everything = parquet([stores.lake.signals / name for name in names])
    found = connection.execute(f"select distinct filename from {everything} where {going}").fetchall()
    return sorted("/".join(str(name).split("/")[-2:]) for (name,) in found)
