"""A site of a company whose release broke, and whose days were looked at."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from emptychair.anticipate.warnings import looking
from emptychair.channels.outside import Outside, networks
from emptychair.desk import early_warnings
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import KeptWarning
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.site import site
from tests.anticipate.warnings import company
from tests.anticipate.warnings.company import END
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, Path]]:
    """The ledger, and the desk as it was after the look."""
    folder = tmp_path_factory.mktemp("warnings")
    ledger, desk = Ledger.open(folder), Desk.open(folder / "desk.sqlite3")
    late = company.promise("late", 7, company.DAYS - 5, is_kept=False)
    planted = [*company.broken_release(), *company.rage(), *company.of_employees(), *late]
    company.fill(ledger, [*company.usual(), *planted])
    looking.look(ledger, desk, END + timedelta(hours=7))
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
    return Clock(END + timedelta(hours=8))


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
def warning(desk: Desk) -> KeptWarning:
    """That of the broken release."""
    with desk.read() as tx:
        return next(one for one in early_warnings.every(tx) if one.kind == "failure")


@pytest.fixture
def rage(desk: Desk) -> KeptWarning:
    """That of the button that does nothing."""
    with desk.read() as tx:
        return next(one for one in early_warnings.every(tx) if one.kind == "rage")
