"""Growth against a series' own history: exact without dispersion, never too sure of itself with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from emptychair.stats.growth import GAP, LONGEST, growth

WEEK = np.array([1.0, 1.2, 1.1, 1.0, 0.9, 0.5, 0.4])


def counted(rng: np.random.Generator, days: int, mean: float, alpha: float, persists: int) -> tuple:
    """Nothing new: exposure grows and has a week, and so has the rate; noise lasts `persists` days."""
    day = np.arange(days)
    exposure = rng.poisson(50 * np.exp(0.7 * day / days) * WEEK[day % 7]).astype(float)
    rate = exposure * mean / 50 * np.where(day % 7 >= 5, 1.6, 1.0)
    if alpha:
        blocks = days // persists + 2
        rate = rate * np.repeat(rng.gamma(1 / alpha, alpha, blocks), persists)[:days]
    return rng.poisson(rate).astype(float), exposure


@pytest.mark.parametrize("days", [7, 28, 84])
@pytest.mark.parametrize("length", [200, 448, 700])
@pytest.mark.parametrize(
    ("mean", "alpha", "persists"), [(0.3, 0, 1), (4, 0, 1), (4, 0.5, 1), (4, 0.2, 7), (0.3, 1, 7)]
)
def test_of_series_with_nothing_new_no_more_stand_out_than_promised(
    days: int, length: int, mean: float, alpha: float, persists: int
) -> None:
    rng = np.random.default_rng([days, length, round(10 * mean), round(10 * alpha)])
    runs = 400
    found = [growth(*counted(rng, length, mean, alpha, persists), days=days) for _ in range(runs)]
    p = np.array([one.p for one in found if one is not None])
    assert len(p) == runs
    for level in (0.05, 0.01):
        most = runs * level + 3.3 * np.sqrt(runs * level)
        assert (p <= level).sum() <= most, (level, (p <= level).mean())


def test_without_dispersion_it_is_the_exact_test_of_two_poisson_rates() -> None:
    """With equal exposure the share of the window is binomial: scipy.stats.binomtest is the reference."""
    rng = np.random.default_rng(5)
    days = LONGEST + GAP
    history = np.full(days, 2.0)
    history[-GAP:] = rng.poisson(2.0, GAP)
    history[-7:] = 4
    found = growth(history, np.full(days, 10.0), days=7)
    assert found is not None
    assert found.dispersion == 0
    exact = binomtest(28, 2 * LONGEST + 28, 7 / (LONGEST + 7), alternative="greater").pvalue
    assert found.p == pytest.approx(exact, rel=1e-9)


def test_weekdays_are_no_growth() -> None:
    """A series of weekends alone: three days that end on a Sunday hold all that a week has."""
    days = LONGEST + GAP
    weekend = np.where(np.arange(days) % 7 >= 5, 10.0, 0.0)
    exposure = np.where(np.arange(days) % 7 >= 5, 30.0, 100.0)
    # In the last week people speak on weekends alone: the exposure falls, the expectation hardly.
    exposure[-7:-2] = 0
    found = growth(weekend, exposure, days=7)
    assert found is not None
    assert found.expected == pytest.approx(20, rel=0.1)
    assert found.p > 0.3


def test_a_season_like_the_last_one_is_no_growth_and_one_five_times_as_large_is() -> None:
    rng = np.random.default_rng(11)
    days = 2 * 364
    # The middle of the last four weeks is that of the season.
    season = 2 * (1 + 0.5 * np.cos(2 * np.pi * (np.arange(days) - days + 14) / 364))
    exposure = np.full(days, 200.0)
    counts = rng.poisson(season).astype(float)
    same = growth(counts, exposure, days=28)
    counts[-28:] = rng.poisson(5 * season[-28:])
    larger = growth(counts, exposure, days=28)
    assert same is not None
    assert larger is not None
    assert same.season is not None
    assert same.season > 1.2
    assert same.p > 0.05
    assert larger.p < 0.001
    # Without the year before nobody can know.
    young = growth(counts[-300:], exposure[-300:], days=28)
    assert young is not None
    assert young.season is None


def test_a_slow_rise_is_no_dispersion_and_is_found() -> None:
    """From nothing to one a day in 30 weeks, 10 % more each week."""
    days = 500
    rate = np.where(np.arange(days) >= days - 210, 0.06 * 1.1 ** ((np.arange(days) - days + 210) / 7), 0)
    counts = np.random.default_rng(2).poisson(rate).astype(float)
    exposure = np.full(days, 80.0)
    found = growth(counts, exposure, days=84)
    assert found is not None
    assert found.p < 1e-4
    # Against what was before it rose, it is as clear as it is.
    fixed = growth(counts, exposure, days=84, before=days - 210)
    assert fixed is not None
    assert fixed.p < found.p
    assert fixed.expected < found.expected


def test_what_was_never_seen_has_no_ratio() -> None:
    days = LONGEST + GAP
    counts = np.zeros(days)
    counts[-6:] = 1
    found = growth(counts, np.full(days, 20.0), days=7)
    assert found is not None
    assert (found.observed, found.expected, found.ratio, found.high) == (6, 0, None, None)
    assert found.low > 1
    assert found.p == pytest.approx((7 / (LONGEST + 7)) ** 6, rel=1e-6)


def test_too_little_history_is_no_answer() -> None:
    flat = np.full(111, 3.0)
    assert growth(flat, np.full(111, 10.0), days=7) is None
    # Days before anybody could have been counted are none.
    long = np.concatenate([np.zeros(300), flat])
    assert growth(long, np.concatenate([np.zeros(300), np.full(111, 10.0)]), days=7) is None
    assert growth(np.full(119, 3.0), np.full(119, 10.0), days=7) is not None
    with pytest.raises(ValueError, match="whole weeks"):
        growth(flat, flat, days=5)


@given(st.integers(0, 30), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_more_people_are_never_less_clear(seen: int, more: int, seed: int) -> None:
    days = LONGEST + GAP
    counts = np.random.default_rng(seed).poisson(0.5, days).astype(float)
    exposure = np.full(days, 40.0)
    counts[-28:] = 0
    counts[-1] = seen
    before = growth(counts, exposure, days=28)
    counts[-1] = seen + more
    after = growth(counts, exposure, days=28)
    assert before is not None
    assert after is not None
    assert after.p <= before.p
    assert after.low >= before.low
    assert after.ratio is not None
    assert after.high is not None
    assert after.low <= after.ratio <= after.high
