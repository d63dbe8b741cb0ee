"""Payloads of the journal as columns, with the counts and the parked events that come with them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from emptychair.ledger.batch import decoded
from emptychair.ledger.envelope import is_packed
from emptychair.ledger.schema import SIGNALS
from emptychair.ledger.understood import Counts, Line, Outcome, ParkedEvent, Translate

# Who sent what Empty Chair wrote itself: answers to surveys, votes, what its sources brought.
OURSELVES = "emptychair"
ARRIVING: pa.Schema = SIGNALS.append(pa.field("counted", pa.bool_(), nullable=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Rows in the order of the journal, with `counted`: whether a row is an event of its own in the books."""

    rows: pa.Table
    counts: Counts
    parked: tuple[ParkedEvent, ...]


def arrived(payloads: Iterable[bytes], translate: Translate) -> Arrived:
    """What these payloads hold."""
    tables: list[pa.Table] = []
    counts: Counts = Counter()
    parked: list[ParkedEvent] = []
    for is_envelope, group in groupby(payloads, is_packed):
        if is_envelope:
            understood = translate(list(group))
            tables += [_marked(understood.signals, True), _marked(understood.more, False)]
            counts += understood.counts
            parked += understood.parked
        else:
            own = decoded(group)
            tables.append(_marked(own, True))
            counts += tally(own, Outcome.HEARD, OURSELVES)
    rows = pa.concat_tables(tables) if tables else ARRIVING.empty_table()
    return Arrived(rows=rows, counts=counts, parked=tuple(parked))


def tally(rows: pa.Table, outcome: Outcome, client: str = "") -> Counts:
    """How many rows each source has on each day of receiving."""
    if not rows.num_rows:
        return Counter()
    days = pc.cast(rows["received_at"], pa.date32())
    keys = pa.table({"day": days, "source": rows["source"]})
    found = keys.group_by(["day", "source"]).aggregate([([], "count_all")]).to_pylist()
    return Counter({Line(row["day"], row["source"], client, outcome): row["count_all"] for row in found})


def _marked(rows: pa.Table, is_counted: bool) -> pa.Table:
    return rows.append_column(ARRIVING.field("counted"), pa.repeat(pa.scalar(is_counted), rows.num_rows))
