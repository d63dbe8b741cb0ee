"""What comes after the end of a survival curve, if endings go on as they did at its end."""

from dataclasses import dataclass

import numpy as np

from emptychair.stats.lifetable import Floats
from emptychair.stats.survival import Survival

FEWEST_ENDINGS = 10
"""With fewer endings in the later half of the curve, no rate is told."""

_WATCHED = 50
_ENDINGS = 50  # a rate from so many has an interval of about a quarter to each side
_FURTHER = 1.0  # of the length of the curve: so far its end is carried on


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """A rate of endings per unit of time, counted from `since` to `begins`, and carried on until `reaches`.

    `begins` is the last age at which enough were watched: behind it the curve is what befell a handful.
    `endings` are behind the rate, so that the standard deviation of its logarithm is 1 / sqrt(endings): the
    count of a Poisson process. Whoever goes by a tail says so.
    """

    since: float
    begins: float
    reaches: float
    rate: float
    endings: int

    def kept(self, times: Floats) -> Floats:
        """The share of those at the end of the curve who are still there at each time, 1 before it.

        >>> tail = Tail(since=12, begins=24, reaches=36, rate=0.05, endings=40)
        >>> tail.kept(np.array([20.0, 24.0, 34.0])).round(3).tolist()
        [1.0, 1.0, 0.607]
        """
        share: Floats = np.exp(-self.rate * self.beyond(times))
        return share

    def beyond(self, times: Floats) -> Floats:
        """How far each time lies beyond the curve, 0 before its end."""
        far: Floats = np.maximum(times - self.begins, 0.0)
        return far


def tail(curve: Survival) -> Tail | None:
    """The rate at the end of the curve: of its last 50 endings, and of its later half at most.

    It ends where fewer than 50 are watched: of fewer, months go by without an ending, which the curve takes
    for none at all. None where the later half has fewer than 10 endings, and
    where the curve has come down to 0 by then: what comes after that is known. O(times).

    >>> from emptychair.stats.survival import kaplan_meier
    >>> found = tail(kaplan_meier([min(t, 40) for t in range(1, 101)], [t <= 40 for t in range(1, 101)]))
    >>> found.since, found.begins, found.reaches, found.endings, round(found.rate, 4)
    (19.0, 40.0, 80.0, 21, 0.0141)
    """
    begins = curve.sure_until(_WATCHED)
    if begins is None or curve.ran_dry_at is not None:
        return None
    last = int(np.searchsorted(curve.times, begins, side="right"))
    times, events, at_risk = curve.times[:last], curve.events[:last], curve.at_risk[:last]
    half = curve.since + (begins - curve.since) / 2
    later = np.cumsum(events[::-1])[::-1]  # endings at each time or after it
    first = int(np.searchsorted(times, half, side="left"))
    enough = np.flatnonzero(later >= _ENDINGS)
    first = max(first, int(enough[-1]) if len(enough) else 0)
    endings = int(later[first])
    if endings < FEWEST_ENDINGS or curve.share[last - 1] == 0:
        return None
    before = float(times[first - 1]) if first else curve.since
    watched = float((at_risk[first:] * np.diff(times[first:], prepend=before)).sum())
    return Tail(
        since=before,
        begins=begins,
        reaches=begins + _FURTHER * (begins - curve.since),
        rate=endings / watched,
        endings=endings,
    )
