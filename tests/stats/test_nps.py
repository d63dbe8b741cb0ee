"""The net promoter score: its value, its interval, and how often that holds."""

from functools import cache
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.stats.nps import nps, nps_from_scores
from tests.stats.coverage import trinomial


def adjusted_wald(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    score = nps(promoters, passives, detractors, minimum_n=1)
    assert score is not None
    return score.low, score.high


def wald(promoters: int, passives: int, detractors: int) -> tuple[float, float]:
    n = promoters + passives + detractors
    top, bottom = promoters / n, detractors / n
    half = 1.959964 * sqrt((top + bottom - (top - bottom) ** 2) / n)
    return 100 * (top - bottom - half), 100 * (top - bottom + half)


POPULATIONS = [(0.6, 0.1), (0.85, 0.05), (0.33, 0.33), (0.2, 0.6), (0.75, 0.05), (0.45, 0.15), (0.05, 0.05)]


def test_the_interval_of_five_answers_covers_as_published() -> None:
    # MeasuringU: at n = 5 Wald covers about 55 %, adjusted Wald about 92 %; here exactly, for a score of 75.
    top, bottom = 0.85, 0.1
    truth = 100 * (top - bottom)
    assert trinomial(wald, 5, top, bottom, truth) == pytest.approx(0.55, abs=0.02)
    assert trinomial(adjusted_wald, 5, top, bottom, truth) == pytest.approx(0.92, abs=0.02)


@pytest.mark.parametrize("n", [10, 15, 30, 50])
@pytest.mark.parametrize(("top", "bottom"), POPULATIONS)
def test_the_interval_of_few_answers_covers_92_times_in_100(n: int, top: float, bottom: float) -> None:
    assert trinomial(cache(adjusted_wald), n, top, bottom, 100 * (top - bottom)) >= 0.92


@pytest.mark.parametrize(("top", "bottom"), POPULATIONS)
def test_the_interval_of_many_answers_covers_95_times_in_100(top: float, bottom: float) -> None:
    assert 0.935 <= trinomial(cache(adjusted_wald), 200, top, bottom, 100 * (top - bottom)) <= 0.965


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_score_lies_in_its_interval_and_mirrors_when_ends_are_swapped(
    promoters: int, passives: int, detractors: int
) -> None:
    score, mirrored = nps(promoters, passives, detractors), nps(detractors, passives, promoters)
    if score is None or mirrored is None:
        assert promoters + passives + detractors < 10
        return
    assert -100 <= score.low <= score.value <= score.high <= 100
    assert mirrored.value == -score.value
    assert (mirrored.low, mirrored.high) == pytest.approx((-score.high, -score.low))


def test_counts_by_score_give_the_same_as_counts_by_group() -> None:
    assert nps_from_scores([1, 0, 2, 0, 0, 4, 8, 10, 15, 40, 20]) == nps(60, 25, 15)


def test_nine_answers_are_not_enough() -> None:
    assert nps(9, 0, 0) is None
    assert nps_from_scores([0] * 11) is None
    assert nps(0, 0, 0, minimum_n=0) is None


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        nps(20, -1, 3)
    with pytest.raises(ValueError, match="eleven counts"):
        nps_from_scores([1, 2, 3])
