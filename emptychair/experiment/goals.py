"""What a play should change, told alike for everybody in it: whether they stayed, or did something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.desk.plays import Goal
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.spells import Tenure, spells
from emptychair.understand.tenure import Chosen, choose, evidence

CUSTOMER = Audience.CUSTOMER
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Whether each person met the goal; whoever is not in `met` is one of whom it cannot be told.

    `reason` says what would be needed to tell anything; "" when it can be told.
    """

    met: Mapping[str, bool]
    reason: str = ""


def stayed(tenure: Tenure, start: datetime, end: datetime, people: Sequence[str]) -> Question:
    """One row per person of these in a relationship just before `start`: person, met (1: still at `end`)."""
    return question(
        """
        select person, max(case when ended_at is null or ended_at >= :end then 1 else 0 end) as met
        from spells
        where person in (:people) and started_at < :start and (ended_at is null or ended_at >= :start)
        group by person
        """,
        {"spells": spells(tenure)},
        people=list(people),
        start=start,
        end=end,
    )


def doers(name: str, period: Period, people: Sequence[str]) -> Question:
    """One row per person of these who did what is named in the period: person."""
    return question(
        """
        select distinct person from signals
        where audience = :audience and kind = :kind and name = :name and person in (:people)
          and occurred_at >= :start and occurred_at < :end
        """,
        audience=CUSTOMER.value,
        kind=Kind.DID.value,
        name=name,
        people=list(people),
        start=period.start,
        end=period.end,
    )


def names_done(period: Period, limit: int) -> Question:
    """One row per name of something done in the period: name, people. Those that most people did first."""
    return question(
        """
        select name, count(distinct person) as people from signals
        where audience = :audience and kind = :kind and person <> ''
          and occurred_at >= :start and occurred_at < :end
        group by name order by people desc, name limit :limit
        """,
        audience=CUSTOMER.value,
        kind=Kind.DID.value,
        start=period.start,
        end=period.end,
        limit=limit,
    )


def tenure_of(ledger: Ledger, known_at: datetime, gap_days: int | None) -> Chosen:
    """What tells that a customer is still there, by all that is known at an instant; or why nothing does."""
    return choose(ledger, CUSTOMER, known_at, evidence(ledger, CUSTOMER, known_at), gap_days=gap_days)


def seen(
    ledger: Ledger,
    people: Sequence[str],
    goal: Goal,
    goal_name: str,
    period: Period,
    *,
    known_at: datetime,
    gap_days: int | None,
) -> Seen:
    """Who of these met the goal in a period that is over at `known_at`, up to which everything is known."""
    if goal is Goal.DOING:
        asked = [doers(goal_name, period, part) for part in _parts(people)]
        done = {row["person"] for one in asked for row in ledger.ask(one).to_pylist()}
        return Seen(met={person: person in done for person in people})
    chosen = tenure_of(ledger, known_at, gap_days)
    if chosen.tenure is None:
        return Seen(met={}, reason=chosen.reason)
    return Seen(met=still_there(ledger, chosen.tenure, period.start, period.end, people))


def still_there(
    ledger: Ledger, tenure: Tenure, start: datetime, end: datetime, people: Sequence[str]
) -> dict[str, bool]:
    """Whether each of these who was in a relationship at `start` still is at `end`."""
    asked = [stayed(tenure, start, end, part) for part in _parts(people)]
    return {row["person"]: bool(row["met"]) for one in asked for row in ledger.ask(one).to_pylist()}


def _parts(people: Sequence[str]) -> list[Sequence[str]]:
    return [people[begin : begin + AT_ONCE] for begin in range(0, len(people), AT_ONCE)]
