"""Settings, Sources: made, told what events mean, parked events heard again or discarded, and who may."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emptychair.desk.desk import Desk
from emptychair.desk.write_keys import WriteKey
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.intake import replay
from emptychair.listen.intake.reception import Reception
from emptychair.web.access import Who
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.intake.sending import TRACK, told
from tests.web.visiting import BASE, visitor


@pytest.fixture
def owner(app: FastAPI) -> httpx.Client:
    return visitor(app, Accept="application/json", Authorization=f"Bearer {TOKEN}")


def books(owner: httpx.Client, key: WriteKey) -> dict[str, Any]:
    found: dict[str, Any] = owner.get(f"/sources/{key.source_id}?days=0").raise_for_status().json()["books"]
    assert found["heard"] == found["stored"] + found["duplicate"] + found["refused"] + found["parked"]
    return found


ORDERS = {
    "batch": [
        TRACK | {"event": "Bought", "messageId": "1", "properties": {"sum": "9.50", "money": "EUR"}},
        TRACK | {"event": "Bought", "messageId": "2", "properties": {}},
        TRACK | {"event": "Bought", "messageId": "3", "properties": {"sum": "lots"}},
        TRACK | {"event": "Seen", "messageId": "4"},
    ]
}


def test_a_meaning_is_told_and_what_was_parked_for_its_lack_is_heard_again(
    owner: httpx.Client, sdk: httpx.Client, write_key: WriteKey, ledger: Ledger, desk: Desk,
    reception: Reception, clock: Clock,
) -> None:  # fmt: skip
    source = f"/sources/{write_key.source_id}"
    meaning = {"event": "Bought", "kind": "paid", "name": "order", "value": "total", "currency": "money"}
    owner.post(f"{source}/meanings", json=meaning).raise_for_status()
    told(sdk, "/v1/batch", ORDERS)
    ledger.load(clock())
    found = books(owner, write_key)
    assert (found["heard"], found["stored"], found["parked"]) == (4, 1, 3)
    waiting = owner.get(f"{source}/parked").json()["parked"]
    assert {(one["reason"], one["field"]) for one in waiting} == {("field_is_missing", "total")}
    assert all("Bought" in one["raw"] for one in waiting)

    owner.post(f"{source}/meanings", json=meaning | {"value": "sum"}).raise_for_status()
    asked = owner.post(f"{source}/replay")
    assert asked.status_code == 202
    replay.run_queued(ledger, desk, reception.translate, clock)
    ledger.load(clock())
    paid = question("select value, currency from signals where kind = 'paid'")
    assert [(str(row["value"]), row["currency"]) for row in ledger.ask(paid).to_pylist()] == [
        ("9.5000", "EUR")
    ]
    assert books(owner, write_key)["parked"] == 3  # counted once, as parked
    left = owner.get(f"{source}/parked").json()["parked"]
    assert sorted(one["reason"] for one in left) == ["field_is_missing", "number_does_not_fit"]
    assert len(owner.get(f"{source}/parked?standing=replayed").json()["parked"]) == 1

    one = left[0]["id"]
    assert owner.post(f"{source}/parked/{one}/replay").json()["done"] == "not_heard"
    owner.post(f"{source}/discarding", json={"event": one}).raise_for_status()
    assert len(owner.get(f"{source}/parked").json()["parked"]) == 1
    owner.post(f"{source}/reopening", json={"event": one}).raise_for_status()
    assert len(owner.get(f"{source}/parked").json()["parked"]) == 2
    owner.post(f"{source}/discarding").raise_for_status()
    assert owner.get(f"{source}/parked").json()["parked"] == []
    replay.run_queued(ledger, desk, reception.translate, clock)
    ledger.load(clock())
    assert len(ledger.ask(paid)) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"event": "", "kind": "paid"}, "event"),
        ({"event": "x", "kind": "sang"}, "kind"),
        ({"event": "x", "kind": "paid", "name": "order"}, "value"),
        ({"event": "x", "kind": "rated", "name": "nps"}, "score"),
    ],
)
def test_a_meaning_that_cannot_be_is_refused_by_its_field(
    owner: httpx.Client, write_key: WriteKey, fields: dict[str, str], field: str
) -> None:
    answer = owner.post(f"/sources/{write_key.source_id}/meanings", json=fields)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_the_books_balance_over_a_duplicate_a_seal_and_a_rebuild(
    owner: httpx.Client, sdk: httpx.Client, write_key: WriteKey, ledger: Ledger, clock: Clock
) -> None:
    for _ in range(2):
        told(sdk, "/v1/batch", ORDERS)
    told(sdk, "/v1/batch", {"batch": [TRACK, 7]})
    ledger.load(clock())
    before = books(owner, write_key)
    assert (before["heard"], before["stored"], before["duplicate"], before["parked"]) == (10, 5, 4, 1)
    ledger.seal(clock())
    assert books(owner, write_key) == before


def test_pages_of_a_source_are_for_those_who_may_and_show_text_as_text(
    client: Client, sdk: httpx.Client, write_key: WriteKey, ledger: Ledger, clock: Clock
) -> None:
    told(sdk, "/v1/batch", {"batch": [TRACK | {"event": 7, "userId": "<script>alert(1)</script>"}]})
    ledger.load(clock())
    source = f"/sources/{write_key.source_id}"
    analyst = client(Who.ANALYST).get(f"{source}/parked").text
    assert "&lt;script&gt;alert(1)" in analyst
    assert "<script>alert" not in analyst
    assert client(Who.AGENT).get(f"{source}/parked").status_code == 403
    assert client(Who.ANALYST).post(f"{source}/pausing", headers={"Origin": BASE}).status_code == 403
    page = client(Who.LEAD).get(source).text
    assert write_key.key in page
    assert client(Who.LEAD).get("/sources.csv").text.count("\n") >= 2


def test_a_removed_source_is_listened_to_no_more_and_its_signals_stay(
    owner: httpx.Client, sdk: httpx.Client, write_key: WriteKey, ledger: Ledger, clock: Clock
) -> None:
    told(sdk, "/v1/t", TRACK)
    owner.post(f"/sources/{write_key.source_id}/removal").raise_for_status()
    assert told(sdk, "/v1/t", TRACK).status_code == 401
    ledger.load(clock())
    asked = question("select count(*) as n from signals where source = :source", source=write_key.source_id)
    assert ledger.ask(asked)["n"][0].as_py() == 1
