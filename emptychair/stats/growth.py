"""Whether something is counted more often lately than its own history and its season lead to expect."""

from dataclasses import dataclass, replace
from math import inf, log

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, gammaln

Counts = npt.NDArray[np.float64]

WEEK, YEAR = 7, 364
# The history that is compared with: 12 weeks at least, 52 at most; it ends 4 weeks before the last day, or
# where the window begins, so that what grows slowly is not compared with itself.
SHORTEST, LONGEST, GAP = 84, YEAR, 28
# A weekday's factor, and what last year's season says, count as if so much had been seen at the usual rate
# as well.
WEEKDAY_PRIOR, SEASON_PRIOR = 10.0, 3.0
# With so many stretches a dispersion of 0 is believed; others are taken where the log likelihood has
# dropped so far.
MANY, DROP = 26, 1.0
# Newton's steps for a steady rise, and the steepest that is believed (from the middle of a history on).
STEPS, STEEPEST = 12, 8.0
_ALPHAS: Counts = np.concatenate([[0.0], np.geomspace(1e-4, 20.0, 49)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """`observed` in the last `days`, against what was expected of them; `p` is one-sided.

    `ratio` is observed over expected, with its 95 % interval; None (and `high` too) where nothing was ever
    seen before. `dispersion` is that of a negative binomial (NB2: variance m + dispersion x m squared), 0
    for Poisson. `season` is how many times the usual the same weeks of last year had, None when they are not
    known; more than 1 is part of what was expected.
    """

    days: int
    observed: int
    expected: float
    ratio: float | None
    low: float
    high: float | None
    p: float
    dispersion: float
    season: float | None


def growth(counts: Counts, exposure: Counts, *, days: int, before: int | None = None) -> Growth | None:
    """The growth of the last `days` (whole weeks) of a daily series; None with too little to compare with.

    `counts` are seen on each day out of `exposure` (for instance all who spoke that day), the last day last.
    The expectation is the rate of the history by weekday, times the season of last year where it is known
    and raised; a count must stand out of both. Without dispersion it is the exact conditional test of two
    Poisson rates; a dispersion is taken at the upper end of what the history allows, since one that is too
    small would be a false alarm. With `before` only days before that index are history: what has grown for
    long is then not compared with itself. O(days of history).

    >>> flat, busy = np.full(371, 2.0), np.full(371, 100.0)
    >>> grown = flat.copy(); grown[-7:] = 6
    >>> now = growth(grown, busy, days=7)
    >>> now.observed, round(now.expected, 3), round(now.ratio, 3), now.p < 1e-5
    (42, 14.0, 3.0, True)
    """
    if days % WEEK or not 0 < days <= SHORTEST:
        raise ValueError("a window is one to twelve whole weeks")
    end = len(counts) - max(GAP, days)
    end = end if before is None else min(before, end)
    seen = _history(counts, exposure, end, LONGEST)
    if seen is None:
        return None
    plain = _compared(counts, exposure, seen, days)
    if plain is None:
        return None
    season = _season(counts, exposure, days)
    if season is None:
        return plain
    if season.factor <= 1:
        return replace(plain, season=season.factor)
    # The same stretch of history as last year's season was compared with, or a season would count twice.
    own = _history(counts, exposure, end, season.length)
    told = None if own is None else _compared(counts, exposure, own, days, season)
    worse = plain if told is None or told.p < plain.p else told
    return replace(worse, season=season.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Season:
    """How many times the usual last year had, how unsure that is (relative variance), of how many days."""

    factor: float
    unsure: float
    length: int


def _history(counts: Counts, exposure: Counts, end: int, longest: int) -> _History | None:
    # Days before anything was counted at all are no history.
    start = max(int(np.argmax(exposure > 0)), end - longest)
    start += (end - start) % WEEK
    if end - start < SHORTEST:
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
    return _History(start=start, end=end, total=total, rate=total / weighed, weekday=factor)


def _compared(
    counts: Counts, exposure: Counts, seen: _History, days: int, season: _Season | None = None
) -> Growth | None:
    first, last = len(counts) - days, len(counts)
    observed = float(counts[first:last].sum())
    now = float(seen.weight(exposure, first, last).sum())
    before = float(seen.weight(exposure, seen.start, seen.end).sum())
    if now <= 0:
        return None
    alpha, spread = _dispersion(counts, seen.expected(exposure, seen.start, seen.end), seen, days)
    factor = 1.0 if season is None else season.factor
    # Gamma for the rate (its shape is what was seen, and one: the exact test), gamma for the dispersion.
    unsure = spread / (seen.total + 1) + alpha + (0.0 if season is None else season.unsure)
    shape, mean = 1 / unsure, (seen.total + 1) * now / before * factor
    expected = seen.total * now / before * factor
    low, high = _bounds(observed, shape, mean)
    return Growth(
        days=days,
        observed=round(observed),
        expected=expected,
        ratio=observed / expected if expected else None,
        low=low,
        high=high if expected else None,
        p=1.0 if observed == 0 else float(betainc(observed, shape, mean / (mean + shape))),
        dispersion=alpha,
        season=None,
    )


def _bounds(observed: float, shape: float, mean: float) -> tuple[float, float]:
    """The ratios at which as much, or as little, as was seen would be seen one time in forty."""
    scale = shape / mean
    low = 0.0 if observed == 0 else float(betaincinv(observed, shape, 0.025))
    high = float(betaincinv(observed + 1, shape, 0.975))
    return low / (1 - low) * scale, inf if high >= 1 else high / (1 - high) * scale


def _dispersion(counts: Counts, expected: Counts, seen: _History, days: int) -> tuple[float, float]:
    """The NB2 dispersion of stretches as long as the window, and the variance of the history over its mean.

    Of such stretches there are few: shorter ones, as if they were independent, tell the least there is.
    """
    shorter = max(
        _upper_alpha(*_risen(*_stretches(counts, expected, seen, each))) * each / days
        for each in (WEEK, GAP)
        if each <= days
    )
    own, usual = _stretches(counts, expected, seen, days)
    alpha = max(_upper_alpha(*_risen(own, usual)), shorter)
    return alpha, 1 + alpha * float((usual**2).sum() / usual.sum()) if usual.any() else 1.0


def _stretches(counts: Counts, expected: Counts, seen: _History, days: int) -> tuple[Counts, Counts]:
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


def _season(counts: Counts, exposure: Counts, days: int) -> _Season | None:
    """What the same weeks of last year had, also when they come a bit earlier or later; None: not known."""
    end, slack = len(counts) - YEAR, days // 2 // WEEK * WEEK or WEEK
    seen = _history(counts, exposure, end - max(GAP, days), LONGEST)
    if seen is None:
        return None
    found = []
    for off in (-slack, 0, slack):
        own = float(counts[end - days + off : end + off].sum())
        usual = float(seen.expected(exposure, end - days + off, end + off).sum())
        found.append(((own + SEASON_PRIOR) / (usual + SEASON_PRIOR), own))
    factor, own = max(found)
    unsure = 1 / (own + SEASON_PRIOR) + 1 / (seen.total + SEASON_PRIOR)
    return _Season(factor=factor, unsure=unsure, length=seen.end - seen.start)
