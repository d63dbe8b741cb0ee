"""Who else is like somebody, by what they do, say and are, and how those people fared."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.person.details import details, word

# So many people of like measures are looked at closely; so many of them are the nearest, whose fate is told.
CANDIDATES, NEAREST = 200, 50
# Two measures that differ by this factor, or by so many months, are as different as they can be.
FACTOR, MONTHS = 8.0, 12
SAME = 0.2


class Trait(StrEnum):
    """What two people may have in common."""

    PLAN = "plan"
    SINCE = "since"
    ACTIVITY = "activity"
    MONEY = "money"
    WORDS = "words"
    THEMES = "themes"


WEIGHTS: Mapping[Trait, float] = {
    Trait.PLAN: 2.0,
    Trait.SINCE: 1.5,
    Trait.ACTIVITY: 1.5,
    Trait.MONEY: 1.0,
    Trait.WORDS: 1.0,
    Trait.THEMES: 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is compared of one person: the month they were seen first, and what they do in an active month.

    `is_open` is whether the last relationship is; None where none was told.
    """

    person: str
    first_month: int
    activity: float
    money: float
    words: int
    plan: str = ""
    themes: frozenset[str] = frozenset()
    is_open: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Another person, how near from 0 to 1, and in what; `shared` are themes that both speak of."""

    life: Life
    nearness: float
    alike_in: Sequence[Trait]
    shared: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """The nearest people, and of those whose relationship was told the share that is still open.

    `staying` is None where there are too few; `n` is how many it would be of.
    """

    nearest: Sequence[Likeness]
    staying: Estimate | None
    n: int


def alike(ledger: Ledger, audience: Audience, person: str, *, minimum_n: int, most: int = NEAREST) -> Alike:
    """The people nearest to a customer, `most` at most. O(people), then O(signals of two hundred)."""
    own = _lives(ledger.ask(measures_of(audience, [person])))
    if not own:
        return Alike(nearest=(), staying=None, n=0)
    like = (math.floor(4 * own[0].activity), math.floor(4 * own[0].money))
    near = _lives(ledger.ask(near_to(audience, person, own[0].first_month, *like, CANDIDATES)))
    one, *others = _known(ledger, audience, [*own, *near])
    compared = [likeness(one, other) for other in others]
    nearest = sorted(compared, key=lambda found: (-found.nearness, found.life.person))[:most]
    told = [found.life.is_open for found in nearest if found.life.is_open is not None]
    return Alike(nearest=nearest, staying=wilson(sum(told), len(told), minimum_n=minimum_n), n=len(told))


def likeness(own: Life, other: Life) -> Likeness:
    """How near two people are: the mean of what they differ in, by weight; what is unknown weighs nothing."""
    gaps = dict(_gaps(own, other))
    weight = sum(WEIGHTS[trait] for trait in gaps)
    distance = sum(WEIGHTS[trait] * gap for trait, gap in gaps.items()) / weight
    return Likeness(
        life=other,
        nearness=1 - distance,
        alike_in=[trait for trait, gap in gaps.items() if gap <= SAME],
        shared=own.themes & other.themes,
    )


def _gaps(own: Life, other: Life) -> Iterable[tuple[Trait, float]]:
    if own.plan and other.plan:
        yield Trait.PLAN, float(own.plan != other.plan)
    yield Trait.SINCE, min(1.0, abs(own.first_month - other.first_month) / MONTHS)
    for trait, one, two in (
        (Trait.ACTIVITY, own.activity, other.activity),
        (Trait.MONEY, own.money, other.money),
        (Trait.WORDS, float(own.words), float(other.words)),
    ):
        if one or two:
            yield trait, min(1.0, abs(math.log((1 + one) / (1 + two), FACTOR)))
    if both := own.themes | other.themes:
        yield Trait.THEMES, 1 - len(own.themes & other.themes) / len(both)


_MEASURES = """select person, first_month, said,
        bit_total(active_0) + bit_total(active_1) as months, did, paid, spend
    from person_cards"""


def measures_of(audience: Audience, people: Sequence[str]) -> Question:
    """One row per person: what is compared of them, from their cards."""
    return question(
        f"{_MEASURES} where audience = :audience and person in (:people)",
        audience=audience.value,
        people=list(people),
    )


def near_to(
    audience: Audience, person: str, first_month: int, activity: int, money: int, limit: int
) -> Question:
    """One row per other person of like measures, the nearest first: quarters of a deed and of a unit of money
    in an active month, and months since they were seen first.
    """
    return question(
        """with measured as (
            select person, first_month, said, months, did, paid, spend,
                cast(floor(4 * did / nullif(greatest(months, 1), 0)) as bigint) as activity,
                cast(floor(4 * spend / nullif(greatest(months, 1), 0)) as bigint) as money
            from measures where person <> :person)
        select person, first_month, said, months, did, paid, spend from measured
        order by 4 * least(abs(first_month - :first_month), 12) + least(abs(activity - :activity), 48)
            + least(abs(money - :money), 96), person
        limit :limit""",
        {"measures": question(f"{_MEASURES} where audience = :audience", audience=audience.value)},
        person=person,
        first_month=first_month,
        activity=activity,
        money=money,
        limit=limit,
    )


def marks_of(audience: Audience, people: Sequence[str]) -> Question:
    """One row per joining, leaving and text of these people, oldest first; what is met has words of ours."""
    return question(
        """select id, person, kind, case when kind in ('joined', 'left') then properties else '{}' end as told
        from signals where audience = :audience and person in (:people)
            and (kind in ('joined', 'left') or (kind <> 'met' and text <> ''))
        order by occurred_at, id""",
        audience=audience.value,
        people=list(people),
    )


def _lives(found: Any) -> list[Life]:
    return [
        Life(
            person=row["person"],
            first_month=row["first_month"],
            activity=row["did"] / max(1, row["months"]),
            money=float(row["spend"]) / max(1, row["months"]),
            words=row["said"],
        )
        for row in found.to_pylist()
    ]


def _known(ledger: Ledger, audience: Audience, lives: Sequence[Life]) -> list[Life]:
    """The same with their plan, their themes and whether their relationship is open."""
    plans: dict[str, str] = {}
    is_open: dict[str, bool] = {}
    texts: dict[str, str] = {}
    for row in ledger.ask(marks_of(audience, [one.person for one in lives])).to_pylist():
        if row["kind"] in (Kind.JOINED.value, Kind.LEFT.value):
            is_open[row["person"]] = row["kind"] == Kind.JOINED.value
            plans[row["person"]] = word(details(row["told"]), "plan", "product") or plans.get(
                row["person"], ""
            )
        else:
            texts[row["id"]] = row["person"]
    themes: dict[str, set[str]] = {}
    for row in ledger.readings.mentioned(list(texts)).to_pylist() if texts else ():
        themes.setdefault(texts[row["signal"]], set()).add(row["theme"])
    return [
        Life(
            person=one.person,
            first_month=one.first_month,
            activity=one.activity,
            money=one.money,
            words=one.words,
            plan=plans.get(one.person, ""),
            themes=frozenset(themes.get(one.person, ())),
            is_open=is_open.get(one.person),
        )
        for one in lives
    ]
