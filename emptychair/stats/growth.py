"""Whether something is counted more often lately than its own history and its season lead to expect."""

from dataclasses import dataclass, replace

from scipy.special import betainc

from emptychair.stats.history import WEEK, Counts, History, bounds, dispersion, history

YEAR = 364
# The history that is compared with: 12 weeks at least, 52 at most; it ends 4 weeks before the last day, or
# where the window begins, so that what grows slowly is not compared with itself.
SHORTEST, LONGEST, GAP = 84, YEAR, 28
# What last year's season says counts as if so much had been seen at the usual rate as well.
SEASON_PRIOR = 3.0


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

    >>> import numpy as np
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
    seen = history(counts, exposure, end, LONGEST, SHORTEST)
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
    own = history(counts, exposure, end, season.length, SHORTEST)
    told = None if own is None else _compared(counts, exposure, own, days, season)
    worse = plain if told is None or told.p < plain.p else told
    return replace(worse, season=season.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Season:
    """How many times the usual last year had, how unsure that is (relative variance), of how many days."""

    factor: float
    unsure: float
    length: int


def _compared(
    counts: Counts, exposure: Counts, seen: History, days: int, season: _Season | None = None
) -> Growth | None:
    first, last = len(counts) - days, len(counts)
    observed = float(counts[first:last].sum())
    now = float(seen.weight(exposure, first, last).sum())
    before = float(seen.weight(exposure, seen.start, seen.end).sum())
    if now <= 0:
        return None
    alpha, spread = dispersion(counts, seen.expected(exposure, seen.start, seen.end), seen, days, (WEEK, GAP))
    factor = 1.0 if season is None else season.factor
    # Gamma for the rate (its shape is what was seen, and one: the exact test), gamma for the dispersion.
    unsure = spread / (seen.total + 1) + alpha + (0.0 if season is None else season.unsure)
    shape, mean = 1 / unsure, (seen.total + 1) * now / before * factor
    expected = seen.total * now / before * factor
    low, high = bounds(observed, shape, mean)
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


def _season(counts: Counts, exposure: Counts, days: int) -> _Season | None:
    """What the same weeks of last year had, also when they come a bit earlier or later; None: not known."""
    end, slack = len(counts) - YEAR, days // 2 // WEEK * WEEK or WEEK
    seen = history(counts, exposure, end - max(GAP, days), LONGEST, SHORTEST)
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
