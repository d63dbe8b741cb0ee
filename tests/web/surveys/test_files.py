"""Files attached to an answer: taken by what they hold, kept with it, saved by who may, and gone with it."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import attaching
from emptychair.listen.surveys.definition import MEGABYTE, Definition, FileKind, Quota
from emptychair.listen.surveys.tending import tend
from emptychair.web.access import Who
from emptychair.web.surveys import arriving
from tests.listen.surveys.making import K, O, asked, survey, when
from tests.web.conftest import Client, Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.surveys.test_answering import as_json, page_of

Respondent = Callable[[], httpx.Client]
Sent = tuple[str, bytes]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200
JPEG = b"\xff\xd8\xff\xe0" + b"\1" * 300
PDF = b"%PDF-1.7\n" + b"x" * 100
PAGE = b"<!doctype html><script>alert(1)</script>"


class Home(NamedTuple):
    """Where the site keeps its files."""

    path: Path

    @property
    def files(self) -> list[Path]:
        return sorted(one for one in (self.path / "answer-files").rglob("*") if one.is_file())


@pytest.fixture
def home(app: Any) -> Home:
    return Home(app.state.parts.home)


def made(**more: Any) -> Definition:
    """A score, and files beside it."""
    pictures = {"types": (FileKind.IMAGE, FileKind.PDF), "most": 3, "megabytes": 1, **more}
    return survey(asked("q1", K.NPS), asked("shots", K.FILE, is_with_previous=True, **pictures))


def attach(
    browser: httpx.Client, slug: str, page: httpx.Response, *files: Sent, name: str = "f.shots", **given: str
) -> httpx.Response:
    """Fill in the page as a browser without scripts does, with these files, and press the button."""
    fields = {**page_of(page), "go": "next", **given}
    return browser.post(
        f"/s/{slug}", data=fields, files=[(name, file) for file in files] or [(name, ("", b""))]
    )


def answers(ann: httpx.Client, begun: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ann.get(f"{begun['path']}/responses.json").json()["responses"]
    return found


def test_files_are_kept_with_the_answer_listed_and_saved_by_who_may_see_answers(
    begun: Begin, respondent: Respondent, signals: Signals, clock: Clock, client: Client, home: Home
) -> None:
    one, cyd = begun(definition=as_json(made())), respondent()
    page = cyd.get(f"/s/{one['slug']}")
    assert 'enctype="multipart/form-data"' in page.text
    assert "Up to 3 files of at most 1 MB each. Taken are: pictures, PDF." in page.text
    clock.move(timedelta(seconds=30))
    over = attach(
        cyd, one["slug"], page, ("../../Größe \u202eé.png", PNG), ("bill.pdf", PDF), **{"a.q1": "3"}
    )
    assert (over.status_code, "Thank you" in over.text) == (200, True)
    (did,) = [row for row in signals() if row["kind"] == "did"]
    told = json.loads(str(did["properties"]))["answers"]["shots"]["files"]
    assert [(file["name"], file["size"], file["type"]) for file in told] == [
        ("Größe é.png", len(PNG), "png"),
        ("bill.pdf", len(PDF), "pdf"),
    ]
    assert sorted(path.name for path in home.files) == sorted(file["id"] for file in told)
    assert all(path.parent == home.path / "answer-files" / one["id"] for path in home.files)

    agent, viewer = client(Who.AGENT), client(Who.VIEWER)
    listed = agent.get(f"{one['path']}/files.json").json()["files"]
    assert {file["name"] for file in listed} == {"Größe é.png", "bill.pdf"}
    assert "bill.pdf" in agent.get(f"{one['path']}/files.csv").text
    for place in ("files", "files?question=shots", "responses", ""):
        assert "bill.pdf" in agent.get(f"{one['path']}/{place}".rstrip("/")).text, place
    assert "Größe é.png; bill.pdf" in agent.get(f"{one['path']}/responses.csv").text
    saved = agent.get(listed[0]["address"])
    assert saved.content in (PNG, PDF)
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-type"] == "application/octet-stream"
    assert viewer.get(listed[0]["address"]).status_code == 403
    assert viewer.get(f"{one['path']}/files").status_code == 403
    results = viewer.get(one["path"]).text
    assert ("2 files are attached" in results, "bill.pdf" in results) == (True, False)
    assert agent.get(f"{one['path']}/files/fil_nothing").status_code == 404
    other = begun("blank", is_open=False)
    assert agent.get(f"{other['path']}/files/{listed[0]['id']}").status_code == 404


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (("page.png", PAGE), "is none of the kinds of files"),
        (("page.png.html", PNG), "is none of the kinds of files"),
        (("words.pdf", b"plain words"), "is none of the kinds of files"),
        (("picture.svg", b"<svg xmlns='x'><script/></svg>"), "is none of the kinds of files"),
        (("tool.png", b"MZ\x90\0" + b"\0" * 50), "is none of the kinds of files"),
        (("empty.png", b""), "is empty"),
        (("large.png", PNG + b"\0" * MEGABYTE), "is larger than 1 MB"),
    ],
)
def test_what_is_not_taken_is_said_and_everything_else_is_kept(
    file: Sent, why: str, begun: Begin, respondent: Respondent, home: Home
) -> None:
    one, cyd = begun(definition=as_json(made())), respondent()
    answer = attach(cyd, one["slug"], cyd.get(f"/s/{one['slug']}"), ("good.jpg", JPEG), file, **{"a.q1": "3"})
    assert answer.status_code == 422
    assert f"“{file[0]}” {why}" in answer.text
    assert ("good.jpg" in answer.text, 'value="3" checked' in answer.text) == (True, True)
    assert [path.read_bytes() for path in home.files] == [JPEG]


def test_documents_are_told_by_their_beginning(begun: Begin, respondent: Respondent) -> None:
    word = b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml" + b"\0" * 50
    tables = made(types=(FileKind.DOCUMENT,), most=5)
    one, cyd = begun(definition=as_json(tables)), respondent()
    page = cyd.get(f"/s/{one['slug']}")
    good = [("a.docx", word), ("b.txt", "Größe".encode()), ("c.csv", b"a;b\n1;2\n"), ("d.rtf", b"{\\rtf1 x}")]
    packed = ("e.docx", b"PK\x03\x04" + b"\0" * 26 + b"evil.exe" + b"\0" * 50)
    answer = attach(cyd, one["slug"], page, *good, packed)
    assert (answer.status_code, "“e.docx” is none of the kinds" in answer.text) == (422, True)
    assert all(name in answer.text for name, _ in good)
    assert "“f.txt” is none of the kinds" in attach(cyd, one["slug"], answer, ("f.txt", b" \n<html>")).text


def test_a_file_is_taken_away_replaced_and_more_than_fit_are_not_taken(
    begun: Begin, respondent: Respondent, home: Home, ann: httpx.Client, clock: Clock
) -> None:
    one, cyd = begun(definition=as_json(made(most=2, is_required=True))), respondent()
    page = cyd.get(f"/s/{one['slug']}")
    clock.move(timedelta(seconds=30))
    assert "Please answer this question." in attach(cyd, one["slug"], page).text
    page = attach(cyd, one["slug"], page, ("1.png", PNG), ("2.png", PNG), ("3.png", PNG))
    assert (page.status_code, "At most 2 files fit here" in page.text) == (422, True)
    ids = [path.name for path in home.files]
    assert len(ids) == 2
    away = attach(cyd, one["slug"], page, **{f"r.shots.{ids[0]}": "1", f"r.shots.{ids[1]}": "1"})
    assert ("Please answer this question." in away.text, home.files) == (True, [])
    over = attach(cyd, one["slug"], page, ("4.png", PNG))
    assert "Thank you" in over.text
    (answer,) = answers(ann, one)
    assert [file["name"] for file in answer["answers"]["shots"]["files"]] == ["4.png"]

    single, dan = begun(definition=as_json(made(most=None, is_required=True))), respondent()
    shown = dan.get(f"/s/{single['slug']}")
    first = attach(dan, single["slug"], shown, ("old.png", PNG), go="back")
    attach(dan, single["slug"], first, ("new.png", PNG))
    (answer,) = answers(ann, single)
    assert [file["name"] for file in answer["answers"]["shots"]["files"]] == ["new.png"]
    assert len(home.files) == 2, "one of each survey"


def test_saving_while_somebody_types_brings_and_takes_no_file(
    begun: Begin, respondent: Respondent, home: Home
) -> None:
    one, cyd = begun(definition=as_json(made(most=2))), respondent()
    page = attach(cyd, one["slug"], cyd.get(f"/s/{one['slug']}"), ("a.png", PNG), ("b.png", PAGE))
    (kept,) = home.files
    fields = {**page_of(page), "a.q1": "9", f"r.shots.{kept.name}": "1", "f.shots": "[object File]"}
    assert cyd.post(f"/s/{one['slug']}/saving", data=fields).status_code == 200
    assert "a.png" in cyd.get(f"/s/{one['slug']}").text
    assert home.files == [kept]
    many = cyd.post(f"/s/{one['slug']}/saving", data=fields, files=[("f.shots", ("a.png", b"0" * 300_000))])
    assert many.status_code == 413, "files go to the page alone"


def test_a_body_that_is_too_large_or_no_form_is_refused_and_leaves_nothing(
    begun: Begin, respondent: Respondent, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, cyd = begun(definition=as_json(made())), respondent()
    path, form = f"/s/{one['slug']}", {"Content-Type": "multipart/form-data; boundary=x"}
    announced = {**form, "Content-Length": str(200 * MEGABYTE)}
    assert cyd.post(path, content=b"--x", headers=announced).status_code == 413
    assert cyd.post(path, content=b"no form", headers=form).status_code == 400
    assert cyd.post(path, content=b"", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    head = b'--x\r\nContent-Disposition: form-data; name="f.shots"; filename="a.png"\r\n\r\n'
    assert cyd.post(path, content=head + PNG, headers=form).status_code in (400, 422), "broken off"
    long = {"a.q1": "3", "a.more": "x" * 300_000}
    assert cyd.post(path, data=long, files=[("f.shots", ("a.png", PNG))]).status_code == 400
    assert cyd.post(path, data={"a.q1": "\0"}, files=[("f.shots", ("a.png", PNG))]).status_code == 400
    unknown = cyd.post(path, data={"a.q1": "3"}, files=[("f.nothing", ("a.png", PNG))])
    assert unknown.status_code == 200
    assert home.files == []
    monkeypatch.setattr(attaching, "MOST_OF_ANSWER", 300)
    both = attach(respondent(), one["slug"], cyd.get(f"{path}?again=1"), ("a.png", PNG), ("b.png", PNG))
    assert (both.status_code, "All files together are larger" in both.text) == (422, True)


def test_without_room_the_answer_is_kept_and_the_page_says_so(
    begun: Begin,
    respondent: Respondent,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    ann: httpx.Client,
    clock: Clock,
) -> None:
    one, cyd = begun(definition=as_json(made())), respondent()
    page = cyd.get(f"/s/{one['slug']}")
    full = shutil._ntuple_diskusage(10**12, 10**12, 1_000)  # type: ignore[attr-defined]
    with monkeypatch.context() as no_room:
        no_room.setattr(arriving.shutil, "disk_usage", lambda path: full)
        answer = attach(cyd, one["slug"], page, ("a.png", PNG), **{"a.q1": "3"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert ("There is no room for files just now" in answer.text, 'value="3" checked' in answer.text) == (
        True,
        True,
    )
    assert home.files == []
    clock.move(timedelta(seconds=30))
    assert "Thank you" in attach(cyd, one["slug"], answer, ("a.png", PNG), **{"a.q1": "3"}).text
    assert len(answers(ann, one)[0]["answers"]["shots"]["files"]) == 1


def test_files_that_no_answer_has_in_the_end_are_cleaned_away(
    begun: Begin,
    respondent: Respondent,
    home: Home,
    desk: Desk,
    empty_ledger: Ledger,
    clock: Clock,
    ann: httpx.Client,
) -> None:
    """On a way that was left, screened out, or by a request that died between two steps."""
    way = survey(
        asked("q1", K.NPS),
        asked("shots", K.FILE, show_if=when("q1", O.AT_MOST, "6")),
        asked("q3", K.TEXT),
        quotas=(Quota(id="k", name="k", most=1),),
    )
    one = begun(definition=as_json(way))
    for score in ("10", "3"):
        cyd = respondent()
        first = cyd.post(f"/s/{one['slug']}", data={**page_of(cyd.get(f"/s/{one['slug']}")), "a.q1": "3"})
        third = attach(cyd, one["slug"], first, ("a.png", PNG))
        fields = page_of(third)
        clock.move(timedelta(seconds=30))
        cyd.post(f"/s/{one['slug']}", data={**fields, "page": "0", "a.q1": score, "go": "back"})
        assert "Thank you" in cyd.post(f"/s/{one['slug']}", data={**fields, "page": "2", "go": "next"}).text
    assert [answer["progress"] for answer in answers(ann, one)].count("screened_out") == 1
    assert all("shots" not in answer["answers"] for answer in answers(ann, one))
    assert len(home.files) == 2
    tend(desk, empty_ledger, clock(), home.path)
    assert len(home.files) == 2, "a request may be under way"
    clock.move(attaching.GRACE + timedelta(minutes=1))
    tend(desk, empty_ledger, clock(), home.path)
    tend(desk, empty_ledger, clock(), home.path)
    assert home.files == []


@pytest.mark.parametrize("step", ["noted", "moved", "streamed"])
def test_a_request_that_dies_leaves_no_file_for_ever(
    step: str, begun: Begin, respondent: Respondent, home: Home, desk: Desk, empty_ledger: Ledger,
    clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, cyd = begun(definition=as_json(made())), respondent()
    page = cyd.get(f"/s/{one['slug']}")

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        if step == "noted":
            dying.setattr(Path, "replace", die)
        elif step == "moved":
            dying.setattr("emptychair.listen.surveys.answering.save", die)
        dying.setattr(arriving.shutil, "rmtree", lambda *_, **__: None)
        if step == "streamed":
            dying.setattr("emptychair.web.routes.answering.turn", die)
        with pytest.raises(KeyboardInterrupt):
            attach(cyd, one["slug"], page, ("a.png", PNG))
    assert home.files != []
    yesterday = (clock() - timedelta(hours=1)).timestamp()
    for folder in (home.path / "answer-files" / "incoming").iterdir():
        os.utime(folder, (yesterday, yesterday))
    clock.move(timedelta(days=1))
    tend(desk, empty_ledger, clock(), home.path)
    assert home.files == []
    clock.move(timedelta(seconds=30))
    assert "Thank you" in attach(cyd, one["slug"], page, ("a.png", PNG)).text


def test_an_answer_that_is_given_up_keeps_its_files_and_one_left_out_shows_none(
    begun: Begin,
    respondent: Respondent,
    home: Home,
    desk: Desk,
    empty_ledger: Ledger,
    clock: Clock,
    ann: httpx.Client,
) -> None:
    longer = survey(*made().questions, asked("q3", K.TEXT))
    one, cyd = begun(definition=as_json(longer)), respondent()
    attach(cyd, one["slug"], cyd.get(f"/s/{one['slug']}"), ("a.png", PNG))
    assert ann.get(f"{one['path']}/files.json").json()["files"] == [], "not before it has ended"
    for _ in range(2):
        clock.move(timedelta(hours=25))
        tend(desk, empty_ledger, clock(), home.path)
    (listed,) = ann.get(f"{one['path']}/files.json").json()["files"]
    assert ann.get(listed["address"]).content == PNG
    ann.post(f"{one['path']}/responses/{listed['answer']}/decision.json", data={"leave_out": "1"})
    assert ann.get(f"{one['path']}/files.json").json()["files"] == []
    assert ann.get(f"{one['path']}.json").json()["files"] == {}
    clock.move(timedelta(hours=25))
    tend(desk, empty_ledger, clock(), home.path)
    ann.post(f"{one['path']}/responses/{listed['answer']}/decision.json", data={"leave_out": "0"})
    assert len(ann.get(f"{one['path']}/files.json").json()["files"]) == 1, "it was kept, as the answer was"
    with desk.begin() as tx:
        tx.exec_driver_sql("delete from responses")
    tend(desk, empty_ledger, clock(), home.path)
    assert home.files == [], "whatever removes an answer has removed its files"


def test_the_builder_asks_for_files_previews_them_and_refuses_what_cannot_be(
    begun: Begin, ann: httpx.Client, client: Client, respondent: Respondent
) -> None:
    one = begun("blank", is_open=False)
    ann.post(f"{one['path']}/questions", data={"kind": "file"})
    form = {"text": "Show us", "most": "2", "megabytes": "20", "types": "1", "types.pdf": "1"}
    changed = ann.post(f"{one['path']}/questions/q1.json", data=form).json()["definition"]["questions"]
    (question,) = [each for each in changed if each["kind"] == "file"]
    assert (question["most"], question["megabytes"], question["types"]) == (2, 20, ["pdf"])
    assert "20" in ann.get(f"{one['path']}/edit?question=q1").text
    definition = json.dumps({"title": {"en": "x"}, "questions": [
        {"id": "q1", "kind": "file", "text": {"en": "Show us"}, "is_required": True, "megabytes": 20},
        {"id": "q2", "kind": "text", "text": {"en": "And then?"},
         "show_if": [[{"of": "q1", "op": "answered"}]]},
    ]})  # fmt: skip
    ann.post(f"{one['path']}/definition", data={"definition": definition})
    preview = ann.get(f"{one['path']}/preview")
    assert "multipart" not in preview.text
    fields = {**page_of(preview), "go": "next"}
    assert "Please answer this question." in ann.post(f"{one['path']}/preview", data=fields).text
    assert "And then?" in ann.post(f"{one['path']}/preview", data={**fields, "f.q1": "a.png"}).text
    assert ann.post(f"{one['path']}/opening.json").status_code == 200
    lead = client(Who.LEAD)
    assert lead.post("/settings", data={"survey_file_megabytes": "26"}).status_code == 422
    assert lead.post("/settings", data={"survey_file_megabytes": "2"}).status_code in (200, 303)
    page = respondent().get(f"/s/{one['slug']}")
    assert "One file of at most 2 MB." in page.text
    large = attach(respondent(), one["slug"], page, ("a.bin", b"\0" * (2 * MEGABYTE + 1)), name="f.q1")
    assert "is larger than 2 MB" in large.text


def test_a_survey_that_asks_for_files_is_not_shown_in_the_product(begun: Begin, ann: httpx.Client) -> None:
    one = begun(definition=as_json(made()))
    refused = ann.post(f"{one['path']}/widget.json", data={"is_on": "1"})
    assert (refused.status_code, "on the page of the survey alone" in refused.text) == (422, True)
    other = begun("relationship")
    assert ann.post(f"{other['path']}/widget.json", data={"is_on": "1"}).status_code == 200
    ann.post(f"{other['path']}/definition", data={"definition": as_json(made())})
    assert "on the page of the survey alone" in ann.get(f"{other['path']}/edit").text
    assert ann.post(f"{other['path']}/opening.json").status_code in (409, 422)
    ann.post(f"{other['path']}/widget", data={"is_on": ""})
    assert ann.post(f"{other['path']}/opening.json").status_code == 200
