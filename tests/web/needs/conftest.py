"""A site of a company in which one need emerges, and whose words were looked at."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from emptychair.desk import need_alarms
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs import looking
from tests.understand.needs.company import END, fill, moment, need, signal, usual
from tests.web.conftest import Clock, Given


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """The ledger, and the desk as it was after the look."""
    folder = tmp_path_factory.mktemp("needs")
    ledger, desk = Ledger.open(folder), Desk.open(folder / "desk.sqlite3")
    employee = signal(
        "of_an_employee", "emp_1", moment(400, 0), kind=Kind.SAID, name="comment",
        text="I wish it was by hand.", audience=Audience.EMPLOYEE,
    )  # fmt: skip
    fill(ledger, desk, [*usual(), *need(), employee])
    looking.look(ledger, desk, END + timedelta(hours=1), None)
    desk.close()
    yield ledger, folder / "desk.sqlite3"
    ledger.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(END + timedelta(hours=2))


@pytest.fixture
def alarm(desk: Desk) -> KeptAlarm:
    """That of the searches."""
    with desk.read() as tx:
        return next(one for one in need_alarms.every(tx) if one.kind == "search")
