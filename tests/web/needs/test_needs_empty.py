"""Needs before anything is known."""

import pytest
from fastapi import FastAPI

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs import looking
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock


@pytest.fixture
def given() -> None:
    """Nothing, in place of the company of the other tests."""


def test_nobody_looked_yet_and_then_there_is_nothing(
    app: FastAPI, client: Client, desk: Desk, empty_ledger: Ledger, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    assert "Nobody has looked yet." in ann.get("/voice/needs").text
    assert ann.get("/voice/needs/cues").status_code == 200
    looking.look(empty_ledger, desk, clock(), None)
    page = ann.get("/voice/needs").text
    assert "Not enough yet." in page
    assert "Nobody has said anything or searched for anything yet." in page
