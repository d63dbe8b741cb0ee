"""What contracts are worth, against sums by hand and against what simulated contracts paid."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from emptychair.stats.contracts import ContractWorth, contract_worth
from emptychair.stats.purchases import Refusal
from emptychair.stats.survival import Survival, kaplan_meier


def curve_of(lives: np.ndarray, watched: np.ndarray) -> Survival:
    found = kaplan_meier(np.minimum(lives, watched), lives <= watched)
    assert found is not None
    return found


def told(curve: Survival, *args: object, **options: float) -> ContractWorth:
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
