"""When each person reached each step of a funnel, as one portable question."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.journeys.steps import Order, Steps
from emptychair.understand.signs import Columns, is_of

# Up to two days a time is told to the minute, beyond them to the hour.
EXACT = 2 * 24 * 60
# What people do themselves; anything else may lie between two steps of a strict order.
OWN = ("did", "said", "rated", "paid")


Place = NewType("Place", int)
"""The number of a step, 0 the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Who is followed: an audience that takes the first step in a period, seen until `as_of`.

    `columns` hold the properties that the steps look at.
    """

    audience: Audience
    period: Period
    as_of: datetime
    columns: Columns


def reached(steps: Steps, walk: Walk) -> Question:
    """One row per person who took the first step in the period: person, at_0, at_1 ... (null: not reached).

    The first step counts once, the first time; each later one is the first after the one before, at a later
    instant, within the days from the first.
    """
    return _up_to(Place(len(steps.steps) - 1), steps, walk)


def seen(steps: Steps, walk: Walk) -> Question:
    """One row per signal that is a step, or may lie between strict ones: person, occurred_at, is_0 ..."""
    clauses = [is_of(step.sign, walk.columns, f"s{place}") for place, step in enumerate(steps.steps)]
    flags = ", ".join(
        f"case when {clause.text} then 1 else 0 end as is_{place}" for place, clause in enumerate(clauses)
    )
    wanted = " or ".join(f"({clause.text})" for clause in clauses)
    told: dict[str, Parameter] = {}
    for clause in clauses:
        told |= clause.parameters
    if steps.order is Order.STRICT:
        wanted += " or kind in (:own)"
        told["own"] = list(OWN)
    return question(
        f"""
        select person, occurred_at, {flags} from signals
        where audience = :audience and person is not null and occurred_at >= :start and occurred_at < :as_of
          and ({wanted})
        """,
        audience=walk.audience.value,
        start=walk.period.start,
        as_of=walk.as_of,
        **told,
    )


def _up_to(place: Place, steps: Steps, walk: Walk) -> Question:
    """One row per person who took the first step: person, at_0 ... up to the step at this place."""
    if place == 0:
        return question(
            "select person, min(occurred_at) as at_0 from taken where occurred_at < :end group by person",
            {"taken": _taken(place, steps, walk)},
            end=min(walk.period.end, walk.as_of),
        )
    before = _up_to(Place(place - 1), steps, walk)
    known = ", ".join(f"earlier.at_{n}" for n in range(place))
    within = f"seen.occurred_at > earlier.at_{place - 1} and seen.occurred_at < add_days(earlier.at_0, :days)"
    if steps.order is Order.LOOSE:
        # Joined by person alone: not every engine joins by an inequality.
        return question(
            f"""
            select earlier.person, {known},
                   min(case when {within} then seen.occurred_at end) as at_{place}
            from earlier left join steps as seen on seen.person = earlier.person
            group by earlier.person, {known}
            """,
            {"earlier": before, "steps": _taken(place, steps, walk)},
            days=steps.days,
        )
    names = ", ".join(f"at_{n}" for n in range(place))
    return question(
        f"""
        with followed as (
            select earlier.person, {known},
                   min(case when {within} then seen.occurred_at end) as any_at,
                   min(case when {within} and seen.is_{place} = 1 then seen.occurred_at end) as step_at
            from earlier left join seen on seen.person = earlier.person
            group by earlier.person, {known}
        )
        select person, {names}, case when step_at = any_at then step_at end as at_{place} from followed
        """,
        {"earlier": before, "seen": seen(steps, walk)},
        days=steps.days,
    )


def _taken(place: Place, steps: Steps, walk: Walk) -> Question:
    """One row per signal that is the step at this place: person, occurred_at. Scanned, never kept whole."""
    clause = is_of(steps.steps[place].sign, walk.columns, "s")
    return question(
        f"""
        select person, occurred_at from signals
        where audience = :audience and person is not null and occurred_at >= :start and occurred_at < :as_of
          and {clause.text}
        """,
        audience=walk.audience.value,
        start=walk.period.start,
        as_of=walk.as_of,
        **clause.parameters,
    )


def durations(steps: Steps, walk: Walk, values: Question | None = None) -> Question:
    """One row per value, step, outcome and length: value, step, is_ripe, is_reached, minutes, people.

    Of the people who reached the step before: `minutes` from it to this one, or for how long they were
    watched without. `is_ripe`: the days from their first step are over, so that who did not get there was
    lost. Step 0 has everybody, with 0 minutes; from two days on they are whole hours. `values` (person,
    value) splits them; '' has those without.
    """
    last = len(steps.steps)
    split = "''" if values is None else "coalesce(split.value, '')"
    joined = "" if values is None else "left join split on split.person = reached.person"
    every = ", ".join(f"reached.at_{n}" for n in range(last))
    people = question(
        f"""
        select {split} as value, {every}, add_days(reached.at_0, :days) as until_at,
               case when add_days(reached.at_0, :days) <= :as_of then 1 else 0 end as is_ripe
        from reached {joined}
        """,
        {"reached": reached(steps, walk), **({} if values is None else {"split": values})},
        days=steps.days,
        as_of=walk.as_of,
    )
    before = " ".join(f"when step = {n} then at_{n - 1}" for n in range(1, last))
    here = " ".join(f"when step = {n} then at_{n}" for n in range(1, last))
    numbers = " union all ".join(f"select {n} as step" for n in range(last))
    # Each person beside each step: who reached what is asked for once, as not every engine keeps it.
    return question(
        f"""
        with every as (
            select people.value, people.is_ripe, people.until_at, numbers.step,
                   case when step = 0 then people.at_0 {before} end as before_at,
                   case when step = 0 then people.at_0 {here} end as here_at
            from people cross join ({numbers}) as numbers
        ), told as (
            select value, step, is_ripe, case when here_at is null then 0 else 1 end as is_reached,
                   micros_between(before_at, coalesce(here_at, least(until_at, :as_of)))
                       // 60000000 as minutes
            from every where before_at is not null
        )
        select value, step, is_ripe, is_reached, minutes, count(*) as people
        from (
            select value, step, is_ripe, is_reached,
                   case when minutes < :exact then minutes else minutes // 60 * 60 end as minutes
            from told
        ) as rounded
        group by value, step, is_ripe, is_reached, minutes
        order by value, step, is_ripe, is_reached, minutes
        """,
        {"people": people},
        as_of=walk.as_of,
        exact=EXACT,
    )
