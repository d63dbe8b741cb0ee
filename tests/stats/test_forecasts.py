"""Forecasts of yes or no: how they rank, whether they keep their word, and how they are made to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from emptychair.stats.ranking import auc, average_precision, lift
from emptychair.stats.recalibrating import ISOTONIC_FROM, recalibrated
from emptychair.stats.reliability import brier, calibration_error, perfect_error, reliability


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_ranks_are_those_of_a_library_ties_and_all(rows: list[tuple[int, bool]]) -> None:
    scores, cases = np.array([float(score) for score, _ in rows]), np.array([case for _, case in rows])
    if cases.all() or not cases.any():
        assert auc(scores, cases) is None
        return
    area, precision = auc(scores, cases), average_precision(scores, cases)
    assert area is not None
    assert precision is not None
    assert area.value == pytest.approx(roc_auc_score(cases, scores))
    assert precision.value == pytest.approx(average_precision_score(cases, scores))
    for found in (area, precision):
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert brier(scores / 9, cases) == pytest.approx(brier_score_loss(cases, scores / 9))


def test_the_interval_of_the_area_covers_it() -> None:
    # Scores of normal people one deviation apart: the area is the normal distribution at 1 / √2.
    rng, truth, covered = np.random.default_rng(4), 0.7602499389, 0
    for _ in range(400):
        cases = np.arange(300) < 60
        found = auc(rng.normal(cases.astype(float)), cases)
        assert found is not None
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_shuffled_outcomes_cannot_be_foreseen() -> None:
    rng = np.random.default_rng(1)
    found = auc(rng.random(5_000), rng.random(5_000) < 0.2)
    assert found is not None
    assert abs(found.value - 0.5) < 0.03


def test_parts_of_people_add_up() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(1_003)
    parts = lift(scores, rng.random(1_003) < scores)
    assert sum(part.people for part in parts) == 1_003
    assert parts[0].rate > parts[-1].rate
    assert [part.score for part in parts] == sorted((part.score for part in parts), reverse=True)


@pytest.mark.parametrize(("n", "published"), [(500, 0.049), (2_000, 0.027), (10_000, 0.0125)])
def test_the_error_of_a_perfect_forecaster_is_the_published_one(n: int, published: float) -> None:
    # numbers.md names the values and not the chances: those of a churn of one in ten come to within a tenth.
    rng = np.random.default_rng(3)
    assert perfect_error(rng.beta(1, 9, n), rng) == pytest.approx(published, rel=0.12)


def test_a_right_forecaster_keeps_their_word_and_a_wrong_one_does_not() -> None:
    rng, kept = np.random.default_rng(5), 0
    for _ in range(100):
        chances = rng.beta(1, 6, 800)
        kept += reliability(chances, rng.random(800) < chances, rng).keeps_its_word
    assert kept >= 95
    chances = rng.beta(1, 6, 3_000)
    assert not reliability(chances, rng.random(3_000) < chances * 0.6, rng).keeps_its_word


@pytest.mark.parametrize("n", [600, 40 * ISOTONIC_FROM])
def test_forecasts_that_are_too_sure_are_set_right_on_others(n: int) -> None:
    rng = np.random.default_rng(6)
    truth = rng.normal(-2, 1.2, n)
    cases = rng.random(n) < expit(truth)
    curve = recalibrated(2.5 * truth + 1, cases)
    assert curve.method == ("beta" if n == 600 else "isotonic")
    fresh = rng.normal(-2, 1.2, 20_000)
    chances = curve.chances(2.5 * fresh + 1)
    assert (np.diff(chances[np.argsort(fresh)]) >= 0).all()
    assert calibration_error(chances, rng.random(20_000) < expit(fresh)) < (0.03 if n == 600 else 0.01)
    low, high = curve.band(2.5 * fresh + 1)
    assert ((low <= chances) & (chances <= high)).all()
    assert np.mean((low <= expit(fresh)) & (expit(fresh) <= high)) > 0.85


def test_one_outcome_cannot_set_forecasts_right() -> None:
    with pytest.raises(ValueError, match="some not"):
        recalibrated(logit(np.array([0.2, 0.4])), np.array([True, True]))
