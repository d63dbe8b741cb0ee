"""Drivers over HTTP: what goes with a score, who is missing, and who may not see it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.understand.drivers.test_drivers import AS_OF, _signals
from tests.understand.histories import rated
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE
from tests.web.voice.conftest import theme


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("answered"))
    told = list(_signals())
    ledger.append([signal for signal, _ in told])
    ledger.append([rated(None, AS_OF.replace(month=10, day=31), 5, id="nobody")])
    ledger.load(AS_OF)
    themed = [(signal.id, name) for signal, name in told if name]
    readings = [{"signal": one, "language": "en", "tone": None, "tone_score": None} for one, _ in themed]
    mentions = [{"signal": one, "place": 0, "theme": name, "confidence": 1} for one, name in themed]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def app(answered: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited) -> FastAPI:
    with desk.begin() as tx:
        names = {"thm_refund": "waiting <for> money", "thm_other": "other", "thm_with": "with it"}
        themes.keep(tx, Audience.CUSTOMER, [theme(one, name) for one, name in names.items()])
    means = Means(outside=None, limited=limited, desk=desk, home=tmp_path, clock=clock)  # type: ignore[arg-type]
    return site(
        ledger=answered,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        means=means,
        local_token=TOKEN,
    )


def test_the_page_begins_with_what_goes_with_the_lowest_scores(client: Client) -> None:
    page = client(Who.AGENT).get("/voice/drivers").text
    assert "goes with the lowest NPS answers: 3.0 points lower" in page
    assert "Associated, not shown to be the cause" in page
    assert "waiting &lt;for&gt; money" in page
    assert "<for>" not in page
    assert "answers name nobody" in page


def test_numbers_come_with_interval_n_and_who_is_missing(client: Client) -> None:
    found = client(Who.ANALYST).get("/voice/drivers.json").json()
    assert (found["people"], found["wrote"], found["reading"]) == (200, 100, "associated")
    assert found["missing"]["unnamed"] == 1
    assert found["held"] == ["quarter", "tenure"], "nobody has a plan here"
    refund = next(one for one in found["drivers"] if one["id"] == "thm_refund")
    assert refund["name"] == "waiting <for> money"
    assert refund["adjusted"]["value"] == pytest.approx(-3, abs=0.1)
    assert refund["touched"]["n"] == 50
    assert client(Who.ANALYST).get("/voice/drivers.json?score=csat").json()["people"] == 0
    assert "Not enough answers to tell" in client(Who.AGENT).get("/voice/drivers?score=csat").text


def test_a_field_that_there_is_not_is_refused_by_name(client: Client) -> None:
    answer = client(Who.ANALYST).get("/voice/drivers.json?held=colour")
    assert answer.status_code == 422
    assert "colour" in answer.text
    assert client(Who.ANALYST).get("/voice/drivers.json?held=").json()["held"] == ["quarter", "tenure"]


def test_the_table_has_a_row_for_each(client: Client) -> None:
    body = client(Who.LEAD).get("/voice/drivers.csv").content.decode("utf-8-sig")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(body))}
    assert rows["paid:refund"]["n"] == "50"
    assert float(rows["paid:refund"]["difference"]) == pytest.approx(-3, abs=0.1)


@pytest.mark.parametrize(("who", "status"), [(Who.VIEWER, 403), (Who.AGENT, 200), (Who.OWNER, 200)])
def test_who_may_see_it(client: Client, who: Who, status: int) -> None:
    for twin in ("", ".json", ".csv"):
        assert client(who).get(f"/voice/drivers{twin}").status_code == status
