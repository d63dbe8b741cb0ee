"""The log-rank test against published values and against lifelines."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lifelines.statistics import multivariate_logrank_test

from emptychair.stats.logrank import log_rank


def test_contracts_differ_and_genders_do_not_as_published(data: Path) -> None:
    published = json.loads((data / "reference_values.json").read_text())["km_telco"]
    with gzip.open(data / "telco" / "Telco-Customer-Churn.csv.gz") as file:
        contracts = pd.read_csv(file)
    ended = contracts["Churn"] == "Yes"
    by_contract = log_rank(contracts["tenure"], ended, contracts["Contract"])
    by_gender = log_rank(contracts["tenure"], ended, contracts["gender"])
    assert by_contract is not None
    assert by_gender is not None
    assert round(by_contract.chi2, 4) == published["logrank_contract_chi2"]
    assert (by_contract.degrees, by_contract.p) == (2, 0)
    assert round(by_gender.chi2, 6) == published["logrank_gender"]["chi2"]
    assert round(by_gender.p, 6) == published["logrank_gender"]["p"]


@pytest.mark.parametrize("groups", [2, 3, 6])
@pytest.mark.parametrize("whole", [True, False])
def test_random_groups_compare_as_in_lifelines(groups: int, whole: bool) -> None:
    rng = np.random.default_rng(groups)
    durations = rng.integers(0, 24, 600) if whole else rng.exponential(10, 600)
    ended, labels = rng.random(600) < 0.5, rng.integers(0, groups, 600)
    ours, peer = log_rank(durations, ended, labels), multivariate_logrank_test(durations, labels, ended)
    assert ours is not None
    assert ours.chi2 == pytest.approx(peer.test_statistic, rel=1e-9)
    assert ours.p == pytest.approx(peer.p_value, rel=1e-9)
    assert ours.degrees == groups - 1


def test_weights_are_so_many_equal_spells() -> None:
    rng = np.random.default_rng(1)
    durations, ended = rng.integers(1, 9, 60), rng.random(60) < 0.5
    labels, weights = rng.choice(["a", "b", "c"], 60), rng.integers(1, 4, 60)
    rows = np.repeat(np.arange(60), weights)
    assert log_rank(durations, ended, labels, None, weights) == log_rank(
        durations[rows], ended[rows], labels[rows]
    )


def test_late_entries_are_not_at_risk_before_they_enter() -> None:
    late = log_rank([2, 4, 3, 5], [True] * 4, ["a", "a", "b", "b"], entries=[0, 0, 2, 2])
    assert late is not None
    assert late.observed == (2, 2)
    # At 2 only the two of a; at 3 one of a and two of b; at 4 one of each; at 5 the last of b.
    assert late.expected == pytest.approx((1 + 1 / 3 + 1 / 2, 2 / 3 + 1 / 2 + 1))


def test_one_group_or_no_ending_is_no_comparison() -> None:
    assert log_rank([1, 2], [True, True], ["a", "a"]) is None
    assert log_rank([1, 2], [False, False], ["a", "b"]) is None
    assert log_rank([], [], []) is None
    with pytest.raises(ValueError, match="one group per spell"):
        log_rank([1, 2], [True, True], ["a"])


def test_groups_that_do_not_differ_are_told_apart_5_times_in_100() -> None:
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(1000):
        test = log_rank(rng.exponential(1, 60), rng.random(60) < 0.7, rng.integers(0, 3, 60))
        assert test is not None
        found += test.p < 0.05
    assert 0.03 <= found / 1000 <= 0.07
