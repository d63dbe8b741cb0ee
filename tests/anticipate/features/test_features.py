"""Features are of what had arrived, whatever came later, and are what they are said to be."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from emptychair.anticipate.features.declared import declared
from emptychair.anticipate.features.known import Features, features
from emptychair.anticipate.features.leaks import leaks
from emptychair.anticipate.features.vocabulary import Vocabulary, vocabulary
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals, arrivals
from emptychair.understand.spells import Rule, Tenure
from tests.understand.histories import a_spell, did, keep, on, paid, rated

CUSTOMER = Audience.CUSTOMER
LIVE = "app"


def tenure(as_of: datetime, believed: Arrivals | None = None, gap: int | None = None) -> Tenure:
    rule = Rule.CONTRACT if gap is None else Rule.ACTIVITY
    return Tenure(
        audience=CUSTOMER,
        rule=rule,
        as_of=as_of,
        gap_days=gap,
        known=believed if believed is not None else Arrivals(),
    )


def live(signals: Sequence[Signal], late: timedelta = timedelta(0)) -> list[Signal]:
    """The signals as a program sends them, this late."""
    return [replace(one, source=LIVE, received_at=one.occurred_at + late) for one in signals]


def asked(ledger: Ledger, at: datetime, words: Vocabulary | None = None, gap: int | None = None) -> Features:
    believed = Arrivals()
    return features(ledger, tenure(at, believed, gap), words or vocabulary(ledger, CUSTOMER, at, believed))


def of(found: Features, person: str, name: str) -> float:
    row = found.people.to_pylist().index(person)
    column = [one.name for one in found.features].index(name)
    return float(found.values[row, column])


def test_counts_spans_and_gaps_are_what_they_say(ledger: Ledger) -> None:
    now = on("2024-07-01")
    days = (1, 2, 8, 20, 40, 59, 80, 200)
    keep(
        ledger,
        [
            *a_spell("ada", "2023-07-02"),
            *(did("ada", now - timedelta(days=ago, hours=1), name="opened") for ago in days),
            did("ada", now - timedelta(days=3), name="export_failed"),
            *(paid("ada", now - timedelta(days=ago), 20) for ago in (10, 40, 70, 100)),
            paid("ada", now - timedelta(days=5), -30),
            rated("ada", now - timedelta(days=100), 9),
            rated("ada", now - timedelta(days=50), 4),
            did("ada", now - timedelta(days=9), "told", name="traits", properties='{"plan": "gold"}'),
        ],
    )
    found = asked(ledger, now)
    told = {
        "tenure_days": 365, "since_did": 1 + 1 / 24, "since_paid": 10, "since_active": 1 + 1 / 24,
        "did_7": 3, "did_30": 5, "did_90": 8, "did_365": 9, "did_change": (5 - 2) / (5 + 2),
        "breadth_30": 2, "failures_30": 1, "paid_90": 3, "paid_ever": 4, "pay_rhythm_days": 30,
        "pay_silence_in_rhythms": 10 / 30, "spent_90": 3, "refunds_90": 1, "refunded_share": 30 / 80,
        "score_last": 0.4, "score_change": -0.5, "score_mean_365": 0.65, "did:opened:90": 7,
    }  # fmt: skip
    assert {name: of(found, "ada", name) for name in told} == pytest.approx(told, abs=1e-4)


def test_active_days_and_the_own_rhythm_are_counted_in_days(ledger: Ledger) -> None:
    now = on("2024-07-01")
    hours = (30, 31, 24 * 5 + 6, 24 * 9 + 6, 24 * 13 + 6)  # two on one day, then every fourth
    keep(
        ledger,
        [
            *a_spell("ada", "2024-01-01"),
            *(did("ada", now - timedelta(hours=ago), id=str(ago)) for ago in hours),
        ],
    )
    found = asked(ledger, now)
    assert of(found, "ada", "active_days_30") == 4
    assert of(found, "ada", "rhythm_days") == 4
    assert of(found, "ada", "silence_in_rhythms") == pytest.approx(30 / 24 / 4)


def test_only_people_in_a_relationship_have_features(ledger: Ledger) -> None:
    keep(
        ledger,
        [
            *a_spell("ada", "2024-01-01"),
            *a_spell("bob", "2024-01-01", "2024-05-01"),
            did("eve", "2024-06-01"),
        ],
    )
    assert asked(ledger, on("2024-07-01")).people.to_pylist() == ["ada"]
    assert asked(ledger, on("2024-03-01")).people.to_pylist() == ["ada", "bob"]


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "replayed", memory_limit="512MB")
    yield opened
    opened.close()


def history(lot: Random) -> list[Signal]:
    """A year of 30 people, a third of whose signals come days late."""
    found: list[Signal] = []
    for number in range(30):
        person, began = f"p{number:02}", on("2024-01-01") + timedelta(days=lot.randrange(120))
        ended = began + timedelta(days=lot.randrange(40, 300)) if number % 3 else None
        found += a_spell(person, began.isoformat(" ")[:19], ended.isoformat(" ")[:19] if ended else None)
        for count in range(60):
            at = began + timedelta(days=lot.random() * 330)
            name = lot.choice(("opened", "searched", "sync_failed"))
            found += [
                did(person, at, name=name),
                *([paid(person, at, lot.randrange(-5, 40))] if count % 4 == 0 else []),
                *([rated(person, at, lot.randrange(11))] if count % 9 == 0 else []),
            ]
        plan = lot.choice(("gold", "blue"))
        found.append(did(person, began, "told", name="traits", properties=f'{{"plan": "{plan}"}}'))
    return [
        replace(
            one,
            source=LIVE,
            received_at=one.occurred_at + timedelta(days=lot.choice((0, 0, 3, 40)) * lot.random()),
        )
        for one in found
    ]


@pytest.mark.parametrize("gap", [None, 20])
def test_features_at_an_instant_are_those_of_a_replay_of_what_had_arrived(
    ledger: Ledger, replayed: Ledger, gap: int | None
) -> None:
    signals = sorted(history(Random(5)), key=lambda one: one.received_at)
    keep(ledger, signals)
    words = vocabulary(ledger, CUSTOMER, on("2024-12-01"), Arrivals())
    for trait in words.traits:
        assert replayed.promote(trait.field.name) == trait.field.column
    sent = 0
    for at in (on("2024-03-01"), on("2024-06-15"), on("2024-12-01")):
        due = [one for one in signals[sent:] if one.received_at < at]
        keep(replayed, due)
        sent += len(due)
        one, other = asked(ledger, at, words, gap), asked(replayed, at, words, gap)
        assert len(one.people) > 3
        assert one.people.equals(other.people)
        assert one.started_at.equals(other.started_at)
        np.testing.assert_array_equal(one.values, other.values)


def test_what_comes_late_counts_from_when_it_came(ledger: Ledger) -> None:
    late = live([did("ada", "2024-06-20", name="opened")], timedelta(days=20))
    keep(ledger, [*live(a_spell("ada", "2024-01-01")), *late])
    assert of(asked(ledger, on("2024-07-01")), "ada", "did_30") == 0
    assert of(asked(ledger, on("2024-07-12")), "ada", "did_30") == 1


def test_a_leaving_that_nobody_knew_of_yet_ends_nothing(ledger: Ledger) -> None:
    joined, left = a_spell("ada", "2024-01-01", "2024-06-01")
    keep(ledger, [*live([joined]), *live([left], timedelta(days=60))])
    assert asked(ledger, on("2024-07-01")).people.to_pylist() == ["ada"]
    assert asked(ledger, on("2024-09-01")).people.to_pylist() == []


def test_files_are_known_when_things_happened_and_so_is_the_past_that_a_new_source_sends(
    ledger: Ledger,
) -> None:
    first = on("2024-06-01")
    past = [
        replace(did("ada", on("2024-01-01") + timedelta(days=day)), source="shop", received_at=first)
        for day in range(100)
    ]
    lately = replace(did("ada", "2024-06-20"), source="shop", received_at=on("2024-06-30"))
    keep(ledger, [*a_spell("ada", "2024-01-01"), *past, lately])  # the spell is of a file
    believed = arrivals(ledger)
    assert believed.past_until == (("shop", first + timedelta(days=1)),)
    words = vocabulary(ledger, CUSTOMER, on("2024-07-01"), believed)
    assert of(features(ledger, tenure(on("2024-03-01"), believed), words), "ada", "did_365") == 60
    assert of(features(ledger, tenure(on("2024-06-25"), believed), words), "ada", "did_365") == 100
    assert of(features(ledger, tenure(on("2024-07-01"), believed), words), "ada", "did_365") == 101


def test_a_note_written_after_the_end_and_dated_before_it_is_named_and_not_learned_from(
    ledger: Ledger,
) -> None:
    signals: list[Signal] = []
    for number in range(12):
        person, end = f"p{number:02}", on("2024-05-01") + timedelta(days=number)
        signals += live(a_spell(person, "2024-01-01", end.isoformat(" ")[:19]))
        signals += live([did(person, end - timedelta(days=day), name="opened") for day in range(1, 30)])
        note = did(person, end - timedelta(days=2), name="farewell_call")
        signals += live([note], timedelta(days=9))
    keep(ledger, signals)
    (named,) = leaks(ledger, tenure(on("2024-07-01")))
    assert (named.name, named.signals, named.late) == ("farewell_call", 12, 12)
    assert "farewell_call" in named.sentence
    words = vocabulary(ledger, CUSTOMER, on("2024-07-01"), Arrivals())
    before = asked(ledger, on("2024-05-01"), words)
    assert of(before, "p00", "did:farewell_call:30") == 0
    assert of(before, "p00", "did:opened:30") == 29


def test_money_is_compared_within_its_currency_and_not_at_all_for_who_pays_in_several(ledger: Ledger) -> None:
    now = on("2024-07-01")
    keep(
        ledger,
        [
            *(one for who in ("ada", "bob", "eve", "kim") for one in a_spell(who, "2024-01-01")),
            paid("ada", "2024-06-01", 10), paid("bob", "2024-06-01", 30),
            replace(paid("eve", "2024-06-01", 3000), currency="JPY"),
            paid("kim", "2024-06-01", 10), replace(paid("kim", "2024-06-02", 10), currency="USD"),
        ],
    )  # fmt: skip
    found = asked(ledger, now)
    assert [of(found, who, "spent_90") for who in ("ada", "bob", "eve")] == pytest.approx([0.5, 1.5, 1])
    assert np.isnan(of(found, "kim", "spent_90"))
    assert found.mixed == 1


def test_what_is_told_of_people_is_a_feature_and_what_names_them_is_none(ledger: Ledger) -> None:
    told = []
    for number in range(30):
        plan = ("gold", "blue")[number % 2]
        traits = f'{{"plan": "{plan}", "email": "p{number}@x", "seats": "{number}"}}'
        told.append(did(f"p{number:02}", "2024-02-01", "told", name="traits", properties=traits))
    keep(ledger, [*told, *(one for number in range(30) for one in a_spell(f"p{number:02}", "2024-01-01"))])
    found = asked(ledger, on("2024-07-01"))
    names = [one.name for one in found.features]
    assert "trait:email" not in names
    plan = found.features[names.index("trait:plan")]
    assert plan.values[int(of(found, "p03", "trait:plan"))] == "blue"
    assert of(found, "p07", "trait:seats") == 7


def test_nobody_and_nothing_give_no_rows(ledger: Ledger) -> None:
    found = asked(ledger, on("2024-07-01"))
    assert found.values.shape == (0, len(found.features))


def test_every_feature_has_a_name_of_its_own_a_sentence_and_a_sense(ledger: Ledger) -> None:
    keep(ledger, [did("ada", "2024-06-01", name="opened"), did("ada", "2024-06-02", "met", name="mail")])
    every = declared(vocabulary(ledger, CUSTOMER, on("2024-07-01"), Arrivals()))
    assert len({one.name for one in every}) == len(every) >= 60
    assert all(one.sentence and one.sense in (-1, 0, 1) for one in every)


def test_a_tenure_that_does_not_say_what_was_known_is_refused(ledger: Ledger) -> None:
    bare = Tenure(audience=CUSTOMER, rule=Rule.CONTRACT, as_of=on("2024-07-01"))
    words = vocabulary(ledger, CUSTOMER, bare.as_of, Arrivals())
    with pytest.raises(ValueError, match="what is known"):
        features(ledger, bare, words)
