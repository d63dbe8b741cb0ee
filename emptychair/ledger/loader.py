"""From the journal to the projection: batches become rows and cards, each id once, in one transaction."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from emptychair.ledger import bookkeeping, card, links, people, words
from emptychair.ledger.arriving import arrived, tally
from emptychair.ledger.books import Loaded
from emptychair.ledger.stores import Stores
from emptychair.ledger.understood import Counts, Outcome

STEP_BYTES = 16 << 20
# Up to here a full look for known ids is cheap; beyond, a load looks back a week and a seal looks at all.
FULL_LOOK_ROWS = 2_000_000
WINDOW = timedelta(days=7)


def load_step(stores: Stores) -> Loaded | None:
    """Load the next batches of the journal; None when there are none."""
    projection = stores.projection
    before = projection.position()
    chunk = stores.journal.read(before, STEP_BYTES)
    if chunk.position == before:
        return None
    segment = chunk.position.segment
    come = arrived(chunk.payloads, stores.translate)
    with projection.transaction() as connection:
        stored = _store(connection, stores, come.rows, segment)
        counts = come.counts + stored + duplicates(tally(counted(come.rows), Outcome.STORED), stored)
        bookkeeping.enter(connection, segment, bookkeeping.as_rows(counts))
        connection.execute('update loaded set segment = ?, "offset" = ?', [segment, chunk.position.offset])
    if come.parked:
        stores.park(come.parked)
    return Loaded(stored=stored.total(), duplicate=counted(come.rows).num_rows - stored.total())


def load_all(stores: Stores) -> Loaded:
    """Load up to where the journal ends now: what is appended meanwhile is for the next time."""
    stored = duplicate = 0
    end = stores.journal.end()
    while stores.projection.position() < end and (step := load_step(stores)) is not None:
        stored += step.stored
        duplicate += step.duplicate
    return Loaded(stored=stored, duplicate=duplicate)


def counted(rows: pa.Table) -> pa.Table:
    """The rows that are events of their own."""
    return rows.filter(rows["counted"])


def duplicates(all_counted: Counts, stored: Counts) -> Counts:
    """What is missing from those that were stored."""
    return Counter(
        {replace(line, outcome=Outcome.DUPLICATE): n - stored[line] for line, n in all_counted.items()}
    )


def _store(connection: duckdb.DuckDBPyConnection, stores: Stores, table: pa.Table, segment: int) -> Counts:
    """Store the rows that are new; how many of them are events of their own, by day and source."""
    if not table.num_rows:
        return Counter()
    connection.register("arrived", first_of_each(table))
    window = _window(connection, table)
    connection.execute(f"""create or replace temp table fresh as select * from arrived
        where not exists (select 1 from signal_rows as known where known.id = arrived.id{window})""")
    connection.unregister("arrived")
    stores.write(connection, "fresh", segment)
    card.merge(connection, people.resolved("fresh"))
    links.learn(connection, "fresh")
    words.learn(connection, "fresh")
    stored = connection.sql("select received_at, source from fresh where counted").to_arrow_table()
    connection.execute("delete from sorted_months where month in "
                       "(select distinct strftime(occurred_at, '%Y-%m') from fresh)")  # fmt: skip
    connection.execute("drop table fresh")
    return tally(stored, Outcome.STORED)


def first_of_each(table: pa.Table) -> pa.Table:
    """The rows of `table` without those whose id came before."""
    ids = table.column("id").combine_chunks()
    if pc.count_distinct(ids).as_py() == table.num_rows:
        return table
    codes = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    first = np.sort(np.unique(codes, return_index=True)[1])
    return table.take(pa.array(first))


def _window(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> str:
    """The condition that limits the look for known ids; the cutoff is a literal, so that it prunes."""
    found = connection.execute("select estimated_size from duckdb_tables() where table_name = 'signal_rows'")
    rows = found.fetchone()
    if rows is None or rows[0] <= FULL_LOOK_ROWS:
        return ""
    cutoff = pc.min(table.column("received_at")).as_py() - WINDOW
    return f" and known.received_at >= timestamp '{cutoff.isoformat(sep=' ')}'"
