"""One reading of a series, with its band and the words that are shown when it is pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`value`, `low` and `high` are None together without enough data; `text` is then the reason."""

    label: str
    text: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Read:
    """A point that has a value, with its place in the series."""

    index: int
    value: float
    low: float
    high: float


def runs(points: Sequence[Point]) -> list[list[Read]]:
    """Unbroken stretches of points that have a value; a gap ends a stretch and is never drawn over."""
    found: list[list[Read]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            found.append([])
            continue
        low = point.value if point.low is None else point.low
        high = point.value if point.high is None else point.high
        found[-1].append(Read(index, point.value, low, high))
    return [run for run in found if run]
