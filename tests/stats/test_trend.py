"""A rise is called a rise when it is one."""

from functools import cache

import numpy as np
import pytest

from emptychair.stats.intervals import Estimate, scale_mean, wilson
from emptychair.stats.nps import Nps, nps
from emptychair.stats.trend import change

score = cache(nps)


def test_a_change_is_sure_of_its_direction_exactly_when_its_interval_leaves_out_zero() -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        before, after = (score(*row) for row in rng.multinomial(80, (0.5, 0.3, 0.2), size=2).tolist())
        found = change(before, after)
        assert found is not None
        assert (found.p < 0.05) == (not found.low <= 0 <= found.high)
        assert found.direction_confidence == pytest.approx(1 - found.p / 2)


@pytest.mark.parametrize("n", [15, 40, 200])
def test_no_change_is_called_a_change_5_times_in_100(n: int) -> None:
    rng = np.random.default_rng(n)
    rows = rng.multinomial(n, (0.5, 0.3, 0.2), size=(4000, 2)).tolist()
    false = [change(score(*before), score(*after)) for before, after in rows]
    assert np.mean([found is not None and found.p < 0.05 for found in false]) <= (0.06 if n >= 40 else 0.08)


def test_a_true_rise_of_ten_points_is_covered() -> None:
    rng = np.random.default_rng(9)
    befores = rng.multinomial(300, (0.5, 0.3, 0.2), size=3000).tolist()
    afters = rng.multinomial(250, (0.55, 0.3, 0.15), size=3000).tolist()
    found = [change(score(*before), score(*after)) for before, after in zip(befores, afters, strict=True)]
    assert 0.935 <= np.mean([f is not None and f.low <= 10 <= f.high for f in found]) <= 0.965


def test_swapping_the_periods_turns_the_change_around() -> None:
    one, two = wilson(40, 60), wilson(70, 90)
    there, back = change(one, two), change(two, one)
    assert there is not None
    assert back is not None
    assert (back.value, back.low, back.high) == (-there.value, -there.high, -there.low)
    assert back.p == there.p


def test_shares_means_and_scores_change_alike() -> None:
    measured: list[tuple[Estimate | Nps | None, Estimate | Nps | None]] = [
        (wilson(40, 60), wilson(70, 90)),
        (nps(30, 20, 10), nps(50, 30, 10)),
        (scale_mean(200, 900, 50, lowest=1, highest=5), scale_mean(220, 1000, 50, lowest=1, highest=5)),
    ]
    for before, after in measured:
        found = change(before, after)
        assert found is not None
        assert found.low < found.value < found.high
        assert found.value > 0


def test_too_few_answers_in_one_period_leave_the_change_unknown() -> None:
    assert change(nps(4, 1, 1), nps(40, 10, 10)) is None
    assert change(nps(40, 10, 10), None) is None
