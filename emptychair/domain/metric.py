"""A number as it is shown: with its interval, its n, its period, and who is missing from it."""

from dataclasses import dataclass

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """People or rows that a number cannot speak for, and why."""

    count: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number of the scorecard; this is the documented object of `score --json`.

    `value`, `low` and `high` are None together when there is not enough data, and `reason` then says what is
    needed. `unit` is "share" (0..1), "points" (-100..100), "stars" or the name of a scale. `segment` is None
    for everybody, or the (field, value) of `--by`.
    """

    name: str
    audience: Audience
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    period: Period
    definition: str
    missing: tuple[Missing, ...] = ()
    reason: str | None = None
    segment: tuple[str, str] | None = None
