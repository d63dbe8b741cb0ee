"""From numbers to places on a drawing that is 100 wide and 100 high."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from `low` to `high`, both finite and low < high."""

    low: float
    high: float

    def up(self, value: float) -> float:
        """Place from the top, 0..100, so that larger values lie higher."""
        return round(100 - self.along(value), 2)

    def along(self, value: float) -> float:
        """Place from the left, 0..100."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)


def around(values: Iterable[float], *, least: float, margin: float = 0.08) -> Scale:
    """A scale that holds all values with a margin, and is at least `least` long so that noise stays small.

    >>> around([0.5, 0.5], least=0.1)
    Scale(low=0.442, high=0.558)
    """
    seen = list(values)
    low, high = (min(seen), max(seen)) if seen else (0.0, least)
    short = max(0.0, least - (high - low)) / 2
    low, high = low - short, high + short
    room = margin * (high - low)
    return Scale(round(low - room, 9), round(high + room, 9))


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers inside [low, high], near `about` of them.

    >>> ticks(0, 1)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    >>> ticks(-12, 57)
    [0.0, 20.0, 40.0]
    """
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 9) + 0.0 for number in range(first, last + 1)]
