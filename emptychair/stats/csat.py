"""Satisfaction and effort: the share of the two top boxes, and the mean on a scale."""

from collections.abc import Mapping
from decimal import Decimal

from emptychair.stats.intervals import MINIMUM_N, Estimate, Number, scale_mean, wilson


def csat(
    counts: Mapping[int, int], *, highest: int = 5, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Estimate | None:
    """The share (0..1) of answers in the two top boxes with its Wilson interval; None below `minimum_n`.

    `counts` maps each score of the scale that ends at `highest` to how often it was given.

    >>> csat({1: 4, 2: 3, 3: 8, 4: 20, 5: 25})
    Estimate(value=0.75, low=0.627..., high=0.842..., n=60)
    """
    if any(score > highest for score in counts):
        raise ValueError(f"a score of {max(counts)} lies above the scale's end, {highest}")
    top = counts.get(highest, 0) + counts.get(highest - 1, 0)
    return wilson(top, sum(counts.values()), confidence=confidence, minimum_n=minimum_n)


def effort(
    total: Number,
    sum_of_squares: Number,
    n: int,
    *,
    highest: int = 7,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Estimate | None:
    """The mean customer effort (1..7) with an interval inside the scale; None below `minimum_n`.

    >>> effort(150, 850, 30)
    Estimate(value=5.0, low=4.25..., high=5.63..., n=30)
    """
    return scale_mean(
        total, sum_of_squares, n, lowest=1, highest=highest, confidence=confidence, minimum_n=minimum_n
    )


def scores_mean(
    counts: Mapping[int | Decimal, int],
    *,
    lowest: Number,
    highest: Number,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Estimate | None:
    """The mean on a scale from how often each score was given (stars); None below `minimum_n`.

    >>> scores_mean({1: 2, 4: 10, 5: 28}, lowest=1, highest=5)
    Estimate(value=4.55, low=4.16..., high=4.77..., n=40)
    """
    total = sum((Decimal(score) * count for score, count in counts.items()), Decimal(0))
    squares = sum((Decimal(score) ** 2 * count for score, count in counts.items()), Decimal(0))
    return scale_mean(
        total,
        squares,
        sum(counts.values()),
        lowest=lowest,
        highest=highest,
        confidence=confidence,
        minimum_n=minimum_n,
    )
