"""A stretch of time whose end belongs to the next one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end): two instants with a zone, the end exclusive."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs instants with a time zone")
        if self.start >= self.end:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.end - self.start) / timedelta(days=1)


def midnight(day: date) -> datetime:
    """The instant at which `day` begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def month_number(instant: datetime) -> int:
    """Months since year 0, so that differences are ages in calendar months."""
    return instant.year * 12 + instant.month - 1


def first_of(number: int) -> datetime:
    """The instant at which the month with this number begins, in UTC."""
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def months_later(instant: datetime, months: int) -> datetime:
    """The same day `months` later, or the last day of that month where it is shorter."""
    target = first_of(month_number(instant) + months)
    last_day = (first_of(month_number(instant) + months + 1) - timedelta(days=1)).day
    return instant.replace(year=target.year, month=target.month, day=min(instant.day, last_day))
