"""What customers are worth: published spend, discounts as sums, and intervals that cover."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law

from emptychair.stats.ascent import Convergence
from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.likelihood import Prior
from emptychair.stats.mixture import mixture
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, Refusal, Refused, purchases
from emptychair.stats.spending import Spending, likelihood, spending
from emptychair.stats.worth import discounted, worth
from tests.stats.buyers import SPENDING, drawn
from tests.stats.shops import cdnow_customers, cdnow_orders, online_retail


def fitted(known: Purchases, model: Model = Model.BG_NBD) -> tuple[Buying, Spending]:
    bought, spent = buying(known, model), spending(known)
    assert isinstance(bought, Buying)
    assert isinstance(spent, Spending)
    return bought, spent


def test_what_cdnow_spends_is_what_was_published(data: Path) -> None:
    """Fader and Hardie (2013), note 025: p 6.25, q 3.74, v 15.44; the first ten customers."""
    for known in (cdnow_customers(data), cdnow_orders(data, until=39 * 7 - 1, unit=7)):
        found = spending(known)
        assert isinstance(found, Spending)
        assert found.fit.n == 946
        assert not found.fit.has_prior
        for name, value in {"p": 6.25, "q": 3.74, "v": 15.44}.items():
            assert found.fit.of(name) == pytest.approx(value, abs=0.01)
        assert found.fit.log_likelihood == pytest.approx(-4055.9177, abs=0.01)
        first = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
        np.testing.assert_allclose(found.expected(known)[:10], first, atol=0.011)


@settings(max_examples=40, deadline=None)
@given(at=st.tuples(*[st.floats(-2.0, 3.5)] * 3).map(np.array))
def test_the_gradient_of_spend_is_that_of_its_likelihood(at: np.ndarray) -> None:
    look = likelihood(np.array([1, 2, 2, 30]), np.array([5.0, 0.3, 80.0, 12.5]))
    differences = [(look.at(at + one)[0] - look.at(at - one)[0]) / 2e-5 for one in np.eye(3) * 1e-5]
    value, slope = look.at(at)
    np.testing.assert_allclose(slope, differences, atol=1e-5 + 1e-9 * abs(value), rtol=1e-5)


@pytest.mark.parametrize(("x", "mean"), [(1, 5.0), (3, 20.0)])
def test_the_likelihood_of_spend_is_what_integration_by_hand_gives(x: int, mean: float) -> None:
    p, q, v = 2.0, 3.0, 12.0

    def given_rate(rate: float) -> float:
        return float(gamma_law.pdf(mean, p * x, scale=1 / (rate * x)) * gamma_law.pdf(rate, q, scale=1 / v))

    value, _ = likelihood(np.array([x]), np.array([mean])).at(np.log([p, q, v]))
    assert value == pytest.approx(np.log(quad(given_rate, 0, np.inf, epsrel=1e-10)[0]), abs=1e-8)


def test_spend_is_found_again_and_its_intervals_cover() -> None:
    inside, rounds = 0, 60
    for seed in range(rounds):
        found = spending(drawn(np.random.default_rng([seed, 4]), Model.BG_NBD, 1500).known)
        assert isinstance(found, Spending)
        assert found.fit.convergence is Convergence.REACHED
        for name, true in zip(found.fit.names, SPENDING, strict=True):
            low, high = found.fit.interval(name) or (0, 0)
            inside += low <= true <= high
    assert 0.91 <= inside / (3 * rounds) <= 0.99


def test_a_tail_so_heavy_that_it_has_no_mean_is_said_to_have_none() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(1, 4, 2000)
    known = purchases(
        np.append(x, 0),
        np.append(x, 0.0),
        np.append(x + 1, 5.0),
        np.append(rng.gamma(4.0 * x) / rng.gamma(0.6, 1 / 20, 2000) / x, 0.0),
    )
    found = spending(known)
    assert isinstance(found, Spending)
    assert found.fit.of("q") < 1
    told = found.expected(known)
    assert np.isinf(told[-1])
    assert np.isfinite(told[:-1]).all()
    bought = buying(drawn(np.random.default_rng(1), Model.BG_NBD, 2000).known)
    assert isinstance(bought, Buying)
    value = worth(bought, found, known, 10)
    assert np.isinf(value.value[-1])
    assert np.isfinite(value.high).all(), "quantiles exist where means do not"


def test_without_amounts_or_with_few_there_is_no_spend() -> None:
    refused = spending(purchases([3] * 50, [4.0] * 50, [9.0] * 50))
    assert isinstance(refused, Refusal)
    assert refused.why is Refused.NO_SPEND
    few = spending(purchases([3] * 8, [4.0] * 8, [9.0] * 8, [5.0] * 8))
    assert isinstance(few, Refusal)
    assert few.needed.startswith("2 more customers")
    known = drawn(np.random.default_rng(1), Model.BG_NBD, 3000).known
    assert known.spend is not None
    amounts = known.spend.copy()
    amounts[np.flatnonzero(known.frequency)[:7]] = -3.0
    found = spending(purchases(known.frequency, known.recency, known.age, amounts))
    assert isinstance(found, Spending)
    assert found.left_out == 7


def test_spend_of_few_is_held_by_a_prior() -> None:
    few = drawn(np.random.default_rng(5), Model.BG_NBD, 60).known
    found = spending(few)
    assert isinstance(found, Spending)
    assert found.fit.has_prior
    assert found.fit.convergence is Convergence.REACHED
    alone = spending(few, prior=Prior.NONE)
    assert isinstance(alone, Spending)
    assert not alone.fit.has_prior


@pytest.mark.parametrize("model", Model)
def test_a_discount_is_the_sum_over_small_steps(model: Model) -> None:
    known = drawn(np.random.default_rng(6), model, 2000).known
    bought, _ = fitted(known, model)
    told = discounted(bought, mixture(bought, known, 52.0), 0.01)
    steps = np.linspace(0, 52, 2001)
    mixed = mixture(bought, known, 52.0)
    by_then = np.array(
        [bought.shape.expected(bought.fit.values, mixed.frequency, mixed.age, one) for one in steps[1:]]
    )
    each = np.diff(by_then, axis=0, prepend=0)
    by_hand = (each * (1.01 ** -((steps[1:] + steps[:-1]) / 2))[:, None]).sum(axis=0) / by_then[-1]
    np.testing.assert_allclose(told, by_hand, rtol=1e-5)


def test_a_value_is_purchases_times_spend_times_margin(data: Path) -> None:
    known = cdnow_customers(data)
    bought, spent = fitted(known)
    plain = worth(bought, spent, known, 39.0)
    np.testing.assert_allclose(plain.value, outlook(bought, known, 39.0).expected * spent.expected(known))
    third = worth(bought, spent, known, 39.0, margin=0.3)
    np.testing.assert_allclose(third.high, plain.high * 0.3)
    np.testing.assert_allclose(third.mean_low, plain.mean_low * 0.3)
    later = worth(bought, spent, known, 39.0, margin=0.3, discount=0.002)
    assert (later.value < third.value).all()
    assert (later.value > third.value * 1.002**-39.0).all()
    with pytest.raises(ValueError, match="horizon"):
        worth(bought, spent, known, 0.0)
    with pytest.raises(ValueError, match="not negative"):
        worth(bought, spent, known, 39.0, margin=-0.1)
    nobody = worth(bought, spent, known.rows(slice(0, 0)), 39.0)
    assert len(nobody.value) == len(nobody.high) == 0


@pytest.mark.parametrize("model", Model)
def test_what_customers_bring_lands_in_their_interval_as_often_as_it_says(model: Model) -> None:
    """Counts, gaps and amounts are all drawn anew; the upper end alone decides for most, 2.5 in 100."""
    above, inside, sums = [], [], []
    for seed in range(8):
        people = drawn(np.random.default_rng([seed, 7]), model, 2000)
        bought, spent = fitted(people.known, model)
        told = worth(bought, spent, people.known, 39.0)
        above.append((people.paid > told.high).mean())
        inside.append(((told.low <= people.paid) & (people.paid <= told.high)).mean())
        sums.append(people.paid.sum() / told.value.sum())
        assert (told.spend_low < told.spend_high).all()
    assert 0.018 < np.mean(above) < 0.032
    assert 0.965 < np.mean(inside) < 0.985
    assert np.mean(sums) == pytest.approx(1, abs=0.05)


def test_a_surer_interval_is_a_wider_one() -> None:
    people = drawn(np.random.default_rng(7), Model.BG_NBD, 2000)
    bought, spent = fitted(people.known)
    wide, half = (worth(bought, spent, people.known, 39.0, confidence=each) for each in (0.95, 0.5))
    for narrow, broad in ((half.high, wide.high), (half.mean_high, wide.mean_high)):
        assert (narrow <= broad).all()
    assert (half.low >= wide.low).all()
    assert 0.2 < (people.paid > half.high).mean() < 0.3


def test_where_the_parameters_are_not_known_the_intervals_say_so(data: Path) -> None:
    known = online_retail(data, until=180, unit=7)
    alone = buying(known, prior=Prior.NONE)
    assert isinstance(alone, Buying)
    assert alone.fit.convergence is not Convergence.REACHED
    told = outlook(alone, known, 13.0)
    assert not told.is_sure
    np.testing.assert_array_equal(told.expected_low, told.expected_high)
    held = buying(known)
    assert isinstance(held, Buying)
    assert outlook(held, known, 13.0).is_sure


def test_many_customers_are_told_in_blocks_as_few_of_them_are_alone() -> None:
    """Tables are shared among customers who are alike, and cut into blocks; nobody's numbers change by it."""
    known = drawn(np.random.default_rng(8), Model.BG_NBD, 4000).known
    rough = purchases(known.frequency, np.ceil(known.recency), np.ceil(known.age), known.spend)
    bought, spent = fitted(rough)
    whole, told = worth(bought, spent, rough, 500.0), outlook(bought, rough, 500.0)
    for some in (slice(0, 3), slice(1000, 1040)):
        part, few = worth(bought, spent, rough.rows(some), 500.0), outlook(bought, rough.rows(some), 500.0)
        np.testing.assert_allclose(part.high, whole.high[some], rtol=1e-6)
        np.testing.assert_array_equal(few.most, told.most[some])
        np.testing.assert_allclose(few.buys, told.buys[some])
