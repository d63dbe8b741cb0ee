"""What would be lost with a person: what they paid in the last year, in their own currency."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.anticipate.risk.models import Floats
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import Arrivals, arrived
from emptychair.understand.spells import Tenure

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worth:
    """An amount a person and its currency; NaN where it is not known. `mixed` pay in several currencies.

    `currency` is "" where no payment of anybody tells one.
    """

    amounts: Floats
    currency: NDArray[np.object_]
    mixed: NDArray[np.bool_]


def worth(ledger: Ledger, tenure: Tenure, people: pa.Array) -> Worth:
    """What is lost with each of these people in a year, as of the tenure. O(payments of a year).

    This is the one place that says so: a lifetime value takes it over here. Who paid nothing is worth nothing
    in the currency that is commonest; where nobody paid anything, nothing is known of anybody.
    """
    if tenure.known is None:
        raise ValueError("the tenure has to say what is known")
    rows = ledger.ask(paid_in_year(tenure.audience, tenure.as_of, tenure.known))
    unknown = np.full(len(people), np.nan)
    if not len(rows):
        return Worth(
            amounts=unknown,
            currency=np.full(len(people), "", object),
            mixed=np.zeros(len(people), np.bool_),
        )
    grouped = rows.group_by("person").aggregate([("paid", "sum"), ("currency", "min"), ("currency", "max")])
    place = pc.index_in(people, value_set=grouped["person"].combine_chunks())
    paid = grouped["paid_sum"].combine_chunks().cast(pa.float64()).take(place)
    commonest = rows["currency"].combine_chunks().value_counts()
    usual = commonest.field("values")[
        pc.index(commonest.field("counts"), pc.max(commonest.field("counts"))).as_py()
    ]
    first, last = (
        pc.fill_null(grouped[name].combine_chunks().take(place), usual)
        for name in ("currency_min", "currency_max")
    )
    mixed = pc.not_equal(first, last).to_numpy(zero_copy_only=False).astype(np.bool_)
    amounts = np.maximum(pc.fill_null(paid, 0.0).to_numpy(zero_copy_only=False), 0.0)
    amounts[mixed] = np.nan
    return Worth(amounts=amounts, currency=first.to_numpy(zero_copy_only=False), mixed=mixed)


def paid_in_year(audience: Audience, as_of: datetime, known: Arrivals) -> Question:
    """One row per person and currency: what was paid in the 365 days before, less what was paid back."""
    return question(
        """
        select person, coalesce(currency, '') as currency, sum(value) as paid
        from arrived
        where kind = 'paid' and value is not null and occurred_at >= :since
        group by person, coalesce(currency, '')
        """,
        {"arrived": arrived(audience, as_of, known)},
        since=as_of - YEAR,
    )
