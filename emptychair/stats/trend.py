"""Whether a number really rose or fell between two periods."""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Protocol

from emptychair.stats.intervals import normal_quantile, two_sided


class Measured(Protocol):
    """Anything with a value inside an interval: a share, a mean, an NPS."""

    @property
    def value(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float:
        """The lower end of its interval."""

    @property
    def high(self) -> float:
        """The upper end of its interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The later value less the earlier, with its interval and the two-sided p value of no change.

    `direction_confidence` (0.5..1) is 1 - p/2: how sure the sign of the change is. It says nothing of its
    size, for which the interval is there, and nothing of its cause. The interval leaves out 0 exactly when p
    says so.
    """

    value: float
    low: float
    high: float
    p: float
    direction_confidence: float


def change(before: Measured | None, after: Measured | None, *, confidence: float = 0.95) -> Change | None:
    """The change between two numbers of different answers; None when one of them is "not enough data".

    The distances of both intervals are combined as squares (Zou and Donner 2008; for shares this is
    Newcombe's interval), so lopsided intervals stay lopsided. `confidence` is that of the two intervals. The
    same people asked twice give answers that go together; their change is then surer than this says.

    >>> from emptychair.stats.nps import nps
    >>> rise = change(nps(60, 25, 15), nps(75, 20, 5))
    >>> round(rise.value, 6), round(rise.low, 1), round(rise.high, 1), round(rise.direction_confidence, 3)
    (25.0, 6.5, 43.1, 0.996)
    """
    if before is None or after is None:
        return None
    value = after.value - before.value
    down = sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    up = sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    towards_zero = down if value > 0 else up
    reach = abs(value) / towards_zero if towards_zero else (inf if value else 0.0)
    p = two_sided(normal_quantile(confidence) * reach)
    return Change(value=value, low=value - down, high=value + up, p=p, direction_confidence=1 - p / 2)
