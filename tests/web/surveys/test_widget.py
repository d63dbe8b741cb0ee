"""Surveys inside the product: who is offered one, by which rules, and what the ledger hears of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from emptychair.desk import consents, contacts, sources
from emptychair.desk.desk import Desk
from emptychair.desk.write_keys import WriteKey
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Contact, Purpose, Touch, What
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.widget import Widget, is_drawn, matches
from emptychair.web.access import Who
from emptychair.web.assets import Assets
from emptychair.web.surveys import pace
from emptychair.web.surveys.identity import mac_of
from tests.listen.surveys.making import K, asked, survey
from tests.web.conftest import Client, Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.visiting import visitor

PAGE = "https://shop.example/orders/7/paid?x=1#top"
DEFINITION = json.dumps(as_data(survey(asked("q1", K.NPS), asked("q2", K.TEXT, comment_of="q1"))))
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def page(app: FastAPI, write_key: WriteKey) -> Ask:
    """What the script in a page of the shop asks, from another site and without a session."""
    browser = visitor(app, Origin="https://shop.example")
    browser.headers["Sec-Fetch-Site"] = "cross-site"

    def ask(path: str, status: int = 200, **fields: str) -> dict[str, Any]:
        told = {"key": write_key.key, "anonymous_id": "dev1", "url": PAGE, "lang": "en", **fields}
        answer = browser.post(f"/widget/{path}", data=told)
        assert answer.status_code == status, answer.text
        if status != 200:
            return {}
        assert answer.headers["access-control-allow-origin"] == "*"
        found: dict[str, Any] = answer.json()
        return found

    return ask


@pytest.fixture
def shown(begun: Begin, ann: httpx.Client) -> Callable[..., dict[str, Any]]:
    """An open survey that is shown in the product."""

    def show(**fields: str) -> dict[str, Any]:
        made = begun(definition=DEFINITION)
        answer = ann.post(f"{made['path']}/widget.json", data={"is_on": "1", "delay": "0", **fields})
        assert answer.status_code == 200, answer.text
        return made

    return show


def test_a_survey_is_offered_shown_answered_and_told(
    shown: Callable[..., dict[str, Any]], page: Ask, signals: Signals, clock: Clock
) -> None:
    made = shown(urls="/orders/*/paid", share="100")
    assert page("offer") == {"survey": made["id"], "delay": 0, "side": "end"}
    assert signals() == [], "an offer promises nothing and writes nothing"
    first = page("opening", survey=made["id"])
    assert [one["id"] for one in first["sheet"]["questions"]] == ["q1"]
    clock.move(timedelta(seconds=20))
    same = {"survey": made["id"], "t": first["t"], "stamp": first["stamp"]}
    second = page("answer", **same, page="0", go="next", **{"a.q1": "4"})
    assert [one["id"] for one in second["sheet"]["questions"]] == ["q2"]
    over = page("answer", **same, page="1", go="next", **{"a.q2": "too slow"})
    assert (over["over"], over["title"]) == (True, "Thank you")
    found = {(row["kind"], row["name"]): row for row in signals()}
    assert set(found) == {("met", "survey seen"), ("rated", "nps"), ("did", "survey answered")}
    rated = found["rated", "nps"]
    told = json.loads(str(rated["properties"]))
    # A visitor is nobody before something tells who it is (docs/identity.md).
    assert (rated["person"], rated["score"], rated["text"]) == (None, 4, "too slow")
    assert (told["delivery"], told["probability"]) == ("widget", 1.0)
    assert page("offer") == {}, "it was answered"


def test_what_is_sent_away_is_told_once_and_not_shown_again(
    shown: Callable[..., dict[str, Any]], page: Ask, signals: Signals, clock: Clock
) -> None:
    made = shown(again_days="90")
    first = page("opening", survey=made["id"])
    for _ in range(2):
        page("dismissal", survey=made["id"], t=first["t"])
    names = sorted(str(row["name"]) for row in signals())
    assert names == ["survey dismissed", "survey seen"]
    clock.move(timedelta(days=60))
    assert page("offer") == {}
    clock.move(timedelta(days=31))
    assert page("offer")["survey"] == made["id"]


def test_who_answers_too_quickly_is_asked_to_wait(
    shown: Callable[..., dict[str, Any]], page: Ask, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MOST_OF_ONE", 1)
    made = shown()
    token = page("opening", survey=made["id"])["t"]
    sent = {"survey": made["id"], "t": token, "page": "0", "go": "stay"}
    first, second = (visitor(app).post("/widget/answer", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["retry-after"]) == (200, 429, "60")


def test_one_fatigue_rule_holds_over_surveys_and_mails(
    shown: Callable[..., dict[str, Any]], page: Ask, desk: Desk, clock: Clock
) -> None:
    first = shown()
    clock.move(timedelta(seconds=1))
    second = shown()
    assert page("offer", user_id="ada")["survey"] == first["id"]
    contact = Contact(
        people=("ada",), audience=Audience.CUSTOMER, address="ada@example.com", channel=Channel.EMAIL,
        purpose=Purpose.SURVEYS, what=What.SURVEY_INVITATION, thing="inv_1",
    )  # fmt: skip
    with desk.begin() as tx:
        assert isinstance(contacts.claim(tx, contact, clock()), Touch)
    assert page("offer", user_id="ada") == {}, "she was mailed a survey today"
    assert page("opening", user_id="ada", survey=first["id"]) == {}
    page("opening", user_id="ben", survey=first["id"])
    assert page("offer", user_id="ben") == {}, "he was shown another one"
    clock.move(timedelta(days=31))
    assert page("offer", user_id="ben")["survey"] == second["id"]


def test_of_two_pages_that_open_at_once_one_shows_it(shown: Callable[..., dict[str, Any]], page: Ask) -> None:
    made = shown()
    found = [page("opening", survey=made["id"]) for _ in range(3)]
    assert [bool(one) for one in found] == [True, False, False]


def test_who_said_no_is_not_asked(
    shown: Callable[..., dict[str, Any]], page: Ask, desk: Desk, clock: Clock
) -> None:
    shown()
    with desk.begin() as tx:
        consents.record(
            tx, ["ada"], Audience.CUSTOMER, Purpose.SURVEYS, Standing.WITHDRAWN,
            channel=Channel.WIDGET, evidence="said so", by="cli", now=clock(),
        )  # fmt: skip
    assert page("offer", user_id="ada") == {}
    assert page("offer", user_id="ben") != {}


def test_only_people_with_the_newest_value_of_a_trait_are_asked(
    shown: Callable[..., dict[str, Any]], page: Ask, empty_ledger: Ledger, clock: Clock
) -> None:
    made = shown(traits="plan = pro, team\nland = de")
    told = Signal(
        id="t1", audience=Audience.CUSTOMER, person="ada", kind=Kind.TOLD, name="traits", channel="web",
        source="crm", occurred_at=clock(), received_at=clock(), properties='{"plan": "pro", "land": "de"}',
    )  # fmt: skip
    later = replace(told, id="t2", occurred_at=clock() + timedelta(days=1), properties='{"plan": "free"}')
    empty_ledger.append([told, replace(told, id="t3", person="ben", properties='{"plan": "pro"}')])
    empty_ledger.load(clock())
    assert page("offer", user_id="ada")["survey"] == made["id"]
    assert page("offer", user_id="ben") == {}
    assert page("offer") == {}, "of a visitor nothing is known"
    empty_ledger.append([later])
    empty_ledger.load(clock())
    assert page("offer", user_id="ada") == {}


def test_an_event_asks_and_a_page_does_not(shown: Callable[..., dict[str, Any]], page: Ask) -> None:
    made = shown(events="Order Completed\nRefund")
    assert page("offer") == {}
    assert page("offer", event="Something Else") == {}
    assert page("offer", event="Refund")["survey"] == made["id"]


def test_a_claimed_id_needs_its_proof_where_it_is_enforced(
    shown: Callable[..., dict[str, Any]], page: Ask, client: Client, desk: Desk, write_key: WriteKey
) -> None:
    made = shown()
    path = f"/sources/{write_key.source_id}/identity"
    assert client(Who.ANALYST).post(path, data={"do": "require"}).status_code == 403
    secret = client(Who.LEAD).post(f"{path}.json", data={"do": "require"}).json()["secret"]
    shown_to = {
        who: client(who).get(f"/sources/{write_key.source_id}").text for who in (Who.LEAD, Who.ANALYST)
    }
    assert [secret in text for text in shown_to.values()] == [True, False]
    assert page("offer", user_id="ada") == {}
    assert page("offer", user_id="ada", mac=mac_of(secret, "ben")) == {}
    assert page("offer", user_id="ada", mac=mac_of(secret, "ada"))["survey"] == made["id"]
    assert page("offer")["survey"] == made["id"], "visitors claim nothing"
    client(Who.LEAD).post(path, data={"do": "renew"})
    assert page("offer", user_id="ada", mac=mac_of(secret, "ada")) == {}
    with desk.read() as tx:
        source = sources.find(tx, write_key.source_id)
    assert source is not None
    assert secret not in client(Who.ANALYST).get(f"/sources/{source.id}").text
    assert secret not in client(Who.ANALYST).get(f"/sources/{source.id}.json").text


@pytest.mark.parametrize("nobody", ["", "null", "undefined", "[object Object]", "0"])
def test_ids_that_name_nobody_are_asked_nothing(
    nobody: str, shown: Callable[..., dict[str, Any]], page: Ask
) -> None:
    shown()
    assert page("offer", anonymous_id=nobody, user_id=nobody) == {}


def test_keys_and_tokens_that_do_not_work_are_refused(
    shown: Callable[..., dict[str, Any]],
    page: Ask,
    desk: Desk,
    write_key: WriteKey,
    app: FastAPI,
    clock: Clock,
) -> None:
    made = shown()
    for path in ("offer", "opening"):
        page(path, 400, key="wk_0")
        page(path, 400, key="💥")
    for path in ("answer", "dismissal"):
        page(path, 400, survey=made["id"], t="nobody's")
        page(path, 400, survey="svy_0", t="")
    with desk.begin() as tx:
        sources.change_terms(tx, write_key.source_id, origins=["https://other.example"])
    clock.move(timedelta(seconds=3))
    page("offer", 403, key=write_key.key)
    browser = visitor(app)
    assert browser.get("/widget/config?key=nope").status_code == 400


def test_the_settings_of_the_widget_say_what_cannot_be(begun: Begin, ann: httpx.Client) -> None:
    path = f"{begun()['path']}/widget.json"
    for fields, told in (
        ({"urls": "shop"}, "a page begins with"),
        ({"traits": "plan"}, "such as plan = pro"),
        ({"share": "0"}, "share"),
        ({"share": "nan"}, "share"),
        ({"share": "101"}, "share"),
        ({"delay": "x"}, "whole number"),
        ({"events": "\n".join(f"e{n}" for n in range(21))}, "at most 20"),
    ):
        answer = ann.post(path, data={"is_on": "1", **fields})
        assert (answer.status_code, told.lower() in answer.text.lower()) == (422, True), fields


@pytest.mark.parametrize(
    ("pattern", "url", "expected"),
    [
        ("/", PAGE, True),
        ("/orders", PAGE, True),
        ("/orders/*/paid", PAGE, True),
        ("/orders/*?x=2", PAGE, False),
        ("/orders/*/paid", "https://shop.example/orders/7/paid#top", True),
        ("https://shop.example/*", PAGE, True),
        ("https://other.example", PAGE, False),
        ("*paid*", PAGE, True),
        ("*#top", PAGE, False),
        ("/a*a", "https://x.example/a", False),
        ("/a*b*c", "https://x.example/abc", True),
        ("/", "https://shop.example", True),
    ],
)
def test_a_page_is_one_of_a_pattern(pattern: str, url: str, expected: bool) -> None:
    assert matches(pattern, url) is expected


@given(st.text(alphabet="ab*/", max_size=12), st.text(alphabet="ab/", max_size=20))
def test_patterns_are_read_as_regular_expressions_would_read_them(pattern: str, path: str) -> None:
    import re

    text = path if not pattern.startswith("/") or path.startswith("/") else f"/{path}"
    expected = re.match("".join(".*" if one == "*" else re.escape(one) for one in pattern), text, re.DOTALL)
    whole = pattern.count("*") == 0 or (expected and re.fullmatch(expected.re.pattern, text, re.DOTALL))
    assert matches(pattern, path) is bool(expected and whole)


def test_a_hostile_address_is_matched_in_little_time() -> None:
    assert not matches("*a" * 200 + "b", "a" * 1_000_000)


def test_a_share_is_drawn_once_and_for_ever() -> None:
    widget = Widget(share=0.3)
    drawn = [is_drawn(widget, "svy_1", f"device{number}") for number in range(4_000)]
    assert 0.27 < sum(drawn) / 4_000 < 0.33
    assert drawn == [is_drawn(widget, "svy_1", f"device{number}") for number in range(4_000)]
    assert all(is_drawn(Widget(), "svy_1", f"device{number}") for number in range(1_000))
    wider = [is_drawn(Widget(share=0.6), "svy_1", f"device{number}") for number in range(4_000)]
    assert all(more for less, more in zip(drawn, wider, strict=True) if less)


def test_the_script_is_small_and_may_be_embedded(app: FastAPI) -> None:
    asset = Assets()._by_name["widget.js"]
    assert asset.packed is not None
    assert len(asset.packed) <= 12_000
    answer = visitor(app).get("/widget.js")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")
    for word in (b"innerHTML", b"eval(", b"new Function", b".style", b"document.write"):
        assert word not in asset.body
