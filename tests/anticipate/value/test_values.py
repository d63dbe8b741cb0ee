"""What customers are worth, from the signals of a ledger: by buying, by contract, or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from emptychair.anticipate.value.valuing import NoValues, Terms, Values, values
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.stats.purchases import MINIMUM_CUSTOMERS
from emptychair.understand.spells import Rule, Tenure
from tests.anticipate.risk.companies import NOW, fading, tell
from tests.understand.histories import a_spell, keep, paid

Row = tuple[str, str, str, datetime, Decimal | None, str]


def by_buying(as_of: datetime = NOW) -> Tenure:
    return Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=as_of, gap_days=90)


def by_contract(as_of: datetime = NOW) -> Tenure:
    return Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=as_of)


def buyers(people: int, until: int, seed: int) -> list[Row]:
    """Payments of a BG/NBD company (r 1, alpha 30 days, a 1, b 4), each with a mean of their own."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(people):
        day, rate, leaves = int(rng.integers(0, 200)), rng.gamma(1, 1 / 30), rng.beta(1, 4)
        mean, moment = rng.gamma(6, 5), float(day)
        while moment < until:
            at = NOW - timedelta(days=until - moment)
            amount = Decimal(str(round(rng.gamma(4, mean / 4), 2)))
            rows.append((f"c{number:04}", "paid", "order", at, amount, "{}"))
            moment += max(rng.exponential(1 / rate), 1)
            if rng.random() < leaves:
                break
    return rows


def only(found: Sequence[Values | NoValues]) -> Values:
    (one,) = found
    assert isinstance(one, Values)
    return one


def test_what_buyers_will_bring_is_foreseen_in_sum_and_within_the_interval_of_each(ledger: Ledger) -> None:
    every = buyers(1_500, 900, seed=2)
    now = NOW - timedelta(days=365)
    tell(ledger, every)
    found = only(values(ledger, by_buying(now), Terms()))
    came: dict[str, float] = {}
    for person, _, _, at, amount, _ in every:
        if at >= now and amount is not None:
            came[person] = came.get(person, 0.0) + float(amount)
    brought = np.array([came.get(person, 0.0) for person in found.people.to_pylist()])
    known = found.known
    assert found.value[known].sum() == pytest.approx(brought[known].sum(), rel=0.2)
    assert np.mean((found.low <= brought) & (brought <= found.high)) > 0.9
    assert found.total.value == pytest.approx(found.value[known].sum())
    assert (found.total.low or 0) <= brought[known].sum() <= (found.total.high or 0)
    assert found.low.sum() < (found.total.low or 0)
    assert np.abs(found.value - brought).mean() < np.abs(found.naive - brought).mean()
    assert found.chosen is not None
    assert found.chosen.held_out is not None
    assert len(found.chosen.tried) == 3


def test_a_margin_and_a_discount_take_off_what_they_say(ledger: Ledger) -> None:
    tell(ledger, buyers(300, 700, seed=3))
    whole = only(values(ledger, by_buying(), Terms()))
    part = only(values(ledger, by_buying(), Terms(margin=0.25)))
    later = only(values(ledger, by_buying(), Terms(discount=0.2)))
    np.testing.assert_allclose(part.value, whole.value / 4)
    assert 0.85 < later.value.sum() / whole.value.sum() < 0.95


def test_contracts_are_worth_their_survival_times_their_margin(ledger: Ledger) -> None:
    signals: list[Signal] = []
    for number in range(60):
        who, began = f"p{number:02}", f"2022-{1 + number % 12:02}-01"
        # Of each month's five, one leaves after six months and one after thirty.
        ended = {0: 6, 1: 30}.get(number // 12)
        month = number % 12 + (ended or 0)
        end = None if ended is None else f"{2022 + month // 12}-{month % 12 + 1:02}-01"
        signals += a_spell(who, began, end)
        months = range(12 if end is None else 0)
        signals += [paid(who, NOW - timedelta(days=30 * back + 1), 10) for back in months]
    keep(ledger, signals)
    found = only(values(ledger, by_contract(), Terms(margin=0.5)))
    assert found.by == "survival of contracts"
    assert found.naive == pytest.approx(np.full(36, 60.0))
    told = found.value[found.known]
    assert ((told > 45) & (told <= 60)).all()
    assert (found.low[found.known] <= told).all()
    assert (found.high[found.known] >= told).all()


@pytest.mark.parametrize(("every", "amount"), [(1, 10), (3, 30), (12, 120)])
def test_who_pays_by_the_year_is_worth_what_who_pays_by_the_month_is(
    every: int, amount: int, ledger: Ledger
) -> None:
    signals: list[Signal] = []
    for number in range(40):
        who, began = f"p{number:02}", NOW - timedelta(days=40 + 31 * (number % 20))
        signals += a_spell(who, began.date().isoformat())
        signals += [
            paid(who, began + timedelta(days=1 + 30.44 * month), amount)
            for month in range(0, 24, every)
            if began + timedelta(days=1 + 30.44 * month) < NOW
        ]
    keep(ledger, signals)
    found = only(values(ledger, by_contract(), Terms()))
    assert found.naive == pytest.approx(np.full(40, 120.0), rel=0.1)


def test_who_bought_a_machine_in_the_first_week_does_not_buy_twelve_a_year(ledger: Ledger) -> None:
    signals: list[Signal] = []
    for number in range(60):
        who, began = f"p{number:02}", NOW - timedelta(days=10 if number < 5 else 400)
        signals += a_spell(who, began.date().isoformat())
        signals += [
            paid(who, began + timedelta(days=1 + 30 * month), 20)
            for month in range(14)
            if month * 30 < (NOW - began).days - 1
        ]
        signals.append(paid(who, began + timedelta(days=5), 400))
    keep(ledger, signals)
    found = only(values(ledger, by_contract(), Terms()))
    new = np.array([person < "p05" for person in found.people.to_pylist()])
    assert found.naive[new] == pytest.approx(np.full(5, 12 * 420.0))
    assert (found.value[new] < 0.6 * found.naive[new]).all()


def test_whose_contract_outlasts_the_curve_goes_by_its_end_and_is_counted(ledger: Ledger) -> None:
    fading(ledger, 600, seed=9)
    found = only(values(ledger, by_contract(), Terms()))
    assert found.known.all()
    carried = int(found.remarks[0].split(" of them")[0])
    assert 0 < carried < len(found.people)
    assert found.total.n == len(found.people)
    assert found.total.value == pytest.approx(found.value.sum())
    assert "endings are taken to go on" in found.remarks[0]


def test_whose_contract_outlasts_a_curve_without_endings_has_no_value_and_is_counted(ledger: Ledger) -> None:
    signals = [
        one for number in range(40) for one in a_spell(f"p{number:02}", f"2022-{1 + number % 12:02}-01")
    ]
    signals += [one for number in range(9) for one in a_spell(f"q{number}", "2022-01-01", "2022-03-01")]
    keep(ledger, signals + [paid(f"p{number:02}", NOW - timedelta(days=3), 10) for number in range(40)])
    found = only(values(ledger, by_contract(), Terms()))
    unknown = int((~found.known).sum())
    assert 0 < unknown <= len(found.people)
    assert f"{unknown:,} of them" in found.remarks[-1]
    assert found.total.n == len(found.people) - unknown
    assert found.total.value == pytest.approx(np.nansum(found.value))


def test_currencies_are_never_added_up(ledger: Ledger) -> None:
    orders = [
        paid(f"p{number}", NOW - timedelta(days=300 - 7 * number % 290 - 40 * back), 10)
        for number in range(50)
        for back in range(3)
    ]
    other = [replace(one, id=f"y{one.id}", currency="JPY", value=Decimal(1000)) for one in orders[::2]]
    keep(ledger, [*orders, *other])
    found = values(ledger, by_buying(), Terms())
    assert [one.currency for one in found] == ["EUR", "JPY"]


def test_too_few_are_told_what_it_takes(ledger: Ledger) -> None:
    keep(ledger, [paid("ada", NOW - timedelta(days=40), 10), paid("ada", NOW - timedelta(days=10), 10)])
    (found,) = values(ledger, by_buying(), Terms())
    assert isinstance(found, NoValues)
    assert str(MINIMUM_CUSTOMERS) in found.needed
    assert values(ledger, by_buying(datetime(2000, 1, 1, tzinfo=UTC)), Terms()) == []


def test_monthly_bills_are_no_free_buying(ledger: Ledger) -> None:
    keep(
        ledger,
        [
            paid(f"p{number}", NOW - timedelta(days=number % 30 + 30 * back), 10)
            for number in range(80)
            for back in range(10)
        ],
    )
    (found,) = values(ledger, by_buying(), Terms())
    assert isinstance(found, NoValues)
    assert "contract" in found.needed


def test_what_was_paid_back_the_same_day_is_no_purchase(ledger: Ledger) -> None:
    rows = buyers(200, 600, seed=4)
    at = NOW - timedelta(days=50)
    returned: list[Row] = [
        ("zed", "paid", "order", at, Decimal(900), "{}"),
        ("zed", "paid", "refund", at, Decimal(-900), "{}"),
    ]
    tell(ledger, [*rows, *returned])
    assert "zed" not in only(values(ledger, by_buying(), Terms())).people.to_pylist()
