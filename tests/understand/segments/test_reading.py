"""What is wrong with a definition is told by its place; what is right is read and written alike."""

from typing import Any

import pytest

from emptychair.domain.signal import Audience
from emptychair.understand.segments.reading import MOST_CONDITIONS, as_data, read
from emptychair.understand.stated import NotADefinition, from_json

WRONG: list[tuple[Any, dict[str, str]]] = [
    (3, {"definition": "Expected an object in {}."}),
    ({}, {"definition": "A condition has one of"}),
    ({"all": []}, {"definition.all": "Expected at least one condition."}),
    ({"all": 3}, {"definition.all": "Expected a list"}),
    ({"all": [3]}, {"definition.all[0]": "Expected an object"}),
    ({"trait": "plan"}, {"definition": "Say what the value has to be"}),
    ({"trait": "", "is": ["x"]}, {"definition.trait": "Expected a text."}),
    ({"trait": "plan", "is": []}, {"definition.is": "Expected 1 to 50 values."}),
    ({"trait": "plan", "is": [{}]}, {"definition.is": "Expected a text."}),
    ({"trait": "plan", "is": ["x"], "missing": True}, {"definition.missing": "It stands alone."}),
    ({"trait": "plan", "missing": "yes"}, {"definition.missing": "Expected true or false."}),
    ({"trait": "age", "at_least": 5, "at_most": 3}, {"definition.at_most": "It is smaller than at_least."}),
    ({"trait": "age", "at_least": "many"}, {"definition.at_least": "Expected a number."}),
    ({"trait": "age", "at_least": float("nan")}, {"definition.at_least": "Expected a number."}),
    ({"trait": "age", "at_least": 0.00001}, {"definition.at_least": "at most four decimal places"}),
    ({"trait": "plan", "is": ["x"], "colour": 1}, {"definition.colour": "There is nothing of this name"}),
    ({"signal": "jumped"}, {"definition.signal": "Expected any, or one of did"}),
    ({"signal": "did", "at_least": 1.5}, {"definition.at_least": "Expected a whole number."}),
    ({"signal": "did", "at_least": -1}, {"definition.at_least": "Expected at least 0."}),
    ({"signal": "did", "days": 0}, {"definition.days": "Expected a number from 1 to 36,500."}),
    ({"signal": "did", "days": 3, "from": "2026-01-01"}, {"definition.days": "not both"}),
    ({"signal": "did", "from": "2026-02-01", "to": "2026-01-01"}, {"definition.to": "before the first"}),
    ({"signal": "did", "from": "soon"}, {"definition.from": "Expected a day such as"}),
    ({"signal": "did", "where": [{"is": ["x"]}]}, {"definition.where[0].property": "Expected a text."}),
    ({"paid": "euro", "at_least": 3}, {"definition.paid": "Expected a currency such as EUR"}),
    ({"paid": "EUR"}, {"definition": "Say how much"}),
    ({"theme": "thm_1", "tone": "angry"}, {"definition.tone": "Expected one of negative"}),
    ({"score": "nps", "at_most": 11}, {"definition.at_most": "NPS goes from 0 to 10."}),
    ({"score": "joy", "at_most": 1}, {"definition.score": "Expected one of nps"}),
    ({"relationship": "none", "at_least": 1}, {"definition.relationship": "leave at_least and at_most out"}),
    ({"trait": "plan", "score": "nps"}, {"definition": "this has trait and score"}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), WRONG, ids=[repr(data)[:50] for data, _ in WRONG])
def test_a_fault_is_told_by_its_place(data: Any, expected: dict[str, str]) -> None:
    with pytest.raises(NotADefinition) as told:
        read(data, Audience.CUSTOMER)
    assert told.value.faults.keys() == expected.keys()
    for place, text in expected.items():
        assert text in told.value.faults[place]


def test_every_fault_is_told_at_once() -> None:
    data = {"any": [{"trait": "plan"}, {"not": {"score": "nps", "at_least": 50}}, {"signal": "did"}]}
    with pytest.raises(NotADefinition) as told:
        read(data, Audience.CUSTOMER)
    assert set(told.value.faults) == {"definition.any[0]", "definition.any[1].not.at_least"}


def test_depth_and_number_are_bounded() -> None:
    deep: dict[str, Any] = {"signal": "did"}
    for _ in range(50):
        deep = {"not": deep}
    with pytest.raises(NotADefinition, match="nested at most 6 deep"):
        read(deep, Audience.CUSTOMER)
    many = {"all": [{"any": [{"signal": "did"}] * 20}] * 3}
    with pytest.raises(NotADefinition, match=f"at most {MOST_CONDITIONS} conditions"):
        read(many, Audience.CUSTOMER)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": 1' + "0" * 5000 + "}", "x" * 30_000])
def test_a_text_that_is_no_json_is_a_fault_and_no_crash(text: str) -> None:
    with pytest.raises(NotADefinition):
        read(from_json(text, "definition"), Audience.CUSTOMER)


@pytest.mark.parametrize(
    "data",
    [
        {"theme": "thm_1"},
        {"score": "enps", "at_most": 3},
        {"score": "nps", "at_most": 3},
        {"signal": "said"},
        {"signal": "rated"},
        {"signal": "any"},
        {"not": {"any": [{"signal": "did"}, {"score": "nps", "at_most": 6}]}},
    ],
)
def test_what_employees_think_is_no_condition(data: dict[str, Any]) -> None:
    with pytest.raises(NotADefinition):
        read(data, Audience.EMPLOYEE)


def test_what_employees_are_is_one() -> None:
    data = {"all": [{"trait": "team", "is": ["Harbour"]}, {"relationship": "open", "at_least": 30}]}
    assert as_data(read(data, Audience.EMPLOYEE)) == data
