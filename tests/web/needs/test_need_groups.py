"""What emerges under no theme, on pages: named by its phrases, with its words, and a card like any other."""

from datetime import timedelta

import pytest

from emptychair.desk import need_alarms
from emptychair.desk.desk import Desk
from emptychair.desk.need_alarms import KeptAlarm
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs import looking
from emptychair.web.access import Who
from tests.understand.needs.company import END, moment, signal
from tests.understand.needs.unthemed import heard, need, usual
from tests.web.conftest import Client, Given

NEEDS = "/voice/needs"
OF_AN_EMPLOYEE = "I would love oat milk secretly delivered along with my winter subscription."


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    """The ledger, and the desk as it was after the look; in place of those of other tests."""
    folder = tmp_path_factory.mktemp("groups")
    ledger, desk = Ledger.open(folder), Desk.open(folder / "desk.sqlite3")
    employee = signal(
        "of_an_employee", "emp_1", moment(415, 0), kind=Kind.SAID, name="comment",
        text=OF_AN_EMPLOYEE, audience=Audience.EMPLOYEE,
    )  # fmt: skip
    seen = heard(ledger, folder, [*usual(), *need(), employee])
    looking.look(ledger, desk, END + timedelta(hours=1), None, seen=seen)
    desk.close()
    return ledger, folder / "desk.sqlite3"


@pytest.fixture
def alarm(desk: Desk) -> KeptAlarm:
    with desk.read() as tx:
        (found,) = need_alarms.every(tx)
    return found


def test_the_page_names_the_group_and_says_what_it_is(client: Client, alarm: KeptAlarm) -> None:
    page = client(Who.ANALYST).get(NEEDS).text
    assert f"Talk like “{alarm.name}”" in page
    assert "oat milk" in alarm.name.lower()
    assert "<small>alike words</small>" in page
    assert "Make a need of it" in page


def test_the_alarm_shows_what_they_said_and_nothing_of_employees(client: Client, alarm: KeptAlarm) -> None:
    ann = client(Who.ANALYST)
    page = ann.get(f"{NEEDS}/alarms/{alarm.id}").text
    assert "this alarm goes on as that of the theme" in page
    assert "<mark>I would love oat milk" in page
    told = ann.get(f"{NEEDS}/alarms/{alarm.id}.json").json()
    assert told["kind"] == "group"
    assert told["evidence"]["people"]
    assert "of_an_employee" not in {one["id"] for one in told["evidence"]["quotes"]}
    assert "secretly" not in page


def test_it_becomes_a_card_whose_evidence_are_its_words(client: Client, alarm: KeptAlarm) -> None:
    ann = client(Who.ANALYST)
    card = ann.post(NEEDS, data={"alarm": alarm.id}).headers["location"].partition("?")[0]
    told = ann.get(f"{card}.json").json()
    assert told["grounds"] == [{"kind": "group", "key": alarm.key, "name": alarm.name}]
    assert told["people"] >= 20
    assert all("oat milk" in one["sentence"] for one in told["quotes"])
    assert f"Talk like “{alarm.name}”" in ann.get(card).text


def test_a_group_can_be_named_as_evidence_and_one_that_is_not_there_cannot(
    client: Client, alarm: KeptAlarm
) -> None:
    ann = client(Who.ANALYST)
    card = ann.post(NEEDS, data={"title": "Milk"}).headers["location"].partition("?")[0]
    sent = {"kind": "group", "key": alarm.key}
    assert ann.post(f"{card}/evidence", data=sent).status_code == 303
    assert ann.get(f"{card}.json").json()["people"] >= 20
    assert ann.post(f"{card}/evidence", data={**sent, "key": "ngr_none"}).status_code == 422
    assert client(Who.AGENT).post(f"{card}/evidence", data=sent).status_code == 403
