"""The projection answers every construct of the subset as DuckDB does over its lake, however filled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger import vocabulary
from emptychair.ledger.engines.duckdb import DuckDB
from emptychair.ledger.ledger import Ledger
from tests.engines.adversarial import PROMOTED, signals
from tests.engines.questions import QUESTIONS
from tests.engines.test_conformance import sorted_rows

NOW = datetime(2026, 6, 15, tzinfo=UTC)
WAYS = ("as it came", "rebuilt", "as text")


@pytest.fixture(scope="module", params=WAYS)
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger that took the adversarial signals in by both doors, in many steps."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "as text":
            patch.setattr(vocabulary, "LONGEST", 3)
        ledger = _filled(home)
        if request.param == "rebuilt":
            ledger.close()
            (home / "ledger" / "projection.duckdb").unlink()
            ledger = Ledger.open(home, memory_limit="512MB")
        yield ledger
        ledger.close()


@pytest.fixture(scope="module")
def reference(ledger: Ledger) -> Iterator[DuckDB]:
    engine = DuckDB()
    engine.prepare(ledger.lake, ledger.promoted)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_projection_answers_as_the_lake_does(name: str, ledger: Ledger, reference: DuckDB) -> None:
    asked = QUESTIONS[name]
    expected, answer = reference.ask(asked), ledger.ask(asked)
    assert answer.schema.equals(expected.schema)
    if asked.body.query.args.get("order"):
        assert answer.to_pylist() == expected.to_pylist()
    else:
        assert sorted_rows(answer) == sorted_rows(expected)


def _filled(home: Path) -> Ledger:
    ledger = Ledger.open(home, memory_limit="512MB")
    table = signals()
    given = table.filter([number % 3 == 0 for number in range(table.num_rows)])
    with ledger.staging("imp_0") as staging:
        staging.register("rows", given)
        staging.admit("rows")
    for key in PROMOTED:
        ledger.promote(key)
    sent = [_signal(row) for number, row in enumerate(table.to_pylist()) if number % 3]
    for start in range(0, len(sent), 200):
        ledger.append(sent[start : start + 200])
        ledger.load(NOW)
    ledger.seal(NOW)
    ledger.compact(NOW)
    assert ledger.state().rows == table.num_rows
    return ledger


def _signal(row: dict[str, Any]) -> Signal:
    instants = {name: row[name].replace(tzinfo=UTC) for name in ("occurred_at", "received_at")}
    return Signal(**row | instants | {"audience": Audience(row["audience"]), "kind": Kind(row["kind"])})
