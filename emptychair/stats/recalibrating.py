"""Chances made to keep their word by what came true of others: a beta or an isotonic curve, with a band."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# An isotonic curve overfits below so many cases (Niculescu-Mizil and Caruana 2005); a beta curve is safer.
ISOTONIC_FROM = 1_000
_Z = 1.959963984540054
_FEWEST_NEAR = 100


@dataclass(frozen=True, slots=True, eq=False)
class Recalibration:
    """A curve from log odds to chances and the band around it, by points between which it is straight.

    The band holds the true share of people with such log odds in 95 of 100 cases, as far as those told who
    were looked at.
    """

    method: str
    at: Floats
    chance: Floats
    low: Floats
    high: Floats

    def chances(self, log_odds: Floats) -> Floats:
        """The chances of these log odds; beyond the outermost points theirs."""
        return np.interp(log_odds, self.at, self.chance)

    def band(self, log_odds: Floats) -> tuple[Floats, Floats]:
        """(low, high) around the chances."""
        return np.interp(log_odds, self.at, self.low), np.interp(log_odds, self.at, self.high)


def recalibrated(log_odds: Floats, cases: Flags) -> Recalibration:
    """The curve that these forecasts and what came of them ask for. Raises ValueError without both kinds.

    Forecasts that were twice as sure as they should have been, made right:

    >>> drawn = np.random.default_rng(1)
    >>> truth = drawn.normal(-1, 1, 20_000)
    >>> curve = recalibrated(2 * truth, drawn.random(20_000) < expit(truth))
    >>> curve.method, np.round(curve.chances(np.array([-4.0, 0.0])), 1).tolist()
    ('isotonic', [0.1, 0.5])
    """
    many = int(cases.sum())
    if many == 0 or many == len(cases):
        raise ValueError("some have to have had the outcome, and some not")
    fitted = _isotonic if min(many, len(cases) - many) >= ISOTONIC_FROM else _beta
    at = np.unique(np.quantile(log_odds, np.linspace(0, 1, 201)))
    chance = np.clip(fitted(log_odds, cases, at), 1e-6, 1 - 1e-6)
    low, high = _around(log_odds, cases, at, chance)
    return Recalibration("isotonic" if fitted is _isotonic else "beta", at, chance, low, high)


def beta(log_odds: Floats, cases: Flags) -> tuple[float, float, float]:
    """(a, b, c) of the curve whose log odds are a log p - b log(1 - p) + c (Kull, Silva Filho, Flach 2017).

    It bends at both ends as it has to, where Platt's line (a = b) bends at neither or both. a and b are not
    below 0. The targets are those of Platt 1999, which keep away from 0 and 1.

    >>> drawn = np.random.default_rng(1)
    >>> truth = drawn.normal(-1, 1, 20_000)
    >>> [round(one, 1) for one in beta(truth, drawn.random(20_000) < expit(truth))]
    [1.0, 1.0, 0.0]
    """
    from scipy.optimize import minimize  # a quarter of a second of a start: only a fit needs it

    ones = cases.sum()
    target = np.where(cases, (ones + 1) / (ones + 2), 1 / (len(cases) - ones + 2))
    sides = np.stack([log_expit(log_odds), -log_expit(-log_odds), np.ones(len(log_odds))])

    def loss(line: Floats) -> tuple[float, Floats]:
        turned = line @ sides
        value = -(target * log_expit(turned) + (1 - target) * log_expit(-turned)).sum()
        return float(value), sides @ (expit(turned) - target)

    bounds = [(0, None), (0, None), (None, None)]
    found = minimize(loss, np.array([1.0, 1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), float(found[1]), float(found[2])


def _beta(log_odds: Floats, cases: Flags, at: Floats) -> Floats:
    a, b, c = beta(log_odds, cases)
    found: Floats = expit(a * log_expit(at) - b * log_expit(-at) + c)
    return found


def _isotonic(log_odds: Floats, cases: Flags, at: Floats) -> Floats:
    """The best rising curve, its steps joined at the means of those on each step."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(log_odds, kind="stable")
    steps = isotonic_regression(cases[order].astype(float)).x
    value, begins, sizes = np.unique(steps, return_index=True, return_counts=True)
    middle = np.add.reduceat(log_odds[order], begins) / sizes
    # No step says never or always.
    held = (value * sizes + 1e-3) / (sizes + 2e-3)
    return np.interp(at, middle, np.maximum.accumulate(held))


def _around(log_odds: Floats, cases: Flags, at: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Wilson's interval around the curve with those who stand near a point: one in ten, or a hundred."""
    order = np.argsort(log_odds, kind="stable")
    near = min(max(_FEWEST_NEAR, len(order) // 10), len(order))
    summed = np.concatenate([[0], np.cumsum(cases[order])])
    first = np.clip(np.searchsorted(log_odds[order], at) - near // 2, 0, len(order) - near)
    seen = (summed[first + near] - summed[first]) / near
    middle, half = _wilson(seen, near)
    low, high = np.minimum(middle - half, chance), np.maximum(middle + half, chance)
    return np.maximum.accumulate(low.clip(0, 1)), np.minimum.accumulate(high.clip(0, 1)[::-1])[::-1]


def _wilson(share: Floats, n: int) -> tuple[Floats, Floats]:
    shrunk = 1 + _Z**2 / n
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / shrunk
    return (share + _Z**2 / (2 * n)) / shrunk, half
