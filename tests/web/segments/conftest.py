"""A site of a company with customers of three plans, some of whom failed to sign in, and employees."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.site import site
from tests.understand.histories import did, rated
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
PLANS = ("barista", "home", "taster")


def _signals() -> list[object]:
    found = []
    for number in range(90):
        person, begun = f"per_{number:02}", AT - timedelta(days=400 + number)
        found.append(did(person, begun, "joined", name="contract"))
        if number < 80:
            plan = json.dumps({"plan": PLANS[number % 3]})
            found.append(did(person, begun, "told", name="traits", properties=plan))
        if number % 2:
            found.append(did(person, AT - timedelta(days=number), name="sign_in_failed"))
        if number % 9 == 0:
            found.append(did(person, AT - timedelta(days=20), "left", name="contract"))
        if number % 3 == 0:
            text = f"Grinder {number} is loud"
            said = did(person, AT - timedelta(days=number % 80), "said", text=text, id=f"said_{number}")
            found.append(said)
        found.append(rated(person, AT - timedelta(days=number % 50), number % 11))
    for number in range(20):
        person, team = f"emp_{number}", json.dumps({"team": "Harbour" if number < 8 else "Mill"})
        begun = AT - timedelta(days=500)
        found.append(did(person, begun, "joined", audience=Audience.EMPLOYEE, name="employment"))
        found.append(did(person, begun, "told", audience=Audience.EMPLOYEE, name="traits", properties=team))
    return found


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("segments"))
    signals = _signals()
    ledger.append(signals)  # type: ignore[arg-type]
    ledger.load(AT)
    said = [f"said_{number}" for number in range(0, 90, 3)]
    readings = [{"signal": one, "language": "en", "tone": "negative", "tone_score": None} for one in said]
    mentions = [{"signal": one, "place": 0, "theme": "thm_grinder", "confidence": Decimal(1)} for one in said]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def app(spoken: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited) -> FastAPI:
    theme = Theme(
        id="thm_grinder", audience=Audience.CUSTOMER, name="grinder", area="machines", phrases=("loud",),
        quoted="", texts=30, standing=Standing.FOUND, found_at=AT, changed_at=AT,
    )  # fmt: skip
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [theme])
    means = Means(outside=None, limited=limited, desk=desk, home=tmp_path, clock=clock)  # type: ignore[arg-type]
    return site(
        ledger=spoken,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        means=means,
        local_token=TOKEN,
    )
