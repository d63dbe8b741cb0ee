"""What a year with each person brings if they stay: what is lost with who leaves."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from emptychair.anticipate.value.bought import contracts_running, paid_in_year
from emptychair.anticipate.value.contracts import a_month
from emptychair.anticipate.value.valuing import NoValues, Terms, by_currency, values
from emptychair.ledger.ledger import Ledger
from emptychair.stats.lifetable import Floats
from emptychair.understand.spells import Rule, Tenure

_MONTHS = 12
_GONE = 1e-3  # with a smaller chance to be there, what they bring if there is a division by nearly nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Yearly:
    """Those who paid in one currency, and what a year with each brings if they stay, before any margin."""

    currency: str
    people: pa.Array
    amounts: Floats


def if_they_stay(ledger: Ledger, tenure: Tenure) -> list[Yearly]:
    """What the next year brings of each who stays, a part per currency. O(payments).

    Of a contract twelve times what it pays a month; of who buys when they like, what the model of buying
    expects of those who are still there. Where no model can be told, what was paid in the 365 days before.
    """
    return list(_contracts(ledger, tenure) if tenure.rule is Rule.CONTRACT else _buyers(ledger, tenure))


def _contracts(ledger: Ledger, tenure: Tenure) -> Iterator[Yearly]:
    for currency, rows in by_currency(ledger.ask(contracts_running(tenure))):
        amounts = _MONTHS * a_month(rows, tenure.as_of).likely
        yield Yearly(currency=currency, people=rows["person"].combine_chunks(), amounts=amounts)


def _buyers(ledger: Ledger, tenure: Tenure) -> Iterator[Yearly]:
    parts = values(ledger, tenure, Terms())
    untold = {part.currency for part in parts if isinstance(part, NoValues)}
    for part in parts:
        if not isinstance(part, NoValues):
            is_told = part.known & (part.alive > _GONE)
            amounts = np.where(is_told, part.value / np.maximum(part.alive, _GONE), part.naive)
            yield Yearly(currency=part.currency, people=part.people, amounts=amounts)
    if untold:
        paid = ledger.ask(paid_in_year(tenure.audience, tenure.as_of, tenure.known))
        for currency, rows in by_currency(paid):
            if currency in untold:
                amounts = rows["paid"].cast(pa.float64()).to_numpy()
                yield Yearly(currency=currency, people=rows["person"].combine_chunks(), amounts=amounts)
