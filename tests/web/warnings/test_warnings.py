"""Early warnings on pages: what goes wrong, whom it touches, and what people make of it."""

import csv
import io

import httpx
import pytest

from emptychair.desk import audit
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import KeptWarning
from emptychair.web.access import Who
from tests.anticipate.warnings import company
from tests.web.conftest import Client

WARNINGS = "/warnings"


def as_json(client: httpx.Client, path: str) -> dict:
    answer = client.get(f"{path}.json")
    assert answer.status_code == 200
    return answer.json()


def as_rows(client: httpx.Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text.lstrip("\ufeff"))))


def test_the_page_begins_with_what_goes_wrong_and_where(client: Client, warning: KeptWarning) -> None:
    page = client(Who.AGENT).get(WARNINGS).text
    assert "Failure: sign_in_failed" in page
    assert "app_version 2.0.0, plan team, platform android" in page
    assert f'href="/warnings/{warning.id}"' in page
    assert "Look now" not in page, "an agent reads"
    assert "Look now" in client(Who.ANALYST).get(WARNINGS).text


def test_every_page_has_its_twins(client: Client, warning: KeptWarning) -> None:
    ann = client(Who.ANALYST)
    told = as_json(ann, WARNINGS)
    assert told["look"]["reason"] == ""
    mine = next(one for one in told["warnings"] if one["id"] == warning.id)
    assert mine["cell"] == {"app_version": "2.0.0", "plan": "team", "platform": "android"}
    assert mine["low"] > 1
    rows = as_rows(ann, f"{WARNINGS}.csv")
    assert {row["cell"] for row in rows if row["id"] == warning.id} == {
        "app_version 2.0.0, plan team, platform android"
    }
    one = as_json(ann, f"{WARNINGS}/{warning.id}")
    people = [row["person"] for row in as_rows(ann, f"{WARNINGS}/{warning.id}.csv")]
    assert len(people) == one["touched"] == mine["people"] > 30
    assert {row["person"] for row in one["touched_people"]} == set(people)
    assert one["worth"]["payers"] > 0
    assert [each["currency"] for each in one["worth"]["spent_in_365_days"]] == ["EUR"]
    assert one["days_of_course"][-1]["day"] == company.moment(company.DAYS - 1).date().isoformat()
    assert one["days_of_course"][-1]["people"] > 0


def test_one_warning_has_its_people_and_says_what_it_is_not(client: Client, warning: KeptWarning) -> None:
    page = client(Who.AGENT).get(f"{WARNINGS}/{warning.id}").text
    assert f"{warning.people} people are touched" in page
    assert 'href="/customers/person?id=per_' in page
    assert "What it is not" in page
    assert "A cause." in page
    assert "900" not in "".join(part for part in page.split() if "per_9" in part), "no employee is in it"
    assert "Dismiss it" not in page, "an agent reads"


def test_people_are_listed_page_by_page(client: Client, warning: KeptWarning) -> None:
    ann = client(Who.ANALYST)
    assert "Page 1 of" not in ann.get(f"{WARNINGS}/{warning.id}").text or warning.people > 50
    assert ann.get(f"{WARNINGS}/{warning.id}?page=99").status_code == 200
    assert ann.get(f"{WARNINGS}/none").status_code == 404


def test_a_warning_is_watched_and_dismissed_with_a_reason(client: Client, warning: KeptWarning) -> None:
    ann, path = client(Who.ANALYST), f"{WARNINGS}/{warning.id}"
    assert ann.post(f"{path}/standing", data={"standing": "watching"}).status_code == 303
    assert as_json(ann, path)["standing"] == "watching"
    assert ann.post(f"{path}/standing.json", json={"standing": "dismissed"}).status_code == 422
    assert ann.post(f"{path}/standing.json", json={"standing": "over"}).status_code == 422
    ann.post(f"{path}/standing", data={"standing": "dismissed", "reason": "<b>A test</b> of ours"})
    page = ann.get(WARNINGS).text
    assert "&lt;b&gt;A test&lt;/b&gt; of ours" in page
    assert "sign_in_failed" not in ann.get("/today").text
    ann.post(f"{path}/standing", data={"standing": "new"})
    assert as_json(ann, path)["reason"] == ""
    assert "sign_in_failed" in ann.get("/today").text


def test_its_people_are_saved_as_a_segment_that_has_the_same_people(
    client: Client, desk: Desk, warning: KeptWarning
) -> None:
    ann, path = client(Who.ANALYST), f"{WARNINGS}/{warning.id}"
    assert ann.post(f"{path}/segment.json", json={"name": " "}).status_code == 422
    made = ann.post(f"{path}/segment.json", json={"name": "Locked out"})
    assert made.status_code == 201
    told = as_json(ann, f"/segments/{made.json()['id']}")
    assert told["name"] == "Locked out"
    people = {row["person"] for row in as_rows(ann, f"{path}.csv")}
    members = {row["person"] for row in as_rows(ann, f"/segments/{made.json()['id']}.csv")}
    assert members == people
    answer = ann.post(f"{path}/segment", data={"name": "Again"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/segments/seg_")
    with desk.read() as tx:
        assert {"create_segment"} <= {one.verb for one in audit.page(tx)}


def test_rage_is_saved_as_a_segment_too(client: Client, rage: KeptWarning) -> None:
    ann, path = client(Who.ANALYST), f"{WARNINGS}/{rage.id}"
    made = ann.post(f"{path}/segment.json", json={"name": "Tapping"})
    members = {row["person"] for row in as_rows(ann, f"/segments/{made.json()['id']}.csv")}
    assert {row["person"] for row in as_rows(ann, f"{path}.csv")} == members
    assert len(members) == 30


def test_today_has_warnings_and_overdue_promises_each_with_its_way(
    client: Client, warning: KeptWarning
) -> None:
    bob = client(Who.AGENT)
    page = bob.get("/today").text
    assert f'href="/warnings/{warning.id}"' in page
    assert "a call back" in page
    assert 'href="/customers/person?id=per_7"' in page
    assert 'href="/voice/needs"' in page
    told = as_json(bob, "/today")
    assert warning.id in {one["id"] for one in told["warnings"]}
    assert "per_7" in {one["person"] for one in told["overdue_promises"]}
    assert told["overdue"] == len(as_rows(bob, "/today.csv"))
    assert all(not one["person"].startswith("per_9") for one in told["overdue_promises"])


def test_the_first_page_is_today_for_whoever_may_read_it(client: Client) -> None:
    assert client(Who.AGENT).get("/").headers["location"] == "/today"
    assert client(Who.VIEWER).get("/").headers["location"] == "/scorecard"
    assert client(Who.VIEWER).get("/today").status_code == 403


def test_it_is_looked_again_when_somebody_asks(client: Client) -> None:
    ann = client(Who.ANALYST)
    assert ann.post(f"{WARNINGS}/looking").status_code == 303
    assert "disabled" in ann.get(WARNINGS).text


@pytest.mark.parametrize("who", [Who.VIEWER, Who.AGENT])
def test_who_only_reads_changes_nothing(client: Client, warning: KeptWarning, who: Who) -> None:
    path = f"{WARNINGS}/{warning.id}"
    for deed in (f"{WARNINGS}/looking", f"{path}/standing", f"{path}/segment"):
        assert client(who).post(f"{deed}.json", json={"standing": "watching", "name": "x"}).status_code == 403
    assert client(who).get(path).status_code == (403 if who is Who.VIEWER else 200)
