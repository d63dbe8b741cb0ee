"""What contracts are worth, against sums by hand and against what simulated contracts paid."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from emptychair.stats.contracts import ContractWorth, contract_worth
from emptychair.stats.purchases import Refusal
from emptychair.stats.survival import Survival, kaplan_meier
from emptychair.stats.tail import Tail, tail


def curve_of(lives: np.ndarray, watched: np.ndarray) -> Survival:
    found = kaplan_meier(np.minimum(lives, watched), lives <= watched)
    assert found is not None
    return found


def told(curve: Survival, *args: object, **options: object) -> ContractWorth:
    found = contract_worth(curve, *args, **options)
    assert isinstance(found, ContractWorth)
    return found


def test_a_contract_is_worth_each_margin_times_the_chance_that_it_is_still_paid() -> None:
    rng = np.random.default_rng(0)
    curve = curve_of(rng.exponential(20, 500), rng.uniform(10, 60, 500))
    ages, margins = [0.0, 7.5, 7.5, 12.0], [10.0, 10.0, 30.0, 1.0]
    found = told(curve, ages, margins, 12, period=2.0, discount=0.02)
    for row, (age, margin) in enumerate(zip(ages, margins, strict=True)):
        by_hand = sum(
            margin * curve.at(age + 2.0 * number) / curve.at(age) / 1.02**number for number in range(1, 13)
        )
        assert found.value[row] == pytest.approx(by_hand)
    np.testing.assert_allclose(found.mean_high[2], 3 * found.mean_high[1])
    loss = told(curve, ages, [-margin for margin in margins], 12, period=2.0, discount=0.02)
    np.testing.assert_allclose(loss.low, -found.high)
    np.testing.assert_allclose(loss.mean_low, -found.mean_high)


def test_its_intervals_cover_the_truth_and_what_is_paid() -> None:
    """200 companies with exponential lives: the true worth, and what one more contract pays."""
    rng = np.random.default_rng(1)
    inside, landed, rounds = 0, 0, 200
    truth = sum(np.exp(-number / 20) / 1.01**number for number in range(1, 13))
    for _ in range(rounds):
        found = told(
            curve_of(rng.exponential(20, 300), rng.uniform(20, 60, 300)), [5.0], [1.0], 12, discount=0.01
        )
        inside += found.mean_low[0] <= truth <= found.mean_high[0]
        lasts = rng.exponential(20)
        paid = sum(1 / 1.01**number for number in range(1, 13) if number <= lasts)
        landed += found.low[0] - 1e-9 <= paid <= found.high[0] + 1e-9
    assert 0.91 <= inside / rounds <= 0.985
    assert landed / rounds >= 0.94


def test_where_the_curve_ends_nothing_is_guessed() -> None:
    rng = np.random.default_rng(2)
    lives = rng.exponential(20, 300)
    curve = curve_of(lives, np.full(300, 24.0))
    found = told(curve, [0.0, 20.0, 30.0], [1.0, 1.0, 1.0], 12)
    assert np.isfinite(found.value[0])
    assert np.isnan(found.value[1:]).all()
    assert np.isnan(found.high[1:]).all()
    assert found.periods_told.tolist() == [12, 4, 0]
    ended = told(curve_of(np.arange(1.0, 31), np.full(30, 99.0)), [0.0, 30.0], [1.0, 1.0], 40)
    assert ended.value[0] == pytest.approx(sum((30 - age) / 30 for age in range(1, 31)))
    assert np.isnan(ended.value[1]), "nobody lasted so long"


def end_of(curve: Survival) -> Tail:
    found = tail(curve)
    assert found is not None
    return found


def test_a_company_of_two_years_tells_the_value_of_its_oldest_by_the_end_of_its_curve() -> None:
    """200 companies: joined over 24 months, watched until now; the oldest are told 12 months beyond it."""
    rng = np.random.default_rng(4)
    inside, landed, rounds = 0, 0, 200
    truth = sum(np.exp(-number / 30) for number in range(1, 13))
    for _ in range(rounds):
        curve = curve_of(rng.exponential(30, 600), rng.uniform(0, 24, 600))
        found = told(curve, [20.0], [1.0], 12, tail=end_of(curve))
        assert found.is_carried_on.tolist() == [True]
        assert found.periods_told[0] < 12
        inside += found.mean_low[0] <= truth <= found.mean_high[0]
        paid = np.floor(min(rng.exponential(30), 12))
        landed += found.low[0] - 1e-9 <= paid <= found.high[0] + 1e-9
    assert 0.91 <= inside / rounds <= 0.985
    assert landed / rounds >= 0.94


def test_the_end_is_carried_on_as_far_again_and_by_enough_endings() -> None:
    rng = np.random.default_rng(5)
    curve = curve_of(rng.exponential(40, 2_000), np.full(2_000, 24.0))
    end = end_of(curve)
    assert end.endings == 50
    assert end.rate == pytest.approx(1 / 40, rel=0.35)
    found = told(curve, [5.0, 24.0, 36.0, 36.5], [1.0] * 4, 12, tail=end)
    assert found.is_carried_on.tolist() == [False, True, True, False]
    assert np.isnan(found.value).tolist() == [False, False, False, True]
    assert tail(curve_of(np.full(300, 99.0), np.full(300, 24.0))) is None, "nobody ever left"
    assert tail(curve_of(np.full(90, 12.0), np.full(90, 99.0))) is None, "it has come down to 0"
    assert tail(curve_of(rng.exponential(9, 49), np.full(49, 24.0))) is None, "too few were watched"
    few = np.concatenate((np.full(200, 3.0), np.full(9, 20.0), np.full(300, 99.0)))
    assert tail(curve_of(few, np.full(509, 24.0))) is None, "nine are too few for a rate"


def test_a_curve_of_few_is_refused() -> None:
    refused = contract_worth(curve_of(np.arange(1.0, 8), np.full(7, 9.0)), [0.0], [1.0], 3)
    assert isinstance(refused, Refusal)
    assert refused.needed.startswith("3 more contracts")
    enough = curve_of(np.arange(1.0, 30), np.full(29, 99.0))
    with pytest.raises(ValueError, match="at least one period"):
        contract_worth(enough, [0.0], [1.0], 0)


def test_a_year_of_a_new_telco_contract_at_its_published_curve(data: Path) -> None:
    with gzip.open(data / "telco" / "Telco-Customer-Churn.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    months = np.array([float(row["tenure"]) for row in rows])
    curve = kaplan_meier(months, [row["Churn"] == "Yes" for row in rows])
    assert curve is not None
    found = told(curve, [0.0, 12.0], [1.0, 1.0], 12)
    # S(1) .945961, S(12) .8432: twelve payments between both; after a year, S(24) / S(12) and 1.
    assert 12 * 0.8432 < found.value[0] < 12 * 0.945961
    assert 12 * 0.788736 / 0.8432 < found.value[1] < 12
    assert found.mean_low[1] < found.value[1] < found.mean_high[1]
    assert found.value[1] > found.value[0]


@pytest.mark.parametrize("seen", [18, 24, 36, 48])
def test_telco_seen_for_fewer_months_foretells_the_curve_of_72(seen: int, data: Path) -> None:
    """Those of the greatest age seen: the next year by the end of a short curve, and by the whole one."""
    with gzip.open(data / "telco" / "Telco-Customer-Churn.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    months, left = (
        np.array([float(row["tenure"]) for row in rows]),
        np.array([row["Churn"] == "Yes" for row in rows]),
    )
    whole = kaplan_meier(months, left)
    short = curve_of(np.where(left, months, np.inf), np.minimum(months, seen))
    assert whole is not None
    foretold = told(short, [float(seen)], [1.0], min(seen // 2, 12), tail=end_of(short))
    came = told(whole, [float(seen)], [1.0], min(seen // 2, 12))
    assert foretold.value[0] == pytest.approx(came.value[0], rel=0.01)
    assert foretold.mean_low[0] <= came.mean_high[0]
    assert foretold.mean_high[0] >= came.mean_low[0]
