"""An adjusted difference is what the textbook formulas say, and holds equal what it is told to."""

import numpy as np
import pytest

from emptychair.stats.adjusting import adjusted, held


def textbook(values: np.ndarray, touched: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    """The coefficient and the larger of its two errors from the whole design, as textbooks write them."""
    design = np.column_stack([np.ones(len(values)), columns, touched])
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ design.T @ values
    residual = values - design @ beta
    hat = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = design.T @ np.diag((residual / (1 - hat)) ** 2) @ design
    robust = (bread @ meat @ bread)[-1, -1]
    equal = bread[-1, -1] * residual @ residual / (len(values) - design.shape[1])
    return float(beta[-1]), float(np.sqrt(max(robust, equal)))


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_textbook_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 120
    columns = rng.normal(size=(n, 3))
    touched = rng.random(n) < 0.3
    values = rng.normal(size=n) * (1 + touched) + columns[:, 0] - 0.5 * touched
    found = adjusted(values, touched, held(columns, n))
    assert found is not None
    value, error = textbook(values, touched.astype(float), columns)
    assert found.value == pytest.approx(value)
    assert found.statistic == pytest.approx(value / error)


def test_what_is_held_equal_twice_is_held_once() -> None:
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(80, 2))
    twice = np.column_stack([columns, columns[:, 0] * 3 + 1])
    touched = rng.random(80) < 0.5
    values = rng.normal(size=80)
    assert held(twice, 80).rank == 3
    one, two = adjusted(values, touched, held(columns, 80)), adjusted(values, touched, held(twice, 80))
    assert one is not None
    assert two is not None
    assert one.value == pytest.approx(two.value)


def test_a_difference_that_another_thing_explains_goes_away() -> None:
    rng = np.random.default_rng(2)
    n = 4_000
    other = rng.random(n) < 0.5
    touched = rng.random(n) < np.where(other, 0.8, 0.2)
    values = 7 - 2.0 * other + rng.normal(size=n)
    plain = adjusted(values, touched, held(np.empty((n, 0)), n))
    equal = adjusted(values, touched, held(other.astype(float), n))
    assert plain is not None
    assert plain.high < -1
    assert equal is not None
    assert equal.low < 0 < equal.high


def test_nothing_is_said_where_nothing_can_be() -> None:
    values = np.arange(40.0)
    few = np.arange(40) < 9
    half = np.arange(40) % 2 == 0
    nothing = held(np.empty((40, 0)), 40)
    assert adjusted(values, few, nothing) is None
    assert adjusted(values, ~few, nothing) is None
    assert adjusted(values, half, held(half.astype(float), 40)) is None, "what is held equal is the same"
    assert adjusted(half.astype(float), half, nothing) is None, "no spread at all"


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_the_interval_covers_with_unequal_spread(share: float) -> None:
    rng = np.random.default_rng(3)
    n, rounds, held_true = 700, 1_500, 0
    columns = rng.normal(size=(n, 2))
    equal = held(columns, n)
    for _ in range(rounds):
        touched = rng.permutation(n) < share * n
        values = columns[:, 0] + np.where(touched, -1.0, 0.0) + rng.normal(size=n) * np.where(touched, 2, 1)
        found = adjusted(values, touched, equal)
        assert found is not None
        held_true += found.low <= -1.0 <= found.high
    assert held_true / rounds >= 0.95 - 3 * (0.95 * 0.05 / rounds) ** 0.5
