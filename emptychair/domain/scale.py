"""The questions that are asked for a score, and their scales."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


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

    def has(self, score: Decimal) -> bool:
        """Whether an answer is on it."""
        return self.lowest <= score <= self.highest and (not self.is_whole or score == int(score))


# An employee's NPS is asked by either name; the audience tells whose it is.
SCALES: Mapping[Score, Scale] = {
    Score.NPS: Scale(names=("nps", "enps"), lowest=0, highest=10, is_whole=True),
    Score.CSAT: Scale(names=("csat",), lowest=1, highest=5, is_whole=True),
    Score.CES: Scale(names=("ces",), lowest=1, highest=7, is_whole=True),
    Score.STARS: Scale(names=("stars",), lowest=1, highest=5, is_whole=False),
}
_BY_NAME = {name: scale for scale in SCALES.values() for name in scale.names}


def scale_of(name: str) -> Scale | None:
    """The scale of `rated` signals of this name, or None when it is not one of ours.

    >>> scale_of("enps").highest
    10
    """
    return _BY_NAME.get(name)
