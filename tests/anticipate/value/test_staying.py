"""What a year with each person brings if they stay: by contract, by a model of buying, or as they paid."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from emptychair.anticipate.risk.worth import worth
from emptychair.anticipate.value.staying import if_they_stay
from emptychair.anticipate.value.valuing import Terms, values
from emptychair.domain.signal import Signal
from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import NOW, tell
from tests.anticipate.value.test_values import buyers, by_buying, by_contract, only
from tests.understand.histories import a_spell, keep, paid


def test_who_joined_lately_brings_a_year_and_not_what_they_paid_so_far(ledger: Ledger) -> None:
    signals: list[Signal] = []
    for number in range(20):
        who, days = f"p{number:02}", 45 if number else 1_000
        signals += a_spell(who, (NOW - timedelta(days=days)).date().isoformat())
        signals += [
            paid(who, NOW - timedelta(days=1 + 30.4 * month), 10) for month in range(min(days // 30 + 1, 14))
        ]
    keep(ledger, signals)
    (part,) = if_they_stay(ledger, by_contract())
    assert len(part.people) == 20
    assert part.amounts == pytest.approx(np.full(20, 120.0), rel=0.1)


def test_another_currency_of_long_ago_makes_nobody_mixed(ledger: Ledger) -> None:
    signals = a_spell("ada", (NOW - timedelta(days=900)).date().isoformat())
    signals += a_spell("bob", (NOW - timedelta(days=900)).date().isoformat())
    signals += [
        paid(who, NOW - timedelta(days=30 * month + 1), 10) for who in ("ada", "bob") for month in range(12)
    ]
    signals += [
        replace(paid("ada", NOW - timedelta(days=800), 7), currency="USD"),
        replace(paid("bob", NOW - timedelta(days=8), 7), currency="USD"),
    ]
    keep(ledger, signals)
    found = worth(ledger, by_contract(), pa.array(["ada", "bob"]))
    assert found.mixed.tolist() == [False, True]
    assert (found.currency[0], found.amounts[0]) == ("EUR", pytest.approx(120, rel=0.1))
    assert np.isnan(found.amounts[1])


def test_of_a_buyer_it_is_what_is_expected_of_those_who_are_still_there(ledger: Ledger) -> None:
    tell(ledger, buyers(400, 700, seed=3))
    (part,) = if_they_stay(ledger, by_buying())
    told = only(values(ledger, by_buying(), Terms()))
    assert part.people.equals(told.people)
    assert (part.amounts >= told.value - 1e-9).all(), "to stay brings no less than to stay perhaps"
    gone = told.alive < 0.2
    assert gone.any()
    assert (part.amounts[gone] > 3 * told.value[gone]).all()


def test_too_few_for_a_model_bring_what_they_paid_in_a_year(ledger: Ledger) -> None:
    orders = [
        paid(f"p{number}", NOW - timedelta(days=10 + 300 * back), 10)
        for number in range(5)
        for back in (0, 1, 2)
    ]
    orders.append(paid("p0", NOW - timedelta(days=5), Decimal(-4)))
    keep(ledger, orders)
    (part,) = if_they_stay(ledger, by_buying())
    assert dict(zip(part.people.to_pylist(), part.amounts.tolist(), strict=True)) == {
        "p0": 16.0,
        "p1": 20.0,
        "p2": 20.0,
        "p3": 20.0,
        "p4": 20.0,
    }
