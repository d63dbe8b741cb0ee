"""People whom retention cannot speak for: without a name, without a beginning, without a relationship."""

from datetime import timedelta

from emptychair.domain.metric import Missing
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.retention import Retention
from emptychair.understand.spells import Rule, Tenure, spells, unknown_beginnings
from emptychair.understand.survival import Unwatched
from emptychair.understand.tenure import Evidence

_TOO_EARLY = (
    "people there when the period began, less than one gap after the data begin: those who had already been "
    "silent for long are not among them, so more seem to stay than did"
)


def unbegun(tenure: Tenure, period: Period) -> Question:
    """One row: people who left in the period, or after it, and whose joining is not known."""
    return question(
        "select count(*) as people from endings where ended_at >= :start",
        {"endings": unknown_beginnings(tenure)},
        start=period.start,
    )


def without_relationship(tenure: Tenure) -> Question:
    """One row: named people of the audience, known by their cards, who never had a spell. O(people)."""
    return question(
        """
        with related as (select person from spells group by person)
        select count(*) as people
        from person_cards left join related on related.person = person_cards.person
        where person_cards.audience = :audience and person_cards.first_at < :as_of and related.person is null
        """,
        {"spells": spells(tenure)},
        audience=tenure.audience.value,
        as_of=tenure.as_of,
    )


def absent(
    ledger: Ledger,
    tenure: Tenure,
    period: Period,
    counts: Retention,
    seen: Evidence,
    early: Unwatched | None,
) -> tuple[Missing, ...]:
    """Who is missing from a retention rate, and why."""
    those = "employees" if tenure.audience is Audience.EMPLOYEE else "customers"
    found = [
        Missing(
            count=counts.begun,
            why=f"{those} who joined inside the period: nobody can yet have stayed through it",
        ),
        Missing(count=seen.unnamed, why="rows that name nobody"),
    ]
    if tenure.rule is Rule.CONTRACT:
        people = _people(ledger, unbegun(tenure, period))
        found.append(Missing(count=people, why=f"{those} who left and whose joining is not known"))
    outside = _people(ledger, without_relationship(tenure))
    if tenure.rule is Rule.CONTRACT:
        found.append(
            Missing(count=max(outside - people, 0), why="people with signals of another kind and no contract")
        )
    else:
        found.append(Missing(count=outside, why="people with signals and without a purchase or use"))
    gap = timedelta(days=tenure.gap_days or 0)
    if seen.began_at is not None and period.start < seen.began_at + gap:
        found.append(Missing(count=counts.at_start, why=_TOO_EARLY))
    if early is not None and period.start < early.since:
        found.append(Missing(count=early.begun, why=early.warning))
    return tuple(gap for gap in found if gap.count > 0)


def _people(ledger: Ledger, asked: Question) -> int:
    return int(ledger.ask(asked).to_pylist()[0]["people"])
