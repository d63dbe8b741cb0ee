from datetime import timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.gap import proposed_gap
from emptychair.understand.spells import Rule
from emptychair.understand.tenure import choose, end_of_data, evidence
from tests.understand.histories import a_spell, days, did, keep, on, paid, rated
from tests.understand.test_spells import AS_OF

CUSTOMER, EMPLOYEE = Audience.CUSTOMER, Audience.EMPLOYEE


def visits(people: int, gap: int) -> list:  # type: ignore[type-arg]
    return [
        paid(f"{gap}-{n}", on("2024-01-01") + days(gap * visit), 5, id=f"{gap}-{n}-{visit}-{line}")
        for n in range(people)
        for visit in (0, 1)
        for line in (0, 1)
    ]


def test_nine_in_ten_repeat_visits_come_within_the_gap_and_lines_of_one_visit_are_one(ledger: Ledger) -> None:
    keep(ledger, [*visits(50, 7), *visits(40, 30), *visits(10, 90)])
    gap = proposed_gap(ledger, CUSTOMER, AS_OF)
    assert (gap.days, gap.visits) == (30, 100)
    assert gap.reason == "90 % of 100 repeat visits came within 30 days"


def test_too_few_repeat_visits_are_refused_with_what_is_needed(ledger: Ledger) -> None:
    keep(ledger, visits(50, 7))
    gap = proposed_gap(ledger, CUSTOMER, AS_OF)
    assert gap.days is None
    assert "50 more" in gap.reason
    seen = evidence(ledger, CUSTOMER, AS_OF)
    assert choose(ledger, CUSTOMER, AS_OF, seen).tenure is None
    by_hand = choose(ledger, CUSTOMER, AS_OF, seen, gap_days=45).tenure
    assert by_hand is not None
    assert by_hand.gap_days == 45


def test_customers_go_by_contract_when_joinings_and_leavings_are_known(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-02-01"), did("ben", "2024-01-01")])
    tenure = choose(ledger, CUSTOMER, AS_OF, evidence(ledger, CUSTOMER, AS_OF)).tenure
    assert tenure is not None
    assert tenure.rule is Rule.CONTRACT


def test_a_sign_up_that_nobody_ever_ends_is_no_contract(ledger: Ledger) -> None:
    keep(ledger, [*visits(100, 7), *a_spell("ada", "2024-01-01")])
    tenure = choose(ledger, CUSTOMER, AS_OF, evidence(ledger, CUSTOMER, AS_OF)).tenure
    assert tenure is not None
    assert (tenure.rule, tenure.gap_days) == (Rule.ACTIVITY, 7)


def test_employees_go_by_contract_or_not_at_all(ledger: Ledger) -> None:
    keep(ledger, [did("eve", "2024-01-01", audience=EMPLOYEE)])
    chosen = choose(ledger, EMPLOYEE, AS_OF, evidence(ledger, EMPLOYEE, AS_OF))
    assert chosen.tenure is None
    assert "hired" in chosen.reason


def test_data_end_at_the_midnight_after_the_last_signal_and_never_after_now(ledger: Ledger) -> None:
    keep(ledger, [rated(None, "2024-03-05 17:30", 9, id="a")])
    assert end_of_data(ledger, CUSTOMER, AS_OF) == on("2024-03-06")
    assert end_of_data(ledger, CUSTOMER, on("2024-03-05 18:00")) == on("2024-03-05 18:00")
    assert end_of_data(ledger, CUSTOMER, on("2024-03-05")) is None
    assert end_of_data(ledger, EMPLOYEE, AS_OF + timedelta(days=1)) is None
