"""Quiet hours: the time of day at which nobody is written to, on the clock of where they are."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` until just before `end` by the clock on the wall; over midnight where it ends earlier."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours need a beginning and an end that differ")

    def has(self, wall: time) -> bool:
        """Whether it is quiet at this time of day.

        >>> night = QuietHours(start=time(20), end=time(8))
        >>> night.has(time(20)), night.has(time(7, 59)), night.has(time(8)), night.has(time(12))
        (True, True, False, False)
        """
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


def quiet_until(hours: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first instant (UTC) at which it is not quiet any more in this zone; None when it is not quiet now.

    Clocks that are put forward or back, and days that a zone leaves out, are those of the zone.

    >>> night = QuietHours(start=time(20), end=time(8))
    >>> late = datetime(2026, 3, 28, 22, tzinfo=UTC)
    >>> quiet_until(night, ZoneInfo("Europe/Berlin"), late).isoformat()  # summer time begins in that night
    '2026-03-29T06:00:00+00:00'
    >>> quiet_until(night, ZoneInfo("America/New_York"), late) is None
    True
    """
    if not hours.has(_wall(now, zone)):
        return None
    today = now.astimezone(zone).date()
    ends = sorted(
        datetime.combine(today + timedelta(days=day), hours.end, zone).replace(fold=fold).astimezone(UTC)
        for day in range(3)
        for fold in (0, 1)
    )
    # An end inside an hour that is left out by the clock is no moment of its own: it comes with the jump.
    end = next(end for end in ends if end > now and not hours.has(_wall(end, zone)))
    return _first_loud(hours, zone, now, end)


def _first_loud(hours: QuietHours, zone: ZoneInfo, quiet: datetime, loud: datetime) -> datetime:
    """The end itself, or the jump of the clock before it: looked for within the last day, to the second."""
    quiet = max(quiet, loud - timedelta(hours=25)).astimezone(UTC)
    if hours.has(_wall(loud - _SECOND, zone)):
        return loud
    while loud - quiet > _SECOND:
        middle = quiet + (loud - quiet) / 2
        if hours.has(_wall(middle, zone)):
            quiet = middle
        else:
            loud = middle
    return loud.replace(microsecond=0)  # clocks jump at whole seconds


def _wall(instant: datetime, zone: ZoneInfo) -> time:
    return instant.astimezone(zone).time()
