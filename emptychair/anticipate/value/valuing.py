"""Everybody's value over a time to come, in each currency, with the interval that they will land in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.anticipate.value.bought import bought, contracts_running
from emptychair.anticipate.value.choosing import Chosen, choose
from emptychair.anticipate.value.contracts import MONTHS_A_YEAR, a_month
from emptychair.ledger.ledger import Ledger
from emptychair.stats.contracts import ContractWorth, contract_worth
from emptychair.stats.lifetable import Floats
from emptychair.stats.purchases import Purchases, Refusal, purchases
from emptychair.stats.spending import Spending, spending
from emptychair.stats.sums import Sum, sum_of_buying, sum_of_contracts
from emptychair.stats.tail import Tail, tail
from emptychair.stats.worth import worth
from emptychair.understand.spells import Rule, Tenure
from emptychair.understand.survival import survival

DAYS_A_YEAR = 365
_DAY_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_UNRELATED = 0.2
BY_CONTRACT = "survival of contracts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What values are of: the share of a payment that is earned, what a year of waiting takes off."""

    margin: float = 1.0
    discount: float = 0.0

    @property
    def a_day(self) -> float:
        """The discount of one day."""
        return float(np.log1p(self.discount)) / DAYS_A_YEAR

    @property
    def a_month(self) -> float:
        """The discount of one month."""
        return float((1 + self.discount) ** (1 / MONTHS_A_YEAR) - 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """People who paid in one currency, by their ids, and what each will bring in the next 365 days.

    `value` with [`low`, `high`], where 95 of 100 such people will land; NaN where nothing is told: the curve
    of relationships does not reach so far, or it goes by a mean that has no end. `naive` is a year
    at their plain rate so far, at the same margin. `alive` is the chance that they will buy again at all, by
    contract 1.
    `total` is what those of whom something is told bring together.
    `by` names the model; `remarks` are what a reader has to know.
    """

    currency: str
    people: pa.Array
    value: Floats
    low: Floats
    high: Floats
    naive: Floats
    alive: Floats
    by: str
    remarks: tuple[str, ...]
    total: Sum
    chosen: Chosen | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of whom something is told."""
        return np.isfinite(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoValues:
    """Why nothing is told of those who paid in a currency, and what it would take."""

    currency: str
    people: int
    needed: str


def values(ledger: Ledger, tenure: Tenure, terms: Terms) -> list[Values | NoValues]:
    """The values of an audience as of `tenure.as_of`, a part per currency. O(payments).

    Contracts are worth their survival times their margin, other buying is told by the model of buying that
    fits best. Whoever paid in several currencies is in each of their parts, with what is of that part.
    """
    by = _by_contract if tenure.rule is Rule.CONTRACT else _by_buying
    return list(by(ledger, tenure, terms))


def by_currency(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Each currency of a table with its rows, in the order of their names."""
    for currency in sorted(set(table["currency"].to_pylist())):
        yield currency, table.filter(pa.compute.equal(table["currency"], currency))


def _by_contract(ledger: Ledger, tenure: Tenure, terms: Terms) -> Iterator[Values | NoValues]:
    curve = survival(ledger, tenure)
    end = None if curve is None else tail(curve)
    for currency, rows in by_currency(ledger.ask(contracts_running(tenure))):
        monthly = a_month(rows, tenure.as_of)
        months, margins = monthly.ages, terms.margin * monthly.likely
        if curve is None:
            yield NoValues(currency=currency, people=len(rows), needed="No relationship is known.")
            continue
        found = contract_worth(curve, months, margins, MONTHS_A_YEAR, discount=terms.a_month, tail=end)
        if isinstance(found, Refusal):
            yield NoValues(currency=currency, people=len(rows), needed=found.needed)
            continue
        is_told = np.isfinite(found.value)
        yield Values(
            currency=currency,
            people=rows["person"].combine_chunks(),
            value=found.value,
            low=found.low,
            high=found.high,
            naive=terms.margin * monthly.paid * MONTHS_A_YEAR,
            alive=np.ones(len(rows)),
            by=BY_CONTRACT,
            remarks=_of_the_end(found, end, float(curve.times[-1])),
            total=sum_of_contracts(
                curve,
                months[is_told],
                margins[is_told],
                MONTHS_A_YEAR,
                discount=terms.a_month,
                tail=end,
            ),
        )


def _by_buying(ledger: Ledger, tenure: Tenure, terms: Terms) -> Iterator[Values | NoValues]:
    today = (tenure.as_of - _DAY_ZERO).days
    for currency, rows in by_currency(ledger.ask(bought(tenure.audience, tenure.as_of, tenure.known))):
        known = _purchases(rows, today)
        chosen = choose(ledger, tenure, currency, known)
        money = chosen if isinstance(chosen, Refusal) else spending(known)
        if isinstance(chosen, Refusal) or isinstance(money, Refusal):
            needed = chosen.needed if isinstance(chosen, Refusal) else _needed(money)
            yield NoValues(currency=currency, people=len(rows), needed=needed)
            continue
        found = worth(
            chosen.model, money, known, float(DAYS_A_YEAR), margin=terms.margin, discount=terms.a_day
        )
        value = np.where(np.isfinite(found.value), found.value, np.nan)
        total = rows["amount"].cast(pa.float64()).to_numpy()
        yield Values(
            currency=currency,
            people=rows["person"].combine_chunks(),
            value=value,
            low=found.low,
            high=found.high,
            naive=terms.margin * total / np.maximum(known.age, DAYS_A_YEAR) * DAYS_A_YEAR,
            alive=chosen.alive(known),
            by=chosen.model.model.value,
            remarks=(*chosen.remarks, *_of_spending(money)),
            total=sum_of_buying(
                chosen.model,
                money,
                known,
                float(DAYS_A_YEAR),
                margin=terms.margin,
                discount=terms.a_day,
                misfit=0.0 if chosen.held_out is None else chosen.held_out.misfit,
            ),
            chosen=chosen,
        )


def _needed(money: Spending | Refusal) -> str:
    return money.needed if isinstance(money, Refusal) else ""


def _of_the_end(found: ContractWorth, end: Tail | None, months: float) -> tuple[str, ...]:
    """What a reader has to know of those who are older than the curve can tell."""
    remarks = []
    carried, untold = int(found.is_carried_on.sum()), int(np.isnan(found.value).sum())
    if carried and end is not None:
        remarks.append(
            f"{carried:,} of them will be older by then than enough people were watched to be: from "
            f"{end.begins:.0f} months on endings are taken to go on as in the {end.begins - end.since:.0f} "
            f"before ({end.endings:,}, {end.rate:.1%} a month)."
        )
    if untold:
        told = f"Nobody has been watched long enough to tell {untold:,} of them"
        remarks.append(f"{told}: the curve ends at {months:.0f} months.")
    return tuple(remarks)


def _of_spending(money: Spending) -> list[str]:
    if abs(money.correlation) < _UNRELATED:
        return []
    how = "more" if money.correlation > 0 else "less"
    told = (
        f"Who buys often pays {how} each time (correlation {money.correlation:.2f}); the model takes the two "
        "as independent, so values of frequent buyers lean."
    )
    return [told]


def _purchases(rows: pa.Table, today: int) -> Purchases:
    days, first, last = (rows[name].to_numpy() for name in ("days", "first_day", "last_day"))
    more = rows["amount"].cast(pa.float64()).to_numpy() - rows["first_amount"].cast(pa.float64()).to_numpy()
    repeats = days - 1
    spend = np.where(repeats > 0, more / np.maximum(repeats, 1), 0.0)
    return purchases(repeats, last - first, today - first, spend)
