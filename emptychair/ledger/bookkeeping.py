"""The books of the projection: what became of every event, by day, source and client."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import duckdb
import msgspec

from emptychair.ledger.understood import Counts, Line, Outcome

CREATE = """
create table if not exists books (
    segment bigint not null, day date not null, source varchar not null, client varchar not null,
    outcome varchar not null, reason varchar not null, n bigint not null)
"""


class BookRow(msgspec.Struct, frozen=True, array_like=True):
    """A line of the books as a commit of the lake keeps it."""

    day: date
    source: str
    client: str
    outcome: str
    reason: str
    n: int


def as_rows(counts: Counts) -> tuple[BookRow, ...]:
    """The counts in order, to be kept."""
    return tuple(
        BookRow(line.day, line.source, line.client, line.outcome.value, line.reason, n)
        for line, n in sorted(counts.items())
        if n
    )


def enter(connection: duckdb.DuckDBPyConnection, segment: int, rows: Iterable[BookRow]) -> None:
    """Add lines under the mark of their journal segment, or minus the number of their commit."""
    values = [(segment, row.day, row.source, row.client, row.outcome, row.reason, row.n) for row in rows]
    if values:
        connection.executemany("insert into books values (?, ?, ?, ?, ?, ?, ?)", values)


def replace(
    connection: duckdb.DuckDBPyConnection, lowest: int, highest: int, number: int, rows: Iterable[BookRow]
) -> None:
    """Let what a seal counted stand for what was counted of these segments as they arrived."""
    connection.execute("delete from books where segment between ? and ?", [lowest, highest])
    enter(connection, -number, rows)


def read(connection: duckdb.DuckDBPyConnection, since: date | None = None) -> Counts:
    """All lines, or those from a day on."""
    found = connection.execute(
        """select day, source, client, outcome, reason, sum(n)::bigint from books
        where ? is null or day >= ? group by all""",
        [since, since],
    ).fetchall()
    return Counter(
        {
            Line(day, source, client, Outcome(outcome), reason): n
            for day, source, client, outcome, reason, n in found
        }
    )
