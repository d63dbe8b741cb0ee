"""Rates drawn to what is usual: nearer to what comes than the plain ones, and right in sum."""

import numpy as np
import pytest

from emptychair.stats.credibility import credible_rates


def test_rates_are_nearer_to_the_truth_and_right_in_sum() -> None:
    rng = np.random.default_rng(1)
    truth = rng.gamma(9, 5, 2_000)
    months = rng.integers(1, 13, 2_000)
    paid = [rng.gamma(1, of, n) for of, n in zip(truth, months, strict=True)]
    sums, squares = (np.array([(one**power).sum() for one in paid]) for power in (1, 2))
    drawn = credible_rates(sums, squares, months, months)
    plain = sums / months
    for least, most in ((1, 3), (4, 12)):
        those = (least <= months) & (months <= most)
        assert np.square(drawn - truth)[those].mean() < 0.7 * np.square(plain - truth)[those].mean()
    assert drawn.mean() == pytest.approx(truth.mean(), rel=0.03)


def test_where_amounts_do_not_vary_each_is_believed_and_where_people_do_not_nobody() -> None:
    assert credible_rates([120, 240], [1_200, 4_800], [12, 12], [12, 12]).tolist() == [10.0, 20.0]
    assert credible_rates([10, 20], [100, 400], [1, 1], [1, 1]).tolist() == [10.0, 20.0]
    assert credible_rates([], [], [], []).tolist() == []
    alike = credible_rates([100, 110, 90], [2_000, 2_210, 1_810], [10, 10, 10], [10, 10, 10])
    assert alike == pytest.approx([10.0, 10.0, 10.0])
