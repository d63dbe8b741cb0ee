"""Employees answer: once, in groups of at least five, and nobody can tell whose an answer is."""

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.definition import Format, HiddenField, Quota
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.tending import tend
from emptychair.web.access import Who
from tests.listen.surveys.making import K, O, asked, survey, when
from tests.web.conftest import Client, Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.surveys.test_answering import page_of, send

Answer = Callable[..., httpx.Response]
SCORES = [9, 10, 3, 7, 8, 6, 10, 9, 2, 10]


@pytest.fixture
def answer(respondent: Callable[[], httpx.Client], clock: Clock) -> Answer:
    """Somebody answers the pulse in a browser of their own, page by page."""

    def given(link: str, score: int, why: str, change: str = "") -> httpx.Response:
        somebody, path = respondent(), link.partition("/s/")[2]
        slug = path.partition("?")[0]
        page = somebody.get(f"/s/{path}")
        clock.move(timedelta(seconds=30))
        page = send(somebody, slug, page, enps=str(score))
        page = send(somebody, slug, page, enps_why=why)
        return send(somebody, slug, page, change=change)

    return given


@pytest.fixture
def pulse(begun: Begin) -> dict[str, Any]:
    return begun("pulse")


@pytest.fixture
def tended(desk: Desk, empty_ledger: Ledger, clock: Clock) -> Callable[[], None]:
    """The job `surveys` has run, and the ledger is read again."""

    def run() -> None:
        tend(desk, empty_ledger, clock())
        empty_ledger.load(clock())

    return run


def links(ann: httpx.Client, made: dict[str, Any], count: int) -> list[str]:
    told = ann.post(f"{made['path']}/ballots.json", data={"count": str(count)})
    assert told.status_code == 201, told.text
    found: list[str] = told.json()["links"]
    return found


def results(ann: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ann.get(f"{made['path']}.json").json()
    return found


def every_path(ann: httpx.Client, made: dict[str, Any]) -> str:
    """All that any path tells of a survey, as one text."""
    paths = ["", ".json", ".csv", "/quotes", "/quotes.json", "/quotes.csv", "/quotes.json?q=wall"]
    paths += ["/responses", "/responses.json", "/responses.csv", "/responses.json?marked=1"]
    paths += ["/sharing.json", ".json?by=channel", ".csv?by=survey"]
    return "\n".join(ann.get(made["path"] + path).text for path in paths)


def test_below_five_nothing_is_shown_on_any_path_and_from_five_what_was_said(
    pulse: dict[str, Any], answer: Answer, ann: httpx.Client, tended: Callable[[], None], signals: Signals
) -> None:
    for number in range(4):
        assert "Thank you" in answer(pulse["address"], 3, f"wall {number}", "door").text
    ann.post(f"{pulse['path']}/closing.json")
    tended()
    assert signals() == []
    told = every_path(ann, pulse)
    assert "wall 0" not in told
    assert "door" not in told
    assert results(ann, pulse)["standings"] == {"completed": 0, "waiting": 4, "marked": 0}
    assert {one["n"] for one in results(ann, pulse)["questions"]} == {0}
    ann.post(f"{pulse['path']}/opening.json")
    answer(pulse["address"], 9, "wall 4", "door")
    ann.post(f"{pulse['path']}/closing.json")
    tended()
    found = results(ann, pulse)
    assert found["standings"] == {"completed": 5, "waiting": 0, "marked": 0}
    by_id = {one["id"]: one for one in found["questions"]}
    assert {bar["key"]: bar["count"] for bar in by_id["enps"]["bars"] if bar["count"]} == {"3": 4, "9": 1}
    said = {one["text"] for one in ann.get(f"{pulse['path']}/quotes.json").json()["quotes"]}
    assert said == {"door", *(f"wall {number}" for number in range(5))}
    assert ann.get(f"{pulse['path']}.json?by=channel").status_code == 422
    assert ann.get(f"{pulse['path']}/responses.csv").status_code == 409


def test_while_it_runs_answers_come_five_at_a_time_and_five_stay_behind(
    pulse: dict[str, Any], answer: Answer, ann: httpx.Client, tended: Callable[[], None], signals: Signals
) -> None:
    steps = []
    for number, score in enumerate([*SCORES, *SCORES[:5]]):
        answer(pulse["address"], score, f"why {number}")
        tended()
        steps.append(results(ann, pulse)["standings"]["completed"])
    assert steps == [0] * 9 + [5] * 5 + [10], "no two looks differ by fewer than five answers"
    rated = [row for row in signals() if row["kind"] == "rated"]
    assert len(rated) == 10
    assert (found := results(ann, pulse)["scores"][0])["n"] == 10
    assert found["name"] == "enps"
    assert ann.get("/surveys.json").json()["surveys"][0]["answers"] == 10


def test_signals_name_nobody_tell_a_day_and_cannot_be_joined_again(
    pulse: dict[str, Any], answer: Answer, ann: httpx.Client, tended: Callable[[], None], signals: Signals
) -> None:
    for number in range(5):
        answer(f"{pulse['address']}?person=e-17&team=care", number, f"why {number}", f"change {number}")
    ann.post(f"{pulse['path']}/closing.json")
    tended()
    found = signals()
    assert {row["person"] for row in found} == {None}
    assert {row["audience"] for row in found} == {"employee"}
    assert len({row["occurred_at"] for row in found} | {row["received_at"] for row in found}) == 1
    assert {(row["occurred_at"].hour, row["occurred_at"].second) for row in found} == {(0, 0)}
    members = {name for row in found for name in json.loads(row["properties"])}
    assert members == {"survey", "question", "answer", "complete"}
    assert all("17" not in row["properties"] and "care" not in row["properties"] for row in found)
    assert len({row["id"] for row in found}) == 5 * (1 + 3 + 1 + 1)
    order = [row["text"] for row in sorted(found, key=lambda row: row["id"]) if row["kind"] == "rated"]
    assert order
    assert sorted(order) == [f"why {number}" for number in range(5)]


def test_a_single_use_link_answers_once_and_is_kept_nowhere(
    pulse: dict[str, Any], answer: Answer, ann: httpx.Client, desk: Desk, tmp_path: Path,
    respondent: Callable[[], httpx.Client], tended: Callable[[], None], signals: Signals,
) -> None:  # fmt: skip
    made = links(ann, pulse, 6)
    for number, link in enumerate(made[:5]):
        assert "Thank you" in answer(link, 9, f"first {number}").text
    again = respondent().get(f"/s/{made[0].partition('/s/')[2]}")
    assert "Thank you" in again.text
    assert "first" not in again.text
    forced = {
        "to": made[0].rpartition("=")[2],
        "page": "2",
        "go": "next",
        "a.enps": "0",
        "a.enps_why": "twice",
    }
    assert respondent().post(f"/s/{pulse['slug']}", data=forced).status_code == 200
    assert respondent().get(f"/s/{pulse['slug']}?to=nonsense").status_code == 404
    assert ann.get(f"{pulse['path']}/sharing.json").json()["ballots"] == {"issued": 6, "used": 5}
    ann.post(f"{pulse['path']}/closing.json")
    tended()
    said = [row["text"] for row in signals() if row["kind"] == "rated"]
    assert sorted(said) == [f"first {number}" for number in range(5)]
    tokens = [link.rpartition("=")[2].encode() for link in made]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(token in content for token in tokens), file


def test_nothing_is_kept_before_the_end_and_no_file_has_a_person_beside_an_answer(
    pulse: dict[str, Any], ann: httpx.Client, tmp_path: Path, clock: Clock, answer: Answer,
    respondent: Callable[[], httpx.Client], tended: Callable[[], None],
) -> None:  # fmt: skip
    cyd, link = respondent(), links(ann, pulse, 5)[0]
    path = f"/s/{pulse['slug']}"
    first = cyd.get(f"/s/{link.partition('/s/')[2]}&person=cyd@example.com&lang=en")
    clock.move(timedelta(seconds=60))
    second = send(cyd, pulse["slug"], first, enps="4")
    draft = {**page_of(second), "a.enps_why": "half a thought", "h.person": "cyd@example.com"}
    assert cyd.post(f"{path}/saving", data=draft).json()["asked"] == ["enps_why"]
    assert cyd.post(f"{path}/seeing", data=draft).status_code == 204
    assert _home(tmp_path).count(b"half a thought") == 0
    third = send(cyd, pulse["slug"], second, enps_why="a whole thought")
    assert 'name="a.enps" value="4"' in third.text, "the page carries what was said before"
    send(cyd, pulse["slug"], third, change="")
    for number in range(4):
        answer(pulse["address"], 5, f"others {number}")
    ann.post(f"{pulse['path']}/closing.json")
    tended()
    home = _home(tmp_path)
    assert b"a whole thought" in home, "it is there, and nobody beside it"
    assert b"cyd@example.com" not in home
    assert b"half a thought" not in home


def test_the_desk_has_neither_responses_nor_instants_of_who_answered(
    pulse: dict[str, Any], ann: httpx.Client, answer: Answer, tmp_path: Path, desk: Desk
) -> None:
    for number, link in enumerate(links(ann, pulse, 5)[:3]):
        answer(link, number, f"why {number}")
    with sqlite3.connect(tmp_path / "desk.sqlite3") as plain:
        assert plain.execute("select count(*) from responses").fetchone() == (0,)
        assert plain.execute("select count(*) from invitations").fetchone() == (0,)
        columns = {row[1] for row in plain.execute("pragma table_info(sealed_answers)")}
        assert columns == {"key", "survey_id", "version", "answers", "mark", "batch"}
        assert {row[1] for row in plain.execute("pragma table_info(ballots)")} == {
            "id", "survey_id", "key", "is_used",
        }  # fmt: skip
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            plain.execute("select rowid from sealed_answers")


def test_the_last_button_pressed_again_answers_once(
    pulse: dict[str, Any], respondent: Callable[[], httpx.Client], clock: Clock, ann: httpx.Client
) -> None:
    page = page_of(respondent().get(f"/s/{pulse['slug']}"))
    clock.move(timedelta(seconds=30))
    last = {**page, "page": "2", "go": "next", "a.enps": "9"}
    for _ in range(3):
        assert "Thank you" in respondent().post(f"/s/{pulse['slug']}", data=last).text
    assert results(ann, pulse)["standings"]["waiting"] == 1


def test_what_is_lacking_is_asked_for_and_nothing_is_sealed(
    pulse: dict[str, Any], respondent: Callable[[], httpx.Client], ann: httpx.Client
) -> None:
    forced = {"page": "2", "go": "next", "a.enps_why": "no score", "a.enps": "77"}
    answer = respondent().post(f"/s/{pulse['slug']}", data=forced)
    assert answer.status_code == 422
    assert 'name="a.enps"' in answer.text
    assert 'name="a.enps_why" value="no score"' in answer.text
    assert results(ann, pulse)["standings"]["waiting"] == 0


def test_a_question_that_fewer_than_five_answered_is_hidden_in_numbers_and_words(
    begun: Begin, ann: httpx.Client, respondent: Callable[[], httpx.Client], clock: Clock,
    tended: Callable[[], None],
) -> None:  # fmt: skip
    made = begun(
        "blank_employees",
        definition=json.dumps(
            as_data(
                survey(
                    asked("q1", K.SINGLE, is_required=True),
                    asked("q2", K.TEXT, is_with_previous=True, show_if=when("q1", O.IS, "a")),
                    asked("q3", K.MULTIPLE, is_with_previous=True),
                )
            )
        ),
    )
    for number in range(6):
        cyd = respondent()
        page = cyd.get(f"/s/{made['slug']}")
        clock.move(timedelta(seconds=30))
        more = {"q1": "a", "q2": "only here"} if number < 2 else {"q1": "b", "q3.a": "1"}
        send(cyd, made["slug"], page, **more)
    ann.post(f"{made['path']}/closing.json")
    tended()
    told = {one["id"]: one for one in results(ann, made)["questions"]}
    assert (told["q1"]["n"], told["q1"]["is_hidden"]) == (6, False)
    for name in ("q2", "q3"):
        assert (told[name]["n"], told[name]["bars"], told[name]["is_hidden"]) == (0, [], True)
    assert "only here" not in every_path(ann, made)
    assert "Fewer than five answered it" in ann.get(made["path"]).text


def test_what_looks_like_a_machine_waits_apart_and_all_of_it_is_let_back_at_once(
    pulse: dict[str, Any], respondent: Callable[[], httpx.Client], ann: httpx.Client
) -> None:
    cyd = respondent()
    page = page_of(cyd.get(f"/s/{pulse['slug']}"))
    cyd.post(f"/s/{pulse['slug']}", data={**page, "page": "2", "go": "next", "a.enps": "9"})
    found = results(ann, pulse)
    assert (found["standings"]["marked"], found["marks"]) == (1, {"too_fast": 1})
    assert ann.post(f"{pulse['path']}/marks.json", data={"mark": "nonsense"}).status_code == 422
    assert ann.post(f"{pulse['path']}/marks.json", data={"mark": "too_fast"}).json() == {"counted": 1}
    assert results(ann, pulse)["standings"] == {"completed": 0, "waiting": 1, "marked": 0}


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        (survey(asked("q1", K.ENPS), hidden=(HiddenField(name="team"),)), "hidden fields are not taken"),
        (survey(asked("q1", K.ENPS), quotas=(Quota(id="x", name="X", most=3),)), "a quota would tell"),
        (survey(asked("q1", K.TEXT, format=Format.EMAIL)), "an address is not asked for"),
        (survey(*(asked(f"q{n}", K.TEXT, longest=9_000) for n in range(3))), "at most 400 fields"),
    ],
)
def test_what_would_tell_who_it_is_keeps_a_survey_of_employees_from_being_opened(
    begun: Begin, ann: httpx.Client, definition: Any, why: str
) -> None:
    made = begun("blank_employees", definition=json.dumps(as_data(definition)), is_open=False)
    answer = ann.post(f"{made['path']}/opening.json")
    assert answer.status_code == 422
    assert why in answer.text


def test_links_are_made_for_groups_by_builders_and_employees_are_neither_drawn_nor_shown_the_widget(
    pulse: dict[str, Any], begun: Begin, ann: httpx.Client, client: Client
) -> None:
    for count in ("4", "2001", "many", ""):
        assert ann.post(f"{pulse['path']}/ballots.json", data={"count": count}).status_code == 422
    assert client(Who.VIEWER).post(f"{pulse['path']}/ballots.json", data={"count": "5"}).status_code == 403
    page = ann.post(f"{pulse['path']}/ballots", data={"count": "5"})
    assert page.text.count("?to=") == 5
    assert "no-store" in page.headers["cache-control"]
    table = ann.post(f"{pulse['path']}/ballots.csv", data={"count": "5"}).text
    assert len(table.splitlines()) == 6
    assert "/draws" not in ann.get(f"{pulse['path']}/sharing").text
    assert ann.post(f"{pulse['path']}/draws.json", data={"size": "5"}).status_code == 422
    assert ann.post(f"{pulse['path']}/widget.json", data={"is_on": "1"}).status_code == 422
    named = begun("relationship")
    assert ann.post(f"{named['path']}/ballots.json", data={"count": "5"}).status_code == 422


def test_a_process_that_dies_while_letting_out_doubles_nothing(
    pulse: dict[str, Any], answer: Answer, ann: httpx.Client, desk: Desk, empty_ledger: Ledger, clock: Clock,
    signals: Signals, tended: Callable[[], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(5):
        answer(pulse["address"], number, f"why {number}")
    ann.post(f"{pulse['path']}/closing.json")

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("emptychair.desk.sealed_answers.drop", die)
        with pytest.raises(KeyboardInterrupt):
            tend(desk, empty_ledger, clock())
    clock.move(timedelta(days=2))
    tended()
    found = signals()
    assert len(found) == len({row["id"] for row in found}) == 5 * 4
    assert results(ann, pulse)["standings"] == {"completed": 5, "waiting": 0, "marked": 0}


def _home(folder: Path) -> bytes:
    """Every file of the home, one after the other."""
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
