import numpy as np
import pytest

from emptychair.stats.intervals import wilson
from emptychair.stats.turnover import net_retention


@pytest.mark.parametrize(
    ("there", "share", "passing"), [(50, 0.8, 3.0), (400, 0.9, 20.0), (1_000, 0.6, 200.0), (30, 0.5, 0.2)]
)
def test_the_interval_covers_the_truth_as_often_as_it_says(there: int, share: float, passing: float) -> None:
    rng = np.random.default_rng(11)
    retained, passed = rng.binomial(there, share, 4_000), rng.poisson(passing, 4_000)
    truth, covered = share - passing / there, 0
    for kept, gone in zip(retained.tolist(), passed.tolist(), strict=True):
        found = net_retention(there, kept, gone)
        assert found is not None
        assert found.low <= found.value <= found.high
        covered += found.low <= truth <= found.high
    assert 0.935 <= covered / 4_000 <= 0.985


def test_it_is_the_share_who_stayed_when_nobody_came_and_went() -> None:
    net, share = net_retention(100, 80, 0), wilson(80, 100)
    assert net is not None
    assert share is not None
    assert (net.value, net.high) == (share.value, pytest.approx(share.high))
    assert net.low < share.low


def test_it_may_be_below_zero_and_says_nothing_of_a_few() -> None:
    below = net_retention(10, 2, 9)
    assert below is not None
    assert below.value == -0.7
    assert net_retention(9, 9, 0) is None
