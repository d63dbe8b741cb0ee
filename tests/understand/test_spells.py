from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Rule, Tenure, spells, unknown_beginnings
from tests.understand.histories import a_spell, days, did, keep, on, paid

Found = list[tuple[str, datetime, datetime | None]]
AS_OF = on("2024-07-01")


def contract(as_of: datetime = AS_OF) -> Tenure:
    return Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=as_of)


def activity(gap: int = 30, as_of: datetime = AS_OF) -> Tenure:
    return Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=as_of, gap_days=gap)


def found(ledger: Ledger, tenure: Tenure) -> Found:
    rows = ledger.ask(spells(tenure)).to_pylist()
    read = [
        (row["person"], on(str(row["started_at"])), row["ended_at"] and on(str(row["ended_at"])))
        for row in rows
    ]
    return sorted(read, key=lambda spell: spell[:2])


def test_a_spell_lasts_from_joining_to_leaving_and_a_return_is_a_second_one(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-02-01"), *a_spell("ada", "2024-05-01")])
    assert found(ledger, contract()) == [
        ("ada", on("2024-01-01"), on("2024-02-01")),
        ("ada", on("2024-05-01"), None),
    ]


def test_joining_again_inside_a_spell_and_leaving_again_after_it_change_nothing(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-03-01"), *a_spell("ada", "2024-02-01", "2024-04-01")])
    assert found(ledger, contract()) == [("ada", on("2024-01-01"), on("2024-03-01"))]


def test_leaving_and_joining_at_one_instant_is_a_renewal_for_who_was_in(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-03-01"), *a_spell("ada", "2024-03-01")])
    assert found(ledger, contract()) == [
        ("ada", on("2024-01-01"), on("2024-03-01")),
        ("ada", on("2024-03-01"), None),
    ]


def test_joining_and_leaving_at_one_instant_is_a_spell_without_length_for_who_was_out(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-01-01"), *a_spell("ada", "2024-03-01")])
    assert found(ledger, contract()) == [
        ("ada", on("2024-01-01"), on("2024-01-01")),
        ("ada", on("2024-03-01"), None),
    ]


def test_a_leaving_without_a_joining_is_no_spell_and_is_told_apart(ledger: Ledger) -> None:
    keep(ledger, [did("ada", "2024-02-01", "left"), *a_spell("ben", "2024-01-01", "2024-03-01")])
    keep(ledger, [did("ben", "2024-04-01", "left")])
    assert [person for person, _, _ in found(ledger, contract())] == ["ben"]
    assert [row["person"] for row in ledger.ask(unknown_beginnings(contract())).to_pylist()] == ["ada"]


def test_what_happens_at_as_of_or_later_is_not_seen(ledger: Ledger) -> None:
    keep(ledger, [*a_spell("ada", "2024-01-01", "2024-07-01"), *a_spell("ben", "2024-07-01")])
    assert found(ledger, contract()) == [("ada", on("2024-01-01"), None)]


def test_signals_that_name_nobody_and_employees_are_not_customers(ledger: Ledger) -> None:
    keep(
        ledger, [did(None, "2024-01-01", "joined"), *a_spell("eve", "2024-01-01", audience=Audience.EMPLOYEE)]
    )
    assert found(ledger, contract()) == []


def test_activity_runs_until_a_silence_longer_than_the_gap(ledger: Ledger) -> None:
    keep(ledger, [paid("ada", day, 10) for day in ("2024-01-01", "2024-01-31", "2024-03-15", "2024-06-10")])
    assert found(ledger, activity()) == [
        ("ada", on("2024-01-01"), on("2024-03-01")),
        ("ada", on("2024-03-15"), on("2024-04-14")),
        ("ada", on("2024-06-10"), None),
    ]


def test_a_silence_that_reaches_as_of_exactly_has_not_ended_the_spell(ledger: Ledger) -> None:
    keep(ledger, [paid("ada", "2024-06-01", 10)])
    assert found(ledger, activity()) == [("ada", on("2024-06-01"), None)]
    later = activity(as_of=AS_OF + timedelta(microseconds=1))
    assert found(ledger, later) == [("ada", on("2024-06-01"), on("2024-07-01"))]


def test_a_return_neither_starts_nor_extends_a_relationship(ledger: Ledger) -> None:
    keep(
        ledger, [paid("ada", "2024-01-01", 10), paid("ada", "2024-01-20", -10), paid("ben", "2024-01-20", 0)]
    )
    assert found(ledger, activity()) == [("ada", on("2024-01-01"), on("2024-01-31"))]


def test_a_gap_belongs_to_activity_and_only_to_it() -> None:
    with pytest.raises(ValueError, match="gap"):
        Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF, gap_days=3)
    with pytest.raises(ValueError, match="at least one day"):
        activity(gap=0)


def by_hand_from_contracts(signals: Sequence[Signal], as_of: datetime) -> Found:
    """The rule as a state machine, one person and one instant at a time."""
    spells_found: Found = []
    marks = [
        signal for signal in signals if signal.kind in (Kind.JOINED, Kind.LEFT) and signal.occurred_at < as_of
    ]
    for person, theirs in groupby(
        sorted(marks, key=lambda s: (s.person or "", s.occurred_at)), lambda s: s.person
    ):
        began: datetime | None = None
        for instant, together in groupby(theirs, lambda s: s.occurred_at):
            kinds = {signal.kind for signal in together}
            if began is not None and Kind.LEFT in kinds:
                spells_found.append((str(person), began, instant))
                began = instant if Kind.JOINED in kinds else None
            elif began is None and kinds == {Kind.JOINED, Kind.LEFT}:
                spells_found.append((str(person), instant, instant))
            elif began is None and Kind.JOINED in kinds:
                began = instant
        if began is not None:
            spells_found.append((str(person), began, None))
    return sorted(spells_found, key=lambda spell: spell[:2])


def by_hand_from_activity(signals: Sequence[Signal], gap: timedelta, as_of: datetime) -> Found:
    """The rule as a walk along each person's activity."""
    spells_found: Found = []
    active = [
        signal
        for signal in signals
        if signal.occurred_at < as_of
        and (
            signal.kind is Kind.DID
            or (signal.kind is Kind.PAID and signal.value is not None and signal.value > 0)
        )
    ]
    for person, theirs in groupby(
        sorted(active, key=lambda s: (s.person or "", s.occurred_at)), lambda s: s.person
    ):
        first, *rest = theirs
        began = last = first.occurred_at
        for signal in rest:
            if signal.occurred_at - last > gap:
                spells_found.append((str(person), began, last + gap))
                began = signal.occurred_at
            last = signal.occurred_at
        spells_found.append((str(person), began, last + gap if last + gap < as_of else None))
    return sorted(spells_found, key=lambda spell: spell[:2])


def adversarial(rng: Random, people: int) -> list[Signal]:
    """Histories on few instants, so that everything coincides: with the gap, with as_of, with each other."""
    instants = [
        AS_OF + days(rng.choice((-120, -90, -61, -60, -59, -31, -30, -29, -1, 0, 1))) for _ in range(6)
    ]
    instants += [instant + timedelta(microseconds=rng.choice((-1, 1))) for instant in instants]
    kinds = ("joined", "left", "did", "paid", "rated", "told")
    made = []
    for person in range(people):
        for number in range(rng.randrange(9)):
            kind, when = rng.choice(kinds), rng.choice(instants)
            value = {"value": rng.choice((-5, 0, 5)), "currency": "EUR"} if kind == "paid" else {}
            made.append(did(f"p{person}", when, kind, id=f"{person}-{number}", **value))
    return made


@pytest.mark.parametrize("seed", range(5))
def test_sql_finds_the_spells_that_a_person_finds_by_hand(ledger: Ledger, seed: int) -> None:
    rng = Random(seed)
    signals = adversarial(rng, people=200)
    keep(ledger, rng.sample(signals, len(signals)))
    for as_of in (AS_OF, AS_OF - days(30), AS_OF - days(31) + timedelta(microseconds=1)):
        assert found(ledger, contract(as_of)) == by_hand_from_contracts(signals, as_of)
        assert found(ledger, activity(30, as_of)) == by_hand_from_activity(signals, days(30), as_of)


@pytest.mark.parametrize("rule", Rule)
def test_looking_earlier_sees_the_same_spells_cut_off(ledger: Ledger, rule: Rule) -> None:
    """What was known on a day never depends on what came after it."""
    keep(ledger, adversarial(Random(11), people=300))
    late = contract() if rule is Rule.CONTRACT else activity(30)
    early = replace(late, as_of=AS_OF - days(30))
    cut = [
        (person, began, ended if ended is not None and ended < early.as_of else None)
        for person, began, ended in found(ledger, late)
        if began < early.as_of
    ]
    assert found(ledger, early) == cut


def test_strangers_duplicates_and_the_order_of_arrival_change_nobody_elses_spells(ledger: Ledger) -> None:
    signals = adversarial(Random(3), people=50)
    keep(ledger, signals[::-1])
    before = found(ledger, contract())
    keep(ledger, signals)
    keep(ledger, a_spell("stranger", "2024-01-01", "2024-02-01"))
    assert [spell for spell in found(ledger, contract()) if spell[0] != "stranger"] == before
