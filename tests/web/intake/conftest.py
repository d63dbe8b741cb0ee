"""A site with a collector: what is sent is understood, stored, parked."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk
from emptychair.desk.write_keys import WriteKey
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE, visitor


@pytest.fixture
def reception(desk: Desk, clock: Clock) -> Reception:
    return Reception(desk, clock)


@pytest.fixture
def ledger(tmp_path: Path, reception: Reception) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "home", translate=reception.translate, park=reception.park)
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, reception: Reception, tmp_path: Path, clock: Clock) -> FastAPI:
    return site(
        ledger=ledger,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=reception,
        outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )


@pytest.fixture
def sdk(app: FastAPI, write_key: WriteKey) -> httpx.Client:
    """A client that shows its key as Bearer and is no browser."""
    return visitor(app, Authorization=f"Bearer {write_key.key}", Accept="application/json")


@pytest.fixture
def nobody(app: FastAPI) -> httpx.Client:
    return visitor(app)
