"""Net promoter scores from counts, for customers and employees alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from emptychair.stats.intervals import MINIMUM_N, normal_quantile

PSEUDO_END = 0.75
PSEUDO_TOTAL = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nps:
    """A score in points (-100..100) with its interval [low, high] and the answers behind it."""

    value: float
    low: float
    high: float
    n: int
    promoters: int
    passives: int
    detractors: int


def nps(
    promoters: int,
    passives: int,
    detractors: int,
    *,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Nps | None:
    """The score from the answers 9-10, 7-8 and 0-6, with its adjusted Wald interval; None below `minimum_n`.

    The interval adds 3/4 of a promoter, 3/4 of a detractor and 3 to n (Rocks 2016, recommended by MeasuringU)
    and is cut at -100 and 100; the value itself is not adjusted. `more_needed(n)` says how many answers are
    missing.

    >>> nps(60, 25, 15)
    Nps(value=45.0, low=29.34..., high=58.03..., n=100, promoters=60, passives=25, detractors=15)
    >>> nps(5, 3, 1) is None
    True
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError(f"counts of answers are not negative: {promoters}, {passives}, {detractors}")
    n = promoters + passives + detractors
    if n < max(minimum_n, 1):
        return None
    centre, spread = adjusted(promoters, passives, detractors)
    half = normal_quantile(confidence) * sqrt(spread)
    return Nps(
        value=100 * (promoters - detractors) / n,
        low=max(centre - half, -100.0),
        high=min(centre + half, 100.0),
        n=n,
        promoters=promoters,
        passives=passives,
        detractors=detractors,
    )


def nps_from_scores(
    counts: Sequence[int], *, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Nps | None:
    """The score from eleven counts, of the answers 0, 1 ... 10; None below `minimum_n`.

    >>> nps_from_scores([0, 0, 0, 0, 0, 5, 10, 10, 15, 40, 20]).value
    45.0
    """
    if len(counts) != 11:
        raise ValueError(f"eleven counts are needed, of the answers 0 to 10, not {len(counts)}")
    if min(counts) < 0:
        raise ValueError(f"counts of answers are not negative: {list(counts)}")
    promoters, passives, detractors = sum(counts[9:]), sum(counts[7:9]), sum(counts[:7])
    return nps(promoters, passives, detractors, confidence=confidence, minimum_n=minimum_n)


def adjusted(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    """(centre in points, variance in points squared) of the adjusted Wald interval.

    >>> [round(number, 3) for number in adjusted(60, 25, 15)]
    [43.689, 53.577]
    """
    n = promoters + passives + detractors + PSEUDO_TOTAL
    top, bottom = (promoters + PSEUDO_END) / n, (detractors + PSEUDO_END) / n
    net = top - bottom
    return 100 * net, 100 * 100 * (top + bottom - net * net) / n
