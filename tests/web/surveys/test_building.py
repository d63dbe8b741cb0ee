"""The builder: questions added, changed, moved, undone, checked, previewed, and opened."""

import json
from typing import Any

import httpx
import pytest

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.checking import faults
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.starting import STARTS, starts
from emptychair.web.access import Who
from emptychair.web.surveys.phrases import phrases, spoken
from tests.listen.surveys.making import K, O, asked, survey, when
from tests.web.conftest import Client
from tests.web.surveys.conftest import Begin
from tests.web.surveys.test_answering import page_of


def draft(ann: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ann.get(f"{made['path']}/edit.json").json()["definition"]
    return found


def post(ann: httpx.Client, path: str, **fields: str) -> dict[str, Any]:
    answer = ann.post(f"{path}.json", data=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["definition"]
    return found


@pytest.mark.parametrize("name", [one.name for one in STARTS.values() if not one.name.startswith("blank")])
def test_what_one_begins_with_can_be_opened_as_it_is(name: str, begun: Begin) -> None:
    assert not faults(STARTS[name].build(), STARTS[name].audience)
    assert begun(name)["name"] == STARTS[name].title


def test_who_is_asked_is_chosen_when_beginning_and_stays(begun: Begin, ann: httpx.Client) -> None:
    page = ann.get("/surveys").text
    for start in (*starts(Audience.CUSTOMER), *starts(Audience.EMPLOYEE)):
        assert f'name="start" value="{start.name}"' in page
    made = begun("blank_employees", is_open=False)
    copied = ann.post(f"{made['path']}/copying.json").json()
    assert [made["audience"], copied["audience"]] == ["employee", "employee"]


def test_a_question_is_added_changed_moved_copied_removed_and_all_of_it_undone(
    begun: Begin, ann: httpx.Client
) -> None:
    made = begun("blank", is_open=False)
    path = made["path"]
    post(ann, f"{path}/questions", kind="nps")
    post(ann, f"{path}/questions", kind="single")
    found = post(
        ann,
        f"{path}/questions/q2",
        text="Which one?",
        boxes="is_required is_shuffled",
        is_required="1",
        c_more="Tea\n\nCoffee",
        c_marks="1",
        **{"c.c1": "Water", "c.c2": "Other", "c_other": "c2"},
    )
    question = found["questions"][1]
    assert [one["text"]["en"] for one in question["choices"]] == ["Water", "Other", "Tea", "Coffee"]
    assert (question["is_required"], question["choices"][1]["is_other"]) == (True, True)
    found = post(ann, f"{path}/questions/q2", do="up.c.c4")
    assert [one["id"] for one in found["questions"][1]["choices"]] == ["c1", "c2", "c4", "c3"]
    assert [one["id"] for one in post(ann, f"{path}/questions/q2/moving", to="up")["questions"]] == [
        "q2",
        "q1",
    ]
    assert len(post(ann, f"{path}/questions/q2/copying")["questions"]) == 3
    assert len(post(ann, f"{path}/questions/q2/removal")["questions"]) == 2
    for _ in range(7):
        ann.post(f"{path}/undoing.json")
    assert "questions" not in draft(ann, made)
    assert ann.post(f"{path}/undoing.json").status_code == 200, "there is nothing more to undo"


def test_logic_is_written_in_the_words_of_the_choices(begun: Begin, ann: httpx.Client) -> None:
    made = begun(definition=json.dumps(as_data(survey(asked("q1"), asked("q2"), asked("q3")))), is_open=False)
    path = f"{made['path']}/questions/q2"
    found = post(
        ann,
        path,
        **{
            "if.join": "any",
            "if.0.of": "q1",
            "if.0.op": "is",
            "if.0.values": "a; B",
            "if.1.of": "q1",
            "if.1.op": "not_answered",
            "then.count": "0",
            "then.0.to": "end",
            "then.0.of": "q2",
            "then.0.op": "is",
            "then.0.values": "C",
        },
    )
    assert found["questions"][1]["show_if"] == [
        [{"of": "q1", "op": "is", "values": ["a", "b"]}],
        [{"of": "q1", "op": "not_answered"}],
    ]
    assert found["questions"][1]["then"] == [
        {"to": "end", "when": [[{"of": "q2", "op": "is", "values": ["c"]}]]}
    ]
    page = ann.get(f"{made['path']}/edit?question=q2").text
    assert 'value="A; B"' in page
    answer = ann.post(f"{path}.json", data={"if.join": "all", "if.0.of": "q1", "if.0.op": "is"})
    assert (answer.status_code, "which answer" in answer.text) == (422, True)
    post(ann, path, **{"if.join": "all", "if.0.of": "q1", "if.0.op": "is", "if.0.values": "zzz"})
    assert "there is no choice &#39;zzz&#39; in q1" in ann.get(f"{made['path']}/edit?question=q2").text


def test_a_condition_that_the_form_cannot_show_is_left_as_it_is(begun: Begin, ann: httpx.Client) -> None:
    mixed = [
        [{"of": "q1", "op": "is", "values": ["a"]}, {"of": "q1", "op": "answered"}],
        [{"of": "q1", "op": "is", "values": ["b"]}],
    ]
    definition = as_data(survey(asked("q1"), asked("q2")))
    definition["questions"][1]["show_if"] = mixed
    made = begun(definition=json.dumps(definition), is_open=False)
    page = ann.get(f"{made['path']}/edit?question=q2")
    assert "mixes" in page.text
    post(ann, f"{made['path']}/questions/q2", **{k: v for k, v in page_of(page).items() if "." in k})
    assert draft(ann, made)["questions"][1]["show_if"] == mixed


def test_a_form_sent_as_it_lies_there_changes_nothing(begun: Begin, ann: httpx.Client) -> None:
    """What the page shows of a question is what it reads again."""
    for start in ("relationship", "cancellation", "support"):
        made = begun(start, is_open=False)
        before = ann.get(f"{made['path']}/edit.json").json()
        for question in before["definition"]["questions"]:
            page = ann.get(f"{made['path']}/edit?question={question['id']}").text
            form = page[page.index('id="question"') :]
            fields = _everything(form[: form.index("</form>")])
            ann.post(f"{made['path']}/questions/{question['id']}.json", data=fields)
        assert ann.get(f"{made['path']}/edit.json").json() == before


def _everything(form: str) -> dict[str, str]:
    """All fields of a form with their values, as a browser sends them."""
    import re

    found = page_of(httpx.Response(200, text=form))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = body
    return found


def test_a_survey_with_grave_faults_is_not_opened_and_says_why(begun: Begin, ann: httpx.Client) -> None:
    made = begun("blank", is_open=False)
    answer = ann.post(f"{made['path']}/opening.json")
    assert (answer.status_code, "A survey needs a question." in answer.text) == (422, True)
    assert ann.post(f"{made['path']}/opening").headers["location"].endswith("done=not_ready")


def test_json_that_is_no_survey_is_refused_by_its_place_and_nothing_is_lost(
    begun: Begin, ann: httpx.Client
) -> None:
    made = begun(is_open=False)
    before = draft(ann, made)
    for text, told in (
        ("{", "this is no JSON"),
        ('{"title": {"en": "x"}, "questions": [{"id": "q1"}]}', "question 1"),
    ):
        answer = ann.post(f"{made['path']}/definition.json", data={"definition": text})
        assert (answer.status_code, told in answer.text) == (422, True)
    answer = ann.post(
        f"{made['path']}/definition.json", data={"definition": json.dumps(before), "revision": "7"}
    )
    assert answer.status_code == 409
    assert draft(ann, made) == before


def test_languages_are_added_written_and_taken_away(begun: Begin, ann: httpx.Client) -> None:
    made = begun(is_open=False)
    path = made["path"]
    post(ann, f"{path}/languages", tag="de")
    found = post(ann, f"{path}/questions/nps", lang="de", text="Wie wahrscheinlich?")
    assert found["questions"][0]["text"]["de"] == "Wie wahrscheinlich?"
    assert "Wie wahrscheinlich?" in ann.get(f"{path}/edit?question=nps&lang=de").text
    found = post(ann, f"{path}/languages", tag="de", do="remove")
    assert "de" not in found["questions"][0]["text"]
    for tag in ("xx", "../en", ""):
        assert ann.post(f"{path}/languages.json", data={"tag": tag}).status_code == 422
    assert ann.post(f"{path}/languages.json", data={"tag": "en", "do": "remove"}).status_code == 422


def test_the_preview_runs_the_logic_and_keeps_nothing(begun: Begin, ann: httpx.Client) -> None:
    made = begun(
        definition=json.dumps(
            as_data(survey(asked("q1", K.NPS), asked("q2", K.TEXT, show_if=when("q1", O.AT_MOST, "6"))))
        ),
        is_open=False,
    )
    path = f"{made['path']}/preview"
    fields = page_of(ann.get(path))
    low = ann.post(path, data={**fields, "a.q1": "3", "go": "next"})
    assert "Question q2?" in low.text
    assert "Thank you" in ann.post(path, data={**page_of(low), "a.q2": "x", "go": "next"}).text
    assert "Question q1?" in ann.post(path, data={**page_of(low), "go": "back"}).text
    assert "Thank you" in ann.post(path, data={**fields, "a.q1": "9", "go": "next"}).text
    part = ann.post(path, data={**fields, "a.q1": "9"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    for kept in ("{", "[]", '{"q1": 3}', '{"q1": {"number": "x"}}', "[" * 9000):
        assert ann.post(path, data={**fields, "kept": kept}).status_code < 500
    assert ann.get(f"{made['path']}.json").json()["standings"]["begun"] == 0


def test_every_question_is_drawn_in_the_builder_and_on_the_page(
    begun: Begin, ann: httpx.Client, client: Client
) -> None:
    made = begun("blank", is_open=False)
    for kind in K:
        answer = ann.post(f"{made['path']}/questions.json", data={"kind": kind.value})
        assert (answer.status_code == 200) is (kind is not K.ENPS)
    for question in draft(ann, made)["questions"]:
        assert ann.get(f"{made['path']}/edit?question={question['id']}").status_code == 200
    assert ann.get(f"{made['path']}/edit?question=survey").status_code == 200


def test_a_survey_is_copied_put_away_deleted_and_restored(begun: Begin, ann: httpx.Client) -> None:
    made = begun()
    copied = ann.post(f"{made['path']}/copying.json").json()
    assert (copied["name"], copied["standing"]) == ("Relationship NPS (copy)", "draft")
    ann.post(f"{made['path']}/archiving")
    names = [one["id"] for one in ann.get("/surveys.json").json()["surveys"]]
    assert names == [copied["id"]]
    ann.post(f"{made['path']}/unarchiving")
    ann.post(f"{made['path']}/removal")
    assert ann.get(made["path"]).status_code == 404
    assert made["id"] in ann.get("/surveys?place=deleted").text
    ann.post(f"{made['path']}/restoring")
    assert ann.get(f"{made['path']}.json").json()["standing"] == "closed"
    assert ann.get("/surveys.csv").text.count("\n") == 3


def test_an_address_is_chosen_and_nobody_takes_another_s(begun: Begin, ann: httpx.Client) -> None:
    made, other = begun(), begun("fit")
    assert ann.post(f"{made['path']}/address.json", data={"slug": "how-are-we"}).status_code == 200
    assert ann.get("/s/how-are-we").status_code == 200
    for slug in ("how-are-we", "a", "-x-", "ä" * 5, "x" * 61):
        assert ann.post(f"{other['path']}/address.json", data={"slug": slug}).status_code == 422
    answer = ann.post(f"{made['path']}/address.json", data={"closes_at": "soon"})
    assert (answer.status_code, "2026-03-31T18:00" in answer.text) == (422, True)
    ann.post(f"{made['path']}/address.json", data={"closes_at": "2026-12-01T18:00"})
    assert ann.get(f"{made['path']}.json").json()["closes_at"] == "2026-12-01T18:00:00+00:00"
    assert "2026-12-01T18:00" in ann.get(f"{made['path']}/sharing").text


def test_who_only_looks_sees_surveys_and_changes_none(begun: Begin, client: Client) -> None:
    made, ben = begun(), client(Who.VIEWER)
    assert ben.get(made["path"]).status_code == 200
    assert "Open" in ben.get("/surveys").text
    for path in ("/edit", "/sharing", "/preview"):
        assert ben.get(made["path"] + path).status_code == 403
    assert ben.post(f"{made['path']}/closing").status_code == 403


def test_every_language_of_the_public_page_has_every_phrase() -> None:
    source = phrases("en")
    for language in spoken():
        own = phrases(language)
        assert own.keys() == source.keys(), language
        for name, text in own.items():
            assert [mark in text for mark in ("%(n)s", "%(page)s", "%(pages)s")] == [
                mark in source[name] for mark in ("%(n)s", "%(page)s", "%(pages)s")
            ], (language, name)
