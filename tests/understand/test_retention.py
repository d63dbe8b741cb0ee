from itertools import pairwise
from random import Random

import pytest

from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.retention import Retention, retention, retention_by_month
from emptychair.understand.spells import Rule, Tenure
from tests.understand.histories import a_spell, keep, on
from tests.understand.test_spells import AS_OF, activity, adversarial, contract, found

YEAR = Period(on("2023-01-01"), on("2024-01-01"))


def test_both_rates_of_the_articles_are_offered_with_why_they_differ(ledger: Ledger) -> None:
    lives = [(f"stayed{number}", "2022-05-01", None) for number in range(80)]
    lives += [(f"went{number}", "2022-05-01", "2023-06-01") for number in range(20)]
    lives += [(f"new{number}", "2023-02-01", "2023-03-01" if number < 5 else None) for number in range(30)]
    keep(ledger, [signal for life in lives for signal in a_spell(*life)])
    counts = retention(ledger, contract(), YEAR)
    assert counts == Retention(at_start=100, retained=80, at_end=105, begun=30, begun_and_ended=5)
    assert counts.rate is not None
    assert counts.net is not None
    assert counts.rate.value == 0.8
    assert counts.net.value == (counts.at_end - counts.begun) / counts.at_start == 0.75
    assert counts.difference is not None
    assert "5 who joined and left" in counts.difference


def test_who_came_back_inside_the_period_was_not_retained(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2022-01-01", "2023-05-01"), *a_spell("ada", "2023-06-01")])
    counts = retention(ledger, contract(), YEAR)
    assert (counts.at_start, counts.retained, counts.at_end, counts.begun) == (1, 0, 1, 1)


def test_an_ending_at_the_end_of_the_period_belongs_to_the_next(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2022-01-01", "2024-01-01"), *a_spell("ben", "2023-01-01")])
    counts = retention(ledger, contract(), YEAR)
    assert (counts.at_start, counts.retained, counts.begun) == (1, 1, 1)
    after = retention(ledger, contract(), Period(on("2024-01-01"), on("2024-02-01")))
    assert (after.at_start, after.retained) == (2, 1)


def test_a_period_that_is_not_over_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        retention(ledger, contract(on("2023-12-31")), YEAR)


@pytest.mark.parametrize("rule", Rule)
def test_counts_agree_with_the_spells_and_add_up_when_windows_are_joined(ledger: Ledger, rule: Rule) -> None:
    keep(ledger, adversarial(Random(5), people=400))
    tenure = contract() if rule is Rule.CONTRACT else activity(20)
    spells = found(ledger, tenure)
    edges = [on("2024-03-02"), on("2024-04-02"), on("2024-05-02"), on("2024-06-01"), AS_OF]
    windows = [Period(start, end) for start, end in pairwise(edges)]
    for period in [*windows, Period(edges[0], edges[-1])]:
        counts = retention(ledger, tenure, period)
        there = [s for s in spells if s[1] < period.start and (s[2] is None or s[2] >= period.start)]
        assert counts.at_start == len(there) == len({person for person, _, _ in there})
        assert counts.retained == sum(1 for s in there if s[2] is None or s[2] >= period.end)
        assert counts.at_end - counts.begun == counts.retained - counts.begun_and_ended
    parts = [retention(ledger, tenure, period) for period in windows]
    for earlier, later in pairwise(parts):
        assert earlier.at_end == later.at_start
    whole = retention(ledger, tenure, Period(edges[0], edges[-1]))
    assert whole.begun == sum(part.begun for part in parts)


@pytest.mark.parametrize("rule", Rule)
def test_one_question_for_all_months_answers_as_one_for_each(ledger: Ledger, rule: Rule) -> None:
    keep(ledger, adversarial(Random(8), people=300))
    tenure = Tenure(
        audience=Audience.CUSTOMER, rule=rule, as_of=AS_OF, gap_days=30 if rule is Rule.ACTIVITY else None
    )
    last = month_number(AS_OF)
    months = range(last - 5, last)
    assert retention_by_month(ledger, tenure, months) == {
        month: retention(ledger, tenure, Period(first_of(month), first_of(month + 1))) for month in months
    }
