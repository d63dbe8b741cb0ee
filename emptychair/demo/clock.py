"""Days of the demo company: instants, seasons and local time, all counted from its start."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from emptychair.domain.period import midnight, months_later

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MONTHS = 24
WEEK = 7.0
MICROS = 86_400_000_000

# (IANA name, hours ahead of UTC in winter, whether summer time follows Europe's dates or America's)
ZONES = (
    ("Europe/Berlin", 1, "eu"),
    ("Europe/London", 0, "eu"),
    ("America/New_York", -5, "us"),
    ("America/Chicago", -6, "us"),
    ("America/Los_Angeles", -8, "us"),
    ("Europe/Paris", 1, "eu"),
    ("Europe/Madrid", 1, "eu"),
    ("Europe/Zurich", 1, "eu"),
)
JOINING = np.array([1.05, 0.95, 0.95, 0.9, 0.9, 0.85, 0.75, 0.8, 1.0, 1.1, 1.35, 1.45])
BUYING = np.array([0.85, 0.85, 0.9, 0.9, 0.95, 0.9, 0.85, 0.85, 1.0, 1.05, 1.4, 1.7])
LEAVING = np.array([1.2, 1.0, 0.95, 0.95, 0.95, 1.0, 1.1, 1.12, 0.95, 0.95, 0.9, 0.93])
ICED = np.array([0.0, 0.0, 0.05, 0.2, 0.7, 1.3, 1.6, 1.4, 0.5, 0.1, 0.0, 0.0])
GIFTS = np.array([0.1, 0.3, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.3, 1.2, 2.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The 24 months [start, until): a moment is a float, in days since `start`."""

    start: datetime
    until: datetime

    @property
    def days(self) -> int:
        """Length in whole days."""
        return (self.until - self.start).days

    @property
    def weeks(self) -> int:
        """Steps of seven days that cover the time; the last one may be shorter."""
        return -(-self.days // 7)

    def season(self, table: Floats, moments: Floats) -> Floats:
        """The factor of a table by calendar month at each moment."""
        months = [(self.start + timedelta(days=day)).month - 1 for day in range(self.days + 1)]
        factors: Floats = table[np.array(months)][np.clip(moments, 0, self.days).astype(np.int64)]
        return factors

    def micros(self, moments: Floats) -> Ints:
        """Microseconds since 1970, UTC."""
        begin = int(self.start.timestamp()) * 1_000_000
        return begin + (moments * MICROS).astype(np.int64)

    def instant(self, moment: float) -> datetime:
        """One moment as an instant, to the microsecond."""
        return self.start + timedelta(microseconds=int(moment * MICROS))

    def at_local(self, moments: Floats, zones: Ints, hours: Floats) -> Floats:
        """The moments of the same days at a local hour (0..24) of each one's zone."""
        table = self._hours_ahead()
        day = np.clip(moments, 0, self.days - 1).astype(np.int64)
        moved: Floats = day + (hours - table[zones, day]) / 24.0
        return moved

    def _hours_ahead(self) -> Floats:
        days = [(self.start + timedelta(days=day)).date() for day in range(self.days)]
        rows = [[winter + (1 if _is_summer(day, rule) else 0) for day in days] for _, winter, rule in ZONES]
        return np.array(rows, dtype=np.float64)


def clock(until: date) -> Clock:
    """The 24 months before `until`."""
    end = midnight(until)
    return Clock(start=months_later(end, -MONTHS), until=end)


# Written out so that the company is the same on machines without, or with another, zone database.
def _is_summer(day: date, rule: str) -> bool:
    if rule == "eu":
        return _sunday(day.year, 3, -1) <= day < _sunday(day.year, 10, -1)
    return _sunday(day.year, 3, 2) <= day < _sunday(day.year, 11, 1)


def _sunday(year: int, month: int, which: int) -> date:
    if which > 0:
        first = datetime(year, month, 1, tzinfo=UTC).date()
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
    last = datetime(year, month, 31, tzinfo=UTC).date()
    return last - timedelta(days=(last.weekday() + 1) % 7)
