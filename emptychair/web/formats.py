"""Numbers, dates and amounts as a reader of a locale expects to see them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale, dates, numbers, units

MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Formats:
    """All ways in which a page writes a value; instants are shown in UTC, and say so where hours matter."""

    locale: Locale

    def count(self, value: int) -> str:
        """A whole number with its thousands separated."""
        return _written_count(self.locale, value)

    def decimal(self, value: float | Decimal, digits: int = 1) -> str:
        """A number with exactly so many digits after the point, with a true minus sign."""
        # A minus before nothing but zeros would tell of a change that is none.
        shown = 0 if round(float(value), digits) == 0 else value
        return _minus(numbers.format_decimal(shown, format=_pattern(digits), locale=self.locale))

    def percent(self, share: float, digits: int = 1) -> str:
        """A share (0..1) as a percentage with its sign."""
        pattern = self.locale.percent_formats[None].pattern.split(";")[0]
        return _minus(
            numbers.format_percent(
                share, format=pattern.replace("0", _pattern(digits)[4:], 1), locale=self.locale
            )
        )

    def signed(self, value: float, digits: int = 1) -> str:
        """A change, always with plus or minus; zero without either."""
        text = self.decimal(value, digits)
        return f"+{text}" if round(value, digits) > 0 else text

    def day(self, value: date | datetime) -> str:
        """A day in full, for instance 22 Nov 2026."""
        return _written_day(self.locale, _day(value))

    def short_day(self, value: date | datetime) -> str:
        """A day without its year."""
        return dates.format_skeleton("MMMd", _instant(value), locale=self.locale)

    def month(self, value: date | datetime) -> str:
        """A month with its year, for instance Nov 2026."""
        return dates.format_skeleton("yMMM", _instant(value), locale=self.locale)

    def short_month(self, value: date | datetime) -> str:
        """The name of a month without its year."""
        return dates.format_skeleton("MMM", _instant(value), locale=self.locale)

    def moment(self, value: datetime) -> str:
        """A day with hour and minute in UTC."""
        return f"{self.day(value)}, {dates.format_time(value, 'short', tzinfo=UTC, locale=self.locale)} UTC"

    def clock(self, value: datetime) -> str:
        """The hour and minute of an instant in UTC."""
        at = value.astimezone(UTC)
        return _written_clock(self.locale, at.hour, at.minute)

    def money(self, value: Decimal, currency: str | None) -> str:
        """An amount in its currency; without one only the number."""
        if currency is None:
            return _minus(numbers.format_decimal(value, format="#,##0.00", locale=self.locale))
        return _minus(numbers.format_currency(value, currency, locale=self.locale))

    def whole_money(self, value: float, currency: str | None) -> str:
        """An estimated amount without the small unit, which nobody knows."""
        if currency is None:
            return self.count(round(value))
        pattern = re.sub(r"\.0+", "", self.locale.currency_formats["standard"].pattern)
        return _minus(
            numbers.format_currency(
                round(value), currency, pattern, locale=self.locale, currency_digits=False
            )
        )

    def language(self, code: str) -> str:
        """A language by its name in the reader's own; its code where that has none."""
        return str(self.locale.languages.get(code, code))

    def size(self, count: int) -> str:
        """Bytes in the unit that keeps the number short."""
        value, unit = float(count), "byte"
        for larger in ("kilobyte", "megabyte", "gigabyte"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        digits = "#,##0" if unit == "byte" else "#,##0.0"
        return units.format_unit(value, f"digital-{unit}", "short", format=digits, locale=self.locale)

    def span(self, length: timedelta) -> str:
        """A length of time in the largest unit that tells it well, for instance 14 months."""
        whole = max(timedelta(0), length)
        return dates.format_timedelta(whole, threshold=1.5, locale=self.locale)

    def since(self, then: datetime, now: datetime) -> str:
        """How long ago an instant was, in the largest unit."""
        gone = max(timedelta(0), now - then)
        return dates.format_timedelta(-gone, add_direction=True, locale=self.locale)


# A history writes the same days, minutes and counts many times, and each takes a tenth of a millisecond.
@lru_cache(maxsize=8192)
def _written_day(locale: Locale, day: date) -> str:
    return dates.format_date(day, "medium", locale=locale)


@lru_cache(maxsize=8192)
def _written_count(locale: Locale, value: int) -> str:
    return numbers.format_decimal(value, locale=locale)


@lru_cache(maxsize=8192)
def _written_clock(locale: Locale, hour: int, minute: int) -> str:
    return dates.format_time(time(hour, minute), "short", locale=locale)


def _pattern(digits: int) -> str:
    return "#,##0" if digits == 0 else "#,##0." + "0" * digits


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _instant(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
