"""Whether the last days had more, or less, than their own history by weekday and exposure leads to expect."""

from dataclasses import dataclass
from enum import StrEnum

from scipy.special import betainc

from emptychair.stats.history import WEEK, Counts, bounds, dispersion, history

# The history that is compared with: 8 weeks at least, 16 at most. It ends a week before the window, so that
# what began some days ago is not compared with itself.
SHORTEST, LONGEST, GAP = 56, 112, 7


class Side(StrEnum):
    """What is looked for: more than expected, or less."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """`observed` in the last `days`, against what was expected of them; `p` is one-sided.

    `of` is the exposure. `ratio` is observed over expected, with its 95 % interval; None (and `high` too)
    where nothing was ever seen before. `dispersion` is that of a negative binomial (NB2), 0 for Poisson.
    """

    days: int
    observed: int
    of: float
    expected: float
    ratio: float | None
    low: float
    high: float | None
    p: float
    dispersion: float


def surge(
    counts: Counts,
    exposure: Counts,
    *,
    days: int,
    side: Side = Side.MORE,
    before: int | None = None,
    usual: tuple[Counts, Counts] | None = None,
) -> Surge | None:
    """The last `days` (a week at most) of a daily series against its history; None with too little of it.

    `counts` are seen on each day out of `exposure`, the last day last; a day without exposure is left out of
    the history. `usual` are the counts and the exposure whose history is taken instead of the own one, for
    what has none: a new release is compared with all that was before it. With `before` only days before that
    index are history. Dispersion is that of stretches as long as the window, at the upper end of what the
    history allows. O(days of history).

    >>> import numpy as np
    >>> flat, busy = np.full(120, 2.0), np.full(120, 100.0)
    >>> broken = flat.copy(); broken[-1:] = 12
    >>> now = surge(broken, busy, days=1)
    >>> now.observed, round(now.expected, 3), round(now.ratio, 3), now.p < 1e-4
    (12, 2.0, 6.0, True)
    >>> surge(flat, busy, days=3, side=Side.LESS).p > 0.5
    True
    """
    if not 0 < days <= WEEK:
        raise ValueError("a window is one day to a week")
    own, whole = (counts, exposure) if usual is None else usual
    end = len(own) - days - GAP
    seen = history(own, whole, end if before is None else min(before, end), LONGEST, SHORTEST)
    if seen is None:
        return None
    first, last = len(counts) - days, len(counts)
    observed, of = float(counts[first:last].sum()), float(exposure[first:last].sum())
    now = float(seen.weight(exposure, first, last).sum())
    before_it = float(seen.weight(whole, seen.start, seen.end).sum())
    if now <= 0 or before_it <= 0:
        return None
    alpha, spread = dispersion(own, seen.expected(whole, seen.start, seen.end), seen, days, (1, 3))
    # As in `growth`: gamma for the rate (its shape is what was seen, and one), gamma for the dispersion.
    shape = 1 / (spread / (seen.total + 1) + alpha)
    expected, mean = seen.total * now / before_it, (seen.total + 1) * now / before_it
    low, high = bounds(observed, shape, mean)
    return Surge(
        days=days,
        observed=round(observed),
        of=of,
        expected=expected,
        ratio=observed / expected if expected else None,
        low=low,
        high=high if expected else None,
        p=_chance(observed, shape, mean, side),
        dispersion=alpha,
    )


def _chance(observed: float, shape: float, mean: float, side: Side) -> float:
    """How probable so much, or so little, is where nothing changed."""
    if side is Side.LESS:
        return float(betainc(shape, observed + 1, shape / (mean + shape)))
    return 1.0 if observed == 0 else float(betainc(observed, shape, mean / (mean + shape)))
