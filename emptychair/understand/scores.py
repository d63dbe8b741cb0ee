"""The questions that are asked for a score, their scales, and the number that answers add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from emptychair.stats.csat import csat, effort, scores_mean
from emptychair.stats.intervals import Estimate
from emptychair.stats.nps import nps


class Score(StrEnum):
    """The questions that are asked for a score, by the name of their `rated` signals."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    STARS = "stars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Which answers are on it: from `lowest` to `highest`, whole numbers only where `is_whole`."""

    names: tuple[str, ...]
    lowest: int
    highest: int
    is_whole: bool


# An employee's NPS is asked by either name; the audience tells whose it is.
SCALES: Mapping[Score, Scale] = {
    Score.NPS: Scale(names=("nps", "enps"), lowest=0, highest=10, is_whole=True),
    Score.CSAT: Scale(names=("csat",), lowest=1, highest=5, is_whole=True),
    Score.CES: Scale(names=("ces",), lowest=1, highest=7, is_whole=True),
    Score.STARS: Scale(names=("stars",), lowest=1, highest=5, is_whole=False),
}

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
