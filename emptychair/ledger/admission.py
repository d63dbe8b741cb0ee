"""How a staged relation becomes part of the truth: deduplicated, sorted, written by month, loaded."""

import duckdb

from emptychair.ledger import card
from emptychair.ledger.books import Admitted
from emptychair.ledger.lake import Change
from emptychair.ledger.months import ORDER, write_months
from emptychair.ledger.projection import writing
from emptychair.ledger.schema import COLUMNS, SIGNALS
from emptychair.ledger.stores import Stores

_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "decimal128(9, 4)": "decimal(9, 4)",
    "decimal128(18, 4)": "decimal(18, 4)",
}
_TYPED = ", ".join(f"{field.name}::{_TYPES[str(field.type)]} as {field.name}" for field in SIGNALS)


def admit(connection: duckdb.DuckDBPyConnection, stores: Stores, relation: str, source: str) -> Admitted:
    """Store the new rows of `relation` in the lake and the projection, as one."""
    lake = stores.lake
    number = lake.head.number + 1
    # Rows of a commit of the lake are marked by its number, negative; rows of the journal by their segment.
    mine = f"segment = {-number}"
    with writing(connection):
        total, fresh = _fresh(connection, relation)
        typed = f"(select {_TYPED} from {fresh})"
        connection.execute(f"""insert into signal_rows by name {stores.rows(typed, str(-number))}
            order by date_trunc('month', occurred_at), {ORDER}""")
        stored = write_months(connection, lake, "signal_rows", where=mine, order="")
        if not stored:
            return Admitted(stored=0, duplicate=total)
        card.merge(connection, f"(select * from signal_rows where {mine})")
        _mark_sorted(connection, stores, mine)
        connection.execute("update loaded set batch = ?", [number])
        lake.commit(Change.ADMIT, source=source)
    return Admitted(stored=stored, duplicate=total - stored)


def _mark_sorted(connection: duckdb.DuckDBPyConnection, stores: Stores, mine: str) -> None:
    """Months that this commit alone fills lie in order; the others do not any more."""
    known = [(month,) for month in stores.lake.months()]
    months = connection.execute(f"""select distinct strftime(occurred_at, '%Y-%m')
        from signal_rows where {mine}""").fetchall()
    for month in months:
        connection.execute("delete from sorted_months where month = ?", month)
        if month not in known:
            connection.execute("insert into sorted_months values (?)", month)


def _fresh(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str]:
    """The number of rows, and the relation without second and known ids."""
    total, distinct, known = connection.execute(f"""select count(*), count(distinct id),
        (select count(*) from signal_rows) from {relation}""").fetchone() or (0, 0, 0)
    fresh = relation
    if distinct < total:
        # Which of two rows with one id stays must not depend on chance.
        fresh = f"""(select * from {relation} qualify row_number() over (
            partition by id order by occurred_at, {", ".join(COLUMNS)}) = 1)"""
    if known:
        fresh = f"(select * from {fresh} as offered anti join signal_rows using (id))"
    return int(total), fresh
