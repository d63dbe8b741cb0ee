"""Closed months become one file, sorted by person and time, in the lake and in the projection."""

from datetime import datetime

from emptychair.ledger.books import Compacted
from emptychair.ledger.lake import Change, is_sorted
from emptychair.ledger.months import ORDER, of_month, write_months
from emptychair.ledger.stores import Stores, parquet


def compact(stores: Stores, now: datetime) -> Compacted:
    """Rewrite every month before the one of `now` that is in several files or not in order."""
    current = f"{now.year:04d}-{now.month:02d}"
    months = files = 0
    for month, names in stores.lake.months().items():
        if month < current and not (is_sorted(names) and _is_sorted(stores, month)):
            _rewrite(stores, month, names)
            months += 1
            files += len(names)
    return Compacted(months=months, files=files)


def _is_sorted(stores: Stores, month: str) -> bool:
    with stores.projection.reading() as connection:
        found = connection.execute("select count(*) from sorted_months where month = ?", [month]).fetchone()
    return found != (0,)


def _rewrite(stores: Stores, month: str, names: list[str]) -> None:
    lake = stores.lake
    relation = parquet([lake.signals / name for name in names])
    with stores.projection.transaction() as connection:
        rewritten = not is_sorted(names)
        if rewritten:
            write_months(connection, lake, relation)
            relation = parquet([lake.staged(month)])
        # Rows that are still in the journal alone stay where they are.
        connection.execute(
            f"delete from signal_rows where segment <= {lake.head.sealed} and {of_month(month)}"
        )
        stores.write(connection, relation, 0, order=f"order by {ORDER}")
        connection.execute("delete from sorted_months where month = ?", [month])
        connection.execute("insert into sorted_months values (?)", [month])
        if rewritten:
            connection.execute("update loaded set batch = ?", [lake.head.number + 1])
            lake.commit(Change.COMPACT, removed=names)
