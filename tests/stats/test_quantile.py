"""The interval of a median holds the true one as often as it says, whatever the shape."""

from collections import Counter

import numpy as np
import pytest

from emptychair.stats.quantile import median


@pytest.mark.parametrize("n", [10, 25, 200])
@pytest.mark.parametrize("shape", ["long", "even", "few"])
def test_the_interval_covers_as_often_as_it_says(n: int, shape: str) -> None:
    rng = np.random.default_rng(n)
    draws = {
        "long": lambda: np.floor(rng.exponential(5000, n)),
        "even": lambda: rng.integers(0, 10_001, n),
        "few": lambda: rng.integers(0, 5, n),
    }[shape]
    true = {"long": 5000 * np.log(2), "even": 5000, "few": 2}[shape]
    rounds = 2_000
    held = 0
    for _ in range(rounds):
        found = median(Counter(int(value) for value in draws()))
        assert found is not None
        held += found.low <= true <= found.high + 1
    assert held / rounds >= 0.95 - 3 * (0.95 * 0.05 / rounds) ** 0.5


def test_too_few_have_none() -> None:
    assert median({3: 9}) is None
    assert median({}) is None
