"""A question as an address or a form says it, and what limits the words that are looked through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience
from emptychair.understand.ask.asking import Limits
from emptychair.understand.search.asked import LONGEST
from emptychair.web.problem import refused

_LONGEST_VALUE = 210


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`q` is the question, cut; empty members limit nothing. `first` and `last` are days that count."""

    q: str
    audience: Audience
    channel: str
    first: date | None
    last: date | None

    @property
    def limits(self) -> Limits:
        """Whose words count, and which."""
        return Limits(
            audience=self.audience,
            start=_instant(self.first),
            end=_instant(None if self.last is None else self.last + timedelta(days=1)),
            channel=self.channel,
        )

    @property
    def is_limited(self) -> bool:
        """Whether somebody asked for less than the last year on every channel."""
        return bool(self.channel or self.first or self.last)

    def query(self, **changes: str) -> str:
        """The same as an address says it, with these changes."""
        said = {
            "q": self.q,
            "audience": self.audience.value if self.audience is not Audience.CUSTOMER else "",
            "channel": self.channel,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            **changes,
        }
        return urlencode({name: value for name, value in said.items() if value}, errors="replace")


def wanted(asked: Mapping[str, str]) -> Wanted:
    """What is wanted. Raises a `Problem` that names what cannot be."""
    faults: dict[str, str] = {}
    first, last = (_day(asked, name, faults) for name in ("from", "to"))
    if first and last and first > last:
        faults["to"] = "The last day is before the first."
    if asked.get("audience") and asked["audience"] not in set(Audience):
        faults["audience"] = f"This is one of {', '.join(Audience)}."
    if faults:
        raise refused(faults)
    return Wanted(
        q=asked.get("q", "")[: 2 * LONGEST].replace("\0", " ").strip(),
        audience=Audience(asked.get("audience") or Audience.CUSTOMER),
        channel=asked.get("channel", "").replace("\0", "")[:_LONGEST_VALUE],
        first=first,
        last=last,
    )


def _day(asked: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    text = asked.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 1900 <= day.year <= 2200:
        faults[name] = "A day is written as 2026-11-22."
    return day


def _instant(day: date | None) -> datetime | None:
    return None if day is None else midnight(day)
