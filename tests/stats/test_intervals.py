"""Intervals hold what they promise: published values, exact coverage, and sums that would cancel."""

import statistics
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.stats.intervals import mean_t, more_needed, scale_mean, variance, wilson
from tests.stats.coverage import binomial, on_scale

# Newcombe 1998 (Statistics in Medicine 17:857), method 3.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]


@pytest.mark.parametrize(("successes", "n", "low", "high"), NEWCOMBE)
def test_a_share_has_the_published_wilson_interval(successes: int, n: int, low: float, high: float) -> None:
    estimate = wilson(successes, n)
    assert estimate is not None
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


def test_one_success_reaches_down_to_the_poisson_bound() -> None:
    # Brown, Cai and DasGupta 2001, section 4.1.1: for x = 1 the bound is -log(1 - alpha) / n.
    estimate = wilson(1, 29)
    assert estimate is not None
    assert estimate.low == pytest.approx(-np.log(0.95) / 29)
    assert round(estimate.high, 4) == 0.1718


@given(st.integers(10, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_and_the_failures_mirror_it(counts: tuple[int, int]) -> None:
    successes, n = counts
    share, rest = wilson(successes, n), wilson(n - successes, n)
    assert share is not None
    assert rest is not None
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert (1 - rest.high, 1 - rest.low) == pytest.approx((share.low, share.high), abs=1e-12)


def wilson_coverage(n: int, share: float) -> float:
    @cache
    def bounds(successes: int) -> tuple[float, float]:
        estimate = wilson(successes, n)
        assert estimate is not None
        return estimate.low, estimate.high

    return binomial(bounds, n, share)


@pytest.mark.parametrize("n", [10, 20, 30, 40, 50])
@pytest.mark.parametrize("share", [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 0.9, 0.98])
def test_shares_of_10_to_50_people_are_covered_92_times_in_100(n: int, share: float) -> None:
    assert wilson_coverage(n, share) >= 0.92


@pytest.mark.parametrize("n", [10, 12, 15, 25, 50])
def test_no_share_of_10_to_50_people_is_covered_much_less(n: int) -> None:
    grid = [wilson_coverage(n, share) for share in np.linspace(0.001, 0.5, 250).tolist()]
    assert min(grid) >= 0.91
    assert np.mean(np.array(grid) < 0.92) <= 0.04
    assert np.mean(grid) >= 0.945


@pytest.mark.parametrize("n", [200, 500, 1000])
@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.5, 0.75, 0.9])
def test_shares_of_many_people_are_covered_95_times_in_100(n: int, share: float) -> None:
    assert 0.935 <= wilson_coverage(n, share) <= 0.965


def test_the_bound_without_its_mend_would_cover_84_times_in_100() -> None:
    def plain(successes: int) -> tuple[float, float]:
        n, square = 10, 1.959964**2
        centre = (successes + square / 2) / (n + square)
        half = np.sqrt(square) / (n + square) * np.sqrt(successes * (n - successes) / n + square / 4)
        return centre - half, centre + half

    assert binomial(plain, 10, 0.0177) == pytest.approx(0.836, abs=0.001)
    assert wilson_coverage(10, 0.0177) > 0.98


def test_below_ten_there_is_no_number() -> None:
    assert wilson(5, 9) is None
    assert mean_t(45, 300, 9) is None
    assert scale_mean(30, 120, 9, lowest=1, highest=5) is None
    assert wilson(0, 0, minimum_n=0) is None
    assert wilson(5, 9, minimum_n=5) is not None
    assert more_needed(9) == 1


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="11 of 10 is not a share"):
        wilson(11, 10)
    with pytest.raises(ValueError, match="not on the scale"):
        scale_mean(60, 400, 10, lowest=1, highest=5)
    with pytest.raises(ValueError, match="no 10 values"):
        mean_t(100, 1, 10)
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(5, 10, confidence=95)


@given(st.lists(st.integers(-5000, 5000), min_size=10, max_size=40), st.sampled_from([0, 10**9, 10**14]))
def test_the_variance_survives_a_large_common_offset(thousandths: list[int], offset: int) -> None:
    values = [Fraction(number, 1000) + offset for number in thousandths]
    found = variance(
        sum(values, Fraction(0)), sum((value * value for value in values), Fraction(0)), len(values)
    )
    assert found == pytest.approx(statistics.variance(thousandths) / 1e6, rel=1e-12)


def test_sums_rounded_on_their_way_do_not_make_a_negative_variance() -> None:
    assert variance(0.1 + 0.2, 0.03, 3) == pytest.approx(0, abs=1e-12)


def test_t_covers_unbounded_values_95_times_in_100() -> None:
    samples = np.random.default_rng(11).normal(100, 15, size=(4000, 12))
    estimates = [mean_t(float(row.sum()), float((row * row).sum()), 12) for row in samples]
    assert 0.935 <= np.mean([e is not None and e.low <= 100 <= e.high for e in estimates]) <= 0.965


# Star ratings as they are: J-shaped, delighted, divided, even, tame; and the hard ones, with rare bad scores.
STARS = {
    "j": (0.08, 0.04, 0.08, 0.2, 0.6),
    "good": (0.01, 0.02, 0.05, 0.22, 0.7),
    "delighted": (0.01, 0.01, 0.02, 0.06, 0.9),
    "divided": (0.3, 0.05, 0.05, 0.1, 0.5),
    "tame": (0.05, 0.2, 0.5, 0.2, 0.05),
    "even": (0.2, 0.2, 0.2, 0.2, 0.2),
    "angry": (0.8, 0.1, 0.05, 0.03, 0.02),
    "rarely bad": (0.03, 0.0, 0.0, 0.27, 0.7),
    "only the ends": (0.1, 0.0, 0.0, 0.0, 0.9),
}


def stars_coverage(n: int, shares: tuple[float, ...], seed: int) -> float:
    def bounds(total: int, squares: int) -> tuple[float, float]:
        estimate = scale_mean(total, squares, n, lowest=1, highest=len(shares))
        assert estimate is not None
        assert 1 <= estimate.low <= estimate.value <= estimate.high <= len(shares)
        return estimate.low, estimate.high

    return on_scale(bounds, n, shares, seed=seed)


@pytest.mark.parametrize("n", [10, 15, 20, 30, 50])
@pytest.mark.parametrize("shares", STARS.values(), ids=STARS)
def test_star_means_of_few_answers_are_covered_92_times_in_100(n: int, shares: tuple[float, ...]) -> None:
    assert stars_coverage(n, shares, seed=n) >= 0.92


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("shares", STARS.values(), ids=STARS)
def test_star_means_of_many_answers_are_covered_95_times_in_100(n: int, shares: tuple[float, ...]) -> None:
    assert 0.935 <= stars_coverage(n, shares, seed=n) <= 0.965


def test_students_interval_would_not_do_for_stars() -> None:
    def bounds(total: int, squares: int) -> tuple[float, float]:
        estimate = mean_t(total, squares, 10)
        assert estimate is not None
        return estimate.low, estimate.high

    assert on_scale(bounds, 10, STARS["delighted"], seed=1) < 0.7


def test_scores_at_the_two_ends_have_nearly_the_interval_of_a_share() -> None:
    stars, share = scale_mean(4000 + 500, 20_500, 1300, lowest=1, highest=5), wilson(800, 1300)
    assert stars is not None
    assert share is not None
    assert (stars.low - 1) / 4 == pytest.approx(share.low, abs=1e-4)
    assert (stars.high - 1) / 4 == pytest.approx(share.high, abs=1e-4)


def test_many_answers_have_nearly_students_interval() -> None:
    stars, student = scale_mean(35_000, 137_000, 10_000, lowest=1, highest=5), mean_t(35_000, 137_000, 10_000)
    assert stars is not None
    assert student is not None
    assert (stars.low, stars.high) == pytest.approx((student.low, student.high), abs=5e-4)
