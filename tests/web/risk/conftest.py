"""A site of a company whose customers were scored by a model, and whose employees were too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from emptychair.anticipate.risk.rescoring import rescore
from emptychair.anticipate.risk.retraining import retrain
from emptychair.desk import risk_models, risk_runs, risk_scores
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_scores import Filter, Order, Score
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import NOW, fading
from tests.web.conftest import Clock, Given

XSS = "<script>alert(1)</script>"
# Six and five in two teams that are told of, three in one that is too small.
TEAMS = {"care": 6, "roast": 5, "tiny": 3}


def employee(number: int, team: str) -> Signal:
    at = NOW - timedelta(days=300)
    return Signal(
        id=f"e{number}", audience=Audience.EMPLOYEE, person=f"emp_{number}", kind=Kind.JOINED, name="hired",
        channel="hr", source="src_1", occurred_at=at, received_at=at, properties=f'{{"team": "{team}"}}',
    )  # fmt: skip


def keep_employees(desk: Desk, teams: list[str]) -> None:
    """Score the employees by the model of the customers: it is the same code."""
    with desk.begin() as tx:
        (used,) = risk_models.champions(tx, Audience.CUSTOMER)
        run = risk_runs.last(tx, Audience.CUSTOMER, Deed.SCORING)
        packed = risk_models.packed(tx, used.id)
        assert run is not None
        assert packed is not None
        risk_models.add(tx, replace(used, audience=Audience.EMPLOYEE), packed)
        told = {"sums": [], "mixed": 0, "unpaid": len(teams)}
        of_employees = replace(run, id="rsk_emp", audience=Audience.EMPLOYEE, people=len(teams), figures=told)
        risk_runs.add(tx, of_employees)
        risk_scores.add(
            tx,
            [
                Score(
                    run="rsk_emp", audience=Audience.EMPLOYEE, person=f"emp_{number}", horizon=30,
                    chance=0.1 + number / 100, low=0.05, high=0.5, nearer=[], worth=None, currency=None,
                    loss=None, reasons=[[f"team: {team} {XSS}", 0.5]], changes=None,
                )
                for number, team in enumerate(teams)
            ],
        )  # fmt: skip


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """The ledger, and the desk as it was after everybody was scored."""
    folder = tmp_path_factory.mktemp("risk")
    ledger, desk = Ledger.open(folder, memory_limit="512MB"), Desk.open(folder / "desk.sqlite3")
    fading(ledger, 800, seed=3)
    teams = [team for team, many in TEAMS.items() for _ in range(many)]
    ledger.append([employee(number, team) for number, team in enumerate(teams)])
    ledger.load(NOW)
    (outcome,) = retrain(ledger, desk, Audience.CUSTOMER, NOW, horizons=[30])
    assert outcome.model is not None, outcome.sentence
    with desk.begin() as tx:
        risk_models.rely(tx, outcome.model.id, "")
    rescore(ledger, desk, Audience.CUSTOMER, NOW)
    keep_employees(desk, teams)
    desk.close()
    yield ledger, folder / "desk.sqlite3"
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + timedelta(hours=2))


@pytest.fixture
def top(desk: Desk) -> Score:
    """The customer with whom most would be lost."""
    with desk.read() as tx:
        run = risk_runs.last(tx, Audience.CUSTOMER, Deed.SCORING)
        assert run is not None
        return risk_scores.ranked(tx, Filter(run=run.id), Order.LOSS, 1, 0)[0]
