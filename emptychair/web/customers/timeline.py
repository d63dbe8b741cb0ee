"""The history of somebody as a page shows it: days, and on each what belongs together, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from emptychair.domain.signal import Kind
from emptychair.understand.person import days
from emptychair.understand.person.days import Episode, Form
from emptychair.understand.person.details import details, word
from emptychair.understand.person.history import Happening
from emptychair.web.customers.telling import Teller, Told

MOST_SEARCHES, MOST_DEEDS = 5, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One episode: a visit has a `summary`, a conversation its `key`; `lines` are its signals in words."""

    form: str
    key: str
    at: datetime
    until: datetime
    person: str
    summary: str
    icon: str
    lines: Sequence[Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDay:
    """One day and what happened on it, newest first."""

    on: date
    episodes: Sequence[Shown]


def timeline(found: Iterable[Happening], teller: Teller) -> list[ShownDay]:
    """The days of a page of history."""
    return [
        ShownDay(on=day.on, episodes=[_shown(one, teller) for one in day.episodes])
        for day in days.days(found)
    ]


def _shown(one: Episode, teller: Teller) -> Shown:
    # What was done alone is a line like any other, but for a search, of which more is told.
    is_visit = one.form is Form.VISIT and (len(one.items) > 1 or bool(_sought(one.last)))
    lines = [teller.told(each) for each in one.items]
    return Shown(
        form=Form.SINGLE.value if one.form is Form.VISIT and not is_visit else one.form.value,
        key=one.key,
        at=one.items[0].occurred_at,
        until=one.last.occurred_at,
        person=one.last.person,
        summary=_summary(one.items, teller) if is_visit else "",
        icon=lines[-1].icon,
        lines=lines,
    )


def _summary(items: Sequence[Happening], teller: Teller) -> str:
    """A visit in one line: what was looked for, with what came of it, and how often the rest was done."""
    searches = [one for one in items if one.name == "search" and _sought(one)]
    counts = Counter(one.name for one in items if one not in searches)
    parts = [teller.done(name, times) for name, times in counts.most_common(MOST_DEEDS)]
    if len(counts) > MOST_DEEDS:
        parts.append(teller.texts.gettext("and more"))
    sought = dict.fromkeys(_sought(one) for one in searches)
    empty = {_sought(one) for one in searches if _found_nothing(details(one.properties))}
    for query in list(sought)[:MOST_SEARCHES]:
        told = teller.texts.gettext("searched “%(query)s”", query=query)
        parts.append(f"{told} ({teller.texts.gettext('no result')})" if query in empty else told)
    if len(sought) > MOST_SEARCHES:
        parts.append(teller.texts.gettext("and searched on"))
    return ", ".join(parts)


def _sought(one: Happening) -> str:
    return word(details(one.properties), "query", "q", "search", "term") if one.kind is Kind.DID else ""


def _found_nothing(found: Mapping[str, object]) -> bool:
    return word(found, "results", "result_count", "count", "hits") in ("0", "0.0")
