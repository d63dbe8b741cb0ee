"""Who a signal is about is the same in whatever order it was told, and every decision can be taken back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count as counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from emptychair.domain.identity import Decisions, Merge, Separation, roots
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.people import SHARED
from emptychair.ledger.question import question

from .making import NOW, cards, order

NUMBERS = counter()
PEOPLE, DEVICES = ("ada", "ben", "cyd"), ("d1", "d2", "d3")
ALONE = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True, slots=True)
class Told:
    """One signal of a story: of a person or a device, and maybe telling the other."""

    who: str
    minute: int
    tells: str | None = None
    how: str = "identify"


visits = some.builds(Told, who=some.sampled_from([*PEOPLE, *(f"anon:{one}" for one in DEVICES)]),
                     minute=some.integers(0, 500_000))  # fmt: skip
tellings = some.builds(
    Told,
    who=some.sampled_from([*PEOPLE, "anon:d1"]),
    minute=some.integers(0, 500_000),
    tells=some.sampled_from([*DEVICES, "null", "0", "[object Object]", "ada"]),
    how=some.sampled_from(["identify", "device", "alias", "traits"]),
)
stories = some.lists(visits | tellings, min_size=1, max_size=25)
merges = some.lists(some.tuples(some.sampled_from(PEOPLE), some.sampled_from(PEOPLE)), max_size=3)
apart = some.lists(some.tuples(some.sampled_from(DEVICES), some.sampled_from(PEOPLE)), max_size=2)


def named(text: str, run: int) -> str:
    return text if text in ("null", "0", "[object Object]") else f"{text}_{run}"


def signals_of(story: list[Told], run: int) -> list[Signal]:
    found = []
    for place, told in enumerate(story):
        key = "previous_id" if told.how == "alias" else "anonymous_id"
        told_of = {key: named(told.tells, run)} if told.tells else {"path": "/"}
        found.append(
            replace(
                order(0),
                id=f"{run}_{place}",
                person=named(told.who, run),
                kind=Kind.TOLD if told.tells else Kind.DID,
                name=told.how if told.tells else "page",
                value=None,
                currency=None,
                occurred_at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=told.minute),
                properties=json.dumps(told_of),
            )
        )
    return found


def decisions_of(merged: list[tuple[str, str]], separate: list[tuple[str, str]], run: int) -> Decisions:
    audience = Audience.CUSTOMER.value
    return Decisions(
        merges=tuple(Merge(audience, named(gone, run), named(into, run)) for gone, into in merged),
        separations=tuple(Separation(audience, named(one, run), named(who, run)) for one, who in separate),
    )


def plainly(signals: list[Signal], decisions: Decisions) -> dict[str, str | None]:
    """The person of every signal by its id, by the rule as it is written in docs/identity.md."""
    evidence: dict[str, dict[str, datetime]] = {}
    for one in signals:
        told = json.loads(one.properties)
        device = told.get("previous_id" if one.name == "alias" else "anonymous_id")
        counts = one.kind is Kind.TOLD and one.name in ("identify", "device", "alias")
        if counts and device not in ("null", "0", "[object Object]") and not one.person.startswith("anon:"):  # type: ignore[union-attr]
            people = evidence.setdefault(f"anon:{device}", {})
            people[one.person] = min(one.occurred_at, people.get(one.person, one.occurred_at))  # type: ignore[index,arg-type]
    for gone in decisions.separations:
        evidence.get(f"anon:{gone.device}", {}).pop(gone.person, None)
    owners = {
        device: min(people.items(), key=lambda one: (one[1], one[0]))[0]
        for device, people in evidence.items()
        if 0 < len(people) <= SHARED
    }
    into = roots(decisions.merges)

    def person(written: str) -> str | None:
        owner = owners.get(written) if written.startswith("anon:") else written
        return None if owner is None else into.get(("customer", owner), owner)

    return {one.id: person(str(one.person)) for one in signals}


def people_of(ledger: Ledger, run: int) -> dict[str, str | None]:
    asked = question("select id, person from signals where starts_with_text(id, :run)", run=f"{run}_")
    return {row["id"]: row["person"] for row in ledger.ask(asked).to_pylist()}


def check(ledger: Ledger, signals: list[Signal], decisions: Decisions, run: int) -> None:
    ledger.who.settle()
    expected = plainly(signals, decisions)
    assert people_of(ledger, run) == expected
    found = {row["person"]: row["signals"] for row in cards(ledger) if str(row["person"]).endswith(f"_{run}")}
    people = [who for who in expected.values() if who is not None]
    assert found == {who: people.count(who) for who in set(people)}


@ALONE
@given(story=stories, data=some.data())
def test_any_order_of_arrival_and_any_batches_give_the_same_people(
    ledger: Ledger, story: list[Told], data: some.DataObject
) -> None:
    run = next(NUMBERS)
    signals = signals_of(story, run)
    shuffled = data.draw(some.permutations(signals))
    cuts = sorted(data.draw(some.lists(some.integers(0, len(signals)), max_size=3)))
    for begin, end in zip([0, *cuts], [*cuts, len(signals)], strict=True):
        ledger.append(shuffled[begin:end])
        ledger.load(NOW)
        if data.draw(some.booleans()):
            ledger.seal(NOW)
    check(ledger, signals, Decisions(), run)


@ALONE
@given(story=stories, merged=merges, separate=apart, half=some.floats(0, 1))
def test_what_is_decided_holds_for_what_was_and_for_what_comes_and_undone_it_never_was(
    ledger: Ledger,
    story: list[Told],
    merged: list[tuple[str, str]],
    separate: list[tuple[str, str]],
    half: float,
) -> None:
    run = next(NUMBERS)
    signals = signals_of(story, run)
    decisions = decisions_of(merged, separate, run)
    cut = int(half * len(signals))
    ledger.append(signals[:cut])
    ledger.load(NOW)
    ledger.who.decide(decisions)
    check(ledger, signals[:cut], decisions, run)
    ledger.append(signals[cut:])
    ledger.load(NOW)
    check(ledger, signals, decisions, run)
    ledger.who.decide(Decisions())
    check(ledger, signals, Decisions(), run)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Ledger, list[Signal], Decisions]]:
    story = [
        Told("anon:d1", 1), Told("ada", 5, "d1"), Told("anon:d1", 9), Told("ben", 20, "d1", "device"),
        Told("anon:d2", 2), Told("ben", 3), Told("cyd", 30, "d2", "alias"), Told("anon:d3", 4),
    ]  # fmt: skip
    signals = signals_of(story, 0)
    opened = Ledger.open(tmp_path)
    opened.append(signals)
    opened.load(NOW)
    yield opened, signals, decisions_of([("ben", "cyd")], [], 0)
    opened.close()


def test_a_rebuilt_projection_knows_the_same_people(
    told: tuple[Ledger, list[Signal], Decisions], tmp_path: Path
) -> None:
    ledger, signals, decisions = told
    ledger.who.decide(decisions)
    ledger.seal(NOW)
    ledger.compact(NOW)
    before = cards(ledger)
    ledger.close()
    (tmp_path / "ledger" / "projection.duckdb").unlink()
    again = Ledger.open(tmp_path)
    check(again, signals, decisions, 0)
    assert cards(again) == before
    again.close()


def test_decisions_written_down_before_a_crash_are_followed_after_it(
    told: tuple[Ledger, list[Signal], Decisions], tmp_path: Path
) -> None:
    ledger, signals, decisions = told
    before = tmp_path / "ledger" / "projection.duckdb"
    ledger.who.decide(decisions)
    kept = (tmp_path / "ledger" / "people.json").read_bytes()
    ledger.who.decide(Decisions())
    ledger.close()
    assert before.exists()
    (tmp_path / "ledger" / "people.json").write_bytes(kept)
    again = Ledger.open(tmp_path)
    check(again, signals, decisions, 0)
    again.close()


def test_a_source_taken_back_takes_what_it_told_with_it(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    signals = signals_of([Told("anon:d1", 1), Told("ada", 5, "d1"), Told("ben", 20, "d1")], 0)
    signals[1] = replace(signals[1], source="imp_1")
    ledger.append(signals)
    ledger.load(NOW)
    assert people_of(ledger, 0)["0_0"] == "ada_0"
    ledger.withdraw("imp_1")
    check(ledger, [signals[0], signals[2]], Decisions(), 0)
    assert people_of(ledger, 0)["0_0"] == "ben_0"
    ledger.close()


def test_a_device_of_many_is_nobodys(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    till = [Told(f"p{number}", number, "d1", "device") for number in range(SHARED)]
    ledger.append(signals_of([Told("anon:d1", 1), *till], 0))
    ledger.load(NOW)
    assert people_of(ledger, 0)["0_0"] == "p0_0"
    ledger.append([replace(one, id="0_late") for one in signals_of([Told("p9", 700, "d1", "device")], 0)])
    ledger.load(NOW)
    ledger.who.settle()
    assert people_of(ledger, 0)["0_0"] is None
    assert ledger.who.resolve("customer", ["anon:d1_0", "p0_0"]) == {"anon:d1_0": None, "p0_0": "p0_0"}
    ledger.close()


def test_all_ids_of_a_person_and_the_evidence_are_told(told: tuple[Ledger, list[Signal], Decisions]) -> None:
    ledger, _, decisions = told
    ledger.who.decide(decisions)
    assert ledger.who.names("customer", "cyd_0") == ("cyd_0", "anon:d2_0", "ben_0")
    assert ledger.who.resolve("customer", ["ben_0", "anon:d1_0", "dan"]) == {
        "ben_0": "cyd_0",
        "anon:d1_0": "ada_0",
        "dan": "dan",
    }
    links = ledger.who.links("customer", ["ben_0", "cyd_0", "anon:d2_0"]).to_pylist()
    assert [(one["other"], one["person"], one["owner"], one["told"]) for one in links] == [
        ("anon:d1_0", "ben_0", "ada_0", 1),
        ("anon:d2_0", "cyd_0", "cyd_0", 1),
    ]


def test_a_person_belongs_to_accounts_from_and_until_days(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    one = signals_of([Told("ada", 10, "x", "device")], 0)[0]
    ledger.append(
        [
            replace(one, id=f"a{number}", name=name, properties=json.dumps({"account": account}),
                    person=person, occurred_at=one.occurred_at + timedelta(days=number))
            for number, (name, account, person) in enumerate(
                [("account", "acme", "ada"), ("group", "acme", "ben"), ("account", "zen", "ada"),
                 ("account", "acme", "ada"), ("account", "null", "ada")]
            )
        ]
    )  # fmt: skip
    ledger.load(NOW)
    asked = question("select account, person, first_at, last_at from memberships order by account, person")
    day = one.occurred_at.replace(tzinfo=None)
    assert [tuple(row.values()) for row in ledger.ask(asked).to_pylist()] == [
        ("acme", "ada", day, day + timedelta(days=3)),
        ("acme", "ben", day + timedelta(days=1), day + timedelta(days=1)),
        ("zen", "ada", day + timedelta(days=2), day + timedelta(days=2)),
    ]
    ledger.who.decide(Decisions(merges=(Merge("customer", "ben", "ada"),)))
    assert [row["person"] for row in ledger.ask(asked).to_pylist()] == ["ada", "ada"]
    ledger.close()
