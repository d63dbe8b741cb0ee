"""Risk over HTTP: the list, the person, the card, and employees as far as one is entitled."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy import update

from emptychair.desk import risk_models, segments
from emptychair.desk.desk import Desk
from emptychair.desk.risk_scores import Score, risk_scores
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.anticipate.risk.companies import NOW
from tests.web.conftest import Client
from tests.web.risk.conftest import XSS

WHY = "Chances were off by 9.0 % on average."


def test_customers_are_in_the_order_of_what_would_be_lost(client: Client, top: Score) -> None:
    bob = client(Who.AGENT)
    told = bob.get("/customers/risk.json").json()
    losses = [one["expected_loss"] for one in told["people"]]
    assert losses == sorted(losses, reverse=True)
    assert told["people"][0]["person"] == top.person
    (euro,) = told["summary"]["sums"]
    assert euro["low"] < euro["value"] < euro["high"]
    assert euro["value"] == pytest.approx(sum(losses), rel=1e-3)
    page = bob.get("/customers/risk").text
    assert top.person in page
    assert "To be expected to be lost:" in page
    assert "(revenue)" in page
    rows = list(csv.DictReader(io.StringIO(bob.get("/customers/risk.csv").text.lstrip("\ufeff"))))
    assert [row["person"] for row in rows] == [one["person"] for one in told["people"]]


def test_the_list_keeps_those_of_a_chance_and_of_a_segment(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    everybody = ann.get("/customers/risk.json", params={"sort": "chance"}).json()
    chances = [one["chance"] for one in everybody["people"]]
    assert chances == sorted(chances, reverse=True)
    least = 100 * (chances[20] + chances[21]) / 2
    some = ann.get("/customers/risk.json", params={"least": least}).json()
    assert sorted(one["chance"] for one in some["people"]) == sorted(chances[:21])
    assert some["total"] == 21
    gold = {"trait": "plan", "is": ["gold"]}
    with desk.begin() as tx:
        made = segments.create(
            tx, audience=Audience.CUSTOMER, name="Gold", description="", definition=gold, by="u", now=NOW
        )
    last = everybody["people"][-1]["person"]
    (found,) = ann.get("/customers/risk.json", params={"search": last.upper()}).json()["people"]
    assert found["person"] == last, "whatever its capitals"
    assert "Nobody here" in ann.get("/customers/risk", params={"search": "nobody_%"}).text
    golden = ann.get("/customers/risk.json", params={"segment": made.id}).json()
    inside = golden["people"][0]["person"]
    both = {"segment": made.id, "search": inside}
    assert [one["person"] for one in ann.get("/customers/risk.json", params=both).json()["people"]] == [
        inside
    ]
    assert 0 < golden["total"] < everybody["total"]
    assert "Gold" in ann.get("/customers/risk").text
    assert ann.get("/customers/risk", params={"segment": "seg_none"}).status_code == 422
    assert "Nobody here" in ann.get("/customers/risk", params={"least": "100"}).text
    for odd in ({"least": "nan"}, {"least": "-5"}, {"page": "99999"}, {"sort": "x"}, {"currency": "€€€€"}):
        assert ann.get("/customers/risk", params=odd).status_code == 200


def test_the_page_of_a_person_tells_chance_reasons_and_changes(
    client: Client, top: Score, desk: Desk
) -> None:
    with desk.begin() as tx:
        mine = risk_scores.c.person == top.person
        reasons = [[f"“{XSS}” in 90 days: 0", 0.4], ["plan: gold", -0.2]]
        changed = {"reasons": reasons, "changes": [["things done: 1; before: 9", 0.3]]}
        tx.execute(update(risk_scores).where(mine).values(changed))
    bob = client(Who.AGENT)
    page = bob.get("/customers/person", params={"id": top.person}).text
    assert "within 30 days" in page
    assert "Associated, not causes" in page
    assert page.index("Goes with leaving") < page.index("Goes with staying") < page.index("plan: gold")
    assert "things done: 1; before: 9" in page
    assert XSS not in page
    risk = bob.get("/customers/person.json", params={"id": top.person}).json()["risk"]
    assert risk["chance"] == pytest.approx(top.chance)
    assert [one["weight"] for one in risk["reasons"]] == [0.4, -0.2]


def test_the_card_of_a_model_says_how_good_it_is(client: Client) -> None:
    ben = client(Who.VIEWER)
    told = ben.get("/models/risk/customer/30.json").json()
    assert told["card"]["auc"]["low"] > 0.5
    page = ben.get("/models/risk/customer/30").text
    for part in ("Brier score", "Calibration error", "What it uses", "plan: gold", "It is the first of its"):
        assert part in page
    assert page.count("<svg") > 4
    rows = ben.get("/models/risk/customer/30.csv").text.splitlines()
    assert len(rows) == 1 + len(told["card"]["reliability"]["bins"])
    for missing in ("customer/60", "customer/x", "nobody/30", "customer/9999"):
        assert ben.get(f"/models/risk/{missing}").status_code == 404
    assert "who leaves within 30 days" in ben.get("/models/risk").text


def test_a_model_that_is_not_reliable_is_shown_as_that(client: Client, desk: Desk, top: Score) -> None:
    ada = client(Who.OWNER)
    assert "At risk: revenue" in (before := ada.get("/scorecard").text)
    assert "See the customers" in before
    with desk.begin() as tx:
        (used,) = risk_models.champions(tx, Audience.CUSTOMER)
        risk_models.rely(tx, used.id, WHY)
    for path in ("/customers/risk", "/models/risk/customer/30", f"/customers/person?id={top.person}"):
        assert "Not reliable." in (page := ada.get(path).text)
        assert WHY in page
    assert f"Not reliable. {WHY}" in ada.get("/scorecard").text
    assert ada.get("/scorecard.json").json()["at_risk"]["unreliable"] == WHY


def test_employees_are_named_to_the_owner_and_told_to_leads_in_groups(client: Client) -> None:
    ada, lea = client(Who.OWNER), client(Who.LEAD)
    named = ada.get("/employees/risk.json").json()
    assert [one["person"] for one in named["people"]][:2] == ["emp_13", "emp_12"]
    assert XSS not in ada.get("/employees/risk").text
    told = lea.get("/employees/risk.json").json()
    assert {one["name"]: one["n"] for one in told["groups"]} == {"care": 6}
    assert told["hidden"] == 8, "three are too few, and told with the next group they would be known"
    for form in ("", ".json", ".csv"):
        assert "emp_" not in lea.get(f"/employees/risk{form}").text
    for who in (Who.ANALYST, Who.AGENT, Who.VIEWER):
        assert client(who).get("/employees/risk").status_code == 403
        assert client(who).get("/models/risk/employee/30").status_code == 403
        assert "employee" not in json.dumps(client(who).get("/models/risk.json").json())
    assert lea.get("/models/risk/employee/30").status_code == 200


def test_only_the_owner_decides_that_leads_see_names(client: Client) -> None:
    ada, lea = client(Who.OWNER), client(Who.LEAD)
    asked = {"employee_risk": "leads", "margin_percent": "40"}
    refused = lea.post("/settings.json", json=asked)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"field": "employee_risk", "detail": "Only the owner decides this."}]
    assert lea.post("/models/risk/scores.json", json={"audience": "employee"}).status_code == 403
    assert lea.post("/settings.json", json={"employee_risk": "owner"}).status_code == 200, "no change"
    assert ada.post("/settings.json", json=asked).status_code == 200
    assert len(lea.get("/employees/risk.json").json()["people"]) == 14
    assert "of what a year with them earns" in lea.get("/customers/risk").text


def test_training_is_asked_for_and_under_way_until_it_is_done(client: Client) -> None:
    ann = client(Who.ANALYST)
    asked = ann.post("/models/risk/training.json", json={"audience": "customer", "horizon": 30})
    assert asked.status_code == 202
    assert asked.json()["audiences"][0]["under_way"] == ["training"]
    assert ann.get("/models/risk.json").json()["audiences"][0]["under_way"] == ["training"]
    assert ann.post("/models/risk/training", data={"audience": "customer"}).status_code == 303
    assert ann.post("/models/risk/training.json", json={"horizon": 31}).status_code == 422
    assert ann.post("/models/risk/training.json", json={"audience": "pets"}).status_code == 422
    assert ann.post("/models/risk/training.json", json={"audience": "employee"}).status_code == 403
    assert ann.post("/models/risk/nothing.json", json={}).status_code == 404
    assert client(Who.AGENT).post("/models/risk/training.json", json={}).status_code == 403


def test_everybody_is_scored_as_of_now_for_a_program(client: Client, top: Score) -> None:
    program = client(Who.TOKEN)
    told = program.post("/models/risk/scores.json", json={"audience": "customer"}).json()
    assert told["people"][0]["person"] == top.person
    assert told["people"][0]["chances"]["30"][0] == pytest.approx(top.chance, abs=1e-5)
    assert program.post("/models/risk/scores.json", json={"as_of": "soon"}).status_code == 422
    early = program.post("/models/risk/scores.json", json={"as_of": "2023-02-01"})
    assert "are needed to foresee" in early.json()["detail"]


def test_what_is_foreseen_of_somebody_is_in_their_export(client: Client, top: Score) -> None:
    answer = client(Who.LEAD).get("/customers/person/export", params={"id": top.person})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        (score,) = json.loads(packed.read("desk/risk_scores.json"))
        (forecast,) = json.loads(packed.read("desk/risk_forecasts.json"))
    assert score["chance"] == pytest.approx(top.chance)
    assert list(forecast["chances"]) == ["30"]
