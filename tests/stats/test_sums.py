"""What customers bring together: the sum of what is told of each, in an interval that holds what came."""

import numpy as np
import pytest

from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.contracts import ContractWorth, contract_worth
from emptychair.stats.holdout import hold_out
from emptychair.stats.likelihood import Prior
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, purchases
from emptychair.stats.spending import Spending, spending
from emptychair.stats.sums import CHANCE_ALONE, NO_VARIANCE, Sum, sum_of_buying, sum_of_contracts
from emptychair.stats.survival import Survival, kaplan_meier
from emptychair.stats.tail import tail
from emptychair.stats.worth import worth
from tests.stats.buyers import drawn


def fitted(known: Purchases, model: Model = Model.BG_NBD) -> tuple[Buying, Spending]:
    bought, spent = buying(known, model), spending(known)
    assert isinstance(bought, Buying)
    assert isinstance(spent, Spending)
    return bought, spent


def ends(found: Sum) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@pytest.mark.parametrize("model", [Model.BG_NBD, Model.MBG_NBD, Model.PARETO_NBD])
def test_what_buyers_bring_together_lands_in_its_interval(model: Model) -> None:
    rounds, inside = 60, 0
    for seed in range(rounds):
        one = drawn(np.random.default_rng([seed, 9]), model, 500)
        low, high = ends(sum_of_buying(*fitted(one.known, model), one.known, 39.0))
        inside += low <= one.paid.sum() <= high
    assert 0.88 <= inside / rounds < 1


def test_the_sum_is_that_of_the_values_and_its_interval_is_no_sum_of_intervals() -> None:
    known = drawn(np.random.default_rng(2), Model.BG_NBD, 2_000).known
    each = worth(*fitted(known), known, 39.0, margin=0.3, discount=0.002)
    found = sum_of_buying(*fitted(known), known, 39.0, margin=0.3, discount=0.002)
    assert found.n == 2_000
    assert found.value == pytest.approx(each.value.sum())
    low, high = ends(found)
    # Chances of single people even out, and errors of the parameters do not.
    assert each.low.sum() < low < each.mean_high.sum() < each.high.sum()
    assert (high - low) / 4 > found.of_parameters > 0
    twice = purchases(*(np.tile(column, 2) for column in (known.frequency, known.recency, known.age)),
                      np.tile(known.spend if known.spend is not None else 0, 2))  # fmt: skip
    double = sum_of_buying(*fitted(known), twice, 39.0, margin=0.3, discount=0.002)
    assert double.of_parameters == pytest.approx(2 * found.of_parameters)
    assert double.of_chance == pytest.approx(np.sqrt(2) * found.of_chance)


def test_a_model_that_was_off_where_it_was_held_out_widens_the_interval() -> None:
    known = drawn(np.random.default_rng(2), Model.BG_NBD, 2_000).known
    model, money = fitted(known)
    told = outlook(model, known, 10.0).expected.sum()
    came = np.zeros(len(known))
    came[: int(told)] = 1
    right, wrong = (hold_out(model, known, times * came, 10.0).misfit for times in (1, 2))
    assert right == 0
    assert wrong == pytest.approx(np.log(2), abs=0.01)
    near, far = (sum_of_buying(model, money, known, 39.0, misfit=one) for one in (right, wrong))
    assert near.value == far.value
    assert far.of_model == pytest.approx(wrong * far.value)
    low, high = ends(far)
    assert low < far.value / 3.5 < far.value * 3.5 < high
    assert ends(near)[0] > low
    assert ends(near)[1] < high


def test_amounts_without_a_variance_leave_the_sum_without_an_interval() -> None:
    rng = np.random.default_rng(0)
    known = drawn(rng, Model.BG_NBD, 2_000).known
    x = np.maximum(known.frequency, 1)
    heavy = np.where(known.frequency > 0, rng.gamma(4.0 * x) / rng.gamma(1.5, 1 / 20, 2_000) / x, 0.0)
    wild = purchases(known.frequency, known.recency, known.age, heavy)
    model, money = fitted(wild)
    assert 1 < money.fit.of("q") < 2
    found = sum_of_buying(model, money, wild, 39.0)
    assert (found.low, found.high, found.said) == (None, None, NO_VARIANCE)
    assert found.value > 0


def test_where_parameters_are_not_told_the_interval_says_that_it_holds_chance_alone() -> None:
    rng = np.random.default_rng(7)
    x = rng.poisson(rng.gamma(2, 1 / 5, 3_000) * 40)
    own = rng.gamma(6.0 * np.maximum(x, 1)) / np.maximum(x, 1) / rng.gamma(4, 1 / 15, 3_000)
    known = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3_000, 40.0), np.where(x > 0, own, 0))
    flat, money = buying(known, prior=Prior.NONE), spending(known)
    assert isinstance(flat, Buying)
    assert isinstance(money, Spending)
    found = sum_of_buying(flat, money, known, 10.0)
    assert found.said == CHANCE_ALONE
    low, high = ends(found)
    assert low < found.value < high


def company(rng: np.random.Generator, n: int) -> tuple[Survival, np.ndarray, np.ndarray, float]:
    """The curve, ages and margins of contracts still running, and what they paid in twelve months."""
    lives, watched = rng.exponential(20, n), rng.uniform(5, 60, n)
    curve = kaplan_meier(np.minimum(lives, watched), lives <= watched)
    assert curve is not None
    runs = (lives > watched) & (watched + 12 <= curve.times[-1])
    margins = rng.gamma(2, 5, n)[runs]
    return curve, watched[runs], margins, float(margins @ np.clip(np.floor((lives - watched)[runs]), 0, 12))


def test_what_contracts_bring_together_lands_in_its_interval() -> None:
    rng, rounds, inside = np.random.default_rng(1), 300, 0
    for _ in range(rounds):
        curve, ages, margins, paid = company(rng, 200)
        low, high = ends(sum_of_contracts(curve, ages, margins, 12))
        inside += low <= paid <= high
    assert 0.92 <= inside / rounds <= 0.98


def test_the_curve_moves_all_contracts_and_chance_each_alone() -> None:
    curve, ages, margins, _ = company(np.random.default_rng(3), 400)
    found = sum_of_contracts(curve, ages, margins, 12, discount=0.01)
    each = contract_worth(curve, ages, margins, 12, discount=0.01)
    assert isinstance(each, ContractWorth)
    assert found.value == pytest.approx(each.value.sum())
    assert found.n == len(ages)
    # One contract: what the curve leaves open is what is told of it alone, here from the mean's interval.
    alone = sum_of_contracts(curve, ages[:1], margins[:1], 12, discount=0.01)
    assert alone.of_parameters == pytest.approx((each.mean_high[0] - each.value[0]) / 1.959964, rel=1e-4)
    double = sum_of_contracts(curve, np.tile(ages, 2), np.tile(margins, 2), 12, discount=0.01)
    assert double.of_parameters == pytest.approx(2 * found.of_parameters)
    assert double.of_chance == pytest.approx(np.sqrt(2) * found.of_chance)


def test_contracts_older_than_the_curve_share_the_error_of_its_end() -> None:
    rng, rounds, inside = np.random.default_rng(5), 200, 0
    for _ in range(rounds):
        lives, watched = rng.exponential(20, 600), rng.uniform(0, 24, 600)
        curve = kaplan_meier(np.minimum(lives, watched), lives <= watched)
        assert curve is not None
        end = tail(curve)
        assert end is not None
        runs = lives > watched
        ages, margins = watched[runs], rng.gamma(2, 5, int(runs.sum()))
        found = sum_of_contracts(curve, ages, margins, 12, tail=end)
        low, high = ends(found)
        inside += low <= margins @ np.clip(np.floor((lives - watched)[runs]), 0, 12) <= high
    assert 0.91 <= inside / rounds <= 0.985
    each = contract_worth(curve, ages, margins, 12, tail=end)
    assert isinstance(each, ContractWorth)
    assert each.is_carried_on.any()
    assert found.value == pytest.approx(each.value.sum())
    oldest = [int(ages.argmax())]
    alone = sum_of_contracts(curve, ages[oldest], margins[oldest], 12, tail=end)
    reach = (each.mean_high[oldest[0]] - each.value[oldest[0]]) / 1.959964
    assert alone.of_parameters == pytest.approx(reach, rel=1e-4)


def test_no_contract_brings_nothing_and_losses_turn_the_interval_round() -> None:
    curve, ages, margins, _ = company(np.random.default_rng(4), 400)
    none = sum_of_contracts(curve, [], [], 12)
    assert (none.n, none.value, none.low, none.high) == (0, 0, 0, 0)
    low, high = ends(sum_of_contracts(curve, ages, margins, 12))
    loss = sum_of_contracts(curve, ages, -margins, 12)
    assert ends(loss) == pytest.approx((-high, -low))
