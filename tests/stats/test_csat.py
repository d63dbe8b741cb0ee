"""Satisfaction and effort from how often each score was given."""

from decimal import Decimal

import pytest

from emptychair.stats.csat import csat, effort, scores_mean
from emptychair.stats.intervals import scale_mean, wilson


def test_the_two_top_boxes_are_a_share() -> None:
    assert csat({1: 5, 2: 5, 3: 10, 4: 40, 5: 40}) == wilson(80, 100)
    assert csat({5: 1, 6: 20, 7: 30, 1: 49}, highest=7) == wilson(50, 100)
    assert csat({4: 5, 5: 4}) is None


def test_a_score_above_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="above the scale's end"):
        csat({3: 20, 9: 1})


def test_means_of_counts_are_means_of_sums() -> None:
    assert scores_mean({1: 10, 3: 20, 5: 70}, lowest=1, highest=5) == scale_mean(
        420, 1940, 100, lowest=1, highest=5
    )
    halves = scores_mean({Decimal("4.5"): 30, Decimal("3.5"): 10}, lowest=1, highest=5)
    assert halves is not None
    assert halves.value == 4.25
    assert scores_mean({}, lowest=1, highest=5) is None


def test_effort_is_a_mean_within_1_to_7() -> None:
    easy = effort(70 * 7, 70 * 49, 70)
    assert easy is not None
    assert (easy.value, easy.high) == (7, 7)
    assert 6 < easy.low < 7
