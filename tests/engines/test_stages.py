"""Every question that a stage asks, found by its return type, is answered the same on every engine."""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any

import pyarrow as pa
import pytest

from emptychair import anticipate, experiment, understand
from emptychair.anticipate.features.vocabulary import Trait as Told
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.need.things import Goal
from emptychair.anticipate.need.things import Words as NextWords
from emptychair.anticipate.warnings.heard import ReleaseColumn
from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.question import Question, question
from emptychair.listen import board
from emptychair.listen.board.asking import Column
from emptychair.understand.arrival import Arrivals
from emptychair.understand.fields import Field
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.reached import Place, Walk
from emptychair.understand.journeys.steps import Steps
from emptychair.understand.needs.heard import SearchColumns
from emptychair.understand.person.history import Wanted
from emptychair.understand.profile import Sorting
from emptychair.understand.segments.definition import (
    Condition,
    Money,
    Scored,
    Times,
    Trait,
    leaves,
)
from emptychair.understand.segments.happened import Countable
from emptychair.understand.segments.reading import read
from emptychair.understand.segments.standing import Sight
from emptychair.understand.signs import Columns, Sign
from emptychair.understand.spells import Rule, Tenure
from tests.engines import adversarial
from tests.engines.memory import from_memory
from tests.engines.test_conformance import sorted_rows

AS_OF = datetime(2025, 3, 1, tzinfo=UTC)
PERIOD = Period(datetime(2024, 2, 29, 10, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
CONDITIONS = tuple(
    read(data, Audience.CUSTOMER)
    for data in (
        {
            "all": [
                {"trait": "plan", "is_not": ["gold"]},
                {"signal": "any", "at_least": 2, "days": 300},
                {"signal": "did", "where": [{"property": "plan", "at_least": 0}], "from": "2024-01-01"},
                {"paid": "EUR", "at_least": -5, "at_most": 2.5},
                {"any": [{"theme": "thm_1"}, {"theme": "Ada", "tone": "negative", "at_most": 3}]},
            ]
        },
        {"any": [{"trait": "plan", "at_least": 1}, {"score": "nps", "at_most": 6, "days": 500}]},
        {"all": [{"relationship": "open", "at_least": 20}, {"segment": "seg_1"}]},
        {"not": {"score": "stars", "which": "mean", "at_least": 2.5}},
        {"all": [{"account": "plan", "missing": False}, {"relationship": "ended", "at_most": 900}]},
        {"relationship": "none"},
    )
)
COLUMNS = {"plan": "p_plan", "account": "p_a_b"}
STEPS = tuple(
    stepping.read(
        {
            "steps": [
                {"signal": "did"},
                {"signal": "paid", "where": [{"property": "plan", "is_not": ["gold"]}]},
                {"signal": "any", "name": ["life", "it's", "nps"]},
            ],
            "days": days,
            "order": order,
        }
    )
    for days, order in ((90, "loose"), (400, "strict"))
)
SIGHTS = tuple(
    Sight(
        audience=Audience.CUSTOMER,
        as_of=AS_OF,
        columns=COLUMNS,
        tenure=Tenure(audience=Audience.CUSTOMER, rule=rule, as_of=AS_OF, gap_days=gap),
        segments={"seg_1": CONDITIONS[0]},
    )
    for rule, gap in ((Rule.CONTRACT, None), (Rule.ACTIVITY, 45))
)


def _of(kind: type[Any]) -> tuple[Any, ...]:
    """The conditions of one kind in all of them."""
    return tuple(leaf for one in CONDITIONS for leaf in leaves(one) if isinstance(leaf, kind))


# What stands for a parameter of each type; of several, the n-th variant of a question gets the n-th.
STAND_INS: dict[object, Sequence[object]] = {
    Audience: tuple(Audience),
    Arrivals: (Arrivals(), Arrivals((("web", AS_OF), ("it's \\", PERIOD.start)))),
    Vocabulary: (
        Vocabulary(
            done=("life", "it's \\"),
            every_name=("life", "it's \\", "nps"),
            failures=("life",),
            met=("nps", "life"),
            asked=("life",),
            channels=("web", "app"),
            answered_in=("web",),
            themes={"thm_1": "one"},
            traits=(Told(field=Field(name="plan", column="p_plan")),),
        ),
        Vocabulary(
            done=(), every_name=(), failures=(), met=(), asked=(), channels=(), answered_in=(), traits=()
        ),
    ),
    Goal: tuple(Goal),
    NextWords: (
        NextWords(product=Field(name="plan", column="p_plan"), label=Field(name="a b", column="p_a_b")),
        NextWords(product=None),
        NextWords(product=None, features=("life", "it's \\")),
        NextWords(product=None, themes={"thm_1": "one"}),
    ),
    Tenure: (
        Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=AS_OF),
        Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=AS_OF, gap_days=45),
        Tenure(audience=Audience.EMPLOYEE, rule=Rule.CONTRACT, as_of=AS_OF),
        Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=AS_OF, gap_days=45, known=Arrivals()),
    ),
    Period: (PERIOD,),
    ReleaseColumn: (ReleaseColumn(release="p_plan"), ReleaseColumn(release=None)),
    Score: tuple(Score),
    Field: (Field(name="plan", column="p_plan"), Field(name="channel", column="channel")),
    datetime: (AS_OF, PERIOD.start),
    int: (5, 64),
    str: ("", "per_1", "PER", "it's \\", "thm_1"),
    Sorting: tuple(Sorting),
    Wanted: (
        Wanted(),
        Wanted(kinds=[Kind.SAID, Kind.PAID], channel="web"),
        Wanted(before=(AS_OF, "it's \\")),
        Wanted(kinds=[]),
    ),
    Column: (Column("p_plan"),),
    Question: (question("select distinct person, 'x' as value from signals where person is not null"),),
    Steps: STEPS,
    Sign: tuple(step.sign for step in STEPS[0].steps),
    Walk: (Walk(audience=Audience.CUSTOMER, period=PERIOD, as_of=AS_OF, columns=COLUMNS),),
    Place: (Place(1), Place(2)),
    bool: (False, True),
    Condition: CONDITIONS,
    Sight: SIGHTS,
    Trait: tuple(one for one in _of(Trait) if one.is_of_account),
    Scored: _of(Scored),
    Columns: (COLUMNS,),
    Sequence[Countable]: (_of(Times) + _of(Money), _of(Times)),
    SearchColumns: (SearchColumns(query="p_plan", results="p_a_b"),),
    NoneType: (None,),
    Sequence[Score]: (list(Score), [Score.NPS]),
    Sequence[datetime]: ([AS_OF, PERIOD.start],),
    Sequence[str]: (["nps", "it's \\", "thm_1", "negative"], []),
}


@cache
def _asked() -> dict[str, Callable[..., Question]]:
    """Every function of the stages that returns a question, by its full name."""
    found: dict[str, Callable[..., Question]] = {}
    modules = [
        *pkgutil.walk_packages(anticipate.__path__, "emptychair.anticipate."),
        *pkgutil.walk_packages(experiment.__path__, "emptychair.experiment."),
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


@pytest.fixture(scope="module", autouse=True)
def quickly(bare_engine: Engine, lake: Path) -> Iterator[None]:
    """The engine answers from memory; the reference and the other tests of engines read the files."""
    bare_engine.prepare(lake, adversarial.PROMOTED, adversarial.read())
    with from_memory(bare_engine):
        yield


Expected = dict[tuple[str, int], tuple[pa.Schema, list[str]]]


@pytest.fixture(scope="session")
def expected() -> Expected:
    """What DuckDB answered, asked once for all engines."""
    return {}


@pytest.mark.parametrize("name", _asked())
def test_the_question_of_a_stage_is_answered_alike(
    name: str, engine: Engine, reference: Engine, expected: Expected
) -> None:
    for number, asked in enumerate(_variants(_asked()[name])):
        if (name, number) not in expected:
            told = reference.ask(asked)
            expected[name, number] = told.schema, sorted_rows(told)
        schema, rows = expected[name, number]
        answer = engine.ask(asked)
        assert answer.schema.equals(schema)
        assert sorted_rows(answer) == rows
