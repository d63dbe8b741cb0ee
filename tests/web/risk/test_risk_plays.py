"""Plays for those with whom most would be lost, begun only with a model that keeps its word."""

from emptychair.desk import play_people, risk_models
from emptychair.desk.desk import Desk
from emptychair.desk.risk_scores import Score
from emptychair.domain.arm import Arm
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.web.conftest import Client

WHY = "Chances were off by 9.0 % on average."
TOLD = {"about": "risk", "title": "Call them", "first": "40"}


def test_the_first_of_the_list_are_called_and_some_of_them_left_alone(
    client: Client, desk: Desk, top: Score
) -> None:
    ann = client(Who.ANALYST)
    assert 'href="/plays/new?about=risk' in ann.get("/customers/risk").text
    first = [one["person"] for one in ann.get("/customers/risk.json").json()["people"]][:40]
    assert ann.get("/plays/new.json", params=TOLD).json()["held_out"] == 8
    assert ann.get("/plays/new", params=TOLD).text.count("Customers at risk") > 0
    play = ann.post("/plays.json", json=TOLD).json()
    with desk.read() as tx:
        arms = play_people.arms(tx, play["id"])
    assert set(arms) == set(first)
    assert top.person in arms
    assert sum(arm is Arm.HELD_OUT for arm in arms.values()) == play["held_out"] == 8
    assert ann.post("/plays.json", json={**TOLD, "first": "19"}).status_code == 422
    assert ann.post("/plays.json", json={**TOLD, "about_id": "XXX"}).status_code == 404


def test_a_model_that_is_not_reliable_begins_no_play(client: Client, desk: Desk) -> None:
    with desk.begin() as tx:
        (used,) = risk_models.champions(tx, Audience.CUSTOMER)
        risk_models.rely(tx, used.id, WHY)
    ann = client(Who.ANALYST)
    assert "/plays/new" not in ann.get("/customers/risk").text
    refused = ann.post("/plays.json", json=TOLD)
    assert refused.status_code == 422
    assert WHY in refused.json()["errors"][0]["detail"]
    assert ann.get("/plays.json").json() == {"plays": []}
