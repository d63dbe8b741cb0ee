"""Settings: typed, with their history, all or none."""

from emptychair.web.access import Who
from tests.web.conftest import Client


def test_a_lead_changes_settings_for_an_audience(client: Client) -> None:
    lea = client(Who.LEAD)
    answer = lea.post("/settings", data={"gap_days.customer": "90", "company_name": "Alder & Finch"})
    assert answer.headers["location"] == "/settings?done=1"
    kept = lea.get("/settings.json").json()["settings"]
    assert (kept["gap_days.customer"], kept["gap_days.employee"]) == ("90", "")
    assert "Alder &amp; Finch" in lea.get("/settings").text


def test_one_wrong_setting_keeps_all_as_they_were(client: Client) -> None:
    lea = client(Who.LEAD)
    answer = lea.post("/settings", data={"company_name": "New", "currency": "euro"})
    assert answer.status_code == 422
    assert "three letters of a currency" in answer.text
    assert lea.get("/settings.json").json()["settings"]["company_name"] == ""


def test_text_is_shown_as_text(client: Client) -> None:
    lea = client(Who.LEAD)
    lea.post("/settings", data={"company_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in lea.get("/scorecard").text


def test_the_page_of_rights_tells_the_table_of_rules(client: Client) -> None:
    text = client(Who.OWNER).get("/users").text
    assert "Import files and take imports back" in text
