"""Plays on pages: begun with a warning, a segment or a need, called by agents, and judged on their day."""

import csv
import io
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from emptychair.desk import audit, need_cards, need_evidence, play_people, plays, touches
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import KeptWarning
from emptychair.desk.need_cards import Statement
from emptychair.desk.need_evidence import Ground
from emptychair.desk.play_people import State
from emptychair.domain.arm import Arm
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock

BAD = "<script>alert(1)</script>{{ 7*7 }}"


def begun(client: httpx.Client, warning: KeptWarning, **changed: str) -> dict:
    told = {"about": "warning", "about_id": warning.id, "title": "Call them", "deed": "Say sorry."}
    answer = client.post("/plays.json", json={**told, **changed})
    assert answer.status_code == 201, answer.text
    return answer.json()


def play_of(client: httpx.Client, play: dict) -> dict:
    return client.get(f"/plays/{play['id']}.json").json()


def first_call(client: httpx.Client, play: dict) -> str:
    one = next(one for one in play_of(client, play)["call_list"] if one["state"] == "to_do")
    return f"/plays/{play['id']}/calls/{one['id']}"


def rows(client: httpx.Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text.lstrip("\ufeff"))))


def test_a_warning_has_a_button_that_opens_a_play_for_its_people(
    client: Client, warning: KeptWarning
) -> None:
    ann = client(Who.ANALYST)
    page = ann.get(f"/warnings/{warning.id}").text
    address = f"/plays/new?about=warning&amp;about_id={warning.id}"
    assert f'href="{address}"' in page
    assert address not in client(Who.AGENT).get(f"/warnings/{warning.id}").text, "an agent calls"
    prepared = ann.get(address.replace("&amp;", "&"))
    assert prepared.status_code == 200
    assert "Call about Failure: sign_in_failed" in prepared.text
    assert "of them did" not in prepared.text
    told = ann.get(f"/plays/new.json?about=warning&about_id={warning.id}").json()
    touched = {row["person"] for row in rows(ann, f"/warnings/{warning.id}.csv")}
    assert told["meant"] == told["enrolled"] == len(touched)
    assert told["held_out"] == round(0.2 * len(touched))
    assert ann.get("/plays.json").json() == {"plays": []}, "to look starts nothing"


def test_a_play_has_two_arms_and_names_only_those_to_be_called(
    client: Client, desk: Desk, warning: KeptWarning
) -> None:
    ann = client(Who.ANALYST)
    play = begun(ann, warning)
    with desk.read() as tx:
        arms = play_people.arms(tx, play["id"])
    assert set(arms) == {row["person"] for row in rows(ann, f"/warnings/{warning.id}.csv")}
    alone = {one for one, arm in arms.items() if arm is Arm.HELD_OUT}
    assert len(alone) == play["held_out"] > 0
    listed = {row["person"] for row in rows(ann, f"/plays/{play['id']}.csv")}
    assert listed == set(arms) - alone
    for path in (f"/plays/{play['id']}", f"/plays/{play['id']}.json", "/plays", "/plays.json", "/plays.csv"):
        text = client(Who.OWNER).get(path).text
        assert not [one for one in alone if f'"{one}"' in text or f'={one}"' in text], path
    page = client(Who.AGENT).get(f"/warnings/{warning.id}").text
    assert f'href="/plays/{play["id"]}"' in page, "the warning knows what is done about it"
    assert f'href="/plays/{play["id"]}"' in client(Who.AGENT).get("/today").text


def test_an_agent_takes_a_call_writes_down_what_came_of_it_and_undoes_it(
    client: Client, desk: Desk, warning: KeptWarning
) -> None:
    play = begun(client(Who.ANALYST), warning)
    bob = client(Who.AGENT)
    call = first_call(bob, play)
    assert bob.post(f"{call}/outcome.json", json={"outcome": "reached"}).status_code == 409, "not in hand"
    assert bob.post(f"{call}/taking").status_code == 303
    assert bob.post(f"{call}/taking.json").status_code == 409, "somebody has it"
    page = bob.get(f"/plays/{play['id']}").text
    assert "in hand" in page
    assert bob.post(f"{call}/outcome.json", json={"outcome": "glad"}).status_code == 422
    assert bob.post(f"{call}/outcome", data={"outcome": "reached", "note": BAD}).status_code == 303
    past = bob.get(f"/plays/{play['id']}?past=yes").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in past
    assert play_of(bob, play)["outcomes"]["reached"] == 1
    assert bob.post(f"{call}/undoing").status_code == 303
    assert play_of(bob, play)["calls"] == {"to_do": play["treated"] - 1, "taken": 1, "done": 0, "skipped": 0}
    assert bob.post(f"{call}/giving-back").status_code == 303
    with desk.read() as tx:
        person = next(
            one.person for one in play_people.calls(tx, play["id"], (State.TO_DO,), 500) if one.tries
        )
        assert person is not None
        assert touches.since(tx, [person], None, warning.raised_at - timedelta(days=1)) == []
        verbs = [one.verb for one in audit.page(tx)]
    assert {"start_play", "call_taken", "call_made", "call_undone", "call_given"} <= set(verbs)


def test_whom_a_limit_protects_is_not_called_and_the_page_says_why_and_until_when(
    client: Client, warning: KeptWarning, clock: Clock
) -> None:
    play = begun(client(Who.ANALYST), warning)
    clock.move(timedelta(hours=14))
    bob = client(Who.AGENT)
    call = first_call(bob, play)
    answer = bob.post(f"{call}/taking.json")
    assert answer.status_code == 409
    told = {one["field"]: one["detail"] for one in answer.json()["errors"]}
    assert told["reason"] == "quiet_hours"
    page = bob.post(f"{call}/taking", follow_redirects=True).text
    assert "It is evening or night there" in page
    assert "It may be tried again from" in page
    assert bob.get(f"/plays/{play['id']}?why=nonsense&until=yesterday").status_code == 200


def test_somebody_is_left_out_only_with_a_reason_and_stays_in_their_arm(
    client: Client, warning: KeptWarning
) -> None:
    play = begun(client(Who.ANALYST), warning)
    bob = client(Who.AGENT)
    call = first_call(bob, play)
    assert bob.post(f"{call}/skipping.json", json={"note": " "}).status_code == 422
    assert bob.post(f"{call}/skipping", data={"note": "moved away"}).status_code == 303
    assert play_of(bob, play)["treated"] == play["treated"]
    assert bob.post(f"{call}/giving-back").status_code == 303


def test_nobody_is_in_a_second_play_until_the_first_is_decided(client: Client, warning: KeptWarning) -> None:
    ann = client(Who.ANALYST)
    first = begun(ann, warning)
    again = {"about": "warning", "about_id": warning.id, "title": "Again"}
    refused = ann.post("/plays.json", json=again)
    assert refused.status_code == 422
    assert "Nobody of them can be called" in refused.json()["errors"][0]["detail"]
    told = ann.get(f"/plays/new.json?about=warning&about_id={warning.id}").json()
    assert told["passed_over"] == {"in_another_play": first["meant"]}
    assert ann.post(f"/plays/{first['id']}/removal").status_code == 303
    assert begun(ann, warning)["meant"] == first["meant"], "and it can be taken back"


def test_a_play_is_closed_and_opened_again_and_not_taken_back_after_a_call(
    client: Client, warning: KeptWarning, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    play = begun(ann, warning, days="30")
    call = first_call(ann, play)
    ann.post(f"{call}/taking")
    assert ann.post(f"/plays/{play['id']}/removal.json").status_code == 422
    assert ann.post(f"/plays/{play['id']}/closing").status_code == 303
    other = first_call(ann, play)
    assert ann.post(f"{other}/taking.json").status_code == 409
    assert ann.post(f"/plays/{play['id']}/reopening").status_code == 303
    assert ann.post(f"{other}/taking.json").status_code == 200
    ann.post(f"/plays/{play['id']}/closing")
    clock.move(timedelta(days=30))
    assert client(Who.TOKEN).post(f"/plays/{play['id']}/reopening.json").status_code == 422


def test_before_its_day_the_page_says_when_and_after_it_that_signals_end(
    client: Client, desk: Desk, warning: KeptWarning, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    play = begun(ann, warning, days="7")
    assert play["verdict"]["why_open"] == "too_early"
    assert "to peek misleads" in ann.get(f"/plays/{play['id']}").text
    with desk.begin() as tx:
        tx.execute(update(plays.plays).values(started_at=clock() - timedelta(days=7, hours=-1)))
    clock.move(timedelta(hours=2))
    assert "but signals end on" in ann.get(f"/plays/{play['id']}").text
    assert play_of(ann, play)["verdict"]["arms"] is None


def test_on_its_day_the_page_says_what_came_of_it(
    client: Client, desk: Desk, warning: KeptWarning, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    play = begun(ann, warning, days="7", goal="doing", goal_name="app_opened", share="50")
    with desk.begin() as tx:
        tx.execute(update(plays.plays).values(started_at=clock() - timedelta(days=9)))
    found = play_of(ann, play)["verdict"]
    assert found["why_open"] is None
    assert found["arms"]["treated"]["told"] == found["arms"]["treated"]["drawn"] == play["treated"]
    assert found["arms"]["held_out"]["met"] > 0
    low, high = found["difference"]["low"], found["difference"]["high"]
    assert low <= 0 <= high, "lots alone differ"
    page = ann.get(f"/plays/{play['id']}").text
    assert "Nothing is seen that it changed." in page
    assert "caused it" not in page
    assert "Nothing is seen that it changed." in ann.get("/plays").text
    assert "Nothing is seen that it changed." in ann.get("/today").text
    ann.post(f"/plays/{play['id']}/closing")
    with desk.begin() as tx:
        tx.execute(update(plays.plays).values(started_at=clock() - timedelta(days=22)))
    assert ann.get("/today.json").json()["plays"] == [], "that was three weeks ago"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"deed": "x" * 4_001}, "deed"),
        ({"share": "4"}, "share"),
        ({"share": "91"}, "share"),
        ({"share": "½"}, "share"),
        ({"days": "6"}, "days"),
        ({"days": "-30"}, "days"),
        ({"purpose": "fun"}, "purpose"),
        ({"goal": "loyalty"}, "goal"),
        ({"goal": "doing"}, "goal_name"),
        ({"goal": "doing", "goal_name": "x" * 201}, "goal_name"),
        ({"about": "luck"}, "about"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field_and_nothing_starts(
    client: Client, warning: KeptWarning, changed: dict[str, str], field: str
) -> None:
    ann = client(Who.ANALYST)
    told = {"about": "warning", "about_id": warning.id, "title": "Call them"}
    answer = ann.post("/plays.json", json={**told, **changed})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert ann.get("/plays.json").json() == {"plays": []}


def test_only_what_is_owed_may_go_to_everybody(client: Client, warning: KeptWarning) -> None:
    ann = client(Who.ANALYST)
    play = begun(ann, warning, purpose="service", share="0")
    assert (play["held_out"], play["treated"]) == (0, play["meant"])


@pytest.mark.parametrize("path", ["/plays/none", "/plays/new?about=warning&about_id=none"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client(Who.OWNER).get(path).status_code == 404
    assert client(Who.OWNER).get(path.replace("warning", "need")).status_code == 404


def test_a_segment_opens_a_play_too_and_one_of_employees_does_not(
    client: Client, warning: KeptWarning
) -> None:
    ann, lea = client(Who.ANALYST), client(Who.LEAD)
    made = ann.post(f"/warnings/{warning.id}/segment.json", json={"name": "Locked out"}).json()
    address = f"/plays/new?about=segment&amp;about_id={made['id']}"
    assert f'href="{address}"' in ann.get(f"/segments/{made['id']}").text
    play = ann.post("/plays.json", json={"about": "segment", "about_id": made["id"], "title": "T"}).json()
    assert play["about_name"] == "Locked out"
    assert play["meant"] == len(rows(ann, f"/segments/{made['id']}.csv"))
    assert f'href="/plays/{play["id"]}"' in ann.get(f"/segments/{made['id']}").text
    staff = {"name": "Staff", "audience": "employee", "definition": '{"relationship": "open"}'}
    of_us = lea.post("/segments.json", json=staff).json()
    about = f"about=segment&about_id={of_us['id']}"
    assert lea.get(f"/plays/new?{about}").status_code == 404
    assert "/plays/new" not in lea.get(f"/segments/{of_us['id']}").text


def test_a_need_becomes_an_experiment_with_half_of_them_left_alone(
    client: Client, desk: Desk, warning: KeptWarning
) -> None:
    ann = client(Who.ANALYST)
    now = warning.raised_at
    with desk.begin() as tx:
        nothing = Statement(when="", want="", so_that="")
        card = need_cards.create(tx, "Sign in offline", nothing, is_proposed=False, by="me", now=now)
        need_evidence.add(tx, Ground(need_id=card.id, kind="search", key="x", added_by="me", added_at=now))
    page = ann.get(f"/voice/needs/{card.id}").text
    assert f'href="/plays/new?about=need&amp;about_id={card.id}"' in page
    told = ann.get(f"/plays/new.json?about=need&about_id={card.id}").json()
    assert (told["meant"], told["treated"], told["held_out"]) == (0, 0, 0)
    page = ann.get(f"/plays/new?about=need&about_id={card.id}").text
    assert 'name="share" type="number" value="50"' in page
    assert (
        ann.post("/plays.json", json={"about": "need", "about_id": card.id, "title": "T"}).status_code == 422
    )


def test_every_table_is_a_file_too(client: Client, warning: KeptWarning) -> None:
    ann = client(Who.ANALYST)
    assert "No play is open" in ann.get("/plays").text
    play = begun(ann, warning, title="=cmd|calc")
    (row,) = rows(ann, "/plays.csv")
    assert row["id"] == play["id"]
    assert row["title"].startswith("'="), "a spreadsheet is not to calculate it"
