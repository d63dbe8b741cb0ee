"""What came of a survey: numbers that agree with each other, words, marks, and decisions about them."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from emptychair.desk import responses
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.definition import HiddenField, Quota
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.tending import tend
from emptychair.stats.intervals import wilson
from emptychair.stats.nps import nps
from emptychair.web.access import Who
from tests.listen.surveys.making import K, O, asked, survey, when
from tests.web.conftest import Client, Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.surveys.test_answering import page_of, send

SURVEY = survey(
    asked("q1", K.NPS),
    asked("q2", K.TEXT, comment_of="q1", is_with_previous=True),
    asked("q3", K.MULTIPLE, is_with_previous=True),
    asked("q4", K.RANKING, is_with_previous=True),
    asked("q5", K.MATRIX, is_with_previous=True),
    hidden=(HiddenField(name="plan"),),
)
Answer = Callable[..., httpx.Response]


@pytest.fixture
def answer(respondent: Callable[[], httpx.Client], clock: Clock) -> Answer:
    def given(slug: str, query: str = "", seconds: int = 30, **answers: str) -> httpx.Response:
        somebody = respondent()
        page = somebody.get(f"/s/{slug}{query}")
        clock.move(timedelta(seconds=seconds))
        return send(somebody, slug, page, **answers)

    return given


def test_the_score_stands_with_its_interval_its_n_and_who_is_missing(
    begun: Begin, answer: Answer, ann: httpx.Client, empty_ledger: Ledger, clock: Clock
) -> None:
    made = begun(definition=json.dumps(as_data(SURVEY)))
    scores = [10, 10, 9, 9, 9, 8, 7, 6, 3, 0, 10, 10]
    for number, score in enumerate(scores):
        answer(made["slug"], f"?plan={'pro' if number % 2 else 'free'}", q1=str(score), **{"q3.a": "1"})
    empty_ledger.load(clock())
    told = ann.get(f"{made['path']}.json?by=plan").json()
    (metric,) = told["scores"]
    expected = nps(7, 2, 3)
    assert expected is not None
    assert (metric["value"], metric["low"], metric["high"], metric["n"]) == (
        expected.value,
        expected.low,
        expected.high,
        12,
    )
    assert metric["missing"] == [
        {"count": 12, "why": "answers that name nobody: each counts as a person of its own"}
    ]
    assert sorted((one["segment"]["value"], one["n"]) for one in told["segments"]) == [
        ("free", 6),
        ("pro", 6),
    ]
    assert {one["value"] for one in told["segments"]} == {None}, "six are not enough"
    page = ann.get(f"{made['path']}?by=plan").text
    assert "Net promoter score is 33" in page
    assert "not enough data" in page


def test_before_there_are_enough_answers_no_number_is_shown(
    begun: Begin, answer: Answer, ann: httpx.Client, empty_ledger: Ledger, clock: Clock
) -> None:
    made = begun(definition=json.dumps(as_data(SURVEY)))
    assert "Nobody has answered yet." in ann.get(made["path"]).text
    answer(made["slug"], q1="9")
    empty_ledger.load(clock())
    (metric,) = ann.get(f"{made['path']}.json").json()["scores"]
    assert (metric["value"], metric["reason"][:16]) == (None, "Not enough data:")


def test_each_question_has_its_answers_and_they_add_up(
    begun: Begin, answer: Answer, ann: httpx.Client
) -> None:
    made = begun(definition=json.dumps(as_data(SURVEY)))
    for number in range(12):
        ranks = (
            {"q4.a": "1", "q4.b": "2", "q4.c": "3"} if number % 2 else {"q4.a": "3", "q4.b": "2", "q4.c": "1"}
        )
        answer(
            made["slug"],
            q1=str(number % 3),
            **{"q3.a": "1", "q3.b": "1" * (number < 4), "q5.r1": "c"},
            **ranks,
        )
    answer(made["slug"], q1="5")
    questions = {one["id"]: one for one in ann.get(f"{made['path']}.json").json()["questions"]}
    bars = {name: {bar["key"]: bar for bar in one["bars"]} for name, one in questions.items()}
    assert sum(bar["count"] for bar in bars["q1"].values()) == questions["q1"]["n"] == 13
    assert (questions["q3"]["n"], questions["q3"]["quiet"]) == (12, 1)
    share = wilson(4, 12)
    assert share is not None
    assert (bars["q3"]["b"]["share"]["low"], bars["q3"]["b"]["count"]) == (share.low, 4)
    assert (bars["q4"]["a"]["count"], bars["q4"]["a"]["mean_place"]) == (6, 2.0)
    assert bars["q5"]["r1.c"]["count"] == 12
    csv = ann.get(f"{made['path']}.csv").text
    assert "q3,Question q3?,multiple,b,B,4," in csv
    assert ann.get(made["path"]).status_code == 200


def test_words_are_found_again_and_no_cell_is_a_formula(
    begun: Begin, answer: Answer, ann: httpx.Client, client: Client, empty_ledger: Ledger, clock: Clock
) -> None:
    made = begun(definition=json.dumps(as_data(SURVEY)))
    answer(made["slug"], q1="2", q2="=HYPERLINK(1) too SLOW\n<script>alert(1)</script>")
    for number in range(55):
        answer(made["slug"], q1="9", q2=f"fine {number}")
    empty_ledger.load(clock())
    first = ann.get(f"{made['path']}/quotes")
    assert ("fine 54" in first.text, "Older" in first.text, "too SLOW" in first.text) == (True, True, False)
    second = ann.get(f"{made['path']}/quotes?page=2").text
    assert "&lt;script&gt;" in second
    assert "<script>alert" not in second
    (quote,) = ann.get(f"{made['path']}/quotes.json?q=Too%20slow").json()["quotes"]
    assert quote["score"] == "2"
    assert ann.get(f"{made['path']}/quotes.json?q=%25").json()["quotes"] == [], "no pattern"
    for name in ("quotes", "responses"):
        assert "'=HYPERLINK" in ann.get(f"{made['path']}/{name}.csv").text
        assert client(Who.VIEWER).get(f"{made['path']}/{name}").status_code == 403
        assert client(Who.AGENT).get(f"{made['path']}/{name}").status_code == 200


def test_a_marked_answer_is_let_in_and_left_out_again_and_the_ledger_follows(
    begun: Begin, answer: Answer, ann: httpx.Client, signals: Signals, client: Client
) -> None:
    quota = Quota(id="all", name="All", most=1)
    made = begun(definition=json.dumps(as_data(survey(asked("q1", K.NPS), quotas=(quota,)))))
    answer(made["slug"], q1="9")
    answer(made["slug"], seconds=0, q1="0")
    kinds = [row["kind"] for row in signals()]
    (marked,) = ann.get(f"{made['path']}/responses.json?marked=1").json()["responses"]
    assert (marked["mark"], marked["answers"], kinds.count("rated")) == ("too_fast", {"q1": {"number": 0}}, 1)
    path = f"{made['path']}/responses/{marked['id']}/decision"
    for _ in range(2):
        assert ann.post(f"{path}.json", data={"leave_out": "0"}).json()["left_out"] is False
        assert sorted(row["score"] for row in signals() if row["kind"] == "rated") == [0, 9]
    for _ in range(2):
        ann.post(path, data={"leave_out": "1"})
        assert [row["score"] for row in signals() if row["kind"] == "rated"] == [9]
    ann.post(path, data={"leave_out": "0"})
    assert len([row for row in signals() if row["kind"] == "rated"]) == 2
    assert ann.post(path, data={"leave_out": "x"}).status_code == 422
    assert client(Who.AGENT).post(path, data={"leave_out": "1"}).status_code == 403
    assert ann.post(f"{made['path']}/responses/rsp_0/decision", data={"leave_out": "1"}).status_code == 404
    assert "Faster than anybody reads" in ann.get(f"{made['path']}/responses").text


def test_a_decision_whose_process_died_is_followed_later(
    begun: Begin,
    answer: Answer,
    ann: httpx.Client,
    signals: Signals,
    desk: Desk,
    empty_ledger: Ledger,
    clock: Clock,
) -> None:
    made = begun(definition=json.dumps(as_data(SURVEY)))
    answer(made["slug"], q1="9")
    (given,) = ann.get(f"{made['path']}/responses.json").json()["responses"]
    with desk.begin() as tx:
        responses.decide(tx, given["id"], is_set_aside=True, counted=(), by="cli", now=clock())
    assert len(signals()) == 2
    for _ in range(2):
        tend(desk, empty_ledger, clock())
    assert signals() == []


def test_an_unknown_field_is_refused_with_those_that_there_are(begun: Begin, ann: httpx.Client) -> None:
    made = begun()
    answer = ann.get(f"{made['path']}.json?by=zodiac")
    assert (answer.status_code, "there is no field 'zodiac'" in answer.text) == (422, True)


def test_the_way_of_an_answer_is_counted_where_it_stands(
    begun: Begin, ann: httpx.Client, respondent: Callable[[], httpx.Client]
) -> None:
    made = begun(
        definition=json.dumps(
            as_data(survey(asked("q1", K.NPS), asked("q2", show_if=when("q1", O.AT_LEAST, "0"))))
        )
    )
    somebody = respondent()
    page = somebody.get(f"/s/{made['slug']}")
    somebody.post(f"/s/{made['slug']}", data={**page_of(page), "a.q1": "3"})
    stand = ann.get(f"{made['path']}.json").json()["standings"]
    assert (stand["begun"], stand["completed"], sum(stand.values())) == (1, 0, 1)
