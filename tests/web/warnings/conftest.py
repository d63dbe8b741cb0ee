"""A site of a company whose release broke, and whose days were looked at."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from emptychair.anticipate.warnings import looking
from emptychair.desk import early_warnings
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import KeptWarning
from emptychair.ledger.ledger import Ledger
from tests.anticipate.warnings import company
from tests.anticipate.warnings.company import END
from tests.web.conftest import Clock, Given


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
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
def clock() -> Clock:
    return Clock(END + timedelta(hours=8))


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
