from dataclasses import replace
from random import Random

import numpy as np
import pytest

from emptychair.ledger.ledger import Ledger
from emptychair.stats.survival import kaplan_meier
from emptychair.understand.survival import survival, unwatched
from tests.understand.histories import a_spell, days, did, keep, on
from tests.understand.test_spells import AS_OF, activity, contract


def test_twelve_months_are_twelve_months_whatever_their_lengths(ledger: Ledger) -> None:
    keep(ledger, [s for n in range(8) for s in a_spell(f"p{n}", "2023-02-27", "2024-02-27")])
    keep(ledger, [s for n in range(8, 16) for s in a_spell(f"p{n}", "2023-02-27", "2024-02-28")])
    keep(ledger, [s for n in range(16, 32) for s in a_spell(f"p{n}", "2023-02-27")])
    curve = survival(ledger, contract())
    assert curve is not None
    assert curve.at(11.99) == 1.0
    assert curve.at(12) == 0.75
    assert curve.at(12 + 1 / 32) == 0.5


@pytest.mark.parametrize("left_on", ["2024-02-28", "2024-02-29"])
def test_from_the_end_of_a_month_to_the_end_of_another_are_whole_months(ledger: Ledger, left_on: str) -> None:
    """A tenure of twelve months as of 29 February began on 28 February, as that month had no other end."""
    keep(ledger, [s for n in range(8) for s in a_spell(f"p{n}", "2023-02-28", left_on)])
    keep(ledger, [s for n in range(8, 16) for s in a_spell(f"p{n}", "2023-02-28")])
    curve = survival(ledger, contract())
    assert curve is not None
    assert (curve.at(11.99), curve.at(12)) == (1.0, 0.5)


def test_who_is_there_since_yesterday_was_seen_for_one_day(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-06-29"), *a_spell("ben", "2024-06-29", "2024-06-30")])
    curve = survival(ledger, contract())
    assert curve is not None
    assert curve.at_risk.tolist() == [2]
    assert curve.at(1 / 32) == 0.5


def test_the_curve_is_the_one_of_the_durations_in_days(ledger: Ledger) -> None:
    """Whole months and days beyond them order nearly all spells as days do."""
    rng = Random(4)
    lengths = [rng.randrange(0, 900) for _ in range(400)]
    began = [rng.randrange(0, 900) for _ in range(400)]
    durations, ended, signals = [], [], []
    for number, (length, start) in enumerate(zip(lengths, began, strict=True)):
        start_at = on("2020-01-01") if number % 2 else on("2020-01-01") - days(start)
        as_of = AS_OF - days(1)
        end_at = start_at + days(length)
        signals.append(did(f"p{number}", start_at, "joined"))
        if end_at <= as_of:
            signals.append(did(f"p{number}", end_at, "left"))
        durations.append(length if end_at <= as_of else (as_of - start_at).days)
        ended.append(end_at <= as_of)
    keep(ledger, signals)
    curve, by_days = survival(ledger, contract()), kaplan_meier(durations, ended)
    assert curve is not None
    assert by_days is not None
    assert curve.n == by_days.n
    assert int(curve.events.sum()) == int(by_days.events.sum())
    for month in (3, 12, 24):
        assert curve.at(month) == pytest.approx(by_days.at(month * 30.4375), abs=0.01)


def test_spells_from_before_observation_enter_at_the_age_they_had(ledger: Ledger) -> None:
    """Leavings before 2023 were not kept; without saying so the first year would look safe."""
    rng = Random(9)
    signals = []
    for number in range(3_000):
        began = on("2019-01-01") + days(rng.randrange(0, 2_000))
        ended = began + days(rng.expovariate(1 / 400))
        if ended < on("2023-01-01"):
            continue
        signals.append(did(f"p{number}", began, "joined"))
        if ended < AS_OF:
            signals.append(did(f"p{number}", ended, "left"))
    keep(ledger, signals)
    naive, honest = survival(ledger, contract()), survival(ledger, contract(), on("2023-01-01"))
    assert naive is not None
    assert honest is not None
    truth = float(np.exp(-365.25 / 400))
    assert honest.at(12) == pytest.approx(truth, abs=0.03)
    assert naive.at(12) is not None
    assert abs(naive.at(12) - truth) > 0.15
    warning = unwatched(ledger, contract())
    assert warning is not None
    assert warning.since == on("2023-01-01")
    assert "observe since 2023-01-01" in warning.warning


def test_endings_recorded_all_along_give_no_warning(ledger: Ledger) -> None:
    rng = Random(2)
    signals = []
    for number in range(500):
        began = on("2021-01-01") + days(rng.randrange(0, 1_000))
        signals += a_spell(f"p{number}", began.isoformat()[:10], (began + days(200)).isoformat()[:10])
    keep(ledger, signals)
    assert unwatched(ledger, contract()) is None
    assert unwatched(ledger, activity()) is None


def test_all_endings_on_one_day_are_a_snapshot(ledger: Ledger) -> None:
    keep(ledger, [s for n in range(40) for s in a_spell(f"p{n}", f"2023-01-{n % 28 + 1:02}", "2024-06-30")])
    warning = unwatched(ledger, contract())
    assert warning is not None
    assert warning.is_snapshot
    assert "snapshot" in warning.warning


def test_without_spells_there_is_no_curve(ledger: Ledger) -> None:
    assert survival(ledger, contract()) is None
    assert survival(ledger, replace(contract(), as_of=on("2000-01-01")), on("1999-01-01")) is None
