"""What a daily series leads to expect, by weekday and exposure, and how much more than chance it varies."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaln

Counts = npt.NDArray[np.float64]

WEEK = 7
# A weekday's factor counts as if so much had been seen at the usual rate as well.
WEEKDAY_PRIOR = 10.0
# With so many stretches a dispersion of 0 is believed; others are taken where the log likelihood has
# dropped so far.
MANY, DROP = 26, 1.0
# Newton's steps for a steady rise, and the steepest that is believed (from the middle of a history on).
STEPS, STEEPEST = 12, 8.0
_ALPHAS: Counts = np.concatenate([[0.0], np.geomspace(1e-4, 20.0, 49)])


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Days [start, end): how much was seen, and what each weekday has of the rate."""

    start: int
    end: int
    total: float
    rate: float
    weekday: Counts

    def expected(self, exposure: Counts, start: int, end: int) -> Counts:
        """What is expected of each of these days at the rate of this history."""
        return self.weight(exposure, start, end) * self.rate

    def weight(self, exposure: Counts, start: int, end: int) -> Counts:
        """The exposure of each of these days times the factor of its weekday."""
        weighed: Counts = exposure[start:end] * self.weekday[np.arange(start, end) % WEEK]
        return weighed


def history(counts: Counts, exposure: Counts, end: int, longest: int, shortest: int) -> History | None:
    """The history of the `longest` days before `end`, whole weeks; None with fewer than `shortest` days.

    >>> history(np.full(100, 2.0), np.full(100, 50.0), 90, 84, 56)
    History(start=6, end=90, total=168.0, rate=0.04, weekday=array([1., 1., 1., 1., 1., 1., 1.]))
    """
    # Days before anything was counted at all are no history.
    start = max(int(np.argmax(exposure > 0)), end - longest)
    start += (end - start) % WEEK
    if end - start < shortest:
        return None
    own, whole = counts[start:end], exposure[start:end]
    total, exposed = float(own.sum()), float(whole.sum())
    if exposed <= 0:
        return None
    day = np.arange(start, end) % WEEK
    by_day = np.bincount(day, own, WEEK)
    usual = np.bincount(day, whole, WEEK) * total / exposed
    factor = (by_day + WEEKDAY_PRIOR) / (usual + WEEKDAY_PRIOR)
    weighed = float((whole * factor[day]).sum())
    return History(start=start, end=end, total=total, rate=total / weighed, weekday=factor)


def bounds(observed: float, shape: float, mean: float) -> tuple[float, float]:
    """The ratios at which as much, or as little, as was seen would be seen one time in forty.

    `mean` is what is expected, and 1 / `shape` how unsure that is (relative variance).

    >>> low, high = bounds(20, 1e9, 10)
    >>> round(low, 2), round(high, 2)
    (1.22, 3.09)
    """
    scale = shape / mean
    low = 0.0 if observed == 0 else float(betaincinv(observed, shape, 0.025))
    high = float(betaincinv(observed + 1, shape, 0.975))
    return low / (1 - low) * scale, inf if high >= 1 else high / (1 - high) * scale


def dispersion(
    counts: Counts, expected: Counts, seen: History, days: int, shorter: Sequence[int]
) -> tuple[float, float]:
    """The NB2 dispersion of stretches as long as the window, and the variance of the history over its mean.

    Of such stretches there are few: `shorter` ones, as if they were independent, tell the least there is.

    >>> flat, busy = np.full(280, 2.0), np.full(280, 50.0)
    >>> seen = history(flat, busy, 280, 280, 56)
    >>> dispersion(flat, seen.expected(busy, 0, 280), seen, 7, (1,))
    (0.0, 1.0)
    """
    least = max(
        (
            _upper_alpha(*_risen(*_stretches(counts, expected, seen, each))) * each / days
            for each in shorter
            if each <= days
        ),
        default=0.0,
    )
    own, usual = _stretches(counts, expected, seen, days)
    alpha = max(_upper_alpha(*_risen(own, usual)), least)
    return alpha, 1 + alpha * float((usual**2).sum() / usual.sum()) if usual.any() else 1.0


def _stretches(counts: Counts, expected: Counts, seen: History, days: int) -> tuple[Counts, Counts]:
    """What was seen, and what was expected, in each whole stretch of so many days of the history."""
    number = (seen.end - seen.start) // days
    begin = seen.end - number * days
    own = counts[begin : seen.end].reshape(number, days).sum(axis=1)
    usual = expected[begin - seen.start :].reshape(number, days).sum(axis=1)
    return own[usual > 0], usual[usual > 0]


def _risen(own: Counts, usual: Counts) -> tuple[Counts, Counts]:
    """The same, what is usual along a steady rise where there was one: growth itself is no dispersion.

    The rise is exponential, fitted as Poisson by Newton's method; without one nothing changes.
    """
    if own.size < 3 or not own.any():
        return own, usual
    time = np.linspace(-1, 1, own.size)
    squares, level, slope = time * time, log(own.sum() / usual.sum()), 0.0
    for _ in range(STEPS):
        mean = usual * np.exp(level + slope * time)
        miss = own - mean
        total, spread, square = float(mean.sum()), float(mean @ time), float(mean @ squares)
        down, turn = float(miss.sum()), float(miss @ time)
        determinant = total * square - spread * spread
        if determinant <= 1e-9 * total * square:
            return own, usual
        rise = min(max((total * turn - spread * down) / determinant, -2.0), 2.0)
        level += min(max((square * down - spread * turn) / determinant, -2.0), 2.0)
        slope += rise
        if abs(rise) < 1e-3:
            break
    return (own, usual * np.exp(level + slope * time)) if 0 < slope < STEEPEST else (own, usual)


def _upper_alpha(own: Counts, usual: Counts) -> float:
    """The likeliest dispersion, and as much more as the log likelihood lets it be (a profile bound)."""
    if not own.size:
        return 0.0
    likely = _log_likelihood(own, usual)
    best = int(likely.argmax())
    # Many stretches that are likeliest without any are taken at their word; of few, chance may have made
    # them alike.
    if best == 0 and own.size >= MANY:
        return 0.0
    return float(_ALPHAS[np.flatnonzero(likely >= likely[best] - DROP)[-1]])


def _log_likelihood(own: Counts, usual: Counts) -> Counts:
    """That of each of the dispersions, without what is the same for all of them."""
    shape = 1 / _ALPHAS[1:, None]
    each = gammaln(own + shape) - gammaln(shape) + own * np.log(usual / (shape + usual))
    each -= shape * np.log1p(usual / shape)
    poisson = (own * np.log(usual) - usual).sum()
    return np.concatenate([[poisson], each.sum(axis=1)])
