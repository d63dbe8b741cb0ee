"""A site of a shop whose customers buy when they like: in euros, in dollars, and a few in yen."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from emptychair.anticipate.value import tending
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import NOW
from tests.anticipate.value.test_values import buyers
from tests.web.conftest import Clock, Given

XSS = "<script>alert(1)</script>"
GOLD = 40


def payments() -> Iterator[Signal]:
    """400 people in euros, 90 in dollars, 12 in yen; the first forty have the plan gold, one an odd id."""
    shops = (
        ("EUR", buyers(400, 700, seed=3)),
        ("USD", buyers(90, 700, seed=4)),
        ("JPY", buyers(12, 700, seed=5)),
    )
    for currency, rows in shops:
        for number, (person, _, name, at, amount, _) in enumerate(rows):
            who = person if currency == "EUR" else f"{currency}-{person}"
            if who == "c0000":
                who = f"c0{XSS}"
            is_gold = currency == "EUR" and person < f"c{GOLD:04}"
            yield Signal(
                id=f"{currency}{number}", audience=Audience.CUSTOMER, person=who, kind=Kind.PAID, name=name,
                channel="shop", source="src_1", occurred_at=at, received_at=at, value=amount,
                currency=currency, properties='{"plan": "gold"}' if is_gold else "{}",
            )  # fmt: skip


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """The ledger, and the desk as it was after all values were told."""
    folder = tmp_path_factory.mktemp("worth")
    ledger, desk = Ledger.open(folder, memory_limit="512MB"), Desk.open(folder / "desk.sqlite3")
    ledger.append(list(payments()))
    ledger.load(NOW)
    assert tending.run(ledger, desk, NOW) == 490
    desk.close()
    yield ledger, folder / "desk.sqlite3"
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW + timedelta(hours=2))
