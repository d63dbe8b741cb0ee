"""What all customers bring together, with the interval of the sum: parameters move all, chance each alone."""

from dataclasses import dataclass, replace
from math import exp, log, log1p, sqrt

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.buying import Buying
from emptychair.stats.intervals import normal_quantile
from emptychair.stats.lifetable import Floats
from emptychair.stats.mixture import Mixture, mixture
from emptychair.stats.purchases import Purchases
from emptychair.stats.spending import Spending, told
from emptychair.stats.survival import Survival
from emptychair.stats.tail import Tail
from emptychair.stats.worth import discounted

CHANCE_ALONE = "Nothing is known of the errors of the parameters: the interval of the sum holds chance alone."
NO_VARIANCE = "Costs of purchases differ too much by customer to have a variance: the sum has no interval."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """`value` together; what they will in fact bring lands in [`low`, `high`] with the chance `confidence`.

    `of_parameters`, `of_chance` and `of_model` are the standard deviations that make it. Both ends are None
    where a sum has no interval, and `said` is what a reader has to know, "" where there is nothing.
    """

    n: int
    value: float
    low: float | None
    high: float | None
    of_parameters: float
    of_chance: float
    of_model: float
    said: str
    confidence: float


def sum_of_buying(
    model: Buying,
    money: Spending,
    known: Purchases,
    horizon: float,
    *,
    margin: float = 1.0,
    discount: float = 0.0,
    misfit: float = 0.0,
    confidence: float = 0.95,
) -> Sum:
    """What customers bring together within `horizon`, of whom `worth` tells a finite value.

    The variance of a sum is that of its mean over the parameters, which all customers share, and the mean of
    its variance given them, where customers are independent and variances add up. The first is that of the
    logarithm of the sum at the points of either fit (they are fitted apart); the second has the number of
    purchases and the rate of each one's amounts in it. Both take the model as the right one: `misfit` is by
    how much it was off where it was held out (`HoldOut.misfit`). The interval is log-normal, with all three.

    >>> from emptychair.stats.buying import buying
    >>> from emptychair.stats.purchases import purchases
    >>> from emptychair.stats.spending import spending
    >>> rng = np.random.default_rng(0)
    >>> x = rng.poisson(rng.gamma(0.5, 1 / 5, 3000) * 40)
    >>> mean = rng.gamma(6 * x + 1e-9) / np.maximum(x, 1) / rng.gamma(4, 1 / 15, 3000)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0), mean)
    >>> found = sum_of_buying(buying(rows), spending(rows), rows, 10)
    >>> round(found.low / found.value, 2), round(found.high / found.value, 2)
    (0.95, 1.05)
    """
    mixed = mixture(model, known, horizon)
    factor = margin * discounted(model, mixed, discount)[mixed.of]
    spend = money.expected(known)
    is_told = np.isfinite(spend)
    purchase = np.where(is_told, factor * spend, 0.0)
    value = float((mixed.alive * mixed.pairs_expected[mixed.of] * purchase).sum())
    bare = Sum(
        n=int(is_told.sum()), value=value, low=value, high=value, of_parameters=0.0, of_chance=0.0,
        of_model=0.0, said="", confidence=confidence,
    )  # fmt: skip
    if value <= 0:
        return bare
    of_parameters = _of_points(mixed, purchase, value) + _of_spend(
        money, known, mixed, factor, is_told, value
    )
    of_chance = _of_chance(model, money, known, mixed, factor, is_told)
    if not np.isfinite(of_parameters + of_chance):
        return replace(bare, low=None, high=None, said=NO_VARIANCE)
    # Chance leaves the mean where it is; the parameters, by the delta method, the median.
    of_few = log1p(of_chance / value**2)
    middle = log(value) - of_few / 2
    half = normal_quantile(confidence) * sqrt(of_few + of_parameters + misfit**2)
    is_sure = mixed.is_sure and len(money.fit.spread()) > 1
    return replace(
        bare,
        low=exp(middle - half),
        high=exp(middle + half),
        of_parameters=value * sqrt(of_parameters),
        of_chance=sqrt(of_chance),
        of_model=value * misfit,
        said="" if is_sure else CHANCE_ALONE,
    )


def sum_of_contracts(
    curve: Survival,
    ages: ArrayLike,
    margins: ArrayLike,
    periods: int,
    *,
    period: float = 1.0,
    discount: float = 0.0,
    tail: Tail | None = None,
    confidence: float = 0.95,
) -> Sum:
    """What running contracts bring together, all of which `contract_worth` tells a value by this curve.

    Given the curve contracts end independently of one another. The curve itself is one for all: each of its
    steps, with Greenwood's variance, moves what every contract that has not passed it yet brings after it,
    and the steps are independent; so does the rate of the `tail`. O(ages that differ x periods + steps).

    >>> from emptychair.stats.survival import kaplan_meier
    >>> curve = kaplan_meier(range(1, 101), [True] * 100)
    >>> found = sum_of_contracts(curve, [0] * 50, [10] * 50, 10, discount=0.01)
    >>> round(found.value), round(found.low), round(found.high)
    (4479, 4179, 4736)
    >>> round(found.of_parameters), round(found.of_chance)
    (88, 125)
    """
    every, of = np.unique(np.asarray(ages, dtype=float), return_inverse=True)
    margin = np.asarray(margins, dtype=float)
    number = np.arange(1, periods + 1, dtype=np.float64)
    paid = (1 + discount) ** -number
    times = every[:, None] + np.concatenate(([0.0], period * number))
    row = np.searchsorted(
        curve.times, times if tail is None else np.minimum(times, tail.begins), side="right"
    )
    share = np.concatenate(([1.0], curve.share))[row] * (1.0 if tail is None else tail.kept(times))
    kept = share[:, 1:] / share[:, :1]
    value = float(((kept @ paid)[of] * margin).sum())
    # Paid k periods and no more: the square of what they paid is a sum over periods too.
    square = kept @ (paid * (2 * np.cumsum(paid) - paid))
    of_chance = float(((square - (kept @ paid) ** 2)[of] * margin**2).sum())
    brought = kept * paid * np.bincount(of, margin, len(every))[:, None]
    of_parameters = _of_steps(curve, row, brought) + (0.0 if tail is None else _of_tail(tail, times, brought))
    half = normal_quantile(confidence) * sqrt(max(of_chance, 0.0) + of_parameters)
    least, most = (float(side(margin, 0.0).sum()) * float(paid.sum()) for side in (np.minimum, np.maximum))
    return Sum(
        n=len(margin),
        value=value,
        low=max(value - half, least),
        high=min(value + half, most),
        of_parameters=sqrt(of_parameters),
        of_chance=sqrt(max(of_chance, 0.0)),
        of_model=0.0,
        said="",
        confidence=confidence,
    )


def _of_points(mixed: Mixture, purchase: Floats, value: float) -> float:
    """The variance of the logarithm of the sum by what is not known of the model of buying."""
    found = 0.0
    for values, alive in zip(mixed.points, mixed.points_alive, strict=True):
        expected = mixed.shape.expected(values, mixed.frequency, mixed.age, mixed.horizon)[mixed.of]
        found += log(float((alive * expected * purchase).sum()) / value) ** 2
    return found / len(mixed.points)


def _of_spend(
    money: Spending, known: Purchases, mixed: Mixture, factor: Floats, is_told: np.ndarray, value: float
) -> float:
    """The same by what is not known of the amounts; infinite where they have no mean within their error."""
    weight = (mixed.alive * mixed.pairs_expected[mixed.of] * factor)[is_told]
    points = money.fit.spread()
    sums = [float((weight * money.expected(known, values)[is_told]).sum()) for values in points]
    return float(np.mean([log(each / value) ** 2 if np.isfinite(each) else np.inf for each in sums]))


def _of_chance(
    model: Buying, money: Spending, known: Purchases, mixed: Mixture, factor: Floats, is_told: np.ndarray
) -> float:
    """The sum of everybody's own variance, given the parameters; infinite where somebody has none.

    n purchases cost a gamma of shape p n and the rate of this customer, itself a gamma that is known of.
    """
    p, q, v = money.fit.values
    count, paid = told(known)
    shape, scale = p * count + q, v + paid
    if (shape[is_told] <= 2).any():  # one over a gamma has no second moment then
        return float("inf")
    with np.errstate(divide="ignore"):
        inverse = p * scale / (shape - 1)
        squared = scale**2 / ((shape - 1) * (shape - 2))
    certain = replace(mixed, points=model.fit.values[None, :], points_alive=mixed.alive[None, :])
    found = 0.0
    for rows, beyond in certain.tables():
        mean, square = beyond.mean_of(lambda number: np.column_stack((number, number**2))).T
        each = (p**2 * square + p * mean) * squared[rows] - (mean * inverse[rows]) ** 2
        found += float(np.where(is_told[rows], factor[rows] ** 2 * each, 0.0).sum())
    return found


def _of_tail(tail: Tail, times: Floats, brought: Floats) -> float:
    """The variance of a sum of what is `brought` by the rate of endings beyond the curve, one for all."""
    beyond = tail.beyond(times)
    slope = float((brought * (beyond[:, 1:] - beyond[:, :1])).sum())
    return (slope * tail.rate) ** 2 / tail.endings


def _of_steps(curve: Survival, row: np.ndarray, brought: Floats) -> float:
    """The variance of a sum of what is `brought` by (age, period), by Greenwood's of each step between."""
    left = (curve.at_risk - curve.events).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(left > 0, curve.events / (curve.at_risk * left), 0.0)
    change = np.zeros(len(curve.times) + 1)
    np.add.at(change, row[:, 0], brought.sum(axis=1))
    np.subtract.at(change, row[:, 1:], brought)
    behind = np.cumsum(change)[:-1]
    return float((behind**2 * terms).sum())
