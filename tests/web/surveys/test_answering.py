"""Answering at the public address: page by page, with and without scripts, once."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.tending import tend
from tests.listen.surveys.making import K, O, asked, survey, when, words
from tests.web.conftest import Clock
from tests.web.surveys.conftest import Begin, Signals

Respondent = Callable[[], httpx.Client]


class Form(HTMLParser):
    """The fields that a browser would send with the first form of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, kind = told.get("name"), told.get("type")
        is_sent = kind == "hidden" or (kind in ("radio", "checkbox") and "checked" in told)
        if tag == "input" and name and (is_sent or kind in (None, "text")):
            self.fields[name] = told.get("value") or ""


def page_of(answer: httpx.Response) -> dict[str, str]:
    return Form(answer.text).fields


def send(browser: httpx.Client, slug: str, page: httpx.Response, **given: str) -> httpx.Response:
    """Fill in the page that lies there, and press the button."""
    answers = {f"a.{name}": value for name, value in given.items() if name not in ("go", "speak")}
    also = {name: value for name, value in given.items() if name in ("go", "speak")}
    return browser.post(f"/s/{slug}", data={**page_of(page), "go": "next", **answers, **also})


def as_json(definition: Any) -> str:
    return json.dumps(as_data(definition))


TWO_PAGES = survey(
    asked("q1", K.NPS, is_required=True),
    asked("q2", K.TEXT, comment_of="q1", show_if=when("q1", O.AT_MOST, "6")),
    asked("q3", K.MULTIPLE),
    languages=("en", "de"),
)


def test_an_answer_becomes_a_score_with_its_words_and_what_was_done(
    begun: Begin, respondent: Respondent, signals: Signals, clock: Clock
) -> None:
    made, cyd = begun("relationship"), respondent()
    first = cyd.get(f"/s/{made['slug']}")
    assert first.status_code == 200
    assert signals() == [], "who only looks has told nothing"
    clock.move(timedelta(seconds=20))
    second = send(cyd, made["slug"], first, nps="3")
    assert "What is the main reason" in second.text
    third = send(cyd, made["slug"], second, nps_why="It was late & <b>cold</b>")
    assert "one thing we should do better" in third.text
    over = send(cyd, made["slug"], third, better="")
    assert (over.status_code, "Thank you" in over.text) == (200, True)
    found = signals()
    assert {(row["kind"], row["name"]) for row in found} == {("rated", "nps"), ("did", "survey answered")}
    (rated,) = [row for row in found if row["kind"] == "rated"]
    assert (rated["score"], rated["text"], rated["person"]) == (3, "It was late & <b>cold</b>", None)
    assert all(row["source"] == made["id"] for row in found)
    assert send(cyd, made["slug"], third, better="more").status_code == 200
    assert len(signals()) == 2, "the last button was pressed twice"


def test_a_question_that_is_not_asked_keeps_no_answer(
    begun: Begin, respondent: Respondent, signals: Signals, clock: Clock
) -> None:
    slug, cyd = begun(definition=as_json(TWO_PAGES))["slug"], respondent()
    second = send(cyd, slug, cyd.get(f"/s/{slug}"), q1="2")
    third = send(cyd, slug, second, q2="because")
    back = send(cyd, slug, send(cyd, slug, third, go="back"), go="back")
    again = send(cyd, slug, back, q1="10")
    assert "Question q3?" in again.text
    clock.move(timedelta(seconds=30))
    send(cyd, slug, again, **{"q3.a": "1", "q3.c": "1"})
    (rated,) = [row for row in signals() if row["kind"] == "rated"]
    assert (rated["score"], rated["text"]) == (10, None)
    (did,) = [row for row in signals() if row["kind"] == "did"]
    answers = json.loads(str(did["properties"]))["answers"]
    assert answers == {"q1": {"number": 10}, "q3": {"choices": ["a", "c"]}}


def test_what_is_wrong_is_said_beside_the_question_and_nothing_typed_is_lost(
    begun: Begin, respondent: Respondent
) -> None:
    made = survey(
        asked("q1", K.NPS, is_required=True),
        asked("q2", K.TEXT, is_with_previous=True, is_required=True),
        asked("q3", K.RANKING, is_with_previous=True),
    )
    slug, cyd = begun(definition=as_json(made))["slug"], respondent()
    page = cyd.get(f"/s/{slug}")
    answer = send(cyd, slug, page, q2="kept words", **{"q3.a": "1", "q3.b": "1"})
    assert answer.status_code == 422
    assert 'value="kept words"' in answer.text
    assert "Please answer this question." in answer.text
    assert "Two of them have the same place." in answer.text
    assert send(cyd, slug, page, q1="11", q2="x").status_code == 422
    assert send(cyd, slug, page, q1="x" * 3000, q2="x").status_code == 422


def test_what_is_left_lying_can_be_gone_on_with_and_counts_when_it_is_given_up(
    begun: Begin, respondent: Respondent, signals: Signals, clock: Clock, desk: Desk, empty_ledger: Ledger
) -> None:
    slug, cyd = begun(definition=as_json(TWO_PAGES))["slug"], respondent()
    send(cyd, slug, cyd.get(f"/s/{slug}"), q1="9")
    assert "Question q3?" in cyd.get(f"/s/{slug}").text, "the page on which they were"
    clock.move(timedelta(hours=23))
    tend(desk, empty_ledger, clock())
    assert signals() == []
    clock.move(timedelta(hours=2))
    tend(desk, empty_ledger, clock())
    tend(desk, empty_ledger, clock())
    found = signals()
    assert [row["kind"] for row in found if row["kind"] == "rated"] == ["rated"]
    (did,) = [row for row in found if row["kind"] == "did"]
    assert json.loads(str(did["properties"]))["complete"] is False
    assert "Question q1?" in cyd.get(f"/s/{slug}").text, "a new answer begins"


def test_answers_are_kept_while_they_are_given_and_dependent_questions_appear(
    begun: Begin, respondent: Respondent
) -> None:
    made = survey(
        asked("q1", K.NPS),
        asked("q2", K.TEXT, is_with_previous=True, show_if=when("q1", O.AT_MOST, "6")),
    )
    slug, cyd = begun(definition=as_json(made))["slug"], respondent()
    fields = page_of(cyd.get(f"/s/{slug}"))
    kept = cyd.post(f"/s/{slug}/saving.json", data={**fields, "a.q1": "2"}).json()
    assert (kept["asked"], bool(kept["t"])) == (["q1", "q2"], True)
    kept = cyd.post(f"/s/{slug}/saving.json", data={**fields, "t": kept["t"], "a.q1": "8"}).json()
    assert kept["asked"] == ["q1"]
    assert 'value="8" checked' in cyd.get(f"/s/{slug}").text


def test_without_scripts_a_question_that_appears_on_the_same_page_is_asked_too(
    begun: Begin, respondent: Respondent
) -> None:
    made = survey(
        asked("q1", K.NPS),
        asked("q2", K.TEXT, is_with_previous=True, is_required=True, show_if=when("q1", O.AT_MOST, "6")),
    )
    slug, cyd = begun(definition=as_json(made))["slug"], respondent()
    answer = send(cyd, slug, cyd.get(f"/s/{slug}"), q1="2")
    assert (answer.status_code, "Question q2?" in answer.text) == (422, True)
    assert "Thank you" in send(cyd, slug, answer, q1="2", q2="so").text


def test_the_respondent_reads_their_language_and_may_change_it_with_answers_kept(
    begun: Begin, respondent: Respondent
) -> None:
    made = survey(
        asked("q1", K.TEXT),
        asked("q2", K.TEXT, help=words("You said {q1}")),
        languages=("en", "de", "ar"),
    )
    slug, cyd = begun(definition=as_json(made))["slug"], respondent()
    page = cyd.get(f"/s/{slug}", headers={"Accept-Language": "de-AT"})
    assert (">Weiter<" in page.text, '<html lang="de"' in page.text) == (True, True)
    arabic = send(cyd, slug, page, q1="{{ 7 * 7 }}<script>", speak="ar")
    assert 'dir="rtl"' in arabic.text
    assert "{{ 7 * 7 }}&lt;script&gt;" in arabic.text
    after = send(cyd, slug, arabic, q1="{q2}<i>")
    assert "You said {q2}&lt;i&gt;" in after.text


def test_hidden_fields_of_the_survey_are_taken_from_the_address_and_others_are_not(
    begun: Begin, respondent: Respondent, signals: Signals, clock: Clock
) -> None:
    definition = {
        **as_data(survey(asked("q1", K.NPS))),
        "hidden": [{"name": "plan", "values": ["free", "pro"]}, {"name": "order"}],
    }
    slug, cyd = begun(definition=json.dumps(definition))["slug"], respondent()
    page = cyd.get(f"/s/{slug}?plan=gold&order=%20A%201%20&evil=1&survey=x")
    clock.move(timedelta(seconds=9))
    send(cyd, slug, page, q1="7")
    (rated,) = [row for row in signals() if row["kind"] == "rated"]
    told = json.loads(str(rated["properties"]))
    assert (told.get("plan"), told["order"], "evil" in told) == (None, "A 1", False)
    assert told["survey"] == "Relationship NPS"


@pytest.mark.parametrize(("deed", "status"), [("pausing", 409), ("closing", 410)])
def test_a_survey_that_takes_no_answers_says_so(
    deed: str, status: int, begun: Begin, respondent: Respondent, ann: httpx.Client, signals: Signals
) -> None:
    made, cyd = begun("relationship"), respondent()
    page = cyd.get(f"/s/{made['slug']}")
    ann.post(f"{made['path']}/{deed}")
    assert cyd.get(f"/s/{made['slug']}").status_code == status
    assert send(cyd, made["slug"], page, nps="9").status_code == status
    assert cyd.post(f"/s/{made['slug']}/saving.json", data=page_of(page)).status_code == 409
    assert signals() == []


def test_a_draft_and_a_deleted_survey_are_not_there(
    begun: Begin, respondent: Respondent, ann: httpx.Client
) -> None:
    draft, gone = begun(is_open=False), begun("fit")
    ann.post(f"{gone['path']}/removal")
    for made in (draft, gone):
        assert respondent().get(f"/s/{made['slug']}").status_code == 404


def test_who_began_on_an_earlier_version_ends_on_it(
    begun: Begin, respondent: Respondent, ann: httpx.Client, signals: Signals, clock: Clock
) -> None:
    made, cyd = begun(definition=as_json(TWO_PAGES)), respondent()
    second = send(cyd, made["slug"], cyd.get(f"/s/{made['slug']}"), q1="9")
    ann.post(f"{made['path']}/questions/q3/removal.json")
    ann.post(f"{made['path']}/opening.json")
    assert "Question q3?" in second.text
    clock.move(timedelta(seconds=9))
    send(cyd, made["slug"], second, **{"q3.b": "1"})
    (did,) = [row for row in signals() if row["kind"] == "did"]
    told = json.loads(str(did["properties"]))
    assert (told["version"], told["answers"]["q3"]) == (1, {"choices": ["b"]})
    assert "Question q3?" not in respondent().get(f"/s/{made['slug']}").text


ONE = as_json(survey(asked("q1", K.NPS)))


@pytest.mark.parametrize(
    ("seconds", "field", "mark"), [(20, {"website": "x"}, "honeypot"), (0, {}, "too_fast")]
)
def test_machines_are_marked_and_left_out_and_not_dropped(
    seconds: int,
    field: dict[str, str],
    mark: str,
    begun: Begin,
    respondent: Respondent,
    ann: httpx.Client,
    signals: Signals,
    clock: Clock,
) -> None:
    made, bot = begun(definition=ONE), respondent()
    fields = page_of(bot.get(f"/s/{made['slug']}"))
    clock.move(timedelta(seconds=seconds))
    answer = bot.post(f"/s/{made['slug']}", data={**fields, "a.q1": "10", **field})
    assert answer.status_code == 200
    assert signals() == []
    assert ann.get(f"{made['path']}.json").json()["standings"]["marked"] == 1


def test_the_same_browser_again_is_marked(
    begun: Begin, respondent: Respondent, ann: httpx.Client, signals: Signals, clock: Clock
) -> None:
    made, cyd = begun(definition=ONE), respondent()
    for query in ("", "?again=1"):
        page = cyd.get(f"/s/{made['slug']}{query}")
        clock.move(timedelta(seconds=9))
        send(cyd, made["slug"], page, q1="10")
    assert len([row for row in signals() if row["kind"] == "rated"]) == 1
    told = ann.get(f"{made['path']}.json").json()
    assert (told["answers"], told["standings"]["marked"]) == (1, 1)


def test_a_page_of_a_survey_asks_nothing_of_other_hosts_and_runs_nothing_inline(
    begun: Begin, respondent: Respondent
) -> None:
    page = respondent().get(f"/s/{begun('relationship')['slug']}")
    assert re.findall(r'(?:src|href|action)="(?!/)[^"]*"', page.text) == []
    assert not re.search(r"\sstyle=|<script(?! src)|\son[a-z]+=", page.text)
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("field", ["page", "v", "t", "stamp", "lang", "speak", "a.q1", "o.q1", "go"])
@pytest.mark.parametrize(
    "value", ["9" * 5000, "٣", "-1", "\ud800".encode("utf-8", "surrogatepass"), "💥", ""]
)
def test_no_field_breaks_the_page(field: str, value: Any, begun: Begin, respondent: Respondent) -> None:
    cyd = respondent()
    slug = begun(definition=ONE)["slug"]
    fields = page_of(cyd.get(f"/s/{slug}"))
    assert cyd.post(f"/s/{slug}", data={**fields, field: value}).status_code < 500
