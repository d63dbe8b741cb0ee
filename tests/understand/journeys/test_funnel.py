"""Funnels are what plain Python finds in the same signals, and know who may still come."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.stats.intervals import wilson
from emptychair.understand.fields import field, values_of_people
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.found import proposed
from emptychair.understand.journeys.funnel import funnel, funnels
from emptychair.understand.journeys.paths import paths
from emptychair.understand.journeys.reached import Walk, reached
from emptychair.understand.journeys.steps import Steps
from emptychair.understand.signs import Sign
from emptychair.understand.stated import NotADefinition
from tests.understand.histories import did, on

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
PERIOD = Period(AS_OF - timedelta(days=100), AS_OF - timedelta(days=10))
NAMES = ("look", "cart", "order", "else")
OWN = {Kind.DID, Kind.SAID, Kind.RATED, Kind.PAID}


def walk(ledger: Ledger, **more: Any) -> Walk:
    columns = {"plan": field(ledger, "plan").column}
    return Walk(
        **{"audience": Audience.CUSTOMER, "period": PERIOD, "as_of": AS_OF, "columns": columns, **more}
    )


def steps(order: str = "loose", days: int = 30) -> Steps:
    return stepping.read(
        {
            "steps": [
                {"signal": "did", "name": "look"},
                {"signal": "did", "name": ["cart"], "where": [{"property": "plan", "is_not": ["free"]}]},
                {"signal": "paid", "called": "bought"},
            ],
            "days": days,
            "order": order,
        }
    )


@pytest.fixture(scope="module")
def signals() -> list[Signal]:
    chance = random.Random(11)
    found = []
    for number in range(400):
        person = f"per_{number:03}"
        for place in range(chance.randrange(1, 14)):
            at = AS_OF - timedelta(hours=chance.randrange(1, 24 * 110))
            name = chance.choice(NAMES)
            kind = "paid" if name == "order" else chance.choice(["did", "did", "did", "met"])
            plan = json.dumps({"plan": chance.choice(["free", "gold", "gold"])})
            found.append(did(person, at, kind, name=name, properties=plan, id=f"{number}-{place}"))
    return found


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, signals: list[Signal]) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path_factory.mktemp("journeys"), memory_limit="512MB")
    opened.append(signals)
    opened.load(AS_OF)
    yield opened
    opened.close()


def expected(signals: list[Signal], order: str, days: int) -> dict[str, list[datetime | None]]:
    """The instants of each person, one step after the other, in plain Python."""
    found: dict[str, list[datetime | None]] = {}
    for person in {str(one.person) for one in signals}:
        mine = sorted((one for one in signals if one.person == person), key=lambda one: one.occurred_at)
        mine = [one for one in mine if PERIOD.start <= one.occurred_at < AS_OF]
        first = next((one for one in mine if is_step(one, 0) and one.occurred_at < PERIOD.end), None)
        if first is None:
            continue
        at: list[datetime | None] = [first.occurred_at]
        until = first.occurred_at + timedelta(days=days)
        for place in (1, 2):
            before = at[-1]
            later = [] if before is None else [
                one for one in mine if before < one.occurred_at < until
                and (is_step(one, place) if order == "loose"
                     else one.kind in OWN or any(is_step(one, n) for n in range(3)))
            ]  # fmt: skip
            one = later[0] if later else None
            at.append(one.occurred_at if one is not None and is_step(one, place) else None)
        found[person] = at
    return found


def is_step(one: Signal, place: int) -> bool:
    if place == 0:
        return one.kind is Kind.DID and one.name == "look"
    if place == 1:
        return one.kind is Kind.DID and one.name == "cart" and json.loads(one.properties)["plan"] != "free"
    return one.kind is Kind.PAID


@pytest.mark.parametrize("order", ["loose", "strict"])
@pytest.mark.parametrize("days", [5, 30])
def test_everybody_reaches_the_steps_that_they_reach(
    ledger: Ledger, signals: list[Signal], order: str, days: int
) -> None:
    rows = ledger.ask(reached(steps(order, days), walk(ledger))).to_pylist()
    found = {
        row["person"]: [
            None if row[f"at_{n}"] is None else row[f"at_{n}"].replace(tzinfo=UTC) for n in range(3)
        ]
        for row in rows
    }
    assert found == expected(signals, order, days)
    assert any(at[1] for at in found.values()), "or it tells nothing"


def test_who_may_still_come_is_not_lost(ledger: Ledger, signals: list[Signal]) -> None:
    way = funnel(ledger, steps(), walk(ledger))
    people = expected(signals, "loose", 30)
    ripe = [at for at in people.values() if at[0] is not None and at[0] + timedelta(days=30) <= AS_OF]
    rest = [at for at in people.values() if at not in ripe]
    assert rest, "some began lately"
    assert (way.entered, way.ripe) == (len(people), len(ripe))
    for place in (1, 2):
        before = [at for at in ripe if at[place - 1] is not None]
        here = [at for at in before if at[place] is not None]
        stage = way.stages[place]
        assert (stage.ripe_before, stage.ripe, stage.lost) == (
            len(before),
            len(here),
            len(before) - len(here),
        )
        assert stage.of_before == wilson(len(here), len(before))
        late = [at for at in rest if at[place - 1] is not None]
        assert stage.unripe == sum(at[place] is None for at in late)
        assert stage.people == len(here) + sum(at[place] is not None for at in late)
        minutes = sorted((at[place] - at[place - 1]) // timedelta(minutes=1) for at in here)  # type: ignore[operator]
        middle = (minutes[(len(minutes) - 1) // 2] + minutes[len(minutes) // 2]) / 2
        assert stage.typical is not None
        assert middle - 60 < stage.typical.value <= middle, "days are told to the hour"


def test_the_time_until_half_are_there_counts_those_who_are_not(ledger: Ledger, tmp_path: Any) -> None:
    """Sixty come after a day; sixty began an hour ago. Half of all are there after a day, not half of 60."""
    own = Ledger.open(tmp_path / "own", memory_limit="512MB")
    signals = []
    for number in range(120):
        begun = AS_OF - (timedelta(days=40) if number < 60 else timedelta(hours=1))
        signals.append(did(f"p{number}", begun, name="look", properties='{"plan": "gold"}'))
        if number < 60:
            signals.append(did(f"p{number}", begun + timedelta(days=1), name="cart"))
    own.append(signals)
    own.load(AS_OF)
    simple = stepping.read({"steps": [{"signal": "did", "name": "look"}, {"signal": "did", "name": "cart"}]})
    way = funnel(own, simple, walk(own, period=Period(AS_OF - timedelta(days=90), AS_OF)))
    own.close()
    stage = way.stages[1]
    assert stage.of_before is not None
    assert (stage.of_before.value, stage.of_before.n, stage.unripe) == (1.0, 60, 60)
    assert stage.half is not None
    assert stage.half.value == 24 * 60


def test_a_funnel_is_split_by_a_field_and_adds_up(ledger: Ledger) -> None:
    by = field(ledger, "plan")
    values = values_of_people(by, Audience.CUSTOMER, PERIOD.start, AS_OF)
    parts = funnels(ledger, steps(), walk(ledger), values)
    whole = funnel(ledger, steps(), walk(ledger))
    assert {segment.label for segment, _ in parts} == {"gold", "free"}
    for place in range(3):
        assert sum(way.stages[place].ripe for _, way in parts) == whole.stages[place].ripe
    nobody = question("select person, 'x' as value from signals where id = ''")
    assert [segment.label for segment, _ in funnels(ledger, steps(), walk(ledger), nobody)] == ["(unknown)"]


@pytest.mark.parametrize("is_before", [False, True])
def test_what_comes_next_is_what_comes_next(ledger: Ledger, signals: list[Signal], is_before: bool) -> None:
    tree = paths(
        ledger, Sign(kind=Kind.DID, names=("look",)), walk(ledger), is_before=is_before, minutes=24 * 60
    )
    ways = []
    for person in {one.person for one in signals}:
        mine = sorted((one for one in signals if one.person == person), key=lambda one: one.occurred_at)
        looks = [
            one for one in mine
            if is_step(one, 0) and PERIOD.start <= one.occurred_at < PERIOD.end
        ]  # fmt: skip
        if not looks:
            continue
        at = looks[0].occurred_at
        own = [one for one in mine if one.kind in OWN]
        own = (
            [one for one in reversed(own) if one.occurred_at < at]
            if is_before
            else [one for one in own if one.occurred_at > at]
        )
        way = []
        for one in own:
            if abs(one.occurred_at - at) > timedelta(days=1):
                break
            way.append(f"{one.kind.value}:{one.name}")
            at = one.occurred_at
        ways.append((*way, "", "", "")[:3])
    assert tree.people == len(ways)
    for branch in tree.branches:
        mine_too = [way for way in ways if way[0] == branch.label]
        assert branch.people == len(mine_too)
        for inner in branch.branches:
            assert inner.people == sum(way[1] == inner.label for way in mine_too)
            assert all(
                deep.people == sum(way[1:] == (inner.label, deep.label) for way in mine_too)
                for deep in inner.branches
            )
    assert sum(branch.people for branch in tree.branches) == len(ways) or tree.others


def test_the_commonest_way_is_found(tmp_path: Any) -> None:
    own = Ledger.open(tmp_path / "own", memory_limit="512MB")
    signals = []
    for number in range(100):
        begun = on("2026-04-01") + timedelta(hours=number)
        way = ("joined", "look", "cart") if number < 70 else ("look", "else", "cart")
        signals += [
            did(f"p{number}", begun + timedelta(days=day), "joined" if name == "joined" else "did", name=name)
            for day, name in enumerate(way)
        ]
        signals.append(did(f"p{number}", begun + timedelta(days=9), name="look", id=f"again-{number}"))
    signals += [did(f"old{number}", "2020-01-01", name="look") for number in range(500)]
    own.append(signals)
    own.load(AS_OF)
    found = proposed(own, Walk(audience=Audience.CUSTOMER, period=PERIOD, as_of=AS_OF, columns={}))
    nothing = proposed(own, Walk(audience=Audience.EMPLOYEE, period=PERIOD, as_of=AS_OF, columns={}))
    own.close()
    assert found.steps is not None
    assert [step.name for step in found.steps.steps] == ["joined", "look", "cart"]
    assert (found.people, found.followed) == (100, 70)
    assert nothing.steps is None
    assert "No two things" in nothing.reason


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"steps": [{"signal": "did"}]}, "definition.steps"),
        ({"steps": [{"signal": "did"}] * 9}, "definition.steps"),
        ({"steps": [{"signal": "did"}, {"signal": "flew"}]}, "definition.steps[1].signal"),
        ({"steps": [{"signal": "did"}, {"signal": "did", "x": 1}]}, "definition.steps[1].x"),
        ({"steps": [{"signal": "did"}] * 2, "days": 0}, "definition.days"),
        ({"steps": [{"signal": "did"}] * 2, "order": "odd"}, "definition.order"),
    ],
)
def test_what_is_wrong_with_steps_is_told_by_its_place(data: Any, place: str) -> None:
    with pytest.raises(NotADefinition) as told:
        stepping.read(data)
    assert place in told.value.faults


def test_steps_are_read_as_they_are_written() -> None:
    data = stepping.as_data(steps("strict"))
    assert stepping.as_data(stepping.read(data)) == data
