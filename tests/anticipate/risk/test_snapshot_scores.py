"""A company that is known by one file of a day: who is like those who left, kept and shown as that."""

from datetime import timedelta
from pathlib import Path

from emptychair.anticipate.risk import tending
from emptychair.anticipate.risk.at_risk import at_risk
from emptychair.anticipate.risk.checking import check
from emptychair.anticipate.risk.rescoring import foreseen_as_of, rescore
from emptychair.anticipate.risk.retraining import retrain
from emptychair.anticipate.risk.training import NotEnough
from emptychair.desk import risk_models, risk_scores
from emptychair.desk.desk import Desk
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_scores import Filter, Order
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import NOW, tell

CUSTOMER = Audience.CUSTOMER
TAKEN = NOW - timedelta(days=3)


def file_of_a_day(ledger: Ledger, people: int) -> None:
    """Of plan blue every second left, of plan gold every eighth."""
    rows = []
    for number in range(people):
        person, plan = f"p{number:04}", ("gold", "blue")[number % 2]
        began = TAKEN - timedelta(days=30 + number % 400)
        rows.append((person, "joined", "joined", began, None, f'{{"plan": "{plan}", "lines": {number % 3}}}'))
        if (number // 2) % (2 if plan == "blue" else 8) == 0:
            rows.append((person, "left", "left", TAKEN, None, "{}"))
    rows.append(("p0000", "met", "letter", NOW - timedelta(hours=1), None, "{}"))
    tell(ledger, rows)


def test_who_has_not_left_is_scored_by_who_is_like_those_who_left(tmp_path: Path) -> None:
    ledger, desk = Ledger.open(tmp_path / "home"), Desk.open(tmp_path / "desk.sqlite3")
    file_of_a_day(ledger, 600)
    (outcome,) = retrain(ledger, desk, CUSTOMER, NOW)
    assert outcome.model is not None, outcome.sentence
    assert outcome.horizon == 0
    run = rescore(ledger, desk, CUSTOMER, NOW)
    assert run.as_of == TAKEN
    assert run.people == 600 - 150 - 38
    with desk.read() as tx:
        rows = risk_scores.ranked(tx, Filter(run=run.id), Order.CHANCE, 600, 0)
        (used,) = risk_models.champions(tx, CUSTOMER)
    assert used.horizon == 0
    assert all(one.low <= one.chance <= one.high for one in rows)
    blue = [one.chance for one in rows if int(one.person[1:]) % 2]
    gold = [one.chance for one in rows if not int(one.person[1:]) % 2]
    assert min(blue) > max(gold)
    assert rows[0].reasons is not None
    assert rows[0].reasons[0][0] == "plan: blue"
    assert (rows[0].worth, rows[0].changes) == (None, None), (
        "nothing is known of payments, or of a week before"
    )
    assert check(ledger, desk, CUSTOMER, NOW).figures == {}
    assert at_risk(desk).horizon == 0
    later = NOW + timedelta(days=3)
    assert not tending.is_due(ledger, desk, Deed.SCORING, later), "it is as it is until the next one comes"
    again = foreseen_as_of(ledger, desk, CUSTOMER, NOW)
    assert not isinstance(again, NotEnough)
    assert len(again.people) == run.people
    ledger.close()
    desk.close()
