"""A number month by month, as a line with its band."""

from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.signal import Audience
from emptychair.stats.intervals import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One calendar month; no estimate below the n that intervals need. `is_whole`: the month is over."""

    month: datetime
    estimate: Estimate | None
    n: int
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The months in order, those without anything included; `definition` is a sentence."""

    name: str
    audience: Audience
    unit: str
    definition: str
    points: tuple[Point, ...]
