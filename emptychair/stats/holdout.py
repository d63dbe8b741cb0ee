"""Whether a model of buying keeps its word on time that it had not seen, beside a plain rate."""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.buying import Buying
from emptychair.stats.intervals import Estimate, mean_t
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, purchases_of_orders

LAST = 7
"""Customers with so many repeats or more are one group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Customers with the same number of repeats in the time that was fitted (`frequency`; 7: or more).

    Mean purchases of each in the time held out: `actual` (with its interval; None below ten of them),
    `seen` the same without one, `expected` by the model and `naive` by each one's own rate.
    """

    frequency: int
    n: int
    actual: Estimate | None
    seen: float
    expected: float
    naive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Of the number for each customer: the mean absolute error, and the root of the mean squared one."""

    mae: float
    rmse: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut:
    """What the model and the naive rate said of `horizon`, and what came: in sum, by group, by customer.

    `covered` is the share of customers whose number lies in their prediction interval of `confidence`; whole
    numbers make that more than promised where most buy nothing.
    """

    horizon: float
    n: int
    actual: int
    expected: float
    naive: float
    groups: tuple[Group, ...]
    model_errors: Errors
    naive_errors: Errors
    covered: float
    confidence: float

    @property
    def beats_naive(self) -> bool:
        """Whether the model's errors are the smaller ones, both of them."""
        ours, theirs = self.model_errors, self.naive_errors
        return ours.mae < theirs.mae and ours.rmse < theirs.rmse

    @property
    def misfit(self) -> float:
        """By how much the sum was off, beyond what chance alone does to a count: of its logarithm."""
        came = self.actual + 0.5
        return sqrt(max(log(came / max(self.expected, 0.5)) ** 2 - 1 / came, 0.0))


def hold_out(
    model: Buying, known: Purchases, actual: ArrayLike, horizon: float, *, confidence: float = 0.95
) -> HoldOut:
    """The comparison, for `actual` purchases of each customer within `horizon` after the last look.

    >>> from emptychair.stats.buying import buying
    >>> rng = np.random.default_rng(0)
    >>> rate = rng.gamma(0.5, 1 / 5, 3000)
    >>> from emptychair.stats.purchases import purchases
    >>> x = rng.poisson(rate * 40)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0))
    >>> told = hold_out(buying(rows), rows, rng.poisson(rate * 10), 10)
    >>> [group.frequency for group in told.groups], bool(abs(told.expected / told.actual - 1) < 0.1)
    ([0, 1, 2, 3, 4, 5, 6, 7], True)
    """
    came = np.asarray(actual, dtype=float)
    told = outlook(model, known, horizon, confidence=confidence)
    naive = naive_rate(known) * horizon
    group = np.minimum(known.frequency, LAST)
    return HoldOut(
        horizon=horizon,
        n=len(known),
        actual=int(came.sum()),
        expected=float(told.expected.sum()),
        naive=float(naive.sum()),
        groups=tuple(
            _group(int(one), came[group == one], told.expected[group == one], naive[group == one])
            for one in np.unique(group)
        ),
        model_errors=_errors(told.expected - came),
        naive_errors=_errors(naive - came),
        covered=float(((told.fewest <= came) & (came <= told.most)).mean()),
        confidence=confidence,
    )


def naive_rate(known: Purchases) -> Floats:
    """Each customer's own repeats per time watched: what a plain count says of the future.

    >>> from emptychair.stats.purchases import purchases
    >>> naive_rate(purchases([2, 0], [5, 0], [10, 10])).tolist()
    [0.2, 0.0]
    """
    return known.frequency / np.where(known.age > 0, known.age, 1.0)


def split(
    customer: ArrayLike,
    time: ArrayLike,
    amount: ArrayLike | None,
    *,
    until: float,
    horizon: float,
    unit: float = 1.0,
) -> tuple[Purchases, Counts]:
    """(rows of orders up to `until`, purchases of the same customers within `horizon` after it).

    Times are whole (days), `unit` of them one unit of the rows and of `horizon`: see `purchases_of_orders`.

    >>> rows, later = split([7, 7, 7, 9], [0, 3, 12, 4], None, until=7, horizon=10)
    >>> rows.frequency.tolist(), later.tolist()
    ([1, 0], [1, 0])
    """
    who, rows = purchases_of_orders(customer, time, amount, until=until, unit=unit)
    names, day = np.asarray(customer), np.floor(np.asarray(time, dtype=float))
    is_later = (day > until) & (day <= until + horizon * unit) & np.isin(names, who)
    place = np.searchsorted(who, names[is_later])
    when = day[is_later].astype(np.int64)
    base = int(when.max(initial=0)) + 1
    bought = np.unique(place * base + when) // base
    return rows, np.bincount(bought, minlength=len(who))


def _group(frequency: int, came: Floats, expected: Floats, naive: Floats) -> Group:
    return Group(
        frequency=frequency,
        n=len(came),
        actual=mean_t(float(came.sum()), float((came**2).sum()), len(came)),
        seen=float(came.mean()),
        expected=float(expected.mean()),
        naive=float(naive.mean()),
    )


def _errors(away: Floats) -> Errors:
    return Errors(mae=float(np.abs(away).mean()), rmse=sqrt(float((away**2).mean())))
