"""One customer as a page shows them: how they fare, ids, accounts, judgements, history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emptychair.desk import judgements, themes, users
from emptychair.desk.judgements import Judgement
from emptychair.domain.signal import Audience, Kind
from emptychair.understand import accounts, identity, profile
from emptychair.understand.accounts import Member
from emptychair.understand.identity import Link
from emptychair.understand.person.history import Wanted
from emptychair.understand.person.portrait import Portrait, portrait
from emptychair.web.parts import Parts

PAGE = 100
LONGEST_CHANNEL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything about one customer; `by` are the names of those who judged, `themes` those of the themes.

    `colleagues` are the names of employees. `traits` have the newest value of each, and when it was told.
    """

    person: str
    name: str
    drawn: Portrait
    traits: Mapping[str, tuple[Any, datetime]]
    names: tuple[str, ...]
    links: Sequence[Link]
    belongs: Sequence[Member]
    judged: Sequence[Judgement]
    by: Mapping[str, str]
    themes: Mapping[str, str]
    colleagues: Mapping[str, str]


def seen(parts: Parts, audience: Audience, person: str, wanted: Wanted) -> Seen | None:
    """The customer with a page of what is wanted of their history; None of whom no signal is."""
    ledger = parts.ledger
    drawn = portrait(ledger, audience, [person], wanted, limit=PAGE, now=parts.clock())
    if drawn is None:
        return None
    names = ledger.who.names(audience.value, person)
    with parts.desk.read() as tx:
        judged = judgements.about(tx, audience, names)
        by = {user.id: user.name for user in users.everyone(tx)} if judged else {}
        known = {theme.id: theme.name for theme in themes.every(tx, audience)}
    traits = _traits(parts, audience, person, drawn)
    return Seen(
        person=person,
        name=profile.called(traits),
        drawn=drawn,
        traits=traits,
        names=names,
        links=identity.links_of(ledger, audience, person),
        belongs=accounts.accounts_of(ledger, audience, person),
        judged=judged,
        by=by,
        themes=known,
        colleagues=colleagues(parts),
    )


def _traits(
    parts: Parts, audience: Audience, person: str, drawn: Portrait
) -> Mapping[str, tuple[Any, datetime]]:
    """From what is at hand where that is everything: another look costs as much as the page."""
    if drawn.every is None:
        return profile.traits(parts.ledger, audience, person)
    told = [one for one in drawn.every if profile.is_telling(one.kind, one.name)][: profile.TELLINGS]
    return profile.traits_in((one.properties, one.occurred_at) for one in told)


def colleagues(parts: Parts) -> Mapping[str, str]:
    """What employees are called, by their id; as of some minutes ago at most."""
    return parts.kept.get("colleagues", lambda: profile.everybody(parts.ledger, Audience.EMPLOYEE))


def wanted_of(kind: str, channel: str, before: str) -> Wanted:
    """What an address asks of a history; what it cannot mean is not asked."""
    kinds = (Kind(kind),) if kind in set(Kind) else tuple(Kind)
    return Wanted(kinds=kinds, channel=channel.replace("\0", "")[:LONGEST_CHANNEL], before=place(before))


def cursor(at: datetime, last: str) -> str:
    """A place in a history as an address has it."""
    return f"{at.replace(tzinfo=None).isoformat()}_{last}"


def place(text: str) -> tuple[datetime, str] | None:
    """The place that an address means; None for the newest."""
    instant, _, last = text.replace("\0", "").partition("_")
    try:
        return datetime.fromisoformat(instant).replace(tzinfo=UTC), last
    except ValueError:
        return None
