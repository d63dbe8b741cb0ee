"""People as the company knows them: a list to look through, their names, and what was told of each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question

# So many tellings are put together to what is known of a person.
TELLINGS = 200
_MOST_FITTING = 10_000
_EVERYBODY = 20_000
_NO_TRAITS = ("anonymous_id", "previous_id", "account")


class Sorting(StrEnum):
    """By what a list of people is sorted."""

    LAST_SEEN = "last_seen"
    FIRST_SEEN = "first_seen"
    SIGNALS = "signals"
    PERSON = "person"


_CARD = "person, first_at, last_at, signals, did, said, rated, paid, met"
_ORDERS = {
    Sorting.LAST_SEEN: "last_at desc, person",
    Sorting.FIRST_SEEN: "first_at desc, person",
    Sorting.SIGNALS: "signals desc, person",
    Sorting.PERSON: "person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One person in a list: when they were seen, and how many signals there are, of each kind."""

    person: str
    first_at: datetime
    last_at: datetime
    signals: int
    did: int
    said: int
    rated: int
    paid: int
    met: int


def people(
    ledger: Ledger,
    audience: Audience,
    *,
    search: str = "",
    sorting: Sorting = Sorting.LAST_SEEN,
    limit: int,
    offset: int = 0,
) -> tuple[int, list[Card]]:
    """How many people fit, and some of them: by a part of their id, or a whole address or device."""
    exact = list(ledger.who.called(audience.value, search)) if search else []
    total = ledger.ask(how_many(audience, search, exact))["n"][0].as_py()
    found = ledger.ask(in_order(audience, search, exact, sorting, limit, offset))
    return int(total), [_card(row) for row in found.to_pylist()]


def named(ledger: Ledger, audience: Audience, search: str, limit: int) -> list[Card]:
    """People in whose newest name `search` stands, whatever its capitals. O(what was told of people)."""
    told = ledger.ask(told_with(audience, search, limit * 10))["person"].to_pylist()
    fits = [one for one, name in names(ledger, audience, told).items() if search.lower() in name.lower()]
    return cards(ledger, audience, fits[:limit])


def fitting(ledger: Ledger, audience: Audience, search: str) -> frozenset[str]:
    """Everybody in whose id or newest name `search` stands, or who told this address; at most 10,000 each."""
    _, by_id = people(ledger, audience, search=search, limit=_MOST_FITTING)
    return frozenset(one.person for one in (*by_id, *named(ledger, audience, search, _MOST_FITTING)))


def cards(ledger: Ledger, audience: Audience, people: Sequence[str]) -> list[Card]:
    """The cards of these people, those seen last first."""
    return [_card(row) for row in ledger.ask(cards_of(audience, people)).to_pylist()]


def names(ledger: Ledger, audience: Audience, people: Sequence[str]) -> dict[str, str]:
    """What these people are called by the newest that was told: a `name`, or a first and a last one."""
    found: dict[str, str] = {}
    for row in ledger.ask(told_of_some(audience, people)).to_pylist():
        if row["person"] not in found and (name := _name(_told(row["properties"]))):
            found[row["person"]] = name
    return found


def traits(ledger: Ledger, audience: Audience, person: str) -> dict[str, tuple[Any, datetime]]:
    """What is known of a person: the newest value of each trait, and when it was told."""
    found = ledger.ask(told_of(audience, person)).to_pylist()
    return traits_in((row["properties"], row["occurred_at"].replace(tzinfo=UTC)) for row in found)


def traits_in(told: Iterable[tuple[str, datetime]]) -> dict[str, tuple[Any, datetime]]:
    """The same of what was told, newest first, with its instants."""
    found: dict[str, tuple[Any, datetime]] = {}
    for properties, at in told:
        for name, value in _told(properties).items():
            found.setdefault(name, (value, at))
    return dict(sorted(found.items()))


def is_telling(kind: Kind, name: str) -> bool:
    """Whether a signal tells traits."""
    return kind is Kind.TOLD and name in ("identify", "traits")


def called(told: Mapping[str, tuple[Any, datetime]]) -> str:
    """What a person of these traits is called; empty where no name was told."""
    return _name({name: value for name, (value, _) in told.items()})


def everybody(ledger: Ledger, audience: Audience) -> dict[str, str]:
    """What everybody of an audience is called who was told of lately; for a small audience, as employees."""
    found: dict[str, str] = {}
    for row in ledger.ask(tellings(audience, _EVERYBODY)).to_pylist():
        if row["person"] not in found and (name := _name(_told(row["properties"]))):
            found[row["person"]] = name
    return found


def who_fits(audience: Audience, search: str, exact: Sequence[str]) -> Question:
    """The cards of people whose id has `search` in it, whatever its capitals, or is one of `exact`."""
    if not search:
        return question(
            f"select {_CARD} from person_cards where audience = :audience", audience=audience.value
        )
    return question(
        f"""select {_CARD} from person_cards where audience = :audience
            and (has_text(ascii_lower(person), ascii_lower(:search)) or person in (:exact))""",
        audience=audience.value,
        search=search,
        exact=list(exact),
    )


def how_many(audience: Audience, search: str, exact: Sequence[str]) -> Question:
    """How many these people are."""
    return question("select count(*) as n from fitting", {"fitting": who_fits(audience, search, exact)})


def in_order(
    audience: Audience, search: str, exact: Sequence[str], sorting: Sorting, limit: int, offset: int
) -> Question:
    """Some of these people, sorted."""
    return question(
        f"select {_CARD} from fitting order by {_ORDERS[sorting]} limit :limit offset :offset",
        {"fitting": who_fits(audience, search, exact)},
        limit=limit,
        offset=offset,
    )


def cards_of(audience: Audience, people: Sequence[str]) -> Question:
    """The cards of some people, those seen last first."""
    return question(
        f"""select {_CARD} from person_cards where audience = :audience and person in (:people)
        order by last_at desc, person""",
        audience=audience.value,
        people=list(people),
    )


def told_of_some(audience: Audience, people: Sequence[str]) -> Question:
    """What was told of some people that has a name in it, newest first."""
    return question(
        """select person, properties from signals
        where audience = :audience and person in (:people) and kind = 'told'
            and name in ('identify', 'traits') and has_text(ascii_lower(properties), 'name"')
        order by occurred_at desc, id""",
        audience=audience.value,
        people=list(people),
    )


def told_with(audience: Audience, search: str, limit: int) -> Question:
    """People of whom something was told in which `search` stands, those of whom it was told last first."""
    return question(
        """select person, max(occurred_at) as told_at from signals
        where audience = :audience and person is not null and kind = 'told'
            and name in ('identify', 'traits') and has_text(ascii_lower(properties), ascii_lower(:search))
        group by person order by told_at desc, person limit :limit""",
        audience=audience.value,
        search=search,
        limit=limit,
    )


def tellings(audience: Audience, limit: int) -> Question:
    """What was told of people that has a name in it, newest first."""
    return question(
        """select person, properties from signals
        where audience = :audience and person is not null and kind = 'told'
            and name in ('identify', 'traits') and has_text(ascii_lower(properties), 'name"')
        order by occurred_at desc, id limit :limit""",
        audience=audience.value,
        limit=limit,
    )


def told_of(audience: Audience, person: str) -> Question:
    """What was told of a person, newest first."""
    return question(
        """select properties, occurred_at from signals
        where audience = :audience and person = :person and kind = 'told' and name in ('identify', 'traits')
        order by occurred_at desc, id limit :tellings""",
        audience=audience.value,
        person=person,
        tellings=TELLINGS,
    )


def _told(properties: str) -> dict[str, Any]:
    """The traits of one telling; of two of one name the first counts."""
    told: dict[str, Any] = json.loads(properties, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    return {
        name: value for name, value in told.items() if name not in _NO_TRAITS and not name.startswith("$")
    }


def _name(told: Mapping[str, Any]) -> str:
    plain = {name.replace("_", "").lower(): value for name, value in told.items() if isinstance(value, str)}
    whole = plain.get("name") or f"{plain.get('firstname', '')} {plain.get('lastname', '')}"
    return " ".join(whole.split())[:120]


def _card(row: Mapping[str, Any]) -> Card:
    instants = {name: row[name].replace(tzinfo=UTC) for name in ("first_at", "last_at")}
    return Card(**{**row, **instants})
