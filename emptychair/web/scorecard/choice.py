"""What a visitor chose to look at, read from the address, with the choices there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from emptychair.domain.period import Period, first_of, midnight, month_number
from emptychair.domain.signal import Audience
from emptychair.web.problem import refused
from emptychair.web.scorecard.words import Pen

LAST_YEAR = "year"
CUSTOM = "custom"
QUARTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One view of the scorecard. `period` None: the year before the end of the data."""

    audience: Audience
    period_name: str
    period: Period | None
    as_of: datetime | None
    by: str | None
    value: str | None

    @property
    def query(self) -> str:
        """The same choice as the query of an address."""
        return urlencode(self.pairs)

    @property
    def pairs(self) -> dict[str, str]:
        """The same choice as fields of a form."""
        found = {"audience": self.audience.value, "period": self.period_name}
        if self.period_name == CUSTOM and self.period is not None:
            found |= {"from": self.start, "to": self.end}
        if self.as_of is not None:
            found["as_of"] = (self.as_of - timedelta(days=1)).date().isoformat()
        if self.by is not None:
            found["by"] = self.by
            if self.value is not None:
                found["value"] = self.value
        return found

    @property
    def start(self) -> str:
        """The first day of an own period, for the form."""
        return self.period.start.date().isoformat() if self.period else ""

    @property
    def end(self) -> str:
        """The last day of an own period, for the form."""
        return (self.period.end - timedelta(days=1)).date().isoformat() if self.period else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The choices there are, as (value, words), and which is made; `query` is its address."""

    query: str
    audiences: Sequence[tuple[str, str]]
    audience: str
    periods: Sequence[tuple[str, str]]
    period: str
    start: str
    end: str
    fields: Sequence[str]
    segments: Mapping[str, str]
    by: str
    values: Sequence[str]
    value: str


def chosen(query: Mapping[str, str], default: Audience) -> Choice:
    """What the query says. Raises a `Problem` that names the fields that cannot be."""
    name = query.get("period", "") or (CUSTOM if query.get("from") else LAST_YEAR)
    as_of = _day(query, "as_of")
    return Choice(
        audience=_audience(query.get("audience", ""), default),
        period_name=name,
        period=_period(query, name),
        as_of=None if as_of is None else midnight(as_of) + timedelta(days=1),
        by=query.get("by") or None,
        value=query.get("value") or None,
    )


def quarters(today: datetime, pen: Pen) -> list[tuple[str, str]]:
    """The latest complete quarters, newest first: as in the address, and as for people."""
    first = (month_number(today) // 3) * 3
    found = []
    for back in range(1, QUARTERS + 1):
        start = first_of(first - 3 * back)
        number = (start.month - 1) // 3 + 1
        words = pen.texts.gettext("Quarter %(number)s, %(year)s", number=number, year=start.year)
        found.append((f"{start.year}-Q{number}", words))
    return found


def _audience(text: str, default: Audience) -> Audience:
    if not text:
        return default
    try:
        return Audience(text)
    except ValueError:
        raise refused({"audience": f"Expected one of {', '.join(Audience)}."}) from None


def _period(query: Mapping[str, str], name: str) -> Period | None:
    if name == LAST_YEAR:
        return None
    if name == CUSTOM:
        start, end = _day(query, "from"), _day(query, "to")
        if start is None or end is None:
            raise refused({"from" if start is None else "to": "Expected a day such as 2026-01-31."})
        if end < start:
            raise refused({"to": "The last day comes before the first."})
        return Period(midnight(start), midnight(end) + timedelta(days=1))
    year, _, quarter = name.partition("-Q")
    if not (
        year.isdecimal() and len(year) == 4 and "1000" <= year < "9998" and quarter in {"1", "2", "3", "4"}
    ):
        raise refused(
            {"period": f"Expected {LAST_YEAR}, {CUSTOM} with from and to, or a quarter such as 2026-Q3."}
        )
    first = int(year) * 12 + 3 * (int(quarter) - 1)
    return Period(first_of(first), first_of(first + 3))


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise refused({name: "Expected a day such as 2026-01-31."}) from None
    # Two years of room on each side, since numbers look a year back and a day forward.
    if not 1002 <= day.year <= 9990:
        raise refused({name: "Expected a day between the years 1002 and 9990."})
    return day
