"""Today and warnings before anything is known."""

import pytest
from fastapi import FastAPI

from emptychair.anticipate.warnings import looking
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock


@pytest.fixture
def given() -> None:
    """Nothing, in place of the company of the other tests."""


def test_nobody_looked_yet_and_then_there_is_too_little(
    app: FastAPI, client: Client, desk: Desk, empty_ledger: Ledger, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    assert "Nobody has looked yet" in ann.get("/today").text
    assert "Nobody has looked yet." in ann.get("/warnings").text
    looking.look(empty_ledger, desk, clock())
    for path in ("/today", "/warnings"):
        page = ann.get(path).text
        assert "Not enough yet." in page
        assert "Nobody whose name is known has done anything yet." in page
    assert ann.get("/today.json").json()["overdue_promises"] == []
    assert "No promise is overdue." in ann.get("/today").text
