"""Relations written as one sorted Parquet file per month."""

import duckdb

from emptychair.ledger.lake import Lake
from emptychair.ledger.projection import literal
from emptychair.ledger.schema import COLUMNS

ORDER = "person, occurred_at, id"
# Level 1 of zstd: a quarter less time than the default for files of the same size. The small limit lets the
# writer give up sooner on a dictionary of ids.
_FORMAT = """(format parquet, compression zstd, compression_level 1, row_group_size 122880,
    string_dictionary_page_size_limit 4096)"""


def month_counts(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, int]:
    """Rows per month (YYYY-MM), in order of the month."""
    found = connection.execute(f"""select date_trunc('month', occurred_at)::date as month, count(*)
        from {relation} group by month order by month""").fetchall()
    return {f"{month.year:04d}-{month.month:02d}": int(rows) for month, rows in found}


def of_month(month: str) -> str:
    """SQL: the condition that a row is of this month (YYYY-MM), in a form that prunes."""
    begin = f"timestamp '{month}-01'"
    return f"occurred_at >= {begin} and occurred_at < {begin} + interval 1 month"


def write_span(
    connection: duckdb.DuckDBPyConnection, lake: Lake, table: str, month: str, places: range
) -> None:
    """Stage the rows of `month`, which lie sorted at these places of `table`, for the next commit."""
    connection.execute(f"""copy (select {", ".join(COLUMNS)} from {table}
        where rowid >= {places.start} and rowid < {places.stop})
        to {literal(str(lake.staged(month)))} {_FORMAT}""")


def write_months(connection: duckdb.DuckDBPyConnection, lake: Lake, relation: str) -> int:
    """Stage one file per month of the rows of `relation` for the next commit; how many rows they are."""
    counts = month_counts(connection, relation)
    for month in counts:
        connection.execute(f"""copy (select {", ".join(COLUMNS)} from {relation} where {of_month(month)}
            order by {ORDER}) to {literal(str(lake.staged(month)))} {_FORMAT}""")
    return sum(counts.values())
