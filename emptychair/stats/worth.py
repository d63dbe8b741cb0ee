"""What customers who buy when they like are worth: purchases to come times what they spend, discounted."""

from dataclasses import dataclass
from math import exp, log1p

import numpy as np
from scipy.special import digamma, gammaincinv, ndtri, polygamma, roots_legendre

from emptychair.stats.buying import Buying
from emptychair.stats.intervals import normal_quantile
from emptychair.stats.lifetable import Floats
from emptychair.stats.mixture import Mixture, mixture
from emptychair.stats.purchases import Purchases
from emptychair.stats.spending import Spending, told

_NODES, _WEIGHTS = roots_legendre(12)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worth:
    """One row per customer, over the next `horizon`: money in the unit of the amounts, times `margin`.

    `spend`: what a purchase of theirs is expected to be, with the interval of their own mean (`spend_low`,
    `spend_high`). `value`: purchases expected x expected spend x margin, discounted; [`mean_low`,
    `mean_high`] is its interval by the parameters. [`low`, `high`] is the prediction interval of what this
    customer will in fact bring: `confidence` of them land in it, often from 0. `is_sure` is False where
    nothing is known of the parameters' errors. `value` is inf where the mean spend of people like them is
    (q <= 1).
    """

    horizon: float
    confidence: float
    spend: Floats
    spend_low: Floats
    spend_high: Floats
    value: Floats
    mean_low: Floats
    mean_high: Floats
    low: Floats
    high: Floats
    is_sure: bool


def worth(
    model: Buying,
    money: Spending,
    known: Purchases,
    horizon: float,
    *,
    margin: float = 1.0,
    discount: float = 0.0,
    confidence: float = 0.95,
) -> Worth:
    """The value of each customer within `horizon`; `margin` is the share of an amount that is earned.

    `discount` is per unit of time (0.002: by 0.2 % a week where times are weeks).

    >>> from emptychair.stats.buying import buying
    >>> from emptychair.stats.purchases import purchases
    >>> from emptychair.stats.spending import spending
    >>> rng = np.random.default_rng(0)
    >>> x = rng.poisson(rng.gamma(0.5, 1 / 5, 3000) * 40)
    >>> mean = rng.gamma(6 * x + 1e-9) / np.maximum(x, 1) / rng.gamma(4, 1 / 15, 3000)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0), mean)
    >>> told = worth(buying(rows), spending(rows), rows, 10, margin=0.3, discount=0.002)
    >>> bool((told.low <= told.value).all()), bool((told.value <= told.mean_high).all())
    (True, True)
    """
    if discount < 0 or margin < 0:
        raise ValueError("a margin and a discount are not negative")
    mixed = mixture(model, known, horizon)
    z, tail = normal_quantile(confidence), (1 - confidence) / 2
    factor = margin * discounted(model, mixed, discount)[mixed.of]
    spend = money.expected(known)
    certain = mixed.pairs_expected[mixed.of] * factor * spend
    # Purchases and amounts are fitted apart: their errors add up on the scale of logarithms.
    of_spend = _spread_of_spend(money, known, spend)
    reach, reach_if_alive = (np.exp(z * np.sqrt(variance + of_spend)) for variance in mixed.spreads())
    spend_low, spend_high = _own_mean(money, known, confidence)
    low, high = _landing(mixed, money, known, tail)
    return Worth(
        horizon=horizon,
        confidence=confidence,
        spend=spend,
        spend_low=spend_low,
        spend_high=spend_high,
        value=mixed.alive * certain,
        mean_low=mixed.alive / reach * certain,
        mean_high=np.minimum(mixed.alive * reach, reach_if_alive) * certain,
        low=low * factor,
        high=high * factor,
        is_sure=mixed.is_sure and len(money.fit.spread()) > 1,
    )


def discounted(model: Buying, mixed: Mixture, discount: float) -> Floats:
    """Of each pair of frequency and age: what a purchase within the horizon counts on average, at most 1.

    By parts: the discounted sum is exp(-d h) E(h) + d times the integral of exp(-d t) E(t).

    >>> from emptychair.stats.buying import buying
    >>> from emptychair.stats.purchases import purchases
    >>> from emptychair.stats.spending import spending
    >>> rng = np.random.default_rng(0)
    >>> x = rng.poisson(rng.gamma(0.5, 1 / 5, 3000) * 40)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0))
    >>> fitted = buying(rows)
    >>> bool((np.abs(discounted(fitted, mixture(fitted, rows, 10), 0.002) - 0.99) < 0.001).all())
    True
    """
    rate, horizon, whole = log1p(discount), mixed.horizon, mixed.pairs_expected
    if rate == 0:
        return np.ones_like(whole)
    found = exp(-rate * horizon) * whole
    for node, weight in zip((_NODES + 1) / 2 * horizon, _WEIGHTS / 2 * horizon, strict=True):
        by_then = model.shape.expected(model.fit.values, mixed.frequency, mixed.age, float(node))
        found += rate * weight * exp(-rate * node) * by_then
    return found / whole


def _spread_of_spend(money: Spending, known: Purchases, spend: Floats) -> Floats:
    """The variance of the logarithm of the spend expected, by the parameters; 0 where it is infinite."""
    is_finite = np.isfinite(spend)
    logs = np.log(np.where(is_finite, spend, 1.0))
    found = [np.log(money.expected(known, values)) - logs for values in money.fit.spread()]
    away = np.where(is_finite & np.isfinite(found), found, 0.0)
    return np.asarray((away**2).mean(axis=0))


def _own_mean(money: Spending, known: Purchases, confidence: float) -> tuple[Floats, Floats]:
    """The interval of each customer's own mean amount p / nu, nu gamma."""
    p, q, v = money.fit.values
    count, paid = told(known)
    shape = p * count + q
    return (
        p * (v + paid) / gammaincinv(shape, (1 + confidence) / 2),
        p * (v + paid) / gammaincinv(shape, (1 - confidence) / 2),
    )


def _landing(mixed: Mixture, money: Spending, known: Purchases, tail: float) -> tuple[Floats, Floats]:
    """(low, high) of the sum of a customer's amounts: 0 with the chance of no purchase, else log-normal.

    The mean and variance of the logarithm are exact given the parameters: of a gamma sum over the number of
    purchases, of a gamma rate; both are finite whatever the tail of the amounts.
    """
    p, q, v = money.fit.values
    known_count, paid = told(known)
    shape = p * known_count + q

    def scores(count: Floats) -> Floats:
        own = digamma(p * count)
        return np.column_stack((np.ones_like(own), own, own**2 + polygamma(1, p * count)))

    low, high = np.zeros(len(known)), np.zeros(len(known))
    for rows, beyond in mixed.tables():
        buys, first, second = beyond.mean_of(scores).T
        buys = np.maximum(buys, 1e-300)
        mean = first / buys
        spread = np.sqrt(np.maximum(second / buys - mean**2, 0) + polygamma(1, shape[rows]))
        mean = mean + np.log(v + paid[rows]) - digamma(shape[rows])
        for found, level in ((low, tail), (high, 1 - tail)):
            # Above those who buy nothing.
            above = np.clip((level - (1 - buys)) / buys, 0.0, 1.0)
            found[rows] = np.where(above > 0, np.exp(mean + spread * ndtri(above)), 0.0)
    return low, high
