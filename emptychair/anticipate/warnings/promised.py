"""Promises to customers by the day on which they were due, and those that were not kept by then."""

from datetime import timedelta

import pyarrow as pa

from emptychair.anticipate.warnings import heard
from emptychair.domain.period import Period
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person.history import happening
from emptychair.understand.person.promises import Outcome, Promise, promises

# A promise is made so long before it is due at most.
AHEAD = timedelta(days=90)


def all_promises(ledger: Ledger, period: Period) -> list[Promise]:
    """The promises that were due in a period, with what became of them until its end."""
    whole = Period(start=period.start - AHEAD, end=period.end)
    told = [happening(row) for row in ledger.ask(heard.promised_of(whole)).to_pylist()]
    return [
        one
        for one in promises(told, period.end)
        if one.due_at is not None and period.start <= one.due_at < period.end
    ]


def due(ledger: Ledger, period: Period) -> tuple[pa.Table, pa.Table]:
    """A row per promise that was due in a period, and those of them that were not kept in time."""
    found = all_promises(ledger, period)
    overdue = [one for one in found if one.outcome in (Outcome.LATE, Outcome.BROKEN)]
    return _table(found), _table(overdue)


def _table(found: list[Promise]) -> pa.Table:
    at = [one.due_at for one in found if one.due_at is not None]
    micros = [round(each.timestamp() * 1_000_000) for each in at]
    return pa.table(
        {
            "person": pa.chunked_array([pa.array([one.person for one in found], pa.string())]),
            "day": pa.array([each // 86_400_000_000 for each in micros], pa.int64()),
            "channel": pa.array([""] * len(found), pa.string()),
            "release": pa.array([""] * len(found), pa.string()),
            "times": pa.array([1] * len(found), pa.int64()),
            "last_at": pa.array(micros, pa.int64()),
        }
    )
