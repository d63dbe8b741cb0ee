"""Relations written as one sorted Parquet file per month."""

import duckdb

from emptychair.ledger.lake import Lake
from emptychair.ledger.projection import literal
from emptychair.ledger.schema import COLUMNS

ORDER = "person, occurred_at, id"
_FORMAT = "(format parquet, compression zstd, row_group_size 122880)"


def write_months(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    relation: str,
    *,
    where: str = "true",
    order: str = ORDER,
) -> int:
    """Stage one file per month of the rows of `relation` for the next commit; how many rows they are.

    An empty `order` keeps the rows as they lie.
    """
    months = connection.execute(f"""select strftime(occurred_at, '%Y-%m') as month, count(*)
        from {relation} where {where} group by month order by month""").fetchall()
    for month, _ in months:
        begin = f"timestamp '{month}-01'"
        connection.execute(f"""copy (select {", ".join(COLUMNS)} from {relation} where {where}
                and occurred_at >= {begin} and occurred_at < {begin} + interval 1 month
                {f"order by {order}" if order else ""}) to {literal(str(lake.staged(month)))} {_FORMAT}""")
    return sum(int(rows) for _, rows in months)
