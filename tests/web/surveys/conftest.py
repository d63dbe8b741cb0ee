"""A site whose ledger is its own, so that what surveys write there can be looked at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.ledger.making import rows
from tests.web.conftest import Client, Clock
from tests.web.visiting import visitor

Begin = Callable[..., dict[str, Any]]
Signals = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def empty_ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path)
    yield ledger
    ledger.close()


@pytest.fixture
def ann(client: Client) -> httpx.Client:
    """An analyst, who builds surveys."""
    return client(Who.ANALYST)


@pytest.fixture
def begun(ann: httpx.Client) -> Begin:
    """Makes a survey, opens it, and tells where it is."""

    def begin(start: str = "relationship", definition: str = "", is_open: bool = True) -> dict[str, Any]:
        made: dict[str, Any] = ann.post("/surveys.json", data={"start": start}).json()
        path = f"/surveys/{made['id']}"
        if definition:
            answer = ann.post(f"{path}/definition.json", data={"definition": definition})
            assert answer.status_code == 200, answer.text
        if is_open:
            answer = ann.post(f"{path}/opening.json")
            assert answer.status_code == 200, answer.text
        return {**made, "path": path, "slug": made["address"].rpartition("/")[2]}

    return begin


@pytest.fixture
def signals(empty_ledger: Ledger, clock: Clock) -> Signals:
    """Every row of the ledger, as questions see it."""

    def found() -> list[dict[str, Any]]:
        empty_ledger.load(clock())
        return [dict(row) for row in rows(empty_ledger)]

    return found


@pytest.fixture
def respondent(app: FastAPI) -> Callable[[], httpx.Client]:
    """Somebody with a browser of their own."""
    return lambda: visitor(app)
