"""Journeys over HTTP: made, looked at, changed and taken back; found; what comes next; and who may not."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.desk.desk import Desk
from emptychair.domain.signal import Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.understand.histories import did
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
DEFINITION = {
    "steps": [
        {"signal": "did", "name": "look"},
        {"signal": "did", "name": "return", "called": "Return <b>it</b>"},
        {"signal": "paid", "name": "refund"},
    ],
    "days": 30,
}


def _signals() -> Iterator[Signal]:
    for number in range(120):
        person = f"per_{number:03}"
        begun = AT - timedelta(days=200 if number < 100 else 3, hours=number)
        plan = json.dumps({"plan": ("home", "barista")[number % 2]})
        yield did(person, begun, name="look", properties=plan)
        if number % 4:
            yield did(person, begun + timedelta(hours=2), name="return")
            yield did(
                person, begun + timedelta(hours=3), "said", text=f"<i>slow</i> {number}", id=f"s{number}"
            )
        else:
            yield did(person, begun + timedelta(days=60), "said", text=f"calm {number}", id=f"c{number}")
        if number % 4 == 1:
            yield did(person, begun + timedelta(days=2), "paid", name="refund")
            yield did(person, begun + timedelta(days=20), "said", text=f"fine {number}", id=f"f{number}")


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("walked"))
    signals = list(_signals())
    ledger.append(signals)
    ledger.load(AT)
    readings = [
        {
            "signal": one.id,
            "language": "en",
            "tone": "negative" if one.id.startswith("s") else "positive",
            "tone_score": None,
        }
        for one in signals
        if one.text
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), MENTIONS.empty_table())
    yield ledger
    ledger.close()


@pytest.fixture
def app(walked: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited) -> FastAPI:
    means = Means(outside=None, limited=limited, desk=desk, home=tmp_path, clock=clock)  # type: ignore[arg-type]
    return site(
        ledger=walked,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        means=means,
        local_token=TOKEN,
    )


def made(client: Client, definition: dict[str, Any] = DEFINITION, name: str = "Returns") -> str:
    sent = {"name": name, "definition": json.dumps(definition)}
    answer = client(Who.ANALYST).post("/journeys.json", json=sent)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def test_a_journey_tells_who_is_lost_and_who_may_still_come(client: Client) -> None:
    found = client(Who.AGENT).get(f"/journeys/{made(client)}.json").json()
    assert (found["entered"], found["ripe"]) == (120, 100)
    look, back, refund = found["steps"]
    assert (look["ripe"], back["ripe"], refund["ripe"]) == (100, 75, 25)
    assert (back["lost"], refund["lost"]) == (25, 50)
    assert (back["unripe"], refund["unripe"]) == (5, 10)
    assert back["of_before"]["value"] == 0.75
    assert back["of_before"]["low"] == pytest.approx(0.657, abs=0.001)
    assert back["typical_minutes"]["value"] == 120
    assert refund["of_first"]["value"] == 0.25


def test_the_page_names_where_most_are_lost_and_shows_no_markup_of_others(client: Client) -> None:
    page = client(Who.AGENT).get(f"/journeys/{made(client)}").text
    assert "Most are lost before <strong>refund</strong>: 33% of 75 get there" in page
    assert "<b>it</b>" not in page
    assert "<i>slow" not in page
    assert "<svg" in page
    assert page.count('<g class="way"') == 3


def test_the_worst_step_is_named_with_its_voices(client: Client) -> None:
    # Of those who returned and wrote a third got their money, and are content at last.
    one = made(client)
    found = client(Who.AGENT).get(f"/journeys/{one}.json").json()
    assert found["worst"] is not None
    assert found["worst"]["reading"] == "associated"
    assert all("slow" in quote["text"] for quote in found["worst"]["quotes"])
    page = client(Who.AGENT).get(f"/journeys/{one}").text
    assert "is where people are unhappiest" in page
    assert "associated, not shown to be the cause" in page
    assert "/customers/person?id=per_" in page


def test_the_table_has_a_row_for_each_step(client: Client) -> None:
    body = client(Who.AGENT).get(f"/journeys/{made(client)}.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [(row["name"], row["ripe"], row["unripe"]) for row in rows] == [
        ("look", "100", "0"),
        ("Return <b>it</b>", "75", "5"),
        ("refund", "25", "10"),
    ]


def test_it_is_split_by_a_field_and_by_a_segment(client: Client) -> None:
    one = made(client)
    found = client(Who.AGENT).get(f"/journeys/{one}.json?by=plan").json()["split"]
    assert {part["value"]: part["ripe"] for part in found} == {"home": 50, "barista": 50}
    told = {"name": "Baristas", "definition": {"trait": "plan", "is": ["barista"]}}
    segment = client(Who.ANALYST).post("/segments.json", json=told).json()["id"]
    split = client(Who.AGENT).get(f"/journeys/{one}.json?by=segment:{segment}").json()["split"]
    assert {part["value"]: part["ripe"] for part in split} == {"in": 50, "out": 50}
    assert client(Who.AGENT).get(f"/journeys/{one}?by=segment:none").status_code == 422
    assert client(Who.AGENT).get(f"/journeys/{one}?by=nothing").status_code == 422
    page = client(Who.AGENT).get(f"/journeys/{one}?by=segment:{segment}").text
    assert "By Baristas" in page


def test_what_is_wrong_is_told_by_its_place(client: Client) -> None:
    wrong = {"steps": [{"signal": "did"}, {"signal": "flew"}], "days": 30}
    answer = client(Who.ANALYST).post("/journeys.json", json={"name": "", "definition": json.dumps(wrong)})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"name", "definition.steps[1].signal"}
    unknown = {"steps": [{"signal": "did"}, {"signal": "did", "where": [{"property": "x", "is": ["y"]}]}]}
    told = client(Who.ANALYST).post("/journeys.json", json={"name": "a", "definition": json.dumps(unknown)})
    assert "Nobody has a property x" in told.text


def test_the_builder_counts_moves_and_opens_again_what_it_saved(client: Client) -> None:
    ann = client(Who.ANALYST)
    form = {
        "name": "Ways", "days": "30", "order": "strict", "s0.of": "did", "s0.names": "look", "s1.of": "did",
        "s1.names": "return; back", "s1.property": "plan", "s1.values": "home",
    }  # fmt: skip
    part = ann.post("/journeys/preview", data=form, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "In the last year" in part.text
    assert 'name="s2.of"' in ann.post("/journeys/preview", data=form | {"do": "add"}).text
    moved = ann.post("/journeys/preview", data=form | {"do": "up:1"}).text
    assert moved.index('value="return; back"') < moved.index('value="look"')
    answer = ann.post("/journeys", data=form)
    assert answer.status_code == 303
    one = answer.headers["location"].split("?")[0]
    assert ann.get(f"{one}.json").json()["definition"] == {
        "steps": [
            {"called": "look", "signal": "did", "name": ["look"]},
            {"called": "return", "signal": "did", "name": ["return", "back"],
             "where": [{"property": "plan", "is": ["home"]}]},
        ],
        "days": 30,
        "order": "strict",
    }  # fmt: skip
    assert 'value="return; back"' in ann.get(f"{one}/edit").text


def test_a_change_is_undone_and_the_undoing_too(client: Client) -> None:
    one = made(client)
    lea = client(Who.LEAD)
    assert lea.post(f"/journeys/{one}/undoing").status_code == 409
    two = {"steps": DEFINITION["steps"][:2], "days": 7}  # type: ignore[index]
    lea.post(f"/journeys/{one}", data={"name": "Short", "definition": json.dumps(two)})
    assert lea.get(f"/journeys/{one}.json").json()["name"] == "Short"
    lea.post(f"/journeys/{one}/undoing")
    assert lea.get(f"/journeys/{one}.json").json()["definition"]["days"] == 30
    lea.post(f"/journeys/{one}/undoing")
    assert lea.get(f"/journeys/{one}.json").json()["definition"]["days"] == 7
    lea.post(f"/journeys/{one}/archiving")
    assert lea.get("/journeys.json").json()["journeys"] == []
    lea.post(f"/journeys/{one}/unarchiving")
    assert len(lea.get("/journeys.json").json()["journeys"]) == 1


def test_the_commonest_way_is_proposed_and_made_a_journey(client: Client) -> None:
    found = client(Who.AGENT).get("/journeys/found.json").json()
    assert [step["called"] for step in found["definition"]["steps"]][:2] == ["look", "return"]
    assert found["people"] == 120
    assert "the commonest next one" in client(Who.AGENT).get("/journeys/found").text
    page = client(Who.ANALYST).get("/journeys/new?found=yes").text
    assert 'value="found"' in page
    assert 'value="look"' in page


def test_what_comes_next_is_told_with_its_share(client: Client) -> None:
    found = client(Who.AGENT).get("/journeys/paths.json?name=return&minutes=1440").json()["paths"]
    assert found["people"] == 90
    assert [(one["label"], one["people"]) for one in found["branches"]] == [("said:said", 90)]
    short = client(Who.AGENT).get("/journeys/paths.json?name=return").json()["paths"]
    assert [(one["label"], one["people"]) for one in short["branches"]] == [("", 90)]
    page = client(Who.AGENT).get("/journeys/paths?name=return&way=before&minutes=1440").text
    assert "most customers do <strong>did:look</strong>" in page
    assert "Nobody met this" in client(Who.AGENT).get("/journeys/paths?name=<script>").text
    assert client(Who.AGENT).get("/journeys/paths").status_code == 200
    body = client(Who.AGENT).get("/journeys/paths.csv?name=return&minutes=1440").content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(body)))["step_1"] == "said:said"


def test_who_may_look_and_who_may_change(client: Client) -> None:
    one = made(client)
    for path in ("/journeys", f"/journeys/{one}", "/journeys/paths", "/journeys/found"):
        assert client(Who.VIEWER).get(path).status_code == 403
        assert client(Who.AGENT).get(path).status_code == 200
    for path in ("/journeys", f"/journeys/{one}", f"/journeys/{one}/archiving", "/journeys/preview"):
        assert client(Who.AGENT).post(path, data={"name": "x"}).status_code == 403
    assert client(Who.AGENT).get("/journeys/jny_none").status_code == 404
