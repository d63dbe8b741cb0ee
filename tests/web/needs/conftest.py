"""A site of a company in which one need emerges, and whose words were looked at."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk import need_alarms
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.understand.needs import looking
from emptychair.web.site import site
from tests.understand.needs.company import END, fill, moment, need, signal, usual
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, Path]]:
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
def desk(looked_at: tuple[Ledger, Path], tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(looked_at[1], tmp_path / "desk.sqlite3")
    desk = Desk.open(tmp_path / "desk.sqlite3")
    yield desk
    desk.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(END + timedelta(hours=2))


@pytest.fixture
def app(
    looked_at: tuple[Ledger, Path], desk: Desk, tmp_path: Path, clock: Clock, limited: Limited
) -> FastAPI:
    outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
    return site(
        ledger=looked_at[0],
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=outside,
        means=Means(outside=outside, limited=limited, desk=desk, home=tmp_path, clock=clock),
        local_token=TOKEN,
    )


@pytest.fixture
def alarm(desk: Desk) -> KeptAlarm:
    """That of the searches."""
    with desk.read() as tx:
        return next(one for one in need_alarms.every(tx) if one.kind == "search")
