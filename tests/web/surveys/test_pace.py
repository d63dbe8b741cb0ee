"""Answers that come too quickly: the page again with what was typed, and nobody else is held back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from emptychair.web.surveys import pace
from emptychair.web.surveys.pace import Pace
from tests.web.conftest import Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.surveys.test_answering import TWO_PAGES, as_json, page_of, send

Respondent = Callable[[], httpx.Client]
NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def test_one_who_is_too_quick_gets_their_page_again_and_holds_nobody_back(
    begun: Begin, respondent: Respondent, clock: Clock, monkeypatch: pytest.MonkeyPatch, signals: Signals
) -> None:
    monkeypatch.setattr(pace, "MOST_OF_ONE", 3)
    slug, cyd = begun(definition=as_json(TWO_PAGES))["slug"], respondent()
    second = send(cyd, slug, cyd.get(f"/s/{slug}"), q1="2")
    clock.move(timedelta(seconds=20))
    for _ in range(3):
        assert cyd.post(f"/s/{slug}/saving", data={**page_of(second), "a.q2": "so"}).status_code == 200
    held = cyd.post(f"/s/{slug}/saving", data={**page_of(second), "a.q2": "so"})
    assert (held.status_code, int(held.headers["retry-after"])) == (429, 60)
    early = send(cyd, slug, second, q2="It was late & cold")
    assert (early.status_code, early.headers["retry-after"]) == (429, "60")
    assert ("Nothing is lost" in early.text, "It was late &amp; cold" in early.text) == (True, True)
    dan = respondent()
    assert send(dan, slug, dan.get(f"/s/{slug}"), q1="9").status_code == 200, "another is not held back"
    clock.move(timedelta(seconds=60))
    third = send(cyd, slug, early, q2="It was late & cold")
    assert "Question q3?" in third.text
    send(cyd, slug, third)
    assert "It was late & cold" in [row["text"] for row in signals()]


def test_an_anonymous_page_carries_everything_through_the_wait(
    begun: Begin, respondent: Respondent, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MOST_OF_ONE", 1)
    slug, cyd = begun("pulse")["slug"], respondent()
    second = send(cyd, slug, cyd.get(f"/s/{slug}"), enps="3")
    early = send(cyd, slug, second, enps_why="Too many meetings")
    assert (early.status_code, "Too many meetings" in early.text) == (429, True)
    assert page_of(early)["a.enps"] == "3"
    clock.move(timedelta(minutes=1))
    third = send(cyd, slug, early, enps_why="Too many meetings")
    assert (third.status_code, page_of(third)["a.enps_why"]) == (200, "Too many meetings")


def test_a_made_up_page_is_no_name_and_a_survey_has_a_bound_of_its_own(
    begun: Begin, respondent: Respondent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MOST_OF_STRANGERS", 2)
    slug, bot = begun(definition=as_json(TWO_PAGES))["slug"], respondent()
    sent = [
        respondent().post(f"/s/{slug}", data={"a.q1": "9", "page": "0", "stamp": f"{n}.x", "t": f"t{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in sent] == [200, 200, 429]
    assert send(bot, slug, bot.get(f"/s/{slug}"), q1="9").status_code == 200, "people have a signed page"
    one = Pace()
    monkeypatch.setattr(pace, "MOST_OF_SURVEY", 2)
    assert [one.wait("svy", name, NOW) for name in ("a", "b", "c")] == [None, None, 60]
    assert one.wait("other", "c", NOW) is None
    assert one.wait("svy", "c", NOW + timedelta(seconds=59)) == 1
    assert one.wait("svy", "c", NOW + timedelta(seconds=60)) is None
