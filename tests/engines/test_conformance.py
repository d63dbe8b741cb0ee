"""Every construct of the subset answers the same, to the digit, on every engine that was chosen."""

import pyarrow as pa
import pytest

from emptychair.ledger.engines.engine import Engine
from emptychair.ledger.question import Question
from tests.engines.questions import QUESTIONS


def sorted_rows(table: pa.Table) -> list[str]:
    """Rows as text, so that a double is compared by every digit."""
    return sorted(repr(tuple(row.values())) for row in table.to_pylist())


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_engine_answers_as_duckdb_does_to_the_digit(name: str, engine: Engine, reference: Engine) -> None:
    asked: Question = QUESTIONS[name]
    expected, answer = reference.ask(asked), engine.ask(asked)
    assert answer.schema.names == expected.schema.names
    assert answer.schema.types == expected.schema.types
    if asked.body.query.args.get("order"):
        assert [repr(row) for row in answer.to_pylist()] == [repr(row) for row in expected.to_pylist()]
    else:
        assert sorted_rows(answer) == sorted_rows(expected)
