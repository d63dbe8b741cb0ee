"""Relations written as one sorted Parquet file per month."""

from pathlib import Path

import duckdb

from emptychair.ledger.lake import Lake
from emptychair.ledger.schema import COLUMNS, literal

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


def write_months(connection: duckdb.DuckDBPyConnection, lake: Lake, relation: str) -> int:
    """Stage one file per month of the rows of `relation` for the next commit; how many rows they are."""
    counts = month_counts(connection, relation)
    for month in counts:
        rows = f"select {', '.join(COLUMNS)} from {relation} where {of_month(month)} order by {ORDER}"
        write_file(connection, rows, lake.staged(month))
    return sum(counts.values())


def write_file(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> int:
    """Write the answer of a SELECT as a file of the lake's kind; how many rows it has."""
    (rows_written,) = connection.execute(f"copy ({rows}) to {literal(str(path))} {_FORMAT}").fetchall()[0]
    return int(rows_written)
