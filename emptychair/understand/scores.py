"""The number that answers to the questions for a score add up to."""

from collections.abc import Mapping
from decimal import Decimal

from emptychair.domain.scale import SCALES, Score
from emptychair.stats.csat import csat, effort, scores_mean
from emptychair.stats.intervals import Estimate
from emptychair.stats.nps import nps

Counts = Mapping[Decimal, int]


def added(one: Counts, two: Counts) -> Counts:
    """The counts of both."""
    return {score: one.get(score, 0) + two.get(score, 0) for score in one.keys() | two.keys()}


def estimate(score: Score, counts: Counts) -> Estimate | None:
    """The score's own number with its interval; None below the n that intervals need.

    NPS in points (-100..100), CSAT the share of the two top boxes, CES and stars the mean on their scale.

    >>> estimate(Score.NPS, {Decimal(10): 30, Decimal(8): 10, Decimal(3): 10}).value
    40.0
    """
    scale = SCALES[score]
    if score is Score.NPS:
        return _nps(counts)
    if score is Score.CSAT:
        return csat({int(answer): count for answer, count in counts.items()}, highest=scale.highest)
    if score is Score.CES:
        total = sum((answer * count for answer, count in counts.items()), Decimal(0))
        squares = sum((answer * answer * count for answer, count in counts.items()), Decimal(0))
        return effort(total, squares, sum(counts.values()), highest=scale.highest)
    every: dict[int | Decimal, int] = dict(counts.items())
    return scores_mean(every, lowest=scale.lowest, highest=scale.highest)


def _nps(counts: Counts) -> Estimate | None:
    found = nps(
        sum(count for answer, count in counts.items() if answer >= 9),
        sum(count for answer, count in counts.items() if 7 <= answer < 9),
        sum(count for answer, count in counts.items() if answer < 7),
    )
    return None if found is None else Estimate(value=found.value, low=found.low, high=found.high, n=found.n)
