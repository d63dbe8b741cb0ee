"""What somebody is likely to need next, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from emptychair.anticipate.need import things
from emptychair.anticipate.need.histories import Histories, day_of, histories
from emptychair.anticipate.need.models import CHALLENGERS, HALVING, Kind, Model, lists, scores, speaks_for
from emptychair.anticipate.need.things import FEWEST, Goal, Words
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals

Floats = NDArray[np.float64]
_EPOCH = date(1970, 1, 1)
# So many of the likeliest are looked at for a reason.
MOST_LOOKED_AT = 30


class Why(StrEnum):
    """What speaks for a suggestion.

    OWN: they had it before. WITH: people who had `because` had it as well. NEXT: people who had `because` had
    it next. NAMED: it is new, and called like what goes with `because`. WITHIN: it is popular where the same
    is told of people. POPULAR: it is popular.
    """

    OWN = "own"
    WITH = "with"
    NEXT = "next"
    NAMED = "named"
    WITHIN = "within"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One item that a person is likely to need next.

    `people` of the `of` who had `because` had it as well. POPULAR: `people` had it in 90 days, of `of` who
    ever had anything. WITHIN: of those of whom `because` is told. OWN: the person had it on `days` days,
    the last time on `last_on`. `usual` is the share of all who had anything who had it.
    """

    goal: Goal
    item: str
    name: str
    why: Why
    people: int = 0
    of: int = 0
    usual: float = 0.0
    because: str = ""
    days: int = 0
    last_on: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    """One row of histories, and what is told of that person."""

    by: Model
    told: Histories
    row: int
    traits: Mapping[str, str]


def likely(
    ledger: Ledger,
    audience: Audience,
    by: Model,
    known: Words,
    people: Sequence[str],
    now: datetime,
    most: int,
) -> dict[str, list[Suggestion]]:
    """The likeliest items of each of these people, in order. O(signals of these people).

    Nothing is suggested for which fewer than five other people speak, unless the person had it before.
    """
    had = ledger.ask(things.had(by.goal, audience, now, Arrivals(), known, people))
    told = histories(had, day_of(now) + 1, by.items, people)
    traits = _traits(ledger, audience, by, known, told)
    within = {row: by.within(own) for row, own in traits.items()}
    found = scores(by, told, within)
    chosen = lists(found, MOST_LOOKED_AT)
    return {
        person: _first(_Person(by, told, row, traits.get(row, {})), chosen[row].tolist(), most)
        for row, person in enumerate(told.people)
    }


def who(
    ledger: Ledger, audience: Audience, by: Model, known: Words, item: str, now: datetime, most: int
) -> list[tuple[str, Suggestion]]:
    """The people whom most speaks for to need an item next, the likeliest first, and why. O(signals).

    Only those for whom something of their own speaks: that others have it tells nobody apart.
    """
    if item not in by.items:
        return []
    at = by.items.index(item)
    told = histories(
        ledger.ask(things.had(by.goal, audience, now, Arrivals(), known)), day_of(now) + 1, by.items
    )
    found = speaks_for(by, told, at)
    order = np.argsort(-found, kind="stable")[:most]
    likeliest = order[found[order] > 0]
    some = told.of(likeliest)
    rows = ((told.people[at_], _Person(by, some, row, {})) for row, at_ in enumerate(likeliest.tolist()))
    reasoned = [(person, _reasoned(one, at)) for person, one in rows]
    return [(person, one) for person, one in reasoned if one is not None and one.why in _OF_THEIR_OWN]


_OF_THEIR_OWN = (Why.OWN, Why.WITH, Why.NEXT, Why.NAMED)


def _first(one: _Person, items: Sequence[int], most: int) -> list[Suggestion]:
    """The first of these items for which something speaks."""
    found: list[Suggestion] = []
    for at in items:
        if at < 0 or len(found) == most:
            break
        if (reasoned := _reasoned(one, at)) is not None:
            found.append(reasoned)
    return found


def _traits(
    ledger: Ledger, audience: Audience, by: Model, known: Words, told: Histories
) -> dict[int, dict[str, str]]:
    """What is told of those who had nothing yet, where that helps."""
    own = set(told.who.tolist())
    new = {person: row for row, person in enumerate(told.people) if row not in own}
    found: dict[int, dict[str, str]] = {}
    if not new or not by.traits:
        return found
    for one in known.traits:
        if one.name in by.traits:
            for row in ledger.ask(things.told_of(audience, one, list(new))).to_pylist():
                if row["value"] in by.traits[one.name]:
                    found.setdefault(new[row["person"]], {})[one.name] = str(row["value"])
    return found


def _reasoned(one: _Person, at: int) -> Suggestion | None:
    """The suggestion with what speaks most for it; None where fewer than five people do."""
    by, told = one.by, one.told
    bare = Suggestion(goal=by.goal, item=by.items[at], name=by.names[at], why=Why.POPULAR)
    bare = replace(bare, usual=float(by.people[at] / max(by.everybody, 1)))
    rows = (told.who == one.row) & (told.what == at)
    if by.goal.may_repeat and by.kind is not Kind.POPULAR and rows.any():
        last = _EPOCH + timedelta(days=int(told.day[rows].max()))
        return replace(bare, why=Why.OWN, days=int(rows.sum()), last_on=last)
    if by.kind in CHALLENGERS and (linked := _linked(one, at)) is not None:
        source, people = linked
        told_of = replace(bare, because=by.names[source], of=int(by.people[source]), people=people)
        if people < FEWEST:
            return replace(told_of, why=Why.NAMED, people=0)
        return replace(told_of, why=Why.NEXT if by.kind is Kind.SEQUENCE else Why.WITH)
    return _popular(one, at, bare)


def _linked(one: _Person, at: int) -> tuple[int, int] | None:
    """The item of the person's own that speaks most for another, and how many people had both."""
    weights = one.told.weights(HALVING[one.by.kind])[one.row].toarray().ravel()
    speaks = weights * one.by.links[:, [at]].toarray().ravel()
    if not speaks.max(initial=0.0):
        return None
    source = int(speaks.argmax())
    return source, int(one.by.both[source, at])


def _popular(one: _Person, at: int, bare: Suggestion) -> Suggestion | None:
    by = one.by
    for name, value in one.traits.items():
        count, having = by.traits[name][value]
        share, usual = having[at] / count, by.people[at] / max(by.everybody, 1)
        if having[at] >= FEWEST and share > usual:
            return replace(bare, why=Why.WITHIN, because=f"{name}: {value}", people=int(having[at]), of=count)
    people = int(by.recent[at])
    return replace(bare, people=people, of=by.everybody) if people >= FEWEST else None
