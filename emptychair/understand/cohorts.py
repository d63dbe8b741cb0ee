"""Cohort tables: of the people who came in one month, the share still with us at each age in months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from emptychair.domain.period import first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.cohort import Cell, CohortCount, cohort_cells
from emptychair.understand.spells import Tenure, activity, spells

# A card's two masks hold this many months from a person's first signal (ledger/card).
CARD_MONTHS = 124
MASK_BITS = 62


class Kept(StrEnum):
    """What a cell counts: those whose spell holds at that age, or those who were active in that month."""

    IN_SPELL = "in_spell"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The people who came in the month that begins at `month`; cells in order of age, from 0.

    A cell's `size` is how many of them have reached that age by now: all of the cohort where it is ripe.
    """

    month: datetime
    size: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortTable:
    """The cohorts of an audience in order of month, as of an instant; `definition` is a sentence."""

    audience: Audience
    kept: Kept
    as_of: datetime
    definition: str
    cohorts: tuple[Cohort, ...]


def cohorts_in_spell(ledger: Ledger, tenure: Tenure) -> CohortTable:
    """By month in which a spell began: the share of spells still open at each whole month of age."""
    by_month: dict[int, list[tuple[int, int, int]]] = {}
    for row in ledger.ask(spell_ages(tenure)).to_pylist():
        counts = (int(row["reached"]), int(row["lasted"]), int(row["spells"]))
        by_month.setdefault(int(row["cohort"]), []).append(counts)
    cells = [cell for month, counts in sorted(by_month.items()) for cell in _spell_counts(month, counts)]
    definition = f"Share whose relationship still holds at each age; {tenure.definition}."
    return _table(tenure, Kept.IN_SPELL, definition, cells)


def _table(tenure: Tenure, kept: Kept, definition: str, counts: Sequence[CohortCount]) -> CohortTable:
    """The counts, in order of cohort and age, with intervals and what stands out."""
    cohorts = [
        (month, tuple(cells)) for month, cells in groupby(cohort_cells(counts), lambda cell: cell.cohort)
    ]
    return CohortTable(
        audience=tenure.audience,
        kept=kept,
        as_of=tenure.as_of,
        definition=definition,
        cohorts=tuple(
            Cohort(month=first_of(month), size=cells[0].size, cells=cells) for month, cells in cohorts
        ),
    )


def spell_ages(tenure: Tenure) -> Question:
    """One row per month of beginning, age reached by `as_of` and age lasted (whole months): and spells.

    An open spell lasted as long as it could; `lasted` of an ended one is the age that it completed.
    """
    return question(
        """
        with ages as (
            select month_number(started_at) as cohort,
                   months_between_whole(started_at, :as_of) as reached,
                   months_between_whole(started_at, coalesce(ended_at, :as_of)) as lasted
            from spells
        )
        select cohort, reached, lasted, count(*) as spells
        from ages
        group by cohort, reached, lasted
        order by cohort, reached, lasted
        """,
        {"spells": spells(tenure)},
        as_of=tenure.as_of,
    )


def _spell_counts(month: int, counts: Sequence[tuple[int, int, int]]) -> list[CohortCount]:
    """The cells of one cohort from (age reached, age lasted, spells)."""
    size = sum(spells for _, _, spells in counts)
    found = []
    for age in range(max(reached for reached, _, _ in counts) + 1):
        n = sum(spells for reached, _, spells in counts if reached >= age)
        kept = sum(spells for reached, lasted, spells in counts if min(reached, lasted) >= age)
        found.append(CohortCount(cohort=month, age=age, size=n, retained=kept, is_ripe=n == size))
    return found


def cohorts_active(ledger: Ledger, tenure: Tenure) -> CohortTable:
    """By month of first activity: the share active in each month after it. O(people) where cards can tell."""
    last_month = month_number(tenure.as_of - timedelta(microseconds=1))
    first_month = _card_months(ledger, tenure)
    if first_month is not None and last_month - first_month < CARD_MONTHS:
        counts = _from_cards(ledger, tenure, last_month - first_month)
    else:
        counts = _from_signals(ledger, tenure)
    over = month_number(tenure.as_of)
    cells = [
        CohortCount(
            cohort=month,
            age=age,
            size=counts[month, 0],
            retained=counts.get((month, age), 0),
            is_ripe=month + age < over,
        )
        for month in sorted({month for month, _ in counts})
        for age in range(last_month - month + 1)
    ]
    definition = "Share active in each month after the first (a purchase above zero, or something done)."
    return _table(tenure, Kept.ACTIVE, definition, cells)


def card_span(audience: Audience) -> Question:
    """One row: the first month and the last signal of everybody with a card, null without any."""
    return question(
        """
        select min(first_month) as first_month, max(last_at) as last_at
        from person_cards
        where audience = :audience
        """,
        audience=audience.value,
    )


def _card_months(ledger: Ledger, tenure: Tenure) -> int | None:
    """The first month on the cards; None when they know nobody, or have seen more than `as_of` may."""
    row = ledger.ask(card_span(tenure.audience)).to_pylist()[0]
    if row["last_at"] is None or row["last_at"].replace(tzinfo=tenure.as_of.tzinfo) >= tenure.as_of:
        return None
    return int(row["first_month"])


def active_months_of_cards(audience: Audience, oldest: int) -> Question:
    """One row per month of first activity (cohort): age_0 .. age_<oldest>, the people active at that age."""
    ages = ",\n".join(
        f"sum(case when bit_is_set(active_0, lag_months + {age})"
        f" or bit_is_set(active_1, lag_months + {age} - {MASK_BITS}) then 1 else 0 end) as age_{age}"
        for age in range(oldest + 1)
    )
    people = question(
        """
        select first_month, active_0, active_1,
               case when active_0 > 0 then first_bit(active_0) else first_bit(active_1) + 62 end as lag_months
        from person_cards
        where audience = :audience and (active_0 > 0 or active_1 > 0)
        """,
        audience=audience.value,
    )
    return question(
        f"""
        select first_month + lag_months as cohort, {ages}
        from people
        group by first_month + lag_months
        order by cohort
        """,
        {"people": people},
    )


def _from_cards(ledger: Ledger, tenure: Tenure, oldest: int) -> Mapping[tuple[int, int], int]:
    rows = ledger.ask(active_months_of_cards(tenure.audience, oldest)).to_pylist()
    return {
        (int(row["cohort"]), age): int(row[f"age_{age}"])
        for row in rows
        for age in range(oldest + 1)
        if row[f"age_{age}"]
    }


def active_months_of_signals(tenure: Tenure) -> Question:
    """One row per month of first activity and age in months: cohort, age, people active then."""
    return question(
        """
        with months as (
            select person, month_number(occurred_at) as active_month
            from activity
            group by person, month_number(occurred_at)
        ), firsts as (
            select person, min(active_month) as cohort from months group by person
        )
        select firsts.cohort, months.active_month - firsts.cohort as age, count(*) as people
        from months join firsts on firsts.person = months.person
        group by firsts.cohort, months.active_month - firsts.cohort
        order by cohort, age
        """,
        {"activity": activity(tenure)},
    )


def _from_signals(ledger: Ledger, tenure: Tenure) -> Mapping[tuple[int, int], int]:
    rows = ledger.ask(active_months_of_signals(tenure)).to_pylist()
    return {(int(row["cohort"]), int(row["age"])): int(row["people"]) for row in rows}
