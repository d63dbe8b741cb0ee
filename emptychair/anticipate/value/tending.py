"""Once a day everybody's value is told anew, and kept in the desk."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from emptychair.anticipate.risk.company import company
from emptychair.anticipate.risk.training import NotEnough
from emptychair.anticipate.value.valuing import NoValues, Terms, Values, values
from emptychair.desk import customer_values
from emptychair.desk.customer_values import KeptPart, KeptValue
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.stats.holdout import HoldOut

EVERY = timedelta(days=1)


def is_due(desk: Desk, now: datetime) -> bool:
    """Whether values were not told for a day."""
    with desk.read() as tx:
        last = customer_values.last(tx)
    return last is None or now - last[1] >= EVERY


def run(ledger: Ledger, desk: Desk, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Tell the values of all customers; how many people that were. O(payments).

    Kept without margin and discount, which a reader's setting adds. Safe to be killed anywhere: all is
    written at once. 0 while the ledger is being prepared, and where nothing is known of customers.
    """
    try:
        found = company(ledger, desk, Audience.CUSTOMER, now)
        if isinstance(found, NotEnough):
            return 0
        told = values(ledger, found.tenure, Terms())
    except LedgerDegradedError:
        return 0
    if is_stopping():
        return 0
    rows = [row for part in told if isinstance(part, Values) for row in _rows(part)]
    with desk.begin() as tx:
        customer_values.keep(tx, [_part(one) for one in told], rows, as_of=found.tenure.as_of, told_at=now)
    return len(rows)


def _rows(part: Values) -> Iterator[KeptValue]:
    columns = (part.value, part.low, part.high)
    known = (np.where(np.isfinite(column), column, np.nan).tolist() for column in columns)
    people, naive, alive = part.people.to_pylist(), part.naive.tolist(), part.alive.tolist()
    for person, value, low, high, before, there in zip(people, *known, naive, alive, strict=True):
        yield KeptValue(
            person=person,
            currency=part.currency,
            value=_or_none(value),
            low=_or_none(low),
            high=_or_none(high),
            naive=before,
            alive=there,
        )


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else number


def _part(told: Values | NoValues) -> KeptPart:
    if isinstance(told, NoValues):
        return KeptPart(
            currency=told.currency, people=told.people, known=0, total=0.0, total_low=None, total_high=None,
            total_said="", naive=0.0, naive_known=0.0, by="", remarks=[], lack=told.needed, held_out=None,
        )  # fmt: skip
    judged = told.chosen.held_out if told.chosen is not None else None
    return KeptPart(
        currency=told.currency,
        people=len(told.people),
        known=int(told.known.sum()),
        total=float(np.nansum(told.value)),
        total_low=told.total.low,
        total_high=told.total.high,
        total_said=told.total.said,
        naive=float(told.naive.sum()),
        naive_known=float(told.naive[told.known].sum()),
        by=told.by,
        remarks=list(told.remarks),
        lack="",
        held_out=None if judged is None else _held_out(judged),
    )


def _held_out(judged: HoldOut) -> dict[str, Any]:
    return {
        "days": judged.horizon,
        "people": judged.n,
        "actual": judged.actual,
        "expected": judged.expected,
        "naive": judged.naive,
        "mae": judged.model_errors.mae,
        "naive_mae": judged.naive_errors.mae,
        "covered": judged.covered,
        "groups": [
            {
                "frequency": group.frequency,
                "people": group.n,
                "actual": group.seen,
                "low": None if group.actual is None else group.actual.low,
                "high": None if group.actual is None else group.actual.high,
                "expected": group.expected,
                "naive": group.naive,
            }
            for group in judged.groups
        ],
    }
