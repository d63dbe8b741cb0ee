"""Themes are renamed, merged, taught and ruled by those who may, and each change can be taken back."""

from datetime import timedelta

import pytest

from emptychair.desk import theme_edits, themes, work
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock

GRINDER = "/voice/themes/thm_grinder"


def holding(desk: Desk) -> list[tuple[str, dict]]:
    with desk.read() as tx:
        return [(one.kind, dict(one.says)) for one in theme_edits.holding(tx, Audience.CUSTOMER)]


def asked(desk: Desk) -> list[tuple[str, str]]:
    with desk.read() as tx:
        return [(one.kind, one.thing) for one in work.open_work(tx)]


def test_a_name_is_another_at_once_and_for_good(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    assert ann.post(f"{GRINDER}/renaming", data={"name": "  Broken   grinders "}).status_code == 303
    assert "Broken grinders" in ann.get("/voice").text
    assert holding(desk) == [("rename", {"theme": "thm_grinder", "name": "Broken grinders"})]
    assert asked(desk) == [], "nothing has to be found again for a name"


@pytest.mark.parametrize("name", ["", "   ", "n" * 81])
def test_a_name_that_is_none_is_refused(client: Client, desk: Desk, name: str) -> None:
    answer = client(Who.ANALYST).post(f"{GRINDER}/renaming.json", json={"name": name})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"
    assert holding(desk) == []


def test_a_theme_is_put_into_another_and_taken_out_again(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    ann.post("/voice/themes/thm_noise/merging", data={"into": "thm_grinder"})
    assert holding(desk) == [("merge", {"theme": "thm_noise", "into": "thm_grinder"})]
    assert asked(desk) == [("themes", "customer")]
    page = ann.get("/voice").text
    assert "loud noise was put into grinder &lt;broke&gt;" in page
    assert "Themes are being found again" in page
    with desk.read() as tx:
        (edit,) = theme_edits.latest(tx, Audience.CUSTOMER)
    assert ann.post(f"/voice/edits/{edit.id}/undoing").status_code == 303
    assert holding(desk) == []
    assert "undone by Ann" in ann.get("/voice").text


@pytest.mark.parametrize(
    ("into", "status"), [("thm_grinder", 422), ("thm_rota", 403), ("thm_none", 404), ("", 404)]
)
def test_a_theme_goes_into_no_other_audiences_and_not_into_itself(
    client: Client, desk: Desk, into: str, status: int
) -> None:
    assert client(Who.ANALYST).post(f"{GRINDER}/merging.json", json={"into": into}).status_code == status
    assert holding(desk) == []


def test_words_are_moved_to_another_theme_or_to_none(client: Client, desk: Desk, clock: Clock) -> None:
    lea = client(Who.LEAD)
    fields = {"signal": "customer_1", "place": "0", "to": "thm_noise"}
    assert lea.post(f"{GRINDER}/moving", data=fields).status_code == 303
    clock.move(timedelta(seconds=1))
    assert lea.post(f"{GRINDER}/moving", data={**fields, "to": ""}).status_code == 303
    (_, first), (_, second) = holding(desk)
    assert first == {
        "from": "thm_grinder", "to": "thm_noise", "signal": "customer_1", "place": 0,
    }, "whose words they are is in the ledger alone"  # fmt: skip
    assert second["to"] == ""
    assert "“Grinder number 1 is loud” belongs to no theme" in lea.get("/voice").text


@pytest.mark.parametrize(
    "wrong",
    [{"signal": "nothing"}, {"place": "7"}, {"place": "-1"}, {"place": "x"}, {"signal": "employee_1"}],
)
def test_words_that_there_are_not_are_refused(client: Client, desk: Desk, wrong: dict) -> None:
    fields = {"signal": "customer_1", "place": "0", "to": "thm_noise", **wrong}
    assert client(Who.OWNER).post(f"{GRINDER}/moving.json", json=fields).status_code == 422
    assert holding(desk) == []


def test_a_theme_is_shown_by_words_that_somebody_chose(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    assert "“Grinder number 1 is loud”" in ann.get("/voice").text
    assert ann.post(f"{GRINDER}/pinning", data={"signal": "customer_2", "place": "0"}).status_code == 303
    assert holding(desk) == [("pin", {"theme": "thm_grinder", "signal": "customer_2", "place": 0})]
    assert asked(desk) == [], "nothing has to be found again"
    (shown,) = [one for one in ann.get("/voice.json").json()["themes"] if one["id"] == "thm_grinder"]
    assert shown["quote"] == "Grinder number 2 is loud"
    assert "is shown by “Grinder number 2 is loud”" in ann.get("/voice").text
    for wrong in ({"signal": "nothing"}, {"place": "9"}, {"place": "9" * 40}, {"signal": "employee_1"}):
        fields = {"signal": "customer_2", "place": "0", **wrong}
        assert ann.post(f"{GRINDER}/pinning.json", json=fields).status_code == 422


def test_no_words_of_a_single_employee_show_a_theme(client: Client) -> None:
    lea = client(Who.LEAD)
    fields = {"signal": "employee_1", "place": "0"}
    assert lea.post("/voice/themes/thm_rota/pinning.json", json=fields).status_code == 422
    told = lea.get("/voice.json?audience=employee").json()["themes"]
    assert told
    assert {one["quote"] for one in told} == {""}


def test_a_theme_is_asked_to_be_parted(client: Client, desk: Desk) -> None:
    assert client(Who.ANALYST).post(f"{GRINDER}/parting").status_code == 303
    assert holding(desk) == [("split", {"theme": "thm_grinder"})]
    assert asked(desk) == [("themes", "customer")]
    assert "is to be parted" in client(Who.ANALYST).get("/voice").text
    assert client(Who.AGENT).post(f"{GRINDER}/parting").status_code == 403


def test_words_that_always_belong_to_a_theme(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    assert (
        ann.post(f"{GRINDER}/ruling", data={"patterns": "refund*\r\n\r\n burnt   motor "}).status_code == 303
    )
    assert holding(desk) == [("rule", {"theme": "thm_grinder", "patterns": ["refund*", "burnt motor"]})]
    for wrong in ("", "\n".join("abcdefghijklmnopqrstuvwxyz"), "x" * 81):
        assert ann.post(f"{GRINDER}/ruling.json", json={"patterns": wrong}).status_code == 422


def test_employees_themes_are_changed_by_leads_alone(client: Client, desk: Desk) -> None:
    for who, status in ((Who.ANALYST, 403), (Who.LEAD, 303)):
        answer = client(who).post("/voice/themes/thm_rota/renaming", data={"name": "Rosters"})
        assert answer.status_code == status
        assert client(who).post("/voice/finding", data={"audience": "employee"}).status_code == status
    with desk.read() as tx:
        (edit,) = theme_edits.holding(tx, Audience.EMPLOYEE)
        found = themes.find(tx, "thm_rota")
    assert found is not None
    assert found.name == "Rosters"
    assert client(Who.ANALYST).post(f"/voice/edits/{edit.id}/undoing").status_code == 403
    assert client(Who.LEAD).post("/voice/edits/ted_none/undoing").status_code == 404


def test_who_may_only_read_is_shown_nothing_to_change(client: Client) -> None:
    page = client(Who.AGENT).get(GRINDER).text
    assert "Another theme, or the words that show this one?" not in page
    assert "Change it" not in page
    assert client(Who.AGENT).post(f"{GRINDER}/renaming", data={"name": "x"}).status_code == 403


def test_a_theme_is_told_by_examples(client: Client, desk: Desk) -> None:
    fields = {"name": "Late parcels", "area": "Delivery", "examples": "It came late\n\nStill waiting for it"}
    assert client(Who.ANALYST).post("/voice/themes", data=fields).status_code == 303
    ((kind, says),) = holding(desk)
    assert (kind, says["name"], says["area"]) == ("declare", "Late parcels", "Delivery")
    assert says["examples"] == ["It came late", "Still waiting for it"]
    assert asked(desk) == [("themes", "customer")]
    assert "Late parcels was told by examples" in client(Who.ANALYST).get("/voice").text


@pytest.mark.parametrize("table", [
    "name,area,example,example\nLate,Delivery,It came late,\"Late, again\"\nPay,,I cannot pay\n",
    "Name;Area;Example\nLate;Delivery;It came late\nlate;Delivery;Late, again\nPay;;I cannot pay",
    "name\tarea\texample 1\texample 2\nLate\tDelivery\tIt came late\tLate, again\n\nPay\t\tI cannot pay",
])  # fmt: skip
def test_a_list_of_themes_is_taken_in(client: Client, desk: Desk, table: str) -> None:
    answer = client(Who.ANALYST).post("/voice/themes.json", json={"table": table})
    assert answer.status_code == 201
    told = {says["name"].lower(): (says["area"], says["examples"]) for _, says in holding(desk)}
    assert told == {
        "late": ("Delivery", ["It came late", "Late, again"]),
        "pay": ("Declared", ["I cannot pay"]),
    }
    assert len(answer.json()["themes"]) == 2


@pytest.mark.parametrize(("table", "said"), [
    ("title,area\na,b", "The first row names the columns"),
    ("name,example\n", "1 to 500 themes"),
    ("name,example\nLate,It came late\nPay,", "Row 3: A theme has 1 to 20 examples"),
    ("name,example\n,It came late", "Row 2: A name has 1 to 80 letters"),
    ("name,example\nloud noise,It is loud", "There is a theme called loud noise already"),
])  # fmt: skip
def test_a_list_that_cannot_be_taken_in_says_which_row(
    client: Client, desk: Desk, table: str, said: str
) -> None:
    answer = client(Who.ANALYST).post("/voice/themes.json", json={"table": table})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert holding(desk) == []
