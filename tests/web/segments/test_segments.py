"""Segments over HTTP: made, counted, listed, changed, taken back, used; and who may not."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from emptychair.web.access import Who
from tests.web.conftest import Client

GOLD = {"trait": "plan", "is": ["barista"]}


def made(client: Client, definition: dict[str, Any], who: Who = Who.ANALYST, **more: str) -> dict[str, Any]:
    sent = {"name": "Baristas", "definition": definition, **more}
    answer = client(who).post("/segments.json", json=sent)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_a_segment_is_counted_with_those_of_whom_it_cannot_be_told(client: Client) -> None:
    one = made(client, GOLD)
    assert {name: one["size"][name] for name in ("people", "members", "untold")} == {
        "people": 90, "members": 27, "untold": 10,
    }  # fmt: skip
    assert one["share"]["n"] == 80
    assert one["share"]["value"] == pytest.approx(27 / 80)
    page = client(Who.AGENT).get(f"/segments/{one['id']}").text
    assert "27 people are in it" in page
    assert "of 10 it cannot be told" in page
    assert "plan is barista" in page


def test_members_are_listed_page_by_page_and_as_a_table(client: Client) -> None:
    one = made(client, {"relationship": "open"})
    page = client(Who.AGENT).get(f"/segments/{one['id']}")
    assert page.text.count("/customers/person?id=") == 50
    assert "page=2" in page.text
    rows = list(
        csv.DictReader(
            io.StringIO(client(Who.AGENT).get(f"/segments/{one['id']}.csv").content.decode("utf-8-sig"))
        )
    )
    assert len(rows) == 80
    found = client(Who.AGENT).get(f"/segments/{one['id']}.json").json()
    assert [row["person"] for row in found["people"]] == [row["person"] for row in rows]


def test_what_is_wrong_is_named_field_by_field(client: Client) -> None:
    wrong = {"all": [{"trait": "colour", "is": ["red"]}, {"score": "nps", "at_most": 12}]}
    answer = client(Who.ANALYST).post("/segments.json", json={"name": "", "definition": wrong})
    assert faults(answer) == {
        "name": "A name has 1 to 80 letters.",
        "definition.all[1].at_most": "NPS goes from 0 to 10.",
    }
    unknown = {"name": "x", "definition": {"trait": "colour", "is": ["red"]}}
    assert "colour" in faults(client(Who.ANALYST).post("/segments.json", json=unknown))["definition"]
    for nothing in ({"theme": "thm_none"}, {"segment": "seg_none"}):
        sent = {"name": "x", "definition": nothing}
        assert "There is no" in faults(client(Who.ANALYST).post("/segments.json", json=sent))["definition"]


def test_a_segment_is_never_told_by_itself(client: Client) -> None:
    one = made(client, GOLD)
    two = made(client, {"segment": one["id"]})
    assert two["size"]["members"] == 27
    for definition in ({"segment": one["id"]}, {"not": {"segment": two["id"]}}):
        sent = {"name": "x", "definition": definition}
        assert (
            "by itself"
            in faults(client(Who.ANALYST).post(f"/segments/{one['id']}.json", json=sent))["definition"]
        )


def test_a_change_is_a_version_that_can_be_taken_back(client: Client) -> None:
    one = made(client, GOLD)
    sent = {"name": "Homes", "definition": {"trait": "plan", "is": ["home"]}}
    changed = client(Who.LEAD).post(f"/segments/{one['id']}.json", json=sent).json()
    assert (changed["version"], changed["name"]) == (2, "Homes")
    back = client(Who.LEAD).post(f"/segments/{one['id']}/versions/1/restoring.json").json()
    assert (back["version"], back["name"], back["definition"]) == (3, "Baristas", GOLD)
    assert client(Who.LEAD).post(f"/segments/{one['id']}/versions/9/restoring").status_code == 404
    page = client(Who.LEAD).get(f"/segments/{one['id']}").text
    assert page.count("/restoring") == 2


def test_an_archived_segment_leaves_the_list_and_whoever_names_it_keeps_it(client: Client) -> None:
    one = made(client, GOLD)
    two = made(client, {"segment": one["id"]}, name="Theirs")
    assert client(Who.ANALYST).post(f"/segments/{one['id']}/archiving").status_code == 303
    listed = client(Who.AGENT).get("/segments.json").json()["segments"]
    assert [each["id"] for each in listed] == [two["id"]]
    assert listed[0]["size"]["members"] == 27
    archived = client(Who.AGENT).get("/segments.json?archived=yes").json()["segments"]
    assert [each["id"] for each in archived] == [one["id"]]
    client(Who.ANALYST).post(f"/segments/{one['id']}/unarchiving")
    assert len(client(Who.AGENT).get("/segments.json").json()["segments"]) == 2


def test_the_course_is_as_it_could_be_known_then(client: Client) -> None:
    one = made(client, {"relationship": "open"})
    course = client(Who.AGENT).get(f"/segments/{one['id']}/course.json").json()["course"]
    assert len(course) == 13
    assert [month["members"] for month in course] == [90] * 11 + [80] * 2, "ten left on 31 October"
    part = client(Who.AGENT).get(f"/segments/{one['id']}/course", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<svg" in part


def test_the_builder_counts_while_it_is_filled_and_shows_what_is_wrong(client: Client) -> None:
    ann = client(Who.ANALYST)
    form = {
        "name": "", "g0.match": "all", "g0.r0.kind": "trait", "g0.r0.what": "plan", "g0.r0.test": "is",
        "g0.r0.values": "barista; home", "g1.match": "none", "g1.r0.kind": "signal", "g1.r0.of": "did",
        "g1.r0.what": "sign_in_failed", "g1.r0.low": "1", "g1.r0.days": "30",
    }  # fmt: skip
    part = ann.post("/segments/preview", data=form, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "people are in it" in part.text
    data = ann.post("/segments/preview.json", data=form).json()
    assert data["size"]["members"] == sum(n % 3 < 2 and not (n % 2 and n <= 30) for n in range(80)), (
        "barista or home, and no failure in the last 30 days"
    )
    more = ann.post("/segments/preview", data=form | {"do": "add-row:0"}).text
    assert 'name="g0.r1.kind"' in more
    assert 'name="g2.r0.kind"' in ann.post("/segments/preview", data=form | {"do": "add-group"}).text
    less = ann.post("/segments/preview", data=form | {"do": "remove:1.0"}).text
    assert 'name="g1.r0.kind"' not in less
    wrong = ann.post("/segments/preview", data=form | {"g1.r0.low": "often"}).text
    assert wrong.count("Expected a number.") == 1


def test_what_the_builder_saves_it_opens_again(client: Client) -> None:
    ann = client(Who.ANALYST)
    form = {
        "name": "Quiet", "g0.match": "any", "g0.r0.kind": "score", "g0.r0.what": "nps", "g0.r0.high": "6",
        "g0.r1.kind": "relationship", "g0.r1.what": "ended", "g0.r2.kind": "trait", "g0.r2.what": "plan",
        "g0.r2.test": "missing",
    }  # fmt: skip
    answer = ann.post("/segments", data=form)
    assert answer.status_code == 303
    segment = answer.headers["location"].split("?")[0]
    expected = {
        "all": [
            {
                "any": [
                    {"score": "nps", "at_most": 6},
                    {"relationship": "ended"},
                    {"trait": "plan", "missing": True},
                ]
            }
        ]
    }
    assert ann.get(f"{segment}.json").json()["definition"] == expected
    page = ann.get(f"{segment}/edit").text
    assert 'id="g0-r2-kind"' in page
    assert 'id="g0-r3-kind"' not in page
    assert 'name="g0.r2.test"' in page
    assert '<option value="missing" selected>' in page


def test_a_definition_that_rows_cannot_show_is_edited_as_json(client: Client) -> None:
    deep = {"not": {"not": {"any": [GOLD, {"all": [GOLD, {"not": GOLD}]}]}}}
    one = made(client, deep)
    page = client(Who.ANALYST).get(f"/segments/{one['id']}/edit").text
    assert 'id="builder"' not in page
    assert 'id="j-definition"' in page
    wrong = {"as": "json", "name": "x", "definition": '{"all": []}'}
    told = client(Who.ANALYST).post(f"/segments/{one['id']}", data=wrong)
    assert told.status_code == 422
    assert "definition.all" in told.text
    right = {"as": "json", "name": "x", "definition": json.dumps(GOLD)}
    assert client(Who.ANALYST).post(f"/segments/{one['id']}", data=right).status_code == 303


def test_names_are_text_and_never_markup(client: Client) -> None:
    definition = {"trait": "plan", "is": ["<b>bold</b>", "barista"]}
    one = made(client, definition, name="<script>x</script>", description="<i>why</i>")
    for path in (f"/segments/{one['id']}", "/segments", f"/segments/{one['id']}/edit"):
        page = client(Who.ANALYST).get(path).text
        assert "<script>x" not in page
        assert "<b>bold" not in page
        assert "<i>why" not in page


def test_the_scorecard_is_split_by_a_segment(client: Client) -> None:
    one = made(client, GOLD, name="Bold <baristas>")
    found = client(Who.VIEWER).get(f"/scorecard.json?by=segment:{one['id']}").json()
    rates = {
        metric["segment"]["value"] if isinstance(metric["segment"], dict) else metric["segment"]: metric["n"]
        for metric in found["metrics"]
        if metric["name"] == "retention_rate"
    }
    assert sorted(rates.values()) == [10, 27, 53, 90]
    page = client(Who.VIEWER).get(f"/scorecard?by=segment:{one['id']}").text
    assert "Bold &lt;baristas&gt;" in page
    assert client(Who.VIEWER).get("/scorecard?by=segment:seg_none").status_code == 422
    employees = f"/scorecard.json?audience=employee&by=segment:{one['id']}"
    assert client(Who.OWNER).get(employees).status_code == 422


def test_voice_listens_to_a_segment_as_it_was_when_the_period_began(client: Client) -> None:
    one = made(client, GOLD)
    everybody = client(Who.AGENT).get("/voice.json?days=90").json()
    theirs = client(Who.AGENT).get(f"/voice.json?days=90&segment={one['id']}").json()
    assert everybody["people"] == 30
    assert theirs["people"] == 27, "every third is a barista, and of three no plan is known"
    assert theirs["segment"] == one["id"]
    words = client(Who.AGENT).get(f"/voice/themes/thm_grinder.json?days=90&segment={one['id']}").json()
    assert len(words["quotes"]) == 27
    assert client(Who.AGENT).get("/voice?segment=seg_none").status_code == 404


def test_employees_are_counted_in_groups_and_never_named(client: Client) -> None:
    team = {"trait": "team", "is": ["Harbour"]}
    one = made(client, team, Who.LEAD, audience="employee")
    assert one["size"]["members"] == 8
    found = client(Who.OWNER).get(f"/segments/{one['id']}.json").json()
    assert found["people"] == []
    few = {"all": [team, {"trait": "team", "missing": True}]}
    small = made(client, few, Who.LEAD, audience="employee")
    assert small["size"] is None
    assert small["share"] is None
    most = {"not": few}
    assert made(client, most, Who.LEAD, audience="employee")["size"] is None, "nor how many are beside it"
    page = client(Who.OWNER).get(f"/segments/{small['id']}").text
    assert "Fewer than five employees" in page
    for path in (f"/segments/{small['id']}/course.json",):
        assert client(Who.OWNER).get(path).json()["course"] == []


@pytest.mark.parametrize(
    ("who", "status"), [(Who.VIEWER, 403), (Who.AGENT, 403), (Who.ANALYST, 403), (Who.LEAD, 200)]
)
def test_segments_of_employees_are_for_leads(client: Client, who: Who, status: int) -> None:
    one = made(client, {"trait": "team", "is": ["Harbour"]}, Who.OWNER, audience="employee")
    for path in ("/segments", f"/segments/{one['id']}", f"/segments/{one['id']}/course"):
        for twin in ("", ".json", ".csv"):
            assert client(who).get(f"{path}{twin}?audience=employee").status_code == status


def test_agents_look_and_do_not_change(client: Client) -> None:
    one = made(client, GOLD)
    bob = client(Who.AGENT)
    assert bob.get(f"/segments/{one['id']}").status_code == 200
    assert f"/segments/{one['id']}/edit" not in bob.get(f"/segments/{one['id']}").text
    for path in (
        "/segments",
        f"/segments/{one['id']}",
        f"/segments/{one['id']}/archiving",
        "/segments/preview",
    ):
        assert bob.post(path, data={"name": "x"}).status_code == 403
    assert client(Who.VIEWER).get("/segments").status_code == 403


def test_two_who_change_it_at_once_do_not_overwrite_each_other(client: Client) -> None:
    """The second edits what it has seen: a version that is not the newest any more."""
    from emptychair.desk import segments
    from emptychair.web.parts import Parts

    one = made(client, GOLD)
    transport: Any = client(Who.LEAD)._transport
    parts: Parts = transport._inner.app.state.parts
    with parts.desk.read() as tx:
        seen = segments.find(tx, one["id"])
    assert seen is not None
    with parts.desk.begin() as tx:
        told = {"name": "a", "description": "", "definition": GOLD, "by": "usr_1", "now": parts.clock()}
        assert segments.change(tx, seen, **told)
        assert not segments.change(tx, seen, **told)


HOSTILE: list[Any] = [
    None,
    3,
    "x",
    [],
    [[]],
    {"": 1},
    {"\ud800": 1},
    {"trait": "\ud800", "is": ["x"]},
    {"trait": "a\0b", "is": ["x"]},
    {"trait": "plan", "is": ["\ud800"]},
    {"trait": "plan", "is": ["x"], "\ud800": 1},
    {"trait": {}, "is": {}},
    {"trait": "plan", "at_least": 1e300},
    {"trait": "plan", "at_least": "1e-999999"},
    {"all": {"all": []}},
    {"all": [None, 3, {"not": None}]},
    {"not": []},
    {"signal": [], "name": {}},
    {"signal": "did", "days": 1e9},
    {"signal": "did", "where": [3, {}]},
    {"signal": "did", "from": "9999-12-31", "to": "0001-01-01"},
    {"paid": None, "at_least": True},
    {"paid": "ÄÖÜ", "at_least": 1},
    {"theme": 3},
    {"score": 3, "at_most": None},
    {"relationship": 3, "at_least": "x"},
    {"segment": {}},
    {"segment": "x" * 1000},
    {"trait": "plan", "is": ["x"] * 60},
]


@pytest.mark.parametrize("definition", HOSTILE, ids=lambda value: repr(value)[:40])
@pytest.mark.parametrize("path", ["/segments", "/segments/preview"])
def test_whatever_is_sent_is_refused_by_name_and_breaks_nothing(
    client: Client, path: str, definition: Any
) -> None:
    content = json.dumps({"name": "x", "definition": definition})
    sent = client(Who.ANALYST).post(
        f"{path}.json", content=content, headers={"Content-Type": "application/json"}
    )
    assert sent.status_code == 422, sent.text
    assert sent.json()["errors"]


@pytest.mark.parametrize("row", ["kind", "of", "test", "low", "high", "days", "what", "values", "property"])
def test_whatever_is_typed_into_the_builder_is_shown_again(client: Client, row: str) -> None:
    for kind in ("trait", "account", "signal", "paid", "theme", "score", "relationship", "segment"):
        for typed in ("--5", "\u0663", "nan", "1e999", "<b>", "9" * 400, "; ;"):
            form = {
                "name": "x",
                "g0.match": "no",
                "g0.r0.kind": kind,
                f"g0.r0.{row}": typed,
                "do": "remove:9.x",
            }
            assert client(Who.ANALYST).post("/segments/preview", data=form).status_code == 200
