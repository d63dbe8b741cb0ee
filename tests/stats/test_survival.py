"""Kaplan-Meier against published values, against lifelines, and against itself."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from numpy.typing import NDArray

from emptychair.stats.survival import Survival, kaplan_meier, kaplan_meier_from_counts

spells = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 4)), min_size=1, max_size=40)


@pytest.fixture(autouse=True)
def _numpy_as_we_found_it() -> Iterator[None]:
    """lifelines turns numpy's warnings off for the whole process."""
    with np.errstate():
        yield


def fitted(*arrays: Any, **options: Any) -> Survival:
    curve = kaplan_meier(*arrays, **options)
    assert curve is not None
    return curve


def assert_as_lifelines(curve: Survival, peer: KaplanMeierFitter) -> None:
    """Equal at every time; the band where it has a width in lifelines, which draws none at 1 and at 0."""
    rows = np.searchsorted(peer.timeline, curve.times)
    np.testing.assert_array_equal(peer.timeline[rows], curve.times)
    np.testing.assert_allclose(curve.share, peer.survival_function_.to_numpy()[rows, 0], rtol=0, atol=1e-12)
    moving = (curve.share > 0) & (curve.share < 1)
    band = peer.confidence_interval_.to_numpy()[rows][moving]
    np.testing.assert_allclose(np.column_stack((curve.low, curve.high))[moving], band, rtol=0, atol=1e-9)
    median = curve.median()
    assert (np.inf if median is None else median) == peer.median_survival_time_


def telco(data: Path) -> pd.DataFrame:
    with gzip.open(data / "telco" / "Telco-Customer-Churn.csv.gz") as file:
        return pd.read_csv(file)


def test_the_contracts_of_a_telephone_company_survive_as_published(data: Path) -> None:
    published = json.loads((data / "reference_values.json").read_text())["km_telco"]
    contracts = telco(data)
    curve = fitted(contracts["tenure"], contracts["Churn"] == "Yes")
    assert {month: round(curve.at(int(month)) or 0, 6) for month in published["S"]} == published["S"]
    year = curve.interval_at(12)
    assert year is not None
    assert [round(year.low, 6), round(year.high, 6)] == published["ci95_at_12"]
    assert curve.median() is None


@pytest.mark.parametrize("n", [1, 2, 30, 2000])
def test_continuous_lives_give_the_curve_of_lifelines(n: int) -> None:
    rng = np.random.default_rng(n)
    durations, ended = rng.weibull(0.8, n) * 40, rng.random(n) < 0.6
    assert_as_lifelines(fitted(durations, ended), KaplanMeierFitter().fit(durations, ended))


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.float64, np.float32])
def test_lives_in_whole_months_with_many_ties_give_the_curve_of_lifelines(dtype: type) -> None:
    rng = np.random.default_rng(3)
    durations, ended = rng.integers(0, 72, 3000).astype(dtype), rng.random(3000) < 0.3
    assert_as_lifelines(fitted(durations, ended), KaplanMeierFitter().fit(durations, ended))


def test_whole_times_too_far_apart_for_bins_give_the_same_curve() -> None:
    rng = np.random.default_rng(4)
    durations, ended = rng.integers(0, 90, 500), rng.random(500) < 0.5
    near, far = fitted(durations, ended), fitted(durations * 1_000_000, ended)
    np.testing.assert_array_equal(far.times, near.times * 1_000_000)
    np.testing.assert_array_equal(far.share, near.share)


@pytest.mark.parametrize("whole", [True, False])
def test_weighted_lives_give_the_curve_of_lifelines(whole: bool) -> None:
    rng = np.random.default_rng(5)
    durations = rng.integers(1, 30, 400) / (1 if whole else 7)
    ended, weights = rng.random(400) < 0.5, rng.integers(1, 9, 400)
    peer = KaplanMeierFitter().fit(durations, ended, weights=weights)
    assert_as_lifelines(fitted(durations, ended, weights=weights), peer)


def test_late_entries_give_the_curve_of_lifelines() -> None:
    rng = np.random.default_rng(6)
    entries = np.where(rng.random(800) < 0.4, 0.0, rng.uniform(0, 20, 800))
    durations, ended = entries + rng.weibull(1.2, 800) * 25, rng.random(800) < 0.6
    peer = KaplanMeierFitter().fit(durations, ended, entry=entries)
    assert_as_lifelines(fitted(durations, ended, entries), peer)


def test_one_who_enters_at_the_moment_of_an_ending_was_not_at_risk_of_it() -> None:
    # R's Surv(start, stop) is (start, stop]; lifelines counts the newcomer, so it gets a hair's breadth.
    durations, ended, entries = [4, 6, 8, 9], [True, True, True, False], [0, 0, 4, 4]
    peer = KaplanMeierFitter().fit(durations, ended, entry=np.array([0, 0, 4 + 1e-9, 4 + 1e-9]))
    curve = fitted(durations, ended, entries)
    assert curve.share.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6, 1 / 6])
    assert curve.at_risk.tolist() == [2, 3, 2, 1]
    assert_as_lifelines(curve, peer)


def test_where_observation_runs_dry_the_curve_stops_and_says_so() -> None:
    all_ended = fitted([2, 3, 9, 9], [True, True, True, False], [0, 0, 5, 5])
    assert (all_ended.times.tolist(), all_ended.ran_dry_at) == ([2.0], 3.0)
    assert (all_ended.at(2.9), all_ended.at(3)) == (0.5, None)
    all_lost = fitted([2, 3, 9, 9], [True, False, True, False], [0, 0, 5, 5])
    assert (all_lost.times.tolist(), all_lost.ran_dry_at) == ([2.0, 3.0], 3.0)
    assert (all_lost.at(3), all_lost.at(3.1)) == (0.5, None)
    assert kaplan_meier([2, 9], [True, True], [1, 5]) is None


def test_lives_watched_from_some_age_on_say_nothing_of_earlier_ages() -> None:
    curve = fitted([7, 9, 12], [True, False, True], [3, 4, 3])
    assert curve.since == 3
    assert curve.at(2) is None
    assert curve.at(3) == 1


def test_nobody_gives_no_curve() -> None:
    assert kaplan_meier([], []) is None
    assert kaplan_meier([5, 5], [True, False], [5, 5]) is None
    assert kaplan_meier([5], [True], weights=[0]) is None
    assert kaplan_meier_from_counts([], [], []) is None
    assert kaplan_meier_from_counts([3], [0], [0]) is None


def test_when_nobody_ended_the_curve_is_1_and_its_band_is_not() -> None:
    curve = fitted([3, 5, 9], [False] * 3)
    assert curve.share.tolist() == [1, 1, 1]
    assert (curve.low < 1).all()
    assert (curve.high == 1).all()
    assert curve.median() is None
    assert curve.median_interval() is None
    assert curve.at(10) is None


def test_when_everybody_ended_at_once_the_curve_is_0_and_its_band_is_not() -> None:
    curve = fitted([0] * 20, [True] * 20)
    assert curve.at(0) == 0
    assert curve.at(100) == 0
    assert curve.median() == 0
    assert curve.high.tolist() == pytest.approx([0.1611], abs=1e-4)  # Wilson's of 0 in 20


def test_when_everybody_ended_the_last_share_is_0_and_stays_0() -> None:
    curve = fitted([1, 2, 3, 4], [True] * 4)
    assert curve.share.tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert curve.median() == 2
    assert curve.at(99) == 0
    assert curve.low[-1] == 0 < curve.high[-1] == curve.high[-2]


def test_a_half_that_is_missed_by_a_rounding_error_is_a_half() -> None:
    durations = np.arange(1, 101)
    assert fitted(durations, np.ones(100, dtype=bool)).median() == 50


def test_few_spells_have_a_curve_but_no_interval() -> None:
    few = fitted([1, 2, 3], [True, False, True])
    assert few.at(1) == pytest.approx(2 / 3)
    assert few.interval_at(1) is None
    assert few.interval_at(1, minimum_n=3) is not None
    assert few.sure_until() is None
    assert few.sure_until(2) == 2


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        (([1, -1], [True, True]), "not negative"),
        (([1, np.nan], [True, True]), "not negative"),
        (([1, np.inf], [True, True]), "finite"),
        (([1, 2], [True]), "one ending per spell"),
        (([1, 2], [True, 2]), "did not"),
        (([1, 2], [True, True], [0, 3]), "before it enters"),
        (([1, 2], [True, True], [0, np.nan]), "each a number"),
        (([1, 2], [True, True], None, [1, 0.5]), "whole numbers"),
        (([1, 2], [True, True], None, [1, -1]), "none of them negative"),
    ],
)
def test_impossible_spells_are_refused(arrays: tuple[Any, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        kaplan_meier(*arrays)


def test_spells_lost_at_the_time_they_entered_change_nothing() -> None:
    plain = kaplan_meier_from_counts([0, 3, 5, 8], [0, 0, 1, 1], [0, 0, 0, 1], [2, 1, 0, 0])
    fleeting = kaplan_meier_from_counts([0, 2, 3, 5, 8], [0, 0, 0, 1, 1], [0, 4, 0, 0, 1], [2, 4, 1, 0, 0])
    assert plain is not None
    assert fleeting is not None
    assert fleeting.at(8) == plain.at(8) == pytest.approx(1 / 3)
    only = kaplan_meier_from_counts([2, 3, 5], [0, 0, 1], [4, 0, 1], [4, 2, 0])
    assert only is not None
    assert (only.times.tolist(), only.at_risk.tolist(), only.since, only.n) == ([5.0], [2], 3.0, 2)
    assert kaplan_meier_from_counts([2], [0], [4], [4]) is None


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="each before it ends"):
        kaplan_meier_from_counts([3], [1], [0], [1])
    with pytest.raises(ValueError, match="each before it ends"):
        kaplan_meier_from_counts([1, 2], [1, 0], [0, 1], [0, 2])
    with pytest.raises(ValueError, match="not negative"):
        kaplan_meier_from_counts([-1], [1], [0])


def columns(rows: list[tuple[int, bool, int]]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return (
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([row[2] for row in rows]),
    )


def assert_same(one: Survival, other: Survival) -> None:
    np.testing.assert_array_equal(one.times, other.times)
    np.testing.assert_array_equal(one.at_risk, other.at_risk)
    np.testing.assert_array_equal(one.events, other.events)
    np.testing.assert_array_equal(one.share, other.share)
    np.testing.assert_array_equal(one.low, other.low)
    np.testing.assert_array_equal(one.high, other.high)
    assert (one.n, one.since, one.ran_dry_at) == (other.n, other.since, other.ran_dry_at)


@given(spells, st.randoms())
def test_the_order_of_the_spells_does_not_matter(rows: list[tuple[int, bool, int]], random: Any) -> None:
    durations, ended, weights = columns(rows)
    order = random.sample(range(len(rows)), len(rows))
    shuffled = fitted(durations[order], ended[order], None, weights[order])
    assert_same(fitted(durations, ended, None, weights), shuffled)


@given(spells, st.sampled_from([1, 7]))
def test_a_weight_is_so_many_equal_spells(rows: list[tuple[int, bool, int]], unit: int) -> None:
    durations, ended, weights = columns(rows)
    repeated = fitted(np.repeat(durations / unit, weights), np.repeat(ended, weights))
    assert_same(fitted(durations / unit, ended, None, weights), repeated)


@given(spells)
def test_counts_by_time_give_the_curve_of_the_spells(rows: list[tuple[int, bool, int]]) -> None:
    durations, ended, weights = columns(rows)
    counted = kaplan_meier_from_counts(durations, weights * ended, weights * ~ended)
    assert counted is not None
    assert_same(fitted(durations, ended, None, weights), counted)


@given(spells)
def test_entering_at_the_beginning_is_no_late_entry(rows: list[tuple[int, bool, int]]) -> None:
    durations, ended, _ = columns(rows)
    assert_same(fitted(durations, ended), fitted(durations, ended, np.zeros(len(rows))))


@given(spells, st.integers(1, 11))
def test_a_spell_cut_in_two_tells_the_same(rows: list[tuple[int, bool, int]], cut: int) -> None:
    durations, ended, _ = columns(rows)
    late = durations > cut
    both = fitted(
        np.concatenate((np.minimum(durations, cut), durations[late])),
        np.concatenate((ended & ~late, ended[late])),
        np.concatenate((np.zeros(len(rows)), np.full(late.sum(), cut))),
    )
    whole = fitted(durations, ended)
    shared = np.isin(both.times, whole.times)
    np.testing.assert_array_equal(both.share[shared], whole.share)
    np.testing.assert_array_equal(both.high[shared], whole.high)


@given(spells, st.integers(1, 5))
def test_ages_counted_from_an_earlier_beginning_shift_the_curve(
    rows: list[tuple[int, bool, int]], shift: int
) -> None:
    durations, ended, _ = columns(rows)
    durations, entries = durations + 2, np.ones(len(rows))
    one, later = fitted(durations, ended, entries), fitted(durations + shift, ended, entries + shift)
    np.testing.assert_array_equal(one.share, later.share)
    np.testing.assert_array_equal(one.times + shift, later.times)
    assert later.since == one.since + shift


@given(spells)
def test_counts_with_entries_give_the_curve_of_the_spells(rows: list[tuple[int, bool, int]]) -> None:
    durations, ended, entries = columns(rows)
    durations = durations + entries + 1
    times = np.arange(durations.max() + 1)
    tallies = [
        np.bincount(values, minlength=len(times)) for values in (durations[ended], durations[~ended], entries)
    ]
    curve, counted = kaplan_meier(durations, ended, entries), kaplan_meier_from_counts(times, *tallies)
    assert (curve is None) == (counted is None)
    if curve is not None and counted is not None:
        assert_same(curve, counted)


def test_the_restricted_mean_is_the_area_under_the_curve() -> None:
    curve = fitted([1, 2, 3, 4], [True, True, False, True])
    until_4 = curve.restricted_mean(4)
    assert until_4 is not None
    assert until_4.value == pytest.approx(1 + 0.75 + 0.5 + 0.5)
    assert curve.restricted_mean(0) is None
    assert fitted([1, 2], [True, False]).restricted_mean(3) is None
    everybody = fitted([2, 4, 6], [True] * 3).restricted_mean(10)
    assert everybody is not None
    assert everybody.value == pytest.approx(4)
    # Without censoring Greenwood's variance of the mean is that of the sample, with divisor n.
    assert everybody.high - 4 == pytest.approx(1.959964 * np.sqrt(8 / 3 / 3), rel=1e-6)


@pytest.mark.parametrize("n", [15, 30, 50])
@pytest.mark.parametrize("age", [3.0, 7.0, 14.0])
def test_the_band_of_few_spells_covers_92_times_in_100(n: int, age: float) -> None:
    assert band_coverage(n, age, 1500) >= 0.92


@pytest.mark.parametrize("age", [3.0, 7.0, 14.0])
def test_the_band_of_many_spells_covers_95_times_in_100(age: float) -> None:
    assert 0.935 <= band_coverage(200, age, 2500) <= 0.965


def band_coverage(n: int, age: float, rounds: int) -> float:
    """Of lives with mean 10, watched for 0 to 40: how often the band at `age` holds the true share."""
    rng = np.random.default_rng([n, int(age)])
    covered = []
    for _ in range(rounds):
        lives, watched = rng.exponential(10, n), rng.uniform(0, 40, n)
        found = fitted(np.minimum(lives, watched), lives <= watched).interval_at(age)
        if found is not None:
            covered.append(found.low <= np.exp(-age / 10) <= found.high)
    assert len(covered) >= 0.8 * rounds
    return float(np.mean(covered))


def test_the_intervals_of_the_median_and_the_mean_cover_95_times_in_100() -> None:
    rng = np.random.default_rng(12)
    medians, means = [], []
    for _ in range(1500):
        lives, watched = rng.exponential(10, 200), rng.uniform(0, 40, 200)
        curve = fitted(np.minimum(lives, watched), lives <= watched)
        median, mean = curve.median_interval(), curve.restricted_mean(12)
        assert median is not None
        assert mean is not None
        medians.append(median[0] <= 10 * np.log(2) <= (median[1] or np.inf))
        means.append(mean.low <= 10 * (1 - np.exp(-1.2)) <= mean.high)
    assert 0.935 <= np.mean(medians) <= 0.965
    assert 0.935 <= np.mean(means) <= 0.965
