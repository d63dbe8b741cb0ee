"""A model of buying beside a plain rate, on time that neither had seen."""

from pathlib import Path

import numpy as np
import pytest

from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.holdout import HoldOut, hold_out, split
from emptychair.stats.purchases import Purchases, Refusal, purchases_of_orders
from tests.stats.buyers import drawn
from tests.stats.shops import cdnow, retail


def compared(known: Purchases, later: np.ndarray, horizon: float, model: Model = Model.BG_NBD) -> HoldOut:
    found = buying(known, model)
    assert isinstance(found, Buying)
    return hold_out(found, known, later, horizon)


@pytest.mark.parametrize(
    ("model", "expected", "mae"), [(Model.BG_NBD, 1653.4, 0.7855), (Model.PARETO_NBD, 1665.5, 0.7545)]
)
def test_cdnow_comes_out_as_others_measured_it(data: Path, model: Model, expected: float, mae: float) -> None:
    """lifetimes 0.11.3 measured: `cdnow_holdout_39w` of the reference values."""
    known, later = split(*cdnow(data), until=39 * 7 - 1, horizon=39, unit=7)
    told = compared(known, later, 39, model)
    assert (told.n, told.actual) == (2357, 1882)
    assert told.expected == pytest.approx(expected, abs=0.06)
    assert told.model_errors.mae == pytest.approx(mae, abs=6e-5)
    assert told.beats_naive
    assert told.naive_errors.mae == pytest.approx(1.0237, abs=1e-4)
    assert sum(group.n for group in told.groups) == 2357
    assert [group.frequency for group in told.groups] == list(range(8))
    for group in told.groups:
        assert group.seen == pytest.approx(group.expected, rel=0.45, abs=0.1)
    assert sum(group.n * group.naive for group in told.groups) == pytest.approx(told.naive)


def test_a_plain_rate_has_the_smaller_error_on_online_retail_and_it_is_said(data: Path) -> None:
    known, later = split(*retail(data), until=180, horizon=93)
    told = compared(known, later, 93)
    assert told.naive_errors.mae < told.model_errors.mae
    assert not told.beats_naive


@pytest.mark.parametrize("model", Model)
def test_groups_come_out_as_expected_where_the_model_is_true(model: Model) -> None:
    people = drawn(np.random.default_rng(3), model, 8_000)
    told = compared(people.known, people.later, 39.0, model)
    assert told.beats_naive
    assert told.expected == pytest.approx(told.actual, rel=0.1)
    hits = 0
    for group in told.groups:
        assert group.actual is not None
        half = (group.actual.high - group.actual.low) / 2
        hits += abs(group.expected - group.seen) < 1.5 * half
    assert hits >= 7
    assert 0.95 <= told.covered <= 0.99


def test_few_customers_have_no_interval() -> None:
    people = drawn(np.random.default_rng(3), Model.BG_NBD, 100)
    told = compared(people.known, people.later, 39.0)
    assert [group.actual is None for group in told.groups] == [group.n < 10 for group in told.groups]


def test_later_orders_are_of_the_days_after_the_split_only() -> None:
    who = [1, 1, 1, 1, 1, 2, 3]
    day = [0, 7, 8, 8, 18, 5, 8]
    known, later = split(who, day, None, until=7, horizon=10)
    # 1: day 8 once, day 18 is too late; 2: nothing more; 3: came after the split.
    assert known.frequency.tolist() == [1, 0]
    assert later.tolist() == [1, 0]
    assert known.age.tolist() == [7.0, 2.0]


def test_without_orders_there_is_nobody() -> None:
    known, later = split([], [], [], until=7, horizon=10)
    assert len(known) == len(later) == 0
    assert isinstance(buying(known), Refusal)
    late, _ = split([1, 2], [9, 12], [5.0, 5.0], until=7, horizon=10)
    assert len(late) == 0


def test_orders_of_one_day_are_one_purchase_and_its_amount_their_sum() -> None:
    who, rows = purchases_of_orders(
        [5, 5, 5, 5, 2], [3.2, 3.9, 10.5, 10.1, 4.0], [1.0, 2.0, 4.0, 8.0, 16.0], until=20
    )
    assert who.tolist() == [2, 5]
    assert rows.frequency.tolist() == [0, 1]
    assert rows.spend is not None
    assert rows.spend.tolist() == [0.0, 12.0]
    assert rows.recency.tolist() == [0.0, 7.0]
