"""Every question that a stage asks, found by its return type, is answered the same on every engine."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from types import NoneType

import pytest

from emptychair import understand
from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.question import Question
from emptychair.listen import board
from emptychair.listen.board.asking import Column
from emptychair.understand.fields import Field
from emptychair.understand.needs.heard import SearchColumns
from emptychair.understand.profile import Sorting
from emptychair.understand.spells import Rule, Tenure
from tests.engines.test_conformance import sorted_rows

AS_OF = datetime(2025, 3, 1, tzinfo=UTC)
PERIOD = Period(datetime(2024, 2, 29, 10, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
# What stands for a parameter of each type; of several, the n-th variant of a question gets the n-th.
STAND_INS: dict[object, Sequence[object]] = {
    Audience: tuple(Audience),
    Tenure: (
        Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF),
        Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=AS_OF, gap_days=45),
        Tenure(audience=Audience.EMPLOYEE, rule=Rule.CONTRACT, as_of=AS_OF),
    ),
    Period: (PERIOD,),
    Score: tuple(Score),
    Field: (Field(name="plan", column="p_plan"), Field(name="channel", column="channel")),
    datetime: (AS_OF, PERIOD.start),
    int: (5, 64),
    str: ("", "per_1", "PER", "it's \\", "thm_1"),
    Sorting: tuple(Sorting),
    Column: (Column("p_plan"),),
    SearchColumns: (SearchColumns(query="p_plan", results="p_a_b"),),
    bool: (False, True),
    NoneType: (None,),
    Sequence[Score]: (list(Score), [Score.NPS]),
    Sequence[datetime]: ([AS_OF, PERIOD.start],),
    Sequence[str]: (["nps", "it's \\", "thm_1", "negative"], []),
}


def _asked() -> dict[str, Callable[..., Question]]:
    """Every function of the stages that returns a question, by its full name."""
    found: dict[str, Callable[..., Question]] = {}
    modules = [
        *pkgutil.walk_packages(understand.__path__, "emptychair.understand."),
        *pkgutil.iter_modules(board.__path__, "emptychair.listen.board."),
    ]
    for module in modules:
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if (
                function.__module__ == module.name
                and typing.get_type_hints(function).get("return") is Question
            ):
                found[f"{module.name.removeprefix('emptychair.')}.{name}"] = function
    return found


def _values(kind: object) -> Sequence[object]:
    if kind in STAND_INS:
        return STAND_INS[kind]
    if typing.get_origin(kind) is Sequence:
        return [list(_values(typing.get_args(kind)[0]))]
    return [value for part in typing.get_args(kind) if part in STAND_INS for value in STAND_INS[part]]


def _variants(function: Callable[..., Question]) -> Iterator[Question]:
    hints = typing.get_type_hints(function)
    values = {name: _values(hints[name]) for name in inspect.signature(function).parameters}
    unknown = [name for name, found in values.items() if not found]
    assert not unknown, f"add a stand-in for {unknown} of {function.__qualname__}"
    for number in range(max(map(len, values.values()), default=1)):
        yield function(**{name: found[number % len(found)] for name, found in values.items()})


@pytest.mark.parametrize("name", _asked())
def test_the_question_of_a_stage_is_answered_alike(name: str, engine: Engine, reference: Engine) -> None:
    for asked in _variants(_asked()[name]):
        expected, answer = reference.ask(asked), engine.ask(asked)
        assert answer.schema.equals(expected.schema)
        assert sorted_rows(answer) == sorted_rows(expected)
