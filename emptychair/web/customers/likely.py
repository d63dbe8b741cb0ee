"""What a customer, or the people of an account, are likely to need next, as a page and its twin show it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emptychair.anticipate.need.card import Card
from emptychair.anticipate.need.keeping import UnreadableError, unpacked
from emptychair.anticipate.need.learning import Learned
from emptychair.anticipate.need.likely import Suggestion, Why, likely
from emptychair.anticipate.need.things import Goal
from emptychair.anticipate.need.voiced import Voiced, voiced
from emptychair.desk import next_needs
from emptychair.desk.next_needs import Kept
from emptychair.domain.signal import Audience
from emptychair.web.parts import Parts

SHOWN = 3
# The needs of so many people of an account are looked for: each takes as long as who is like them.
MOST_VOICED = 3
CUSTOMER = Audience.CUSTOMER
HEAD = ("what", "item", "name", "why", "because", "people", "of", "usual", "days", "last_on", "id", "members")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One suggestion; `members` is for how many people of an account it is among the first three."""

    what: Suggestion
    members: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The suggestions of one goal, and what is known of the model that made them."""

    goal: Goal
    card: Card
    first: Sequence[Expected]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """What is likely next. `is_learnt`: whether anything was learnt yet at all."""

    is_learnt: bool
    parts: Sequence[Part]
    voiced: Sequence[Voiced]

    @property
    def shown(self) -> list[Part]:
        """The parts that say something: what is bought next is one of its own only where it is a repeat."""
        return [
            part
            for part in self.parts
            if part.first
            and (part.goal is not Goal.PRODUCT or any(one.what.why is Why.OWN for one in part.first))
        ]

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "is_learnt": self.is_learnt,
            "likely": [
                {"goal": part.goal, "first": [_told(one) for one in part.first], "model": part.card}
                for part in self.parts
            ],
            "voiced_by_people_alike": self.voiced,
        }

    def rows(self) -> list[list[Any]]:
        """As a table with `HEAD`."""
        expected = [_told(one) | {"what": part.goal} for part in self.parts for one in part.first]
        needs = [
            {
                "what": "need",
                "name": one.title,
                "why": "voiced",
                "people": one.people,
                "of": one.of,
                "id": one.id,
            }
            for one in self.voiced
        ]
        return [[row.get(name) for name in HEAD] for row in (*expected, *needs)]


def likely_of(parts: Parts, people: Sequence[str]) -> Likely:
    """What these people, one or those of an account, are likely to need next."""
    found, learnt = [], models(parts)
    for one in learnt.values():
        each = likely(parts.ledger, CUSTOMER, one.model, one.words, people, parts.clock(), SHOWN)
        found.append(Part(goal=one.model.goal, card=one.card, first=_first(each.values())))
    return Likely(is_learnt=bool(is_learnt(parts)), parts=found, voiced=_voiced(parts, people))


def models(parts: Parts) -> dict[Goal, Learned]:
    """What was learnt last, of each goal of which there is something to tell."""
    learnt = is_learnt(parts)
    found = {}
    for goal in Goal:
        if goal.value in learnt:
            key = ("next_needs", goal, learnt[goal.value])
            one = parts.kept.get(key, lambda goal=goal: _read(parts, goal), lambda answer: True)  # type: ignore[misc]
            if one is not None:
                found[goal] = one
    return found


def is_learnt(parts: Parts) -> dict[str, Any]:
    """When each goal was learnt last."""
    with parts.desk.read() as tx:
        return next_needs.learnt(tx)


def _read(parts: Parts, goal: Goal) -> Learned | None:
    with parts.desk.read() as tx:
        kept: Kept | None = next_needs.find(tx, goal.value)
    try:
        return unpacked(kept.model) if kept is not None and kept.model else None
    except UnreadableError:  # of another version: the next day has one of this
        return None


def _first(each: Any) -> list[Expected]:
    """The first three, those of most people before, in the order of the suggestions."""
    suggestions = [one for own in each for one in own]
    members = Counter(one.item for one in suggestions)
    firsts: dict[str, Suggestion] = {}
    for one in suggestions:
        firsts.setdefault(one.item, one)
    order = sorted(firsts.values(), key=lambda one: -members[one.item])
    return [Expected(what=one, members=members[one.item]) for one in order[:SHOWN]]


def _voiced(parts: Parts, people: Sequence[str]) -> list[Voiced]:
    found: dict[str, Voiced] = {}
    for person in people[:MOST_VOICED]:
        for one in voiced(parts.ledger, parts.desk, person, parts.clock()):
            found.setdefault(one.id, one)
    return sorted(found.values(), key=lambda one: -one.people)[:SHOWN]


def _told(one: Expected) -> dict[str, Any]:
    what = one.what
    return {
        "item": what.item,
        "name": what.name,
        "why": what.why,
        "because": what.because,
        "people": what.people,
        "of": what.of,
        "usual": round(what.usual, 4),
        "days": what.days,
        "last_on": what.last_on,
        "members": one.members,
    }
