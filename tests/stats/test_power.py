"""Power: a difference that is said to be detectable is detected as often as is said."""

import numpy as np
import pytest

from emptychair.stats import compare
from emptychair.stats.imbalance import ALARM, mismatch
from emptychair.stats.power import detectable


@pytest.mark.parametrize(
    ("n", "base_n", "base"), [(800, 200, 0.8), (300, 300, 0.1), (204, 51, 0.5), (5_000, 500, 0.95)]
)
def test_it_is_found_four_times_out_of_five(n: int, base_n: int, base: float) -> None:
    rise = detectable(n, base_n, base)
    assert rise is not None
    rng = np.random.default_rng(7)
    hits, base_hits = rng.binomial(n, base + rise, 4_000), rng.binomial(base_n, base, 4_000)
    found = 0
    for one, other in zip(hits.tolist(), base_hits.tolist(), strict=True):
        tested = compare.shares(one, n, other, base_n)
        found += tested is not None and tested.p < 0.05
    # The approximation itself is off by a few points where a group is small and its share at the edge.
    assert 0.76 <= found / 4_000 <= 0.86


def test_a_larger_group_finds_less_and_a_smaller_alpha_more() -> None:
    usual = detectable(400, 100, 0.5)
    assert usual is not None
    assert detectable(4_000, 1_000, 0.5) < usual  # type: ignore[operator]
    assert detectable(400, 100, 0.5, alpha=0.01) > usual  # type: ignore[operator]
    assert detectable(400, 100, 0.5, power=0.95) > usual  # type: ignore[operator]


@pytest.mark.parametrize(("n", "base_n", "base"), [(0, 10, 0.5), (10, 0, 0.5), (50, 50, 1.0), (3, 3, 0.9)])
def test_where_nothing_can_be_found_nothing_is_promised(n: int, base_n: int, base: float) -> None:
    assert detectable(n, base_n, base) is None


def test_uneven_arms_are_called_out_for_nothing_once_in_a_thousand() -> None:
    rng = np.random.default_rng(11)
    treated = rng.binomial(1_000, 0.8, 40_000)
    alarms = sum((mismatch((one, 1_000 - one), (0.8, 0.2)) or 1.0) < ALARM for one in treated.tolist())
    assert 0.0004 <= alarms / 40_000 <= 0.0018
