"""Which period a number speaks of when nobody says one, and the one before it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from emptychair.domain.period import Period, months_later
from emptychair.understand.spells import Tenure

YEAR = 12
# The lengths in months that are tried for retention, the longest first.
LENGTHS = tuple(range(YEAR, 0, -1))


class PeriodNotOverError(ValueError):
    """A period that ends after the data may be seen; the text says what to change."""


def last_year(as_of: datetime) -> Period:
    """The twelve months before an instant."""
    return Period(months_later(as_of, -YEAR), as_of)


def checked(period: Period, as_of: datetime) -> Period:
    """The period itself, when it is over by `as_of`; raises PeriodNotOverError otherwise."""
    if period.end > as_of:
        raise PeriodNotOverError(
            f"the period ends at {period.end:%Y-%m-%d %H:%M}, after {as_of:%Y-%m-%d %H:%M}, the end of what "
            "may be seen; choose an earlier end, or a later day to look from"
        )
    return period


def candidates(tenure: Tenure, began_at: datetime) -> Iterator[Period]:
    """The periods before `as_of` over which retention can be seen, the longest first.

    By activity nobody can be gone before one gap has passed, so the data must reach back one gap before the
    period, and the period must be as long as the gap.
    """
    gap = timedelta(days=tenure.gap_days or 0)
    for months in LENGTHS:
        start = months_later(tenure.as_of, -months)
        if start >= began_at + gap and tenure.as_of - start >= gap:
            yield Period(start, tenure.as_of)


def days_needed(tenure: Tenure) -> int | None:
    """How many days of data the shortest period needs; None when the gap is longer than every period."""
    for months in reversed(LENGTHS):
        days = (tenure.as_of - months_later(tenure.as_of, -months)).days
        if days >= (tenure.gap_days or 0):
            return days + (tenure.gap_days or 0)
    return None


def months_of(period: Period) -> int | None:
    """How many whole calendar months the period is long; None when it is not."""
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
    return months if months > 0 and months_later(period.end, -months) == period.start else None


def before(period: Period) -> Period:
    """The period of equal length (in calendar months, or else in days) that ends where this one starts."""
    months = months_of(period)
    if months is not None:
        return Period(months_later(period.start, -months), period.start)
    return Period(period.start - (period.end - period.start), period.start)


def length(period: Period) -> str:
    """The length in words: "12 months", "10 days"."""
    months = months_of(period)
    if months is not None:
        return "1 month" if months == 1 else f"{months} months"
    days = round(period.days)
    return "1 day" if days == 1 else f"{days:,} days"
