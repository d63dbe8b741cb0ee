"""What would be lost with a person: what a year with them brings, in their own currency."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.risk.models import Floats
from emptychair.anticipate.value.staying import Yearly, if_they_stay
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worth:
    """An amount a person and its currency; NaN where it is not known. `mixed` pay in several currencies.

    `currency` is "" where no payment of anybody tells one.
    """

    amounts: Floats
    currency: NDArray[np.object_]
    mixed: NDArray[np.bool_]


def worth(ledger: Ledger, tenure: Tenure, people: pa.Array) -> Worth:
    """What is lost with each of these people in a year, as of the tenure, before any margin. O(payments).

    Who paid nothing is worth nothing in the currency that is commonest; where nobody paid anything, nothing
    is known of anybody.
    """
    parts = if_they_stay(ledger, tenure)
    if not parts:
        return Worth(
            amounts=np.full(len(people), np.nan),
            currency=np.full(len(people), "", object),
            mixed=np.zeros(len(people), np.bool_),
        )
    amounts, paid_in = np.zeros(len(people)), np.zeros(len(people), np.int64)
    usual = max(parts, key=lambda part: len(part.people)).currency
    currency = np.full(len(people), usual, object)
    for part in parts:
        rows, brings = _of(part, people)
        rows, brings = rows[brings > 0], brings[brings > 0]
        amounts[rows] += brings
        currency[rows] = part.currency
        paid_in[rows] += 1
    mixed = paid_in > 1
    amounts[mixed] = np.nan
    return Worth(amounts=amounts, currency=currency, mixed=mixed)


def _of(part: Yearly, people: pa.Array) -> tuple[NDArray[np.int64], Floats]:
    """The rows of `people` who are in the part, and what each brings."""
    place = pc.index_in(people, value_set=part.people)
    rows = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
    return rows, part.amounts[place.drop_null().to_numpy()]
