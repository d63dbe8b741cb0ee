"""Who may hear what is said in interviews: agents read those of customers, leads and owners all of them."""

import pytest

from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.web.conftest import Client
from tests.web.research.conftest import SECRET, Interview, Tend, heard

RESEARCH = "/voice/research"
READERS = {Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER}


@pytest.fixture
def employees(client: Client, interview: Interview) -> dict[str, str]:
    """An interview with an employee, a highlight in it, and an insight that rests on it."""
    lea = client(Who.LEAD)
    session_id = interview(who=Who.LEAD, audience="employee")
    told = {"statement": "Rotas change late", "audience": "employee"}
    insight_id = lea.post(f"{RESEARCH}/insights.json", json=told).json()["id"]
    mark = lea.post(
        f"{RESEARCH}/sessions/{session_id}/highlights.json", json={"place": 1, "insight": insight_id}
    )
    return {"session": session_id, "insight": insight_id, "highlight": mark.json()["id"]}


@pytest.mark.parametrize("who", [*sorted(READERS), Who.VIEWER])
def test_interviews_of_customers_are_read_by_agents_too(
    client: Client, interview: Interview, who: Who
) -> None:
    session_id = interview()
    for path in (RESEARCH, f"{RESEARCH}/search?q=grind", f"{RESEARCH}/sessions/{session_id}"):
        for twin in ("", ".json", ".csv"):
            place, _, query = path.partition("?")
            answer = client(who).get(f"{place}{twin}?{query}")
            assert answer.status_code == (200 if who in READERS else 403)
    page = client(who).get(f"{RESEARCH}/sessions/{session_id}").text
    assert (SECRET in page) is (who in READERS)
    assert ("Highlight it" in page) is (who in READERS - {Who.AGENT})


@pytest.mark.parametrize("who", [Who.AGENT, Who.ANALYST, Who.LEAD, Who.OWNER])
def test_interviews_of_employees_are_for_leads_and_owners_on_every_path(
    client: Client, employees: dict[str, str], who: Who
) -> None:
    leads = who in {Who.LEAD, Who.OWNER}
    session, insight = (
        f"{RESEARCH}/sessions/{employees['session']}",
        f"{RESEARCH}/insights/{employees['insight']}",
    )
    browser = client(who)
    for path in (
        session, f"{session}.json", f"{session}.csv", insight, f"{insight}.json", f"{insight}.csv",
        f"{insight}/markdown", f"{RESEARCH}?audience=employee", f"{RESEARCH}.json?audience=employee",
        f"{RESEARCH}.csv?audience=employee&what=highlights",
        f"{RESEARCH}/search.json?audience=employee&q=grind",
    ):  # fmt: skip
        assert browser.get(path).status_code == (200 if leads else 403), path
    for path in (
        RESEARCH,
        f"{RESEARCH}.json",
        f"{RESEARCH}/search.json?q=grind",
        f"{RESEARCH}.csv?what=sessions",
    ):
        text = browser.get(path).text
        assert employees["session"] not in text, path
        assert SECRET not in text, path
    if leads:
        assert employees["session"] in browser.get(f"{RESEARCH}.json?audience=employee").text


@pytest.mark.parametrize("who", [Who.AGENT, Who.ANALYST])
def test_nothing_of_employees_is_changed_by_others(
    client: Client, employees: dict[str, str], interview: Interview, who: Who
) -> None:
    session, mark = (
        f"{RESEARCH}/sessions/{employees['session']}",
        f"{RESEARCH}/highlights/{employees['highlight']}",
    )
    insight = f"{RESEARCH}/insights/{employees['insight']}"
    for path in (
        session, f"{session}/consent", f"{session}/withdrawal", f"{session}/removal", f"{session}/transcript",
        f"{session}/transcript/removal", f"{session}/speakers", f"{session}/highlights", mark,
        f"{mark}/removal", f"{mark}/undoing", insight, f"{insight}/evidence", f"{insight}/evidence/x/removal",
    ):  # fmt: skip
        fields = {"title": "x", "consent_how": "x", "place": "1", "text": "x"}
        assert client(who).post(path, data=fields).status_code == 403, path
    assert (
        client(who).post(f"{RESEARCH}/sessions", data={"title": "x", "audience": "employee"}).status_code
        == 403
    )
    told = {"statement": "x", "audience": "employee"}
    assert client(who).post(f"{RESEARCH}/insights", data=told).status_code == 403
    assert SECRET in client(Who.LEAD).get(session).text


def test_an_insight_about_customers_does_not_rest_on_employees(
    client: Client, employees: dict[str, str]
) -> None:
    lea = client(Who.LEAD)
    about = lea.post(f"{RESEARCH}/insights.json", json={"statement": "Noise"}).json()["id"]
    answer = lea.post(f"{RESEARCH}/highlights/{employees['highlight']}.json", json={"insight": about})
    assert answer.status_code == 422
    own = lea.post(f"{RESEARCH}/insights/{employees['insight']}/evidence.json", json={"signal": "msg_1"})
    assert own.status_code == 422


def test_words_of_employees_have_no_name_in_the_ledger(
    employees: dict[str, str], ledger: Ledger, tend: Tend, client: Client
) -> None:
    tend()
    assert {(one["audience"], one["person"]) for one in heard(ledger)} == {("employee", None)}
    named = client(Who.LEAD).post(
        f"{RESEARCH}/sessions.json", json={"title": "x", "audience": "employee", "person": "per_1"}
    )
    assert (named.status_code, named.json()["errors"][0]["field"]) == (422, "person")


@pytest.mark.parametrize("path", ["sessions/int_none", "insights/ins_none", "insights/ins_none/markdown"])
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client(Who.OWNER).get(f"{RESEARCH}/{path}").status_code == 404
