"""A surge of some days against a series' own history: no more false ones than promised."""

import numpy as np
import pytest
from scipy.stats import binomtest

from emptychair.stats.surge import GAP, LONGEST, SHORTEST, Side, surge

WEEK = np.array([1.0, 1.2, 1.1, 1.0, 0.9, 0.5, 0.4])


def counted(rng: np.random.Generator, days: int, mean: float, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Nothing new: exposure grows and has a week, and so has the rate."""
    day = np.arange(days)
    exposure = rng.poisson(50 * np.exp(0.7 * day / days) * WEEK[day % 7]).astype(float)
    rate = exposure * mean / 50 * np.where(day % 7 >= 5, 1.6, 1.0)
    if alpha:
        rate = rate * rng.gamma(1 / alpha, alpha, days)
    return rng.poisson(rate).astype(float), exposure


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("days", [1, 3, 7])
@pytest.mark.parametrize(("mean", "alpha"), [(0.3, 0), (4, 0), (4, 0.3), (40, 0.05)])
def test_of_series_with_nothing_new_no_more_stand_out_than_promised(
    side: Side, days: int, mean: float, alpha: float
) -> None:
    rng = np.random.default_rng([days, round(10 * mean), round(100 * alpha)])
    runs = 600
    found = [surge(*counted(rng, 150, mean, alpha), days=days, side=side) for _ in range(runs)]
    p = np.array([one.p for one in found if one is not None])
    assert len(p) == runs
    for level in (0.05, 0.01):
        most = runs * level + 3.3 * np.sqrt(runs * level)
        assert (p <= level).sum() <= most, (level, (p <= level).mean())


def test_without_dispersion_it_is_the_exact_test_of_two_poisson_rates() -> None:
    """With equal exposure the share of the window is binomial: scipy.stats.binomtest is the reference."""
    days = LONGEST + GAP + 1
    history = np.full(days, 2.0)
    history[-1] = 9
    found = surge(history, np.full(days, 10.0), days=1)
    assert found is not None
    assert found.dispersion == 0
    exact = binomtest(9, 2 * LONGEST + 9, 1 / (LONGEST + 1), alternative="greater").pvalue
    assert found.p == pytest.approx(exact, rel=1e-9)


def test_a_day_of_the_week_is_no_surge_and_no_fall() -> None:
    days = 20 * 7
    counts = np.tile(WEEK * 40, 20)
    exposure = np.full(days, 100.0)
    for side in Side:
        found = surge(counts, exposure, days=1, side=side)
        assert found is not None
        assert found.expected == pytest.approx(16, rel=0.1), "a Sunday"
        assert found.p > 0.2


def test_what_falls_is_found_and_its_interval_is_below_one() -> None:
    counts, exposure = np.full(140, 50.0), np.full(140, 100.0)
    counts[-2:] = 20
    found = surge(counts, exposure, days=1, side=Side.LESS)
    assert found is not None
    assert found.p < 1e-4
    assert found.high is not None
    assert found.high < 1
    more = surge(counts, exposure, days=1)
    assert more is not None
    assert more.p > 0.99


def test_a_new_series_is_compared_with_the_usual_one() -> None:
    usual, busy = np.full(140, 4.0), np.full(140, 200.0)
    own, exposure = np.zeros(140), np.zeros(140)
    own[-1], exposure[-1] = 12, 100
    assert surge(own, exposure, days=1) is None
    found = surge(own, exposure, days=1, usual=(usual, busy))
    assert found is not None
    assert found.expected == pytest.approx(2)
    assert found.p < 1e-4


def test_days_without_exposure_are_no_history() -> None:
    """Days of a trouble that is known are left out: it is neither usual nor a spread."""
    counts, exposure = np.full(140, 2.0), np.full(140, 100.0)
    counts[60:70] = 60
    counts[-1] = 12
    with_it = surge(counts, exposure, days=1)
    counts[60:70], exposure[60:70] = 0, 0
    without = surge(counts, exposure, days=1)
    assert with_it is not None
    assert without is not None
    assert with_it.p > 0.05
    assert without.p < 1e-4
    assert without.expected == pytest.approx(2)


def test_with_a_day_before_nothing_later_is_history() -> None:
    counts, exposure = np.full(160, 2.0), np.full(160, 100.0)
    counts[-40:] = 10
    absorbed = surge(counts, exposure, days=7)
    fixed = surge(counts, exposure, days=7, before=110)
    assert absorbed is not None
    assert fixed is not None
    assert fixed.expected == pytest.approx(14)
    assert absorbed.expected > 20


def test_too_little_history_is_no_answer() -> None:
    flat, busy = np.full(SHORTEST + GAP, 3.0), np.full(SHORTEST + GAP, 10.0)
    assert surge(flat, busy, days=1) is None
    assert surge(np.append(flat, 3), np.append(busy, 10), days=1) is not None
    with pytest.raises(ValueError, match="to a week"):
        surge(flat, busy, days=8)
