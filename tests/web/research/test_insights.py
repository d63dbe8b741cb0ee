"""Highlights and insights over HTTP: what is marked, what it speaks for, how many people are behind it."""

import csv
import io

import pytest

from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.web.conftest import Client
from tests.web.research.conftest import SECRET, SRT, Interview

RESEARCH = "/voice/research"


def highlight(client: Client, session_id: str, place: int = 1, **fields: str) -> dict[str, object]:
    path = f"{RESEARCH}/sessions/{session_id}/highlights.json"
    answer = client(Who.ANALYST).post(path, json={"place": place, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def insight(client: Client, statement: str = "Noise keeps people from grinding") -> str:
    answer = client(Who.ANALYST).post(f"{RESEARCH}/insights.json", json={"statement": statement})
    return str(answer.json()["id"])


def test_words_are_marked_from_the_first_to_the_last(client: Client, interview: Interview) -> None:
    session_id = interview()
    made = highlight(client, session_id, first="5", last="8", tags="Noise, family, noise", note="loud <b>")
    assert made["text"] == "It wakes everybody up."
    assert made["tags"] == ["Noise", "family"]
    assert highlight(client, session_id)["text"] == f"I grind {SECRET} beans. It wakes everybody up."
    page = client(Who.AGENT).get(f"{RESEARCH}/sessions/{session_id}").text
    assert f"<mark>I grind {SECRET} beans. It wakes everybody up.</mark>" in page, (
        "marks that overlap are one"
    )
    assert "loud &lt;b&gt;" in page
    found = client(Who.AGENT).get(f"{RESEARCH}.csv?what=highlights").content.decode("utf-8-sig")
    assert {row["tags"] for row in csv.DictReader(io.StringIO(found))} == {"Noise, family", ""}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"place": "99"}, 404), ({"place": "x"}, 404), ({}, 404), ({"place": "1", "first": "9"}, 422),
        ({"place": "1", "first": "3", "last": "2"}, 422), ({"place": "1", "first": "-1"}, 422),
        ({"place": "1", "note": "n" * 1_001}, 422),
    ],
)  # fmt: skip
def test_words_that_there_are_not_cannot_be_marked(
    client: Client, interview: Interview, fields: dict[str, str], status: int
) -> None:
    path = f"{RESEARCH}/sessions/{interview()}/highlights.json"
    assert client(Who.ANALYST).post(path, json=fields).status_code == status


def test_a_highlight_is_changed_removed_and_each_of_it_is_taken_back(
    client: Client, interview: Interview
) -> None:
    session_id, ann = interview(), client(Who.ANALYST)
    mark = f"{RESEARCH}/highlights/{highlight(client, session_id, tags='noise')['id']}"

    def shown() -> list[tuple[str, list[str]]]:
        found = ann.get(f"{RESEARCH}/sessions/{session_id}.json").json()["highlights"]
        return [(one["text"], one["tags"]) for one in found]

    whole = f"I grind {SECRET} beans. It wakes everybody up."
    ann.post(mark, data={"first": "1", "last": "2", "tags": "sound, new"})
    assert shown() == [("I grind", ["sound", "new"])]
    ann.post(f"{mark}/undoing")
    assert shown() == [(whole, ["noise"])]
    ann.post(f"{mark}/undoing")
    assert shown() == [("I grind", ["sound", "new"])], "what was taken back can be done again"
    ann.post(f"{mark}/removal")
    assert shown() == []
    assert "Removed highlights" in ann.get(f"{RESEARCH}/sessions/{session_id}").text
    ann.post(f"{mark}/undoing")
    assert shown() == [("I grind", ["sound", "new"])]


def test_an_insight_rests_on_quotes_and_says_how_many_people_are_behind_them(
    client: Client, interview: Interview
) -> None:
    ann, insight_id = client(Who.ANALYST), insight(client)
    path = f"{RESEARCH}/insights/{insight_id}"
    stands = ann.post(f"{path}.json", json={"standing": "stands"})
    assert (stands.status_code, stands.json()["errors"][0]["field"]) == (422, "standing"), "on nothing"
    known, other, against = interview(person="per_1"), interview(), interview(transcript=SRT.encode())
    for session_id, place, side in (
        (known, 1, "for"),
        (known, 3, "for"),
        (other, 1, "for"),
        (against, 1, "against"),
    ):
        highlight(client, session_id, place, insight=insight_id, side=side)
    said = ann.post(f"{path}/evidence", data={"signal": "msg_1", "place": "1", "side": "for"})
    assert said.status_code == 303
    found = ann.get(f"{path}.json").json()
    assert found["for"] == {"quotes": 4, "people": 2, "sessions": 2}, "per_1 wrote and was asked: one person"
    assert found["against"] == {"quotes": 1, "people": 1, "sessions": 1}
    cited = {one["signal_id"]: one["text"] for one in found["evidence"]}
    assert cited["msg_1"] == "The grinder <i>wakes</i> my children."
    assert ann.post(f"{path}.json", json={"standing": "stands"}).status_code == 200
    page = ann.get(path).text
    assert "4 quotes, 2 people, 2 interviews" in page
    assert "&lt;i&gt;wakes&lt;/i&gt;" in page
    assert "<strong>1 insight stands</strong> on 4 quotes of 2 people." in ann.get(RESEARCH).text
    row = next(csv.DictReader(io.StringIO(ann.get(f"{RESEARCH}.csv").content.decode("utf-8-sig"))))
    assert (row["quotes_for"], row["people_for"], row["people_against"]) == ("4", "2", "1")


def test_the_same_quote_counts_once_and_can_change_sides(client: Client) -> None:
    ann, path = client(Who.ANALYST), f"{RESEARCH}/insights/{insight(client)}"
    for side in ("for", "for", "against"):
        ann.post(f"{path}/evidence", data={"signal": "msg_2", "side": side})
    found = ann.get(f"{path}.json").json()
    assert (found["for"]["quotes"], found["against"]["quotes"]) == (0, 1)
    piece = found["evidence"][0]["id"]
    assert ann.post(f"{path}/evidence/{piece}/removal").status_code == 303
    assert ann.post(f"{path}/evidence/{piece}/removal").status_code == 404
    assert ann.get(f"{path}.json").json()["evidence"] == []


@pytest.mark.parametrize(
    "fields", [{"signal": "msg_9"}, {"signal": "msg_2", "place": "7"}, {"signal": ""}, {"signal": "msg_3"}]
)
def test_words_that_nobody_said_are_no_evidence(client: Client, fields: dict[str, str]) -> None:
    path = f"{RESEARCH}/insights/{insight(client)}/evidence.json"
    assert client(Who.ANALYST).post(path, json=fields).status_code == 422


def test_an_interview_is_cited_by_what_was_highlighted_in_it(
    client: Client,
    interview: Interview,
    tend,
    ledger: Ledger,  # type: ignore[no-untyped-def]
) -> None:
    session_id = interview()
    tend()
    path = f"{RESEARCH}/insights/{insight(client)}/evidence.json"
    answer = client(Who.ANALYST).post(path, json={"signal": f"research:{session_id}:1"})
    assert (answer.status_code, "highlight it there" in answer.text) == (422, True)


def test_markdown_has_the_quotes_as_text(client: Client) -> None:
    ann, path = client(Who.ANALYST), f"{RESEARCH}/insights/{insight(client, 'It *wakes* [them](x)')}"
    ann.post(f"{path}/evidence", data={"signal": "msg_1", "place": "1"})
    answer = ann.get(f"{path}/markdown")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.splitlines()[0] == r"# It \*wakes\* \[them\]\(x\)"
    assert "It rests on 1 quote of 1 person; 0 quotes of 0 people against it." in answer.text
    assert r"> The grinder \<i\>wakes\</i\> my children." in answer.text


def test_an_insight_goes_to_the_board_without_words_of_customers(client: Client) -> None:
    page = client(Who.AGENT).get(f"{RESEARCH}/insights/{insight(client)}").text
    assert 'action="/requests"' in page
    made = client(Who.AGENT).post("/requests", data={"title": "Noise keeps people from grinding"})
    assert made.status_code == 303


def test_one_search_looks_through_all_of_it(client: Client, interview: Interview) -> None:
    session_id = interview()
    highlight(client, session_id, first="1", last="4", tags="Beans", note="asks for MARMALADE")
    insight(client, "Marmalade matters")
    bob = client(Who.AGENT)
    found = bob.get(f"{RESEARCH}/search.json?q=marmalade").json()
    assert [len(found[part]) for part in ("insights", "highlights", "turns", "sessions")] == [1, 1, 1, 0]
    assert found["highlights"][0]["text"] == f"I grind {SECRET} beans."
    assert len(bob.get(f"{RESEARCH}/search.json?q=MORNING").json()["sessions"]) == 1
    assert bob.get(f"{RESEARCH}/search.json?q=marmalade%20nothing").json()["turns"] == []
    assert len(bob.get(f"{RESEARCH}/search.json?tag=beans").json()["highlights"]) == 1
    page = bob.get(f"{RESEARCH}/search?q=marmalade").text
    assert "3 places have it." in page
    assert "/search?q=marmalade" in page, "and on to all that customers said"


@pytest.mark.parametrize("q", ["%", "_", "'", '"', "\\", "a" * 5_000, "\u0130", "((", "*"])
def test_no_sign_that_is_looked_for_is_a_fault(client: Client, interview: Interview, q: str) -> None:
    interview()
    found = client(Who.AGENT).get(f"{RESEARCH}/search.json", params={"q": q})
    assert (found.status_code, found.json()["turns"]) == (200, [])


def test_an_insight_page_offers_highlights_that_have_the_words(client: Client, interview: Interview) -> None:
    made = highlight(client, interview())
    path = f"{RESEARCH}/insights/{insight(client)}"
    ann = client(Who.ANALYST)
    assert f"/voice/research/highlights/{made['id']}" in ann.get(f"{path}?q={SECRET}").text
    ann.post(f"{RESEARCH}/highlights/{made['id']}", data={"insight": path.rsplit("/", 1)[1], "side": "for"})
    assert f"/voice/research/highlights/{made['id']}" not in ann.get(f"{path}?q={SECRET}").text


def test_a_removed_highlight_is_told_as_gone(client: Client, interview: Interview) -> None:
    ann, insight_id = client(Who.ANALYST), insight(client)
    made = highlight(client, interview(), insight=insight_id)
    ann.post(f"{RESEARCH}/highlights/{made['id']}/removal")
    found = ann.get(f"{RESEARCH}/insights/{insight_id}.json").json()
    assert (found["gone"], found["for"]["quotes"]) == ({"removed": 1}, 0)
    assert "text" not in found["evidence"][0]
