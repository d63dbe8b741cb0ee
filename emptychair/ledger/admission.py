"""How a staged relation becomes part of the truth: deduplicated, sorted, written by month, loaded."""

from collections.abc import Mapping

import duckdb

from emptychair.ledger import card
from emptychair.ledger.books import Admitted
from emptychair.ledger.lake import Change, Lake
from emptychair.ledger.projection import writing
from emptychair.ledger.promotion import extracted
from emptychair.ledger.schema import COLUMNS, SIGNALS

_TYPES = {"string": "varchar", "timestamp[us]": "timestamp", "decimal128(9, 4)": "decimal(9, 4)",
          "decimal128(18, 4)": "decimal(18, 4)"}  # fmt: skip
_TYPED = ", ".join(f"{field.name}::{_TYPES[str(field.type)]} as {field.name}" for field in SIGNALS)


def admit(
    connection: duckdb.DuckDBPyConnection, relation: str, source: str, lake: Lake, promoted: Mapping[str, str]
) -> Admitted:
    """Store the new rows of `relation` in the lake and the projection, as one."""
    number = lake.head.number + 1
    # Rows of a commit of the lake are marked by its number, negative; rows of the journal by their segment.
    mine = f"segment = {-number}"
    with writing(connection):
        total, fresh = _fresh(connection, relation)
        connection.execute(f"""insert into signal_rows by name
            select {_TYPED}, {-number}::bigint as segment{extracted(promoted)} from {fresh}
            order by date_trunc('month', occurred_at), person, occurred_at, id""")
        stored = write_months(connection, lake, mine)
        if not stored:
            lake.discard()
            return Admitted(stored=0, duplicate=total)
        card.merge(connection, f"(select * from signal_rows where {mine})")
        connection.execute("update loaded set batch = ?", [number])
        lake.commit(Change.ADMIT, source=source)
    return Admitted(stored=stored, duplicate=total - stored)


def write_months(connection: duckdb.DuckDBPyConnection, lake: Lake, mine: str) -> int:
    """Stage one Parquet file per month of the rows of `signal_rows` where `mine`; their number."""
    months = connection.execute(f"""select date_trunc('month', occurred_at)::date as month, count(*)
        from signal_rows where {mine} group by month order by month""").fetchall()
    for month, _ in months:
        path = str(lake.staged(f"{month.year:04d}-{month.month:02d}")).replace("'", "''")
        connection.execute(f"""copy (select {", ".join(COLUMNS)} from signal_rows where {mine}
                and occurred_at >= timestamp '{month}'
                and occurred_at < timestamp '{month}' + interval 1 month)
            to '{path}' (format parquet, compression zstd, row_group_size 122880)""")
    return sum(int(count) for _, count in months)


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
