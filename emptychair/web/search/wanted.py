"""What is looked for, as an address says it: words or a text, and which words are looked through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience, Kind
from emptychair.understand.search.asked import LONGEST
from emptychair.understand.search.finding import By
from emptychair.understand.search.words import Among
from emptychair.web.problem import refused

TONES = ("negative", "neutral", "positive", "unsure")
_LONGEST_VALUE = 210
_DEFAULTS = {"audience": Audience.CUSTOMER.value, "by": By.BOTH.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`q` are words, `like` is a signal whose text is to be met again; empty members limit nothing.

    `first` and `last` are days that count.
    """

    q: str
    like: str
    by: By
    audience: Audience
    kind: str
    channel: str
    source: str
    tone: str
    first: date | None
    last: date | None

    @property
    def among(self) -> Among:
        """Which words are looked through."""
        return Among(
            audience=self.audience.value,
            kind=self.kind,
            channel=self.channel,
            source=self.source,
            start=_micros(self.first),
            end=_micros(None if self.last is None else self.last + timedelta(days=1)),
        )

    @property
    def is_limited(self) -> bool:
        """Whether not all words of the audience are looked through."""
        return bool(self.kind or self.channel or self.source or self.tone or self.first or self.last)

    def query(self, **changes: str) -> str:
        """The same as an address says it, with these changes."""
        said = {
            "q": self.q,
            "like": self.like,
            "by": self.by.value,
            "audience": self.audience.value,
            "kind": self.kind,
            "channel": self.channel,
            "source": self.source,
            "tone": self.tone,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            **changes,
        }
        told = {name: value for name, value in said.items() if value and _DEFAULTS.get(name) != value}
        return urlencode(told, errors="replace")


def wanted(asked: Mapping[str, str]) -> Wanted:
    """What is wanted. Raises a `Problem` that names what cannot be."""
    faults: dict[str, str] = {}
    first, last = (_day(asked, name, faults) for name in ("from", "to"))
    if first and last and first > last:
        faults["to"] = "The last day is before the first."
    for name, known in (
        ("kind", tuple(Kind)),
        ("tone", TONES),
        ("audience", tuple(Audience)),
        ("by", tuple(By)),
    ):
        if asked.get(name) and asked[name] not in known:
            faults[name] = f"This is one of {', '.join(known)}."
    if faults:
        raise refused(faults)
    return Wanted(
        q=asked.get("q", "")[:LONGEST].replace("\0", " ").strip(),
        like=_value(asked, "like"),
        by=By(asked.get("by") or By.BOTH),
        audience=Audience(asked.get("audience") or Audience.CUSTOMER),
        kind=asked.get("kind", ""),
        channel=_value(asked, "channel"),
        source=_value(asked, "source"),
        tone=asked.get("tone", ""),
        first=first,
        last=last,
    )


def _value(asked: Mapping[str, str], name: str) -> str:
    return asked.get(name, "").replace("\0", "")[:_LONGEST_VALUE]


def _day(asked: Mapping[str, str], name: str, faults: dict[str, str]) -> date | None:
    text = asked.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 1900 <= day.year <= 2200:
        faults[name] = "A day is written as 2026-11-22."
    return day


def _micros(day: date | None) -> int | None:
    return None if day is None else int(midnight(day).timestamp()) * 1_000_000
