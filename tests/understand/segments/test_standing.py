"""Who is in a segment is what plain Python finds in the same signals, however conditions are nested."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.fields import field
from emptychair.understand.segments import standing
from emptychair.understand.segments.definition import fields_of
from emptychair.understand.segments.reading import as_data, read
from emptychair.understand.segments.standing import Sight
from emptychair.understand.spells import Rule, Tenure
from tests.understand.histories import did, paid, rated

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
AFTER = AS_OF + timedelta(days=3)
PEOPLE = [f"per_{number}" for number in range(60)]
TENURE = Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF)
ACCOUNTS = {"acc_0": "coffee", "acc_1": "tea"}


def _history(person: str, chance: random.Random) -> list[Signal]:
    """Everything that can be asked for, some of it after the instant from which is looked."""
    number = int(person[4:])
    day = lambda most: AS_OF - timedelta(days=chance.randrange(1, most), hours=chance.randrange(24))  # noqa: E731
    found = [did(person, AS_OF - timedelta(days=400 + number), name="visit")]
    if number % 4:
        plan = json.dumps({"plan": ("gold", "silver", "bronze")[number % 3], "age": str(20 + number)})
        found.append(did(person, day(300), "told", name="traits", properties=plan))
    if number % 5 == 0:
        late = json.dumps({"plan": "gold"})
        found.append(did(person, AFTER, "told", name="traits", properties=late))
    for _ in range(chance.randrange(5)):
        tries = json.dumps({"results": str(chance.randrange(3))})
        found.append(did(person, day(120), name=chance.choice(["search", "login"]), properties=tries))
    found += [paid(person, day(200), chance.randrange(-20, 80)) for _ in range(chance.randrange(4))]
    found += [rated(person, day(200), chance.randrange(11)) for _ in range(chance.randrange(3))]
    found.append(did(person, AFTER, name="search"))
    if number % 3:
        begun = day(300)
        found.append(did(person, begun, "joined", name="contract"))
        if number % 2:
            found.append(did(person, begun + (AFTER - begun) * chance.random(), "left", name="contract"))
    if number % 7 == 0:
        account = json.dumps({"account": f"acc_{number % 2}"})
        found.append(did(person, day(50), "told", name="group", properties=account))
    for place in range(chance.randrange(3)):
        said = did(person, day(90), "said", name="message", text="words", id=f"said_{number}_{place}")
        found.append(said)
    return found


def _signals() -> list[Signal]:
    chance = random.Random(7)
    found = [signal for person in PEOPLE for signal in _history(person, chance)]
    for account, industry in ACCOUNTS.items():
        told = json.dumps({"account": account, "industry": industry})
        found.append(did(None, AS_OF - timedelta(days=9), "told", name="group", properties=told, id=account))
    return found


@pytest.fixture(scope="module")
def signals() -> list[Signal]:
    return _signals()


def _themes(signals: list[Signal]) -> dict[str, tuple[str, str]]:
    """The theme and the tone of every text."""
    texts = [one.id for one in signals if one.text]
    return {
        one: (("thm_1", "thm_2")[n % 2], ("negative", "positive", "unsure")[n % 3])
        for n, one in enumerate(texts)
    }


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, signals: list[Signal]) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path_factory.mktemp("segments"), memory_limit="512MB")
    opened.append(signals)
    opened.load(AFTER)
    read_in = _themes(signals)
    readings = [
        {"signal": one, "language": "en", "tone": tone, "tone_score": None}
        for one, (_, tone) in read_in.items()
    ]
    mentions = [
        {"signal": one, "place": place, "theme": theme, "confidence": Decimal(1)}
        for one, (theme, _) in read_in.items()
        for place in range(2)
    ]
    opened.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    yield opened
    opened.close()


def sight(ledger: Ledger, condition: Any, tenure: Tenure | None = TENURE, **more: Any) -> Sight:
    names = {*fields_of(condition), "account"}
    columns = {name: field(ledger, name).column for name in names}
    return Sight(audience=Audience.CUSTOMER, as_of=AS_OF, columns=columns, tenure=tenure, **more)


def found(ledger: Ledger, data: dict[str, Any]) -> dict[str, int]:
    condition = read(data, Audience.CUSTOMER)
    rows = ledger.ask(standing.standings(condition, sight(ledger, condition))).to_pylist()
    assert len(rows) == len({row["person"] for row in rows})
    return {row["person"]: row["standing"] for row in rows}


class Oracle:
    """The same, from the signals in plain Python: None is "cannot be told"."""

    def __init__(self, signals: list[Signal]) -> None:
        self.themes = _themes(signals)
        self.signals = [one for one in signals if one.occurred_at < AS_OF]

    def holds(self, person: str, data: dict[str, Any]) -> bool | None:
        if "all" in data:
            inside = [self.holds(person, part) for part in data["all"]]
            return False if False in inside else None if None in inside else True
        if "any" in data:
            inside = [self.holds(person, part) for part in data["any"]]
            return True if True in inside else None if None in inside else False
        if "not" in data:
            one = self.holds(person, data["not"])
            return None if one is None else not one
        kind = next(
            name
            for name in ("trait", "account", "signal", "paid", "theme", "score", "relationship")
            if name in data
        )
        verdict: bool | None = getattr(self, f"_{kind}")(person, data)
        return verdict

    def _mine(self, person: str, data: dict[str, Any]) -> list[Signal]:
        days = data.get("days")
        return sorted(
            (
                one
                for one in self.signals
                if one.person == person and (days is None or one.occurred_at >= AS_OF - timedelta(days=days))
            ),
            key=lambda one: (one.occurred_at, one.id),
        )

    def _trait(self, person: str, data: dict[str, Any]) -> bool | None:
        values = [
            json.loads(one.properties).get(data["trait"])
            for one in self._mine(person, {})
            if one.kind is Kind.TOLD
        ]
        known = [value for value in values if value]
        return passes(data, known[-1] if known else None)

    def _account(self, person: str, data: dict[str, Any]) -> bool | None:
        told = [json.loads(one.properties) for one in self._mine(person, {}) if one.name == "group"]
        mine = {one["account"] for one in told}
        verdicts = [passes(data, ACCOUNTS[one]) for one in mine] or [passes(data, None)]
        return True if True in verdicts else None if None in verdicts else False

    def _signal(self, person: str, data: dict[str, Any]) -> bool:
        def fits(one: Signal) -> bool:
            if data["signal"] not in ("any", one.kind.value) or (
                "name" in data and one.name not in data["name"]
            ):
                return False
            told = json.loads(one.properties)
            return all(passes(each, told.get(each["property"])) is True for each in data.get("where", []))

        often = sum(fits(one) for one in self._mine(person, data))
        if "at_least" not in data and "at_most" not in data:
            return often >= 1
        return between(data, Decimal(often))

    def _paid(self, person: str, data: dict[str, Any]) -> bool:
        mine = [one for one in self._mine(person, data) if one.kind is Kind.PAID]
        amounts = [one.value for one in mine if one.currency == data["paid"] and one.value is not None]
        return between(data, sum(amounts, Decimal(0)))

    def _theme(self, person: str, data: dict[str, Any]) -> bool:
        texts = [self.themes[one.id] for one in self._mine(person, data) if one.text]
        often = sum(theme == data["theme"] and data.get("tone") in (None, tone) for theme, tone in texts)
        return between({"at_least": 1} | data, Decimal(often))

    def _score(self, person: str, data: dict[str, Any]) -> bool | None:
        answers = [one.score for one in self._mine(person, data) if one.kind is Kind.RATED]
        told = [one for one in answers if one is not None]
        if not told:
            return None
        mean = data.get("which") == "mean"
        return between(data, sum(told, Decimal(0)) / len(told) if mean else told[-1])

    def _relationship(self, person: str, data: dict[str, Any]) -> bool:
        joined = [one.occurred_at for one in self._mine(person, {}) if one.kind is Kind.JOINED]
        left = [one.occurred_at for one in self._mine(person, {}) if one.kind is Kind.LEFT]
        state = "none" if not joined else "ended" if left else "open"
        if state != data["relationship"]:
            return False
        since = {"none": AS_OF, "open": (joined or [AS_OF])[0], "ended": (left or [AS_OF])[0]}[state]
        return between(data, Decimal((AS_OF - since).days))


def between(data: dict[str, Any], value: Decimal) -> bool:
    low, high = data.get("at_least"), data.get("at_most")
    return (low is None or value >= Decimal(str(low))) and (high is None or value <= Decimal(str(high)))


def passes(data: dict[str, Any], value: str | None) -> bool | None:
    if "missing" in data:
        return (value is None) == data["missing"]
    if value is None:
        return None
    verdict = True
    if "is" in data:
        verdict &= value in data["is"]
    if "is_not" in data:
        verdict &= value not in data["is_not"]
    if "at_least" in data or "at_most" in data:
        verdict &= between(data, Decimal(value))
    return verdict


LEAVES: list[dict[str, Any]] = [
    {"trait": "plan", "is": ["gold"]},
    {"trait": "plan", "is_not": ["gold", "silver"]},
    {"trait": "plan", "missing": True},
    {"trait": "plan", "missing": False},
    {"trait": "age", "at_least": 30, "at_most": 55.5},
    {"account": "industry", "is": ["tea"]},
    {"account": "industry", "missing": True},
    {"signal": "did", "name": ["search"]},
    {"signal": "any", "at_least": 6},
    {"signal": "did", "name": ["search", "login"], "at_least": 1, "at_most": 2, "days": 60},
    {"signal": "did", "name": ["search"], "where": [{"property": "results", "at_most": 0}], "at_least": 1},
    {"signal": "did", "name": ["search"], "where": [{"property": "results", "is_not": ["1"]}], "at_most": 0},
    {"paid": "EUR", "at_least": 50},
    {"paid": "EUR", "at_most": 0, "days": 100},
    {"theme": "thm_1"},
    {"theme": "thm_2", "tone": "negative", "at_least": 1, "days": 60},
    {"score": "nps", "at_most": 6},
    {"score": "nps", "which": "mean", "at_least": 5, "at_most": 7.5},
    {"score": "nps", "at_least": 9, "days": 60},
    {"relationship": "open"},
    {"relationship": "open", "at_least": 60, "at_most": 150},
    {"relationship": "ended", "at_most": 90},
    {"relationship": "none"},
]


@pytest.mark.parametrize("data", LEAVES, ids=lambda data: json.dumps(data)[:60])
def test_a_condition_holds_for_those_for_whom_it_holds(
    ledger: Ledger, signals: list[Signal], data: dict[str, Any]
) -> None:
    oracle = Oracle(signals)
    expected = {person: {True: 2, None: 1, False: 0}[oracle.holds(person, data)] for person in PEOPLE}
    assert found(ledger, data) == expected
    assert 0 < sum(one == 2 for one in expected.values()) < len(PEOPLE), "or it tells nothing"


def nested(chance: random.Random, depth: int) -> dict[str, Any]:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(LEAVES)
    what = chance.choice(["all", "any", "not"])
    if what == "not":
        return {"not": nested(chance, depth - 1)}
    return {what: [nested(chance, depth - 1) for _ in range(chance.randrange(1, 4))]}


@pytest.mark.parametrize("seed", range(25))
def test_conditions_are_nested_as_they_are_written(ledger: Ledger, signals: list[Signal], seed: int) -> None:
    data = nested(random.Random(seed), 4)
    oracle = Oracle(signals)
    expected = {person: {True: 2, None: 1, False: 0}[oracle.holds(person, data)] for person in PEOPLE}
    assert found(ledger, data) == expected
    assert as_data(read(as_data(read(data, Audience.CUSTOMER)), Audience.CUSTOMER)) == as_data(
        read(data, Audience.CUSTOMER)
    )


def test_where_nothing_tells_relationships_they_cannot_be_told(ledger: Ledger) -> None:
    condition = read({"relationship": "open"}, Audience.CUSTOMER)
    rows = ledger.ask(standing.sizes(condition, sight(ledger, condition, tenure=None))).to_pylist()
    assert rows == [{"people": len(PEOPLE), "members": 0, "untold": len(PEOPLE)}]


def test_a_segment_stands_in_another_and_is_told_by_it(ledger: Ledger) -> None:
    gold = read({"trait": "plan", "is": ["gold"]}, Audience.CUSTOMER)
    both = read({"all": [{"segment": "seg_1"}, {"relationship": "open"}]}, Audience.CUSTOMER)
    named = sight(ledger, gold, segments={"seg_1": gold})
    inside = ledger.ask(standing.members(both, named))["person"].to_pylist()
    plain = {"all": [{"trait": "plan", "is": ["gold"]}, {"relationship": "open"}]}
    assert sorted(inside) == sorted(person for person, value in found(ledger, plain).items() if value == 2)
    itself = read({"segment": "seg_1"}, Audience.CUSTOMER)
    around = sight(ledger, gold, segments={"seg_1": itself})
    assert ledger.ask(standing.sizes(itself, around))["untold"].to_pylist() == [len(PEOPLE)]


def test_numbers_are_split_by_those_of_whom_it_can_be_told(ledger: Ledger) -> None:
    condition = read({"score": "nps", "at_most": 6}, Audience.CUSTOMER)
    rows = ledger.ask(standing.sides(condition, sight(ledger, condition))).to_pylist()
    standings = found(ledger, {"score": "nps", "at_most": 6})
    assert {row["person"]: row["value"] for row in rows} == {
        person: "in" if value == 2 else "out" for person, value in standings.items() if value != 1
    }


def test_those_seen_last_are_listed_first(ledger: Ledger, tmp_path: Path) -> None:
    condition = read({"signal": "did"}, Audience.CUSTOMER)
    looked = sight(ledger, condition)
    every = ledger.ask(standing.listed(condition, looked, 100, 0)).to_pylist()
    assert [row["last_at"] for row in every] == sorted((row["last_at"] for row in every), reverse=True)
    assert len(every) == len(PEOPLE)
    assert ledger.ask(standing.listed(condition, looked, 7, 10)).to_pylist() == every[10:17]
