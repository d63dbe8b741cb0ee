"""Counts of features are what plain Python counts, however they were packed into sums."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest

from emptychair.anticipate.features import known
from emptychair.domain.signal import Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from tests.anticipate.features.test_features import asked, history, of
from tests.understand.histories import a_spell, did, keep, on, paid, rated


def sort(one: Signal) -> str:
    return "refund" if one.kind == "paid" and (one.value or 0) <= 0 else one.kind


def test_counts_are_those_of_plain_python(ledger: Ledger) -> None:
    at = on("2024-09-01")
    signals = [one for one in history(Random(8)) if one.received_at < at]
    keep(ledger, signals)
    found = asked(ledger, at, gap=10_000)

    def counted(person: str, which: str, far: int, near: int = 0) -> int:
        ages = [at - one.occurred_at for one in signals if one.person == person and sort(one) == which]
        return sum(timedelta(days=near) < age <= timedelta(days=far) for age in ages)

    for person in found.people.to_pylist():
        told: dict[str, float] = {f"did_{days}": counted(person, "did", days) for days in (7, 30, 90, 365)}
        told |= {f"paid_{days}": counted(person, "paid", days) for days in (30, 90, 365)}
        told |= {"paid_ever": counted(person, "paid", 9999), "refunds_365": counted(person, "refund", 365)}
        did_30, before = counted(person, "did", 30), counted(person, "did", 60, 30)
        if did_30 + before:
            told["did_change"] = (did_30 - before) / (did_30 + before)
        assert {name: of(found, person, name) for name in told} == pytest.approx(told, abs=1e-6)
    assert len(found.people) > 25


@pytest.mark.parametrize(
    "believed", ["1 + 0 * max(signals)", "1000 * max(signals)", "100000000 * max(signals)"]
)
def test_features_are_the_same_whatever_was_believed_of_how_many_signals_anybody_has(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, believed: str
) -> None:
    keep(ledger, history(Random(8)))
    at = on("2024-09-01")
    right = asked(ledger, at)
    as_believed = question(f"select {believed} as most, 1 as met, 1 as read from person_cards")
    monkeypatch.setattr(known, "held", lambda audience: as_believed)
    found = asked(ledger, at)
    assert found.people.equals(right.people)
    np.testing.assert_array_equal(found.values, right.values)


def test_breadth_counts_names_beyond_those_that_have_a_feature(ledger: Ledger) -> None:
    now = on("2024-07-01")
    things = [(f"thing_{nth}", 5 * nth + 1) for nth in range(14)]
    keep(
        ledger,
        [
            *a_spell("ada", "2024-01-01"),
            *(did("ada", now - timedelta(days=ago), name=name) for name, ago in [*things, ("thing_0", 2)]),
        ],
    )
    found = asked(ledger, now)
    assert of(found, "ada", "breadth_30") == 6
    assert of(found, "ada", "breadth_90") == 14


def test_channels_are_counted_once_however_often_they_were_used(ledger: Ledger) -> None:
    now = on("2024-07-01")
    used = [("app", 3), ("app", 5), ("shop", 200), ("phone", 400)]
    keep(
        ledger,
        [
            *a_spell("ada", "2023-01-01"),
            *(did("ada", now - timedelta(days=ago), channel=channel) for channel, ago in used),
            did("ada", now - timedelta(days=6), "met", channel="mail"),
        ],
    )
    found = asked(ledger, now)
    assert of(found, "ada", "channels_365") == 2
    assert of(found, "ada", "channel:app:90") == 2


def test_the_last_score_is_the_newest_and_the_one_before_it_has_the_same_name(ledger: Ledger) -> None:
    now, noon = on("2024-07-01"), on("2024-06-01")
    scores = [
        ("ada", noon - timedelta(days=9), "csat", 5, "a"), ("ada", noon - timedelta(days=5), "nps", 2, "b"),
        ("ada", noon, "nps", 8, "y"), ("ada", noon, "nps", 4, "x"), ("ada", noon, "mood", 1, "z"),
        ("bob", noon - timedelta(days=400), "nps", 10, "c"), ("bob", noon, "csat", 3, "d"),
        ("eve", noon, "nps", 1, "e"),
    ]  # fmt: skip
    told = [
        replace(rated(person, at, score, name=name), id=of_it) for person, at, name, score, of_it in scores
    ]
    keep(ledger, [*(one for who in ("ada", "bob", "kim") for one in a_spell(who, "2023-01-01")), *told])
    found = asked(ledger, now)
    names = ("score_last", "score_change", "score_mean_365")
    assert found.people.to_pylist() == ["ada", "bob", "kim"]
    assert [of(found, "ada", name) for name in names] == pytest.approx([0.8, 0.4, (1 + 0.2 + 0.8 + 0.4) / 4])
    assert [of(found, "bob", name) for name in names] == pytest.approx([0.5, np.nan, 0.5], nan_ok=True)
    assert np.isnan([of(found, "kim", name) for name in names]).all()


def test_payments_without_a_currency_are_in_that_of_the_others(ledger: Ledger) -> None:
    keep(
        ledger,
        [
            *(one for who in ("ada", "bob", "eve", "kim") for one in a_spell(who, "2024-01-01")),
            paid("ada", "2024-06-01", 10), replace(paid("ada", "2024-06-02", 20), currency=None),
            paid("bob", "2024-06-01", 30), replace(paid("eve", "2024-06-01", 7000), currency=None),
        ],
    )  # fmt: skip
    found = asked(ledger, on("2024-07-01"))
    spent = [of(found, who, "spent_90") for who in ("ada", "bob", "eve")]
    assert spent == pytest.approx([1.5, 1.5, 1])
    assert found.mixed == 0


def test_what_is_not_asked_is_what_would_be_answered_with_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(ledger, [one for one in history(Random(8)) if one.kind != "met"])
    at = on("2024-09-01")
    unasked = asked(ledger, at)
    everything = question("select max(signals) as most, 1 as met, 1 as read from person_cards")
    monkeypatch.setattr(known, "held", lambda audience: everything)
    np.testing.assert_array_equal(unasked.values, asked(ledger, at).values)
