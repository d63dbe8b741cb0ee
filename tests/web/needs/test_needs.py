"""Needs on pages: an alarm becomes a card, which is stated, merged, put aside and linked."""

import csv
import io

import httpx
import pytest

from emptychair.desk import board_posts, need_alarms
from emptychair.desk.board_posts import Status
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm, Standing
from emptychair.web.access import Who
from tests.understand.needs.company import DECAF, END
from tests.web.conftest import Client

NEEDS = "/voice/needs"
LISTENERS = (Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER)


def card_of(client: httpx.Client, alarm: KeptAlarm) -> str:
    answer = client.post(NEEDS, data={"alarm": alarm.id})
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


def by_hand(client: httpx.Client, title: str, **more: str) -> str:
    answer = client.post(NEEDS, data={"title": title, **more})
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


def as_json(client: httpx.Client, path: str) -> dict:
    answer = client.get(f"{path}.json")
    assert answer.status_code == 200
    return answer.json()


def test_the_page_begins_with_what_emerges(client: Client, alarm: KeptAlarm) -> None:
    page = client(Who.AGENT).get(NEEDS).text
    assert "Searches for “half caf” that find nothing" in page
    assert f"/voice/needs/alarms/{alarm.id}" in page
    assert " days, and nobody in the history before." in page
    assert "Make a need of it" not in page, "an agent reads"
    assert "Make a need of it" in client(Who.ANALYST).get(NEEDS).text


def test_every_page_has_its_twins(client: Client, alarm: KeptAlarm) -> None:
    ann = client(Who.ANALYST)
    told = as_json(ann, NEEDS)
    assert told["look"]["reason"] == ""
    mine = next(one for one in told["alarms"] if one["id"] == alarm.id)
    assert mine["observed"] > mine["expected"]
    assert mine["low"] > 1
    rows = list(csv.DictReader(io.StringIO(ann.get(f"{NEEDS}.csv?table=alarms").text.lstrip("\ufeff"))))
    assert alarm.id in {row["id"] for row in rows}
    one = as_json(ann, f"{NEEDS}/alarms/{alarm.id}")
    assert sum(week["people"] for week in one["weeks"]) == 40
    assert len(one["evidence"]["people"]) == 40
    assert "week,people,of" in ann.get(f"{NEEDS}/alarms/{alarm.id}.csv").text
    card = card_of(ann, alarm)
    assert "title,when,want" in ann.get(f"{NEEDS}.csv").text
    assert ann.get(f"{card}.csv").status_code == 200
    assert as_json(ann, card)["title"] == "half caf"


def test_an_alarm_becomes_a_card_once(client: Client, desk: Desk, alarm: KeptAlarm) -> None:
    ann = client(Who.ANALYST)
    card = card_of(ann, alarm)
    assert card_of(ann, alarm) == card
    told = as_json(ann, card)
    assert told["is_proposed"]
    assert told["statement"]["want"] == "to find “half caf”"
    assert told["people"] == 40
    assert told["worth"]["spent_in_365_days"] == [{"currency": "EUR", "amount": "800.0000"}]
    assert told["growth"][0]["id"] == alarm.id
    assert {one["phrase"] for one in told["searches"]} == {"half caf", "Half-Caf", "halfcaf!", "half caff"}
    with desk.read() as tx:
        kept = need_alarms.find(tx, alarm.id)
    assert kept is not None
    assert kept.standing is Standing.NEED
    page = ann.get(card).text
    assert "proposed" in page
    assert "No request is like it: nobody asked for it." in page
    assert "need_" in page, "who searched last is one click away"


def test_a_statement_is_proposed_from_words_and_edited_by_people(client: Client) -> None:
    ann = client(Who.ANALYST)
    card = by_hand(ann, "", kind="cue", key="workaround")
    told = as_json(ann, card)
    assert told["statement"]["when"] == "I mix decaf with espresso by hand"
    assert told["statement"]["want"] == "to get half the caffeine"
    assert told["title"].startswith("I mix decaf with espresso")
    assert told["people"] == 20
    assert told["quotes"][0]["sentence"].startswith("I mix decaf")
    assert "<mark>I mix decaf" in ann.get(card).text
    said = {
        "title": "Less caffeine",
        "when": "it is late",
        "want": "half of it",
        "so_that": "I can sleep",
    }
    assert ann.post(f"{card}/statement", data=said).status_code == 303
    told = as_json(ann, card)
    assert not told["is_proposed"]
    assert told["statement"] == {"when": "it is late", "want": "half of it", "so_that": "I can sleep"}
    assert "When it is late, I want half of it, so that I can sleep" in ann.get(card).text
    assert ann.post(f"{card}/statement.json", json={"title": "x" * 200}).status_code == 422


def test_what_customers_typed_is_no_markup(client: Client) -> None:
    ann = client(Who.ANALYST)
    card = by_hand(ann, "<b>bold</b> {{ 7 * 7 }}", when="<script>alert(1)</script>")
    page = ann.get(card).text
    assert "<b>bold</b>" not in page
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page


def test_cards_are_merged_and_taken_apart(client: Client, alarm: KeptAlarm) -> None:
    ann = client(Who.ANALYST)
    first, second = card_of(ann, alarm), by_hand(ann, "", kind="cue", key="workaround")
    assert ann.post(f"{second}/merging", data={"into": first.rpartition("/")[2]}).status_code == 303
    told = as_json(ann, first)
    assert told["people"] == 60, "the people of both, each once"
    assert {one["kind"] for one in told["grounds"]} == {"search", "cue"}
    assert "It is merged into another need" in ann.get(second).text
    assert second not in ann.get(NEEDS).text
    # What another speaks for is changed there.
    assert ann.post(f"{second}/statement.json", json={"title": "x"}).status_code == 409
    for into in (second.rpartition("/")[2], first.rpartition("/")[2]):
        assert ann.post(f"{first}/merging.json", json={"into": into}).status_code == 422
    ann.post(f"{second}/separation")
    assert as_json(ann, first)["people"] == 40
    assert as_json(ann, second)["people"] == 20


def test_a_card_is_put_aside_with_a_reason_and_opened_again(client: Client) -> None:
    ann = client(Who.ANALYST)
    card = by_hand(ann, "Tea for two")
    assert ann.post(f"{card}/dismissal.json", json={"reason": " "}).status_code == 422
    ann.post(f"{card}/dismissal", data={"reason": "We sell coffee"})
    assert "Tea for two" not in ann.get(NEEDS).text
    assert "Tea for two" in ann.get(f"{NEEDS}?standing=dismissed").text
    assert "put aside: We sell coffee" in ann.get(card).text
    ann.post(f"{card}/reopening")
    assert "Tea for two" in ann.get(NEEDS).text


def test_an_alarm_is_watched_and_dismissed_with_a_reason(client: Client, alarm: KeptAlarm) -> None:
    ann, path = client(Who.ANALYST), f"{NEEDS}/alarms/{alarm.id}"
    assert ann.post(f"{path}/standing", data={"standing": "watching"}).status_code == 303
    assert as_json(ann, path)["standing"] == "watching"
    assert ann.post(f"{path}/standing.json", json={"standing": "dismissed"}).status_code == 422
    assert ann.post(f"{path}/standing.json", json={"standing": "need"}).status_code == 422
    ann.post(f"{path}/standing", data={"standing": "dismissed", "reason": "A game of one forum"})
    page = ann.get(NEEDS).text
    assert "A game of one forum" in page
    assert "Look at it again" in ann.get(path).text
    ann.post(f"{path}/standing", data={"standing": "new"})
    assert as_json(ann, path)["reason"] == ""


def test_what_is_like_it_on_the_board_is_shown_with_its_status(
    client: Client, desk: Desk, alarm: KeptAlarm
) -> None:
    with desk.begin() as tx:
        said = {"standing": board_posts.Standing.SHOWN, "by": "usr_1", "now": END}
        post = board_posts.create(tx, "Half caf beans", "With half of the caffeine", **said)
        board_posts.create(tx, "Dark mode for the app", "My eyes hurt", **said)
        board_posts.move(tx, post.id, Status.PLANNED, "", by="usr_1", now=END)
    lea = client(Who.LEAD)
    card = card_of(lea, alarm)
    told = as_json(lea, card)
    assert [(one["title"], one["status"]) for one in told["similar_posts"]] == [("Half caf beans", "planned")]
    assert "Half caf beans" in lea.get(card).text
    assert lea.post(f"{card}/linking", data={"post": post.id}).status_code == 303
    told = as_json(lea, card)
    assert told["post"]["id"] == post.id
    assert told["similar_posts"] == []
    lea.post(f"{card}/linking", data={"post": ""})
    assert as_json(lea, card)["post"] is None
    assert lea.post(f"{card}/linking.json", json={"post": "pst_none"}).status_code == 422


def test_a_request_is_made_of_a_card_and_waits_to_be_shown(
    client: Client, desk: Desk, alarm: KeptAlarm
) -> None:
    ann = client(Who.ANALYST)
    card = card_of(ann, alarm)
    ann.post(f"{card}/linking", data={"post": "new"})
    told = as_json(ann, card)["post"]
    assert told["title"] == "half caf"
    with desk.read() as tx:
        post = board_posts.find(tx, told["id"])
    assert post is not None
    assert post.standing is board_posts.Standing.PENDING
    assert post.words == "to find “half caf”"


@pytest.mark.parametrize(("kind", "key", "status"), [
    ("theme", DECAF, 200), ("cue", "workaround/" + DECAF, 200), ("search", "half caf", 200),
    ("signal", "need_0", 200), ("habit", "export and import", 200), ("theme", "thm_none", 422),
    ("cue", "nonsense", 422), ("cue", "wish/thm_none", 422), ("search", "unheard of", 422),
    ("signal", "of_an_employee", 422), ("signal", "none", 422), ("nothing", "x", 422), ("", "", 422),
])  # fmt: skip
def test_a_card_stands_on_what_there_is_of_customers_alone(
    client: Client, kind: str, key: str, status: int
) -> None:
    ann = client(Who.ANALYST)
    card = by_hand(ann, "Something")
    assert ann.post(f"{card}/evidence.json", json={"kind": kind, "key": key}).status_code == status
    grounds = as_json(ann, card)["grounds"]
    assert [(one["kind"], one["key"]) for one in grounds] == ([(kind, key)] if status == 200 else [])
    if grounds:
        ann.post(f"{card}/evidence/removal", data={"kind": kind, "key": key})
        assert as_json(ann, card)["grounds"] == []


def test_cues_are_read_with_the_sentence_that_is_one(client: Client) -> None:
    bob = client(Who.AGENT)
    page = bob.get(f"{NEEDS}/cues?cue=workaround").text
    assert "<mark>I mix decaf with espresso by hand to get half the caffeine.</mark>" in page
    assert "20 sentences of the last 90 days are such cues." in page
    told = as_json(bob, f"{NEEDS}/cues")
    assert told["total"] == 20
    assert bob.get(f"{NEEDS}/cues.json?theme={DECAF}").json()["total"] == 20
    assert bob.get(f"{NEEDS}/cues.json?theme=thm_late").json()["total"] == 0
    assert bob.get(f"{NEEDS}/cues.json?cue=wish").json()["cues"] == [], "what employees wish is not told here"
    assert "I mix decaf" in bob.get(f"{NEEDS}/cues.csv").text


def test_who_may_not_listen_hears_nothing(client: Client, stranger: httpx.Client, alarm: KeptAlarm) -> None:
    card = card_of(client(Who.ANALYST), alarm)
    paths = (NEEDS, f"{NEEDS}/cues", f"{NEEDS}/alarms/{alarm.id}", card)
    for path in paths:
        for form in ("", ".json", ".csv"):
            assert client(Who.VIEWER).get(path + form).status_code == 403
            assert stranger.get(path + form).status_code in (303, 401)
            for who in LISTENERS:
                assert client(who).get(path + form).status_code == 200
    for path in (
        NEEDS,
        f"{NEEDS}/looking",
        f"{card}/statement",
        f"{card}/dismissal",
        f"{NEEDS}/alarms/{alarm.id}/standing",
    ):
        assert client(Who.AGENT).post(path, data={"title": "x"}).status_code == 403


def test_what_is_not_there_is_not_found(client: Client) -> None:
    ann = client(Who.ANALYST)
    for path in (f"{NEEDS}/ned_none", f"{NEEDS}/alarms/nal_none"):
        assert ann.get(path).status_code == 404
    assert ann.post(f"{NEEDS}/ned_none/dismissal", data={"reason": "x"}).status_code == 404
    assert ann.post(f"{NEEDS}.json", json={"alarm": "nal_none"}).status_code == 404
    assert ann.post(f"{NEEDS}.json", json={"title": " "}).status_code == 422


def test_looking_can_be_asked_for(client: Client) -> None:
    ann = client(Who.ANALYST)
    assert ann.post(f"{NEEDS}/looking").status_code == 303
    assert "disabled" in ann.get(NEEDS).text
    assert client(Who.ANALYST).post(f"{NEEDS}/looking.json").json() == {"looking": True}


def test_a_study_is_offered_when_there_is_such_a_page(client: Client, alarm: KeptAlarm) -> None:
    from emptychair.web.access import RULES

    ann = client(Who.ANALYST)
    page = ann.get(card_of(ann, alarm)).text
    assert ("Interview kit" in page) == any(rule.route == "/voice/research" for rule in RULES)
