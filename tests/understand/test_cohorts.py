from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from emptychair.domain.period import month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.cohorts import CohortTable, cohorts_active, cohorts_in_spell
from emptychair.understand.spells import Rule, Tenure
from tests.understand.histories import a_spell, days, did, keep, on, paid

AS_OF = on("2024-07-01")
CONTRACT = Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF)
ACTIVITY = Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=AS_OF, gap_days=30)


def kept(table: CohortTable) -> Mapping[str, list[str]]:
    """The table as text: kept/reached of every cell, with ? where it is not ripe."""
    return {
        f"{cohort.month:%Y-%m}": [
            f"{cell.retained}/{cell.size}{'' if cell.is_ripe else '?'}" for cell in cohort.cells
        ]
        for cohort in table.cohorts
    }


def test_an_age_counts_those_whose_spell_still_holds_and_is_ripe_when_all_could_reach_it(
    ledger: Ledger,
) -> None:
    keep(ledger, [*a_spell("ada", "2024-04-01"), *a_spell("ben", "2024-04-20", "2024-05-25")])
    keep(ledger, a_spell("cyd", "2024-05-31", "2024-06-30"))
    assert kept(cohorts_in_spell(ledger, CONTRACT)) == {
        "2024-04": ["2/2", "2/2", "1/2", "1/1?"],
        "2024-05": ["1/1", "1/1"],
    }


def test_who_left_at_the_very_end_of_a_month_of_age_had_reached_it(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-04-01", "2024-05-01"), *a_spell("ben", "2024-04-01", "2024-04-30")])
    assert kept(cohorts_in_spell(ledger, CONTRACT)) == {"2024-04": ["2/2", "1/2", "0/2", "0/2"]}


def test_a_month_that_is_not_over_is_marked_and_not_drawn_as_a_drop(ledger: Ledger) -> None:
    keep(ledger, [paid("ada", "2024-05-03", 5), paid("ada", "2024-07-02", 5), paid("ben", "2024-05-04", 5)])
    middle = replace(ACTIVITY, as_of=on("2024-07-15"))
    assert kept(cohorts_active(ledger, middle)) == {"2024-05": ["2/2", "0/2", "1/2?"]}
    assert cohorts_active(ledger, middle).cohorts[0].cells[2].share is None


def test_a_cohort_is_the_month_of_first_activity_and_not_of_first_contact(ledger: Ledger) -> None:
    keep(
        ledger,
        [did("ada", "2024-01-10", "told"), paid("ada", "2024-02-01", -5), paid("ada", "2024-03-01", 5)],
    )
    assert kept(cohorts_active(ledger, ACTIVITY)) == {"2024-03": ["1/1", "0/1", "0/1", "0/1"]}


def by_hand(activity: list[tuple[str, datetime]]) -> Mapping[tuple[int, int], int]:
    """People active per (month of first activity, age in months), from sets."""
    months: dict[str, set[int]] = {}
    for person, instant in activity:
        months.setdefault(person, set()).add(month_number(instant))
    cells: dict[tuple[int, int], int] = {}
    for active in months.values():
        for month in active:
            key = (min(active), month - min(active))
            cells[key] = cells.get(key, 0) + 1
    return cells


def filled(table: CohortTable) -> Mapping[tuple[int, int], int]:
    return {
        (cell.cohort, cell.age): cell.retained for row in table.cohorts for cell in row.cells if cell.retained
    }


@pytest.mark.parametrize("span", [400, 3_700, 5_000])
def test_cards_and_signals_count_the_same_people(ledger: Ledger, span: int) -> None:
    """On ten years the cards have no room left and the signals have to tell."""
    rng = Random(span)
    activity = [(f"p{rng.randrange(60)}", AS_OF - days(rng.random() * span)) for _ in range(600)]
    keep(ledger, [did(person, when) for person, when in activity])
    keep(ledger, [did("p1", AS_OF - days(span + 90), "told")])
    assert filled(cohorts_active(ledger, ACTIVITY)) == by_hand(activity)
    earlier = AS_OF - days(45)
    seen = [(person, when) for person, when in activity if when < earlier]
    assert filled(cohorts_active(ledger, replace(ACTIVITY, as_of=earlier))) == by_hand(seen)


def test_a_ledger_without_people_has_no_cohorts(ledger: Ledger) -> None:
    assert cohorts_active(ledger, ACTIVITY).cohorts == ()
    assert cohorts_in_spell(ledger, CONTRACT).cohorts == ()
