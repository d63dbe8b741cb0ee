"""Spells as one portable expression: who was in a relationship from when to when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import Arrivals, arrived


class Rule(StrEnum):
    """What tells a relationship of an audience: what was agreed, or what was done."""

    CONTRACT = "contract"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """How the spells of one audience are told, as of one instant; nothing at or after `as_of` is seen.

    `gap_days` is the silence after which a relationship counts as ended; None for contracts. With `known`,
    nothing is seen either that happened before `as_of` and became known later.
    """

    audience: Audience
    rule: Rule
    as_of: datetime
    gap_days: int | None = None
    known: Arrivals | None = None

    def __post_init__(self) -> None:
        if (self.rule is Rule.ACTIVITY) != (self.gap_days is not None):
            raise ValueError("a gap in days belongs to the activity rule, and only to it")
        if self.gap_days is not None and self.gap_days < 1:
            raise ValueError(f"the gap must be at least one day, not {self.gap_days}")

    @property
    def definition(self) -> str:
        """What a relationship is here, as the end of a sentence."""
        if self.rule is Rule.CONTRACT:
            return "a relationship lasts from joining to leaving"
        return (
            f"a relationship lasts from the first activity until {self.gap_days} days without one "
            "(a purchase above zero or something done; a return is no activity)"
        )


# One scorecard asks a dozen questions about the same spells.
@lru_cache(maxsize=64)
def spells(tenure: Tenure) -> Question:
    """One row per spell: person, started_at, ended_at (null when open at `as_of`). O(n log n) in signals."""
    return contract_spells(tenure) if tenure.rule is Rule.CONTRACT else activity_spells(tenure)


# At one instant a person may both join and leave. For somebody who is in, that is a renewal: one spell ends
# and the next begins. For somebody who is out, it is a relationship that ended at once. Either way the person
# stays in or out as before, so only instants with one of the two ("pure" ones) tell the state that holds
# before an instant.
_STATES = """
with marks as (
    select person, occurred_at,
           max(case when kind = 'joined' then 1 else 0 end) as joins,
           max(case when kind = 'left' then 1 else 0 end) as leaves
    from known where kind in ('joined', 'left')
    group by person, occurred_at
), seen as (
    select person, occurred_at, joins, leaves,
           max(case when leaves = 0 then occurred_at end) over (
               partition by person order by occurred_at rows between unbounded preceding and 1 preceding
           ) as joined_before,
           max(case when joins = 0 then occurred_at end) over (
               partition by person order by occurred_at rows between unbounded preceding and 1 preceding
           ) as left_before,
           min(case when leaves = 1 then occurred_at end) over (
               partition by person order by occurred_at rows between 1 following and unbounded following
           ) as left_after,
           row_number() over (partition by person order by occurred_at) as nth
    from marks
)
select person, occurred_at, joins, leaves, left_after, nth,
       case when joined_before is null then 0
            when left_before is null then 1
            when left_before < joined_before then 1
            else 0 end as was_in
from seen
"""


def _states(tenure: Tenure) -> Question:
    """One row per person and instant of joining or leaving: what happened, and was the person in before."""
    return question(_STATES, {"known": _seen(tenure)})


def _seen(tenure: Tenure) -> Question:
    """One row per signal of somebody named that the spells are told by."""
    if tenure.known is not None:
        return arrived(tenure.audience, tenure.as_of, tenure.known)
    return question(
        """
        select person, kind, value, occurred_at from signals
        where audience = :audience and person is not null and occurred_at < :as_of
        """,
        audience=tenure.audience.value,
        as_of=tenure.as_of,
    )


def contract_spells(tenure: Tenure) -> Question:
    """One row per spell from `joined` to the next `left`; a second joining inside a spell changes nothing."""
    return question(
        """
        select person, occurred_at as started_at,
               case when leaves = 1 and was_in = 0 then occurred_at else left_after end as ended_at
        from states
        where joins = 1 and (was_in = 0 or leaves = 1)
        """,
        {"states": _states(tenure)},
    )


def unknown_beginnings(tenure: Tenure) -> Question:
    """One row per person whose first mark is a leaving, so the beginning is unknown: person, ended_at."""
    return question(
        "select person, occurred_at as ended_at from states where nth = 1 and leaves = 1 and joins = 0",
        {"states": _states(tenure)},
    )


def activity(tenure: Tenure) -> Question:
    """One row per activity with a name: person, occurred_at of something done, or of money above zero."""
    return question(
        """
        select person, occurred_at from known where kind = 'did' or (kind = 'paid' and value > 0)
        """,
        {"known": _seen(tenure)},
    )


def activity_spells(tenure: Tenure) -> Question:
    """One row per run of activity without a silence longer than the gap; it ends one gap after the last.

    Of several activities at one instant the first of a run may be another than its last: the beginning then
    stands before the end, so that the run finds its own.
    """
    gap = timedelta(days=tenure.gap_days or 0)
    return question(
        """
        with steps as (
            select person, occurred_at,
                   lag(occurred_at) over (partition by person order by occurred_at) as before_at,
                   lead(occurred_at) over (partition by person order by occurred_at) as after_at
            from activity
        ), edges as (
            select person, occurred_at,
                   case when before_at is null or micros_between(before_at, occurred_at) > :gap
                        then 1 else 0 end as begins,
                   case when after_at is null or micros_between(occurred_at, after_at) > :gap
                        then occurred_at end as last_at
            from steps
        ), runs as (
            select person, occurred_at, begins,
                   min(last_at) over (
                       partition by person order by occurred_at, begins desc
                       rows between current row and unbounded following
                   ) as last_at
            from edges
            where begins = 1 or last_at is not null
        )
        select person, occurred_at as started_at,
               case when last_at < :silent_since then add_days(last_at, :gap_days) end as ended_at
        from runs
        where begins = 1
        """,
        {"activity": activity(tenure)},
        gap=gap // timedelta(microseconds=1),
        gap_days=tenure.gap_days or 0,
        silent_since=tenure.as_of - gap,
    )
