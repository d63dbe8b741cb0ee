"""The three moods, and the free labels that a company's own scores are."""

from decimal import Decimal
from enum import IntEnum

from emptychair.domain.scale import Score


class Mood(IntEnum):
    """The column of a mood in every array of probabilities."""

    NEGATIVE = 0
    NEUTRAL = 1
    POSITIVE = 2


# The first score of neutral and the first of positive.
_BEGINS: dict[Score, tuple[int, int]] = {
    Score.NPS: (7, 9),
    Score.CSAT: (3, 4),
    Score.STARS: (3, 4),
    Score.CES: (4, 6),
}


def mood_of(score: Score, value: Decimal | float) -> Mood:
    """What somebody who gave this score felt about what they wrote: of 0 to 10, 6 is negative and 9 positive.

    >>> mood_of(Score.NPS, 6), mood_of(Score.STARS, 3), mood_of(Score.CES, 7)
    (<Mood.NEGATIVE: 0>, <Mood.NEUTRAL: 1>, <Mood.POSITIVE: 2>)
    """
    neutral, positive = _BEGINS[score]
    if value < neutral:
        return Mood.NEGATIVE
    return Mood.NEUTRAL if value < positive else Mood.POSITIVE
