"""Which days people are looked at: some to learn from, later ones to set chances right, the last to judge."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HORIZONS = (30, 60, 90)
MOST_TO_LEARN = 18
_STEP = 30
_TO_CALIBRATE = 3
_FEWEST_TO_LEARN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Days in order. What came within the horizon of a day to learn from or to calibrate on was known before
    the first of the days after it: nothing of the time that judges was seen.
    """

    horizon: int
    learn: tuple[datetime, ...]
    calibrate: tuple[datetime, ...]
    judge: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TooShort:
    """The company is known for `days`, and it takes `need`."""

    days: int
    need: int


def dates(first_at: datetime, now: datetime, horizon: int) -> Dates | TooShort:
    """The days of a company whose first signal was at `first_at`; those that judge stand a horizon apart."""
    step = min(_STEP, horizon)
    latest = now - timedelta(days=horizon)
    judged = 2 if horizon <= _STEP else 1
    judge = tuple(latest - timedelta(days=horizon * back) for back in reversed(range(judged)))
    calibrate = _before(judge[0], horizon, step, _TO_CALIBRATE)
    # Whoever is looked at needs some past.
    room = (calibrate[0] - timedelta(days=horizon) - first_at).days // step - 1
    need = (now - calibrate[0]).days + horizon + step * (_FEWEST_TO_LEARN + 1)
    if room < _FEWEST_TO_LEARN:
        return TooShort(days=max((now - first_at).days, 0), need=need)
    learn = _before(calibrate[0], horizon, step, min(room, MOST_TO_LEARN))
    return Dates(horizon=horizon, learn=learn, calibrate=calibrate, judge=judge)


def moved_on(planned: Dates, now: datetime) -> Dates:
    """The same with nothing kept to judge by: what a model in use learns from, up to a horizon before now."""
    shift = now - timedelta(days=planned.horizon) - planned.calibrate[-1]
    return Dates(
        horizon=planned.horizon,
        learn=tuple(day + shift for day in planned.learn),
        calibrate=tuple(day + shift for day in planned.calibrate),
        judge=(),
    )


def _before(day: datetime, horizon: int, step: int, many: int) -> tuple[datetime, ...]:
    latest = day - timedelta(days=horizon)
    return tuple(latest - timedelta(days=step * back) for back in reversed(range(many)))
