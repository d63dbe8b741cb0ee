"""The models of buying say what was published, what they were drawn from, and how sure they are."""

import csv
import gzip
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.stats import beta as beta_law
from scipy.stats import gamma as gamma_law

from emptychair.stats.ascent import Convergence
from emptychair.stats.buying import SHAPES, Buying, Model, buying
from emptychair.stats.likelihood import Prior, likeliest
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, Refusal, Refused, purchases
from tests.stats.buyers import BUYING, drawn
from tests.stats.shops import cdnow_customers, cdnow_orders, online_retail

ONE = purchases([0], [0.0], [0.0])
ROWS = purchases([0, 0, 1, 2, 5, 40], [0, 0, 3.0, 30.4, 8.5, 38.0], [38.9, 5.0, 9.0, 38.9, 38.9, 39.0])


def fitted(known: Purchases, model: Model) -> Buying:
    found = buying(known, model)
    assert isinstance(found, Buying)
    return found


@pytest.fixture
def published(data: Path) -> dict[str, dict[str, object]]:
    return json.loads((data / "reference_values.json").read_text())


@pytest.mark.parametrize(
    ("model", "name"), [(Model.BG_NBD, "bgnbd_cdnow"), (Model.PARETO_NBD, "paretonbd_cdnow")]
)
def test_it_is_what_was_published_of_cdnow(
    data: Path, published: dict[str, dict[str, dict[str, float]]], model: Model, name: str
) -> None:
    rows = fitted(cdnow_customers(data), model).fit
    days = fitted(cdnow_orders(data, until=39 * 7 - 1, unit=7), model).fit
    for fit in (rows, days):
        assert fit.convergence is Convergence.REACHED
        assert not fit.has_prior
        for parameter, value in published[name]["params"].items():
            assert fit.of(parameter) == pytest.approx(value, abs=0.0015 * max(value, 1))
        assert fit.log_likelihood == pytest.approx(published[name]["LL"], abs=0.05)
    for parameter, value in published[name]["tight"].items():
        told = days.log_likelihood if parameter == "LL" else days.of(parameter)
        assert told == pytest.approx(value, rel=1e-6 if parameter == "LL" else 3e-4), parameter


def test_the_published_predictions_of_cdnow_come_out(published: dict[str, dict[str, object]]) -> None:
    shape, points = SHAPES[Model.BG_NBD], published["bgnbd_points"]
    values = np.array([0.24259, 4.41359, 0.79291, 2.42588])
    known = purchases([2], [30.43], [38.86])
    told = shape.alive(values, known) * shape.expected(values, known.frequency, known.age, 39.0)
    assert told[0] == pytest.approx(points["E[X(39)|x=2,tx=30.43,T=38.86]"], abs=5e-4)
    for time, expected in points["E[X(t)]"].items():
        found = shape.expected(values, ONE.frequency, ONE.age, float(time))
        assert found[0] == pytest.approx(expected, abs=6e-5, rel=3e-4)
    values = np.array([0.243, 4.414, 0.793, 2.426])  # three digits, as they were printed
    assert 1 - shape.beyond(values, ONE.frequency, ONE.age, 39.0, 0)[0, 0] == pytest.approx(
        points["P(X(39)=0)"], rel=2e-4
    )
    beyond = shape.beyond(values, ONE.frequency, ONE.age, 30.0, 20)[0]
    chances = [before - after for before, after in pairwise(beyond[10:])]
    np.testing.assert_allclose(chances, points["P(X(30)=11..20)"], rtol=2e-3)


def test_the_published_predictions_of_pareto_come_out(published: dict[str, dict[str, object]]) -> None:
    shape, points = SHAPES[Model.PARETO_NBD], published["paretonbd_points"]
    values = np.array([0.5533, 10.5776, 0.6062, 11.6690])
    known = purchases([26], [30.86], [31.0])
    alive = shape.alive(values, known)
    told = alive * shape.expected(values, known.frequency, known.age, 52.0)
    assert alive[0] == pytest.approx(points["P(alive|26,30.86,31)"], abs=5e-5)
    assert told[0] == pytest.approx(points["E[X(52)|26,30.86,31]"], abs=5e-3)
    values = np.array([0.55, 10.56, 0.61, 11.64])  # two digits, as they were printed
    for time, expected in enumerate(points["E[X(0..9)]"]):
        if time:
            found = shape.expected(values, ONE.frequency, ONE.age, float(time))
            assert found[0] == pytest.approx(expected, rel=1e-7)


logs = st.tuples(*[st.floats(-2.5, 3.5)] * 4).map(np.array)


@pytest.mark.parametrize("model", Model)
@settings(max_examples=40, deadline=None)
@given(at=logs)
def test_the_gradient_is_that_of_the_likelihood(model: Model, at: np.ndarray) -> None:
    look = SHAPES[model].likelihood(ROWS)
    step = np.eye(4) * 1e-5
    differences = [(look.at(at + one)[0] - look.at(at - one)[0]) / 2e-5 for one in step]
    value, slope = look.at(at)
    np.testing.assert_allclose(slope, differences, atol=1e-5 + 1e-9 * abs(value), rtol=1e-5)


@pytest.mark.parametrize("model", [Model.BG_NBD, Model.MBG_NBD])
@settings(max_examples=40, deadline=None)
@given(at=logs)
def test_the_hessian_is_that_of_the_gradient(model: Model, at: np.ndarray) -> None:
    look = SHAPES[model].likelihood(ROWS)
    assert look.bend is not None
    differences = [(look.at(at + one)[1] - look.at(at - one)[1]) / 2e-5 for one in np.eye(4) * 1e-5]
    np.testing.assert_allclose(look.bend(at), differences, atol=1e-4, rtol=1e-5)


def by_hand(model: Model, values: np.ndarray, x: int, recency: float, age: float) -> float:
    """The likelihood of one customer, from what one does given their rates, by two integrals."""
    r, alpha, first, second = values

    def given_rates(leaving: float, rate: float) -> float:
        weight = gamma_law.pdf(rate, r, scale=1 / alpha)
        if model is Model.PARETO_NBD:
            both = rate + leaving
            gone = leaving * np.exp(-both * recency) + rate * np.exp(-both * age)
            return weight * rate**x / both * gone * gamma_law.pdf(leaving, first, scale=1 / second)
        stayed = (1 - leaving) ** x * np.exp(-rate * age)
        left = leaving * (1 - leaving) ** (x - 1) * np.exp(-rate * recency) if x else 0.0
        if model is Model.MBG_NBD:
            stayed, left = stayed * (1 - leaving), leaving * (1 - leaving) ** x * np.exp(-rate * recency)
        return weight * rate**x * (stayed + left) * beta_law.pdf(leaving, first, second)

    most = np.inf if model is Model.PARETO_NBD else 1.0
    return float(dblquad(given_rates, 0, np.inf, 0, most, epsabs=1e-10, epsrel=1e-6)[0])


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize(("x", "recency", "age"), [(0, 0.0, 6.0), (4, 4.0, 5.5)])
def test_the_likelihood_is_what_integration_by_hand_gives(
    model: Model, x: int, recency: float, age: float
) -> None:
    values = np.array([1.4, 3.0, 1.6, 2.5])
    value, _ = SHAPES[model].likelihood(purchases([x], [recency], [age])).at(np.log(values))
    assert value == pytest.approx(np.log(by_hand(model, values, x, recency, age)), abs=1e-5)


@pytest.mark.parametrize(
    "values", [(0.05, 2000.0, 0.04, 0.1), (30.0, 0.5, 0.03, 900.0), (0.3, 9.0, 40.0, 9.5)]
)
def test_pareto_keeps_its_digits_where_alpha_and_beta_are_far_apart(values: tuple[float, ...]) -> None:
    """To leave before the next purchase and to buy before leaving, computed apart, are 1 together."""
    from emptychair.stats.pareto import _by_nodes

    before, after, _ = _by_nodes(np.array(values), np.array([0.0, 3, 300]), np.array([0.0, 20, 700]))
    np.testing.assert_allclose(before + after, 1, atol=1e-8)


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize(
    "values", [None, (0.3, 20.0, 29.9, 900.0), (0.3, 20.0, 700.0, 9000.0), (4, 2, 0.02, 0.1)]
)
def test_what_is_expected_is_the_sum_of_the_chances(model: Model, values: tuple[float, ...] | None) -> None:
    at, shape = np.array(values or BUYING[model]), SHAPES[model]
    frequency, age = np.array([0, 3, 20]), np.array([1.0, 20.0, 39.0])
    beyond = shape.beyond(at, frequency, age, 52.0, 2500)
    np.testing.assert_allclose(beyond.sum(axis=1), shape.expected(at, frequency, age, 52.0), rtol=1e-5)


def test_thousands_of_purchases_to_come_are_no_more_than_a_large_number() -> None:
    frequency, age = np.array([900]), np.array([30.0])
    for model in Model:
        at, shape = np.array([1.0, 1.0, 0.01, 300.0]), SHAPES[model]
        expected = shape.expected(at, frequency, age, 365.0)[0]
        assert 8_000 < expected < 11_000
        beyond = shape.beyond(at, frequency, age, 365.0, 20_000)[0]
        assert beyond.sum() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("model", Model)
def test_nothing_happens_where_a_parameter_is_one(model: Model) -> None:
    """a = 1, and s = 1, are poles of the published formulas and of nothing else."""
    shape, near = SHAPES[model], []
    for one in (1 - 1e-7, 1.0, 1 + 1e-7):
        found = shape.expected(np.array([0.6, 8.0, one, 3.0]), np.array([0, 4]), np.array([10.0, 30.0]), 39.0)
        near.append(found)
    np.testing.assert_allclose(near[0], near[1], rtol=1e-6)
    np.testing.assert_allclose(near[2], near[1], rtol=1e-6)


@pytest.mark.parametrize("model", Model)
def test_it_finds_again_what_it_was_drawn_from(model: Model) -> None:
    found = fitted(drawn(np.random.default_rng(11), model, 20_000).known, model).fit
    assert found.convergence is Convergence.REACHED
    errors = (np.log(found.values) - np.log(BUYING[model])) / np.sqrt(np.diag(found.covariance))
    assert np.abs(errors).max() < 3.5


@pytest.mark.parametrize("model", Model)
def test_at_the_true_parameters_the_living_and_the_purchases_are_as_many_as_told(model: Model) -> None:
    people = drawn(np.random.default_rng(5), model, 60_000)
    shape, values, known = SHAPES[model], np.array(BUYING[model]), people.known
    alive = shape.alive(values, known)
    expected = alive * shape.expected(values, known.frequency, known.age, 39.0)
    for group in (known.frequency == 0, (known.frequency > 0) & (alive < 0.6), alive > 0.8):
        if group.any():
            assert alive[group].mean() == pytest.approx(people.is_alive[group].mean(), abs=0.012)
            error = people.later[group].std() / np.sqrt(group.sum())
            assert abs(expected[group].mean() - people.later[group].mean()) < 4 * error


@pytest.mark.parametrize("model", Model)
def test_intervals_of_parameters_and_of_purchases_cover_as_they_say(model: Model) -> None:
    rounds, inside, within = 20 if model is Model.PARETO_NBD else 40, 0, []
    for seed in range(rounds):
        people = drawn(np.random.default_rng([seed, 2]), model, 500)
        fit = fitted(people.known, model)
        for name, true in zip(fit.fit.names, BUYING[model], strict=True):
            low, high = fit.fit.interval(name) or (0, 0)
            inside += low <= true <= high
        told = outlook(fit, people.known, 39.0)
        within.append(((told.fewest <= people.later) & (people.later <= told.most)).mean())
        assert (told.expected_low <= told.expected).all()
        assert (told.alive <= told.alive_high).all()
    assert 0.9 <= inside / (4 * rounds) <= 1
    # Whole numbers: an interval has at least its chance, seldom exactly.
    assert 0.95 <= np.mean(within) <= 0.99


def test_the_sum_of_purchases_lies_in_the_interval_that_the_parameters_leave(data: Path) -> None:
    """The interval of the expected is that of a simulated company's refits, about."""
    people = drawn(np.random.default_rng(3), Model.BG_NBD, 1500).known
    told = outlook(fitted(people, Model.BG_NBD), people, 39.0)
    half = np.log(told.expected_high / told.expected) / 1.96
    again = []
    for seed in range(40):
        rows = people.rows(np.random.default_rng(seed).integers(len(people), size=len(people)))
        again.append(np.log(outlook(fitted(rows, Model.BG_NBD), people, 39.0).expected))
    ratio = np.std(again, axis=0) / half
    assert 0.75 < np.median(ratio) < 1.25


@pytest.mark.parametrize("model", Model)
def test_a_unit_of_time_changes_the_unit_and_nothing_else(model: Model) -> None:
    known = drawn(np.random.default_rng(1), model, 3000).known
    days = purchases(known.frequency, known.recency * 7, known.age * 7)
    week, day = fitted(known, model), fitted(days, model)
    scale = np.array([1, 7, 1, 7 if model is Model.PARETO_NBD else 1])
    np.testing.assert_allclose(day.fit.values, week.fit.values * scale, rtol=1e-3)
    np.testing.assert_allclose(
        outlook(day, days, 70).expected, outlook(week, known, 10).expected, rtol=1e-3, atol=1e-9
    )


@pytest.mark.parametrize("model", Model)
def test_many_rows_are_fitted_by_way_of_a_sample_and_end_at_the_same_place(model: Model) -> None:
    known = drawn(np.random.default_rng(2), model, 45_000).known
    shape = SHAPES[model]
    sampled = fitted(known, model).fit
    whole = likeliest(shape.likelihood(known), shape.names, shape.starts(known), len(known))
    np.testing.assert_allclose(sampled.values, whole.values, rtol=1e-4)
    np.testing.assert_allclose(sampled.errors, whole.errors, rtol=1e-3)
    assert sampled.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-4)


def test_customers_who_are_alike_count_each() -> None:
    known = drawn(np.random.default_rng(4), Model.BG_NBD, 400).known
    twice = known.rows(np.concatenate([np.arange(400), np.arange(400)[::-1]]))
    for model in Model:
        once, both = (
            SHAPES[model].likelihood(rows).at(np.log([0.5, 5, 0.8, 2.0])) for rows in (known, twice)
        )
        assert both[0] == pytest.approx(2 * once[0])
        np.testing.assert_allclose(both[1], 2 * once[1])


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("until", [120, 180, 273])
def test_online_retail_is_fitted_though_next_to_nobody_leaves(data: Path, model: Model, until: int) -> None:
    """lifetimes' BG/NBD ends in a ConvergenceError here: the likelihood rises along a ridge for ever."""
    known = online_retail(data, until=until, unit=1)
    found = fitted(known, model).fit
    assert found.convergence is Convergence.REACHED
    assert "prior" in found.said or not found.has_prior
    alone = buying(known, model, prior=Prior.NONE)
    assert isinstance(alone, Buying)
    if found.has_prior:
        assert alone.fit.convergence is Convergence.FLAT
        assert "do not tell" in alone.fit.said
    assert found.log_likelihood > alone.fit.log_likelihood - 3
    told = outlook(Buying(model=model, fit=found), known, 93)
    assert np.isfinite(told.expected).all()


@pytest.mark.parametrize("file", ["CDNOW_sample.txt.gz", "CDNOW_master.txt.gz"])
@pytest.mark.parametrize("until", [272, 545])
@pytest.mark.parametrize("model", Model)
def test_cdnow_in_days_is_fitted(data: Path, file: str, until: int, model: Model) -> None:
    found = fitted(cdnow_orders(data, file=file, until=until, unit=1), model).fit
    assert found.convergence is Convergence.REACHED
    assert not found.has_prior


def test_of_few_customers_a_weak_prior_holds_what_they_do_not_tell() -> None:
    sure = 0
    for seed in range(30):
        people = drawn(np.random.default_rng([seed, 9]), Model.BG_NBD, 60)
        found = buying(people.known)
        if isinstance(found, Refusal):
            continue
        assert found.fit.has_prior
        assert found.fit.convergence is Convergence.REACHED
        r, alpha = found.fit.of("r"), found.fit.of("alpha")
        sure += abs(np.log(r / alpha / (0.4 / 5.0))) < 1.0
    assert sure >= 24
    few = drawn(np.random.default_rng(1), Model.BG_NBD, 60).known
    without = buying(few, prior=Prior.NONE)
    assert isinstance(without, Buying)
    assert not without.fit.has_prior


def test_contracts_are_refused_and_so_are_too_few() -> None:
    rng = np.random.default_rng(0)
    months = rng.integers(1, 20, 600)
    billed = purchases(
        months, months * 30.4 + rng.uniform(-2, 2, 600), months * 30.4 + rng.uniform(2, 30, 600)
    )
    refused = buying(billed)
    assert isinstance(refused, Refusal)
    assert refused.why is Refused.CONTRACTUAL
    assert "survival curve" in refused.needed
    half = np.where(rng.random(600) < 0.5, 30.4, 365.0)
    mixed = purchases(months, months * half, months * half + 20)
    assert isinstance(buying(mixed), Refusal)
    once = purchases(np.zeros(500, int), np.zeros(500), np.full(500, 30.0))
    refused = buying(once)
    assert isinstance(refused, Refusal)
    assert refused.why is Refused.TOO_FEW_REPEATERS
    refused = buying(purchases([3] * 20, [4.0] * 20, [9.0] * 20))
    assert isinstance(refused, Refusal)
    assert "30 customers" in refused.needed


@pytest.mark.parametrize("model", Model)
def test_people_who_buy_when_they_like_are_not_taken_for_contracts(model: Model, data: Path) -> None:
    for seed in range(5):
        assert isinstance(buying(drawn(np.random.default_rng(seed), model, 3000).known), Buying)
    assert isinstance(buying(online_retail(data, until=273, unit=7)), Buying)


def test_one_common_rate_is_no_contract() -> None:
    rng = np.random.default_rng(6)
    x = rng.poisson(15, 2000)
    last = np.where(x > 0, 365 * rng.beta(np.maximum(x, 1), 1), 0)
    found = buying(purchases(x, last, np.full(2000, 365.0)))
    assert isinstance(found, Buying)
    assert found.fit.convergence is Convergence.REACHED


@st.composite
def strange_rows(draw: st.DrawFn) -> Purchases:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, unit = draw(st.sampled_from([40, 150, 600])), 10 ** draw(st.floats(-6, 9))
    most = draw(st.sampled_from([1, 2, 30, 300]))
    x = rng.integers(0, most + 1, n)
    age = rng.integers(1, draw(st.sampled_from([2, 400])), n) * unit
    share = rng.choice([1.0, 0.5, 1e-9], n) if draw(st.booleans()) else rng.uniform(0.01, 1, n)
    return purchases(x, np.where(x > 0, age * share, 0), age, rng.pareto(0.3, n) * (x > 0))


@pytest.mark.parametrize("model", Model)
@settings(max_examples=25, deadline=None)
@given(known=strange_rows())
def test_whatever_the_rows_are_there_is_an_answer_or_a_sentence(model: Model, known: Purchases) -> None:
    found = buying(known, model)
    if isinstance(found, Refusal):
        assert found.needed.endswith(".")
        return
    assert found.fit.said.endswith(".")
    if found.fit.convergence is Convergence.REACHED:
        horizon = float(np.median(known.age)) / 4
        told = outlook(found, known, horizon)
        for column in (told.alive, told.alive_low, told.alive_high, told.buys):
            assert ((column >= 0) & (column <= 1)).all()
        assert np.isfinite(told.expected).all()
        assert (told.fewest <= told.most).all()


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "why"),
    [
        ([1], [5.0], [4.0], "between"),
        ([1], [0.0], [4.0], "exactly where"),
        ([0], [3.0], [4.0], "exactly where"),
        ([-1], [0.0], [4.0], "whole number"),
        ([1.5], [2.0], [4.0], "whole number"),
        ([1], [float("nan")], [4.0], "finite"),
        ([1, 2], [1.0], [4.0], "one row"),
    ],
)
def test_rows_that_cannot_be_are_said_to_be(frequency: list, recency: list, age: list, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        purchases(frequency, recency, age)


def test_files_of_orders_become_the_published_rows(data: Path) -> None:
    rows = cdnow_orders(data, until=39 * 7 - 1, unit=7)
    with gzip.open(data / "cdnow" / "cdnow_customers_summary_with_transactions.csv.gz", "rt") as file:
        published = list(csv.DictReader(file))
    assert rows.frequency.tolist() == [int(row["x"]) for row in published]
    np.testing.assert_allclose(rows.recency, [float(row["t_x"]) for row in published], atol=0.0051)
    np.testing.assert_allclose(rows.age, [float(row["T"]) for row in published], atol=0.0051)
    np.testing.assert_allclose(rows.spend, [float(row["zbar"]) for row in published], atol=0.011)
