"""Studies: people drawn by lot with a reason each, asked once, choosing a time, never against their will."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import icalendar
import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.desk import consents, need_cards, need_evidence, outbox, settings, themes, touches
from emptychair.desk.desk import Desk
from emptychair.desk.need_cards import Statement
from emptychair.desk.need_evidence import Ground
from emptychair.desk.outbox import State
from emptychair.desk.settings import QUIET_HOURS
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.consent import Standing as Consented
from emptychair.domain.contact import Channel, Purpose, What
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.research.conftest import AT, Tend
from tests.web.visiting import BASE, visitor

STUDIES = "/voice/research/studies"
SPOKE, SILENT = 24, 8
PLANS = ('{"plan":"free"}', '{"plan":"free"}', '{"plan":"pro"}')


def signal(number: int, kind: Kind, at: datetime, **fields: object) -> Signal:
    told = {"text": None, "value": None, "currency": None, "properties": "{}", **fields}
    return Signal(
        id=f"{kind.value}_{number}", audience=Audience.CUSTOMER, person=f"c{number}@example.com", kind=kind,
        name=kind.value, channel="app", source="src_2", occurred_at=at, received_at=at, **told,
    )  # fmt: skip


@pytest.fixture
def ledger(ledger: Ledger, desk: Desk) -> Ledger:
    """24 customers spoke of refunds, a third of them on the plan pro; 8 use the product and say nothing."""
    said = [
        signal(n, Kind.SAID, AT - timedelta(days=n % 20), text=f"Hello. My refund number{n} is late.")
        for n in range(SPOKE)
    ]
    others = [signal(n, Kind.DID, AT) for n in range(SPOKE, SPOKE + SILENT)]
    told = [
        signal(n, Kind.TOLD, AT - timedelta(days=30), properties=PLANS[n % 3]) for n in range(SPOKE + SILENT)
    ]
    paid = [signal(n, Kind.PAID, AT, value=Decimal("12.50"), currency="EUR") for n in range(0, SPOKE, 2)]
    ledger.append([*said, *others, *told, *paid])
    ledger.load(AT)
    ledger.promote("plan")
    readings = [{"signal": one.id, "language": "en", "tone": "negative", "tone_score": None} for one in said]
    mentions = [
        {"signal": one.id, "place": 1, "theme": "thm_refunds", "confidence": Decimal("0.9")} for one in said
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    with desk.begin() as tx:
        found = Theme(
            id="thm_refunds", audience=Audience.CUSTOMER, name="late <refunds>", area="money",
            phrases=("late",), quoted="", texts=24,
            standing=Standing.FOUND, found_at=AT, changed_at=AT,
        )  # fmt: skip
        themes.keep(tx, Audience.CUSTOMER, [found])
    return ledger


def study(client: Client, **fields: str) -> str:
    told = {"theme": "thm_refunds", "size": "6", "silent": "2", **fields}
    answer = client(Who.ANALYST).post(f"{STUDIES}.json", json=told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def people(client: Client, study_id: str) -> list[dict[str, str]]:
    found = client(Who.AGENT).get(f"{STUDIES}/{study_id}.json").json()["participants"]
    return [dict(one) for one in found]


def invited(client: Client, desk: Desk, tend: Tend, study_id: str) -> list[outbox.Message]:
    """The letters of everybody who was drawn."""
    ann = client(Who.ANALYST)
    ann.post(f"{STUDIES}/{study_id}/slots", data={"starts": "2026-11-25 14:00\n2026-11-26T09:30+01:00"})
    assert ann.post(f"{STUDIES}/{study_id}/inviting").status_code == 303
    tend()
    with desk.read() as tx:
        return [one for one in outbox.page(tx, limit=500) if one.what is What.INTERVIEW_INVITATION]


def link_in(message: outbox.Message) -> str:
    found = re.search(r"https://\S+/interviews/[\w-]+", message.text)
    assert found is not None
    return found[0].removeprefix(BASE)


def test_those_who_spoke_and_some_who_did_not_are_drawn_each_with_why(client: Client, ledger: Ledger) -> None:
    study_id = study(client)
    found = people(client, study_id)
    assert [one["stratum"] for one in found] == ["said nothing"] * 2 + ["spoke"] * 6
    spoke = [one for one in found if one["stratum"] == "spoke"]
    assert all(re.fullmatch(r"My refund number\d+ is late\.", one["said"]) for one in spoke)
    assert {one["probability"] for one in spoke} == {6 / 24}
    assert {one["probability"] for one in found if one not in spoke} == {2 / SILENT}
    assert {one["spent"] for one in spoke} <= {"12.5 EUR", ""}
    page = client(Who.AGENT).get(f"{STUDIES}/{study_id}").text
    assert "late &lt;refunds&gt;" in page
    assert "said nothing in 90 days" in page
    assert "spoke: 6 of 24" in page


def test_values_of_a_field_are_drawn_in_proportion(client: Client) -> None:
    found = people(client, study(client, by="plan", silent="0"))
    counts = {name: sum(one["stratum"] == name for one in found) for name in ("free", "pro")}
    assert counts == {"free": 4, "pro": 2}
    assert all(one["value"] == one["stratum"] for one in found)


def test_the_same_seed_draws_the_same_people(
    client: Client, desk: Desk, ledger: Ledger, clock: Clock
) -> None:
    from emptychair.understand.research.choosing import Wish, choose

    wish = Wish(size=6, silent=2, days=90, by="")
    seeds = ("one", "one", "two")
    drawn = [
        [one.person for one in choose(desk, ledger, ["thm_refunds"], wish, seed=seed, now=clock()).people]
        for seed in seeds
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_who_may_not_be_contacted_is_passed_over_and_counted(
    client: Client, desk: Desk, ledger: Ledger, clock: Clock
) -> None:
    """All but one of those who spoke: by consent, by address, by what they were asked lately."""
    from emptychair.domain.contact import Contact

    with desk.begin() as tx:
        for n in range(10):
            consents.record(
                tx, [f"c{n}@example.com"], Audience.CUSTOMER, Purpose.SURVEYS, Consented.WITHDRAWN,
                evidence="by phone", by="cli", now=clock(),
            )  # fmt: skip
        for n in range(10, SPOKE - 1):
            asked = Contact(
                people=(f"c{n}@example.com",), audience=Audience.CUSTOMER, address=f"c{n}@example.com",
                channel=Channel.EMAIL, purpose=Purpose.SURVEYS, what=What.SURVEY_INVITATION, thing="inv_1",
            )  # fmt: skip
            touches.add(tx, asked, clock() - timedelta(days=10))
    found = (
        client(Who.ANALYST)
        .post(f"{STUDIES}.json", json={"theme": "thm_refunds", "size": "6", "silent": "0"})
        .json()
    )
    assert found["drawn"] == 1
    assert found["passed_over"] == {"asked_lately": 13, "consent_withdrawn": 10}


def test_the_guide_asks_what_people_did_and_is_edited(client: Client) -> None:
    study_id, ann = study(client), client(Who.ANALYST)
    guide = ann.get(f"{STUDIES}/{study_id}.json").json()["guide"]
    assert "Tell me about the last time you had to do with “late <refunds>”." in guide
    assert "would you" not in guide.replace("what would you have us change", "")
    ann.post(f"{STUDIES}/{study_id}", data={"guide": "One?\nTwo?", "minutes": "30", "place": "By phone"})
    assert ann.get(f"{STUDIES}/{study_id}.json").json()["guide"] == "One?\nTwo?"
    wrong = ann.post(f"{STUDIES}/{study_id}.json", json={"minutes": "4"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "minutes")


def test_everybody_gets_one_letter_however_often_they_are_asked(
    client: Client, desk: Desk, tend: Tend
) -> None:
    study_id, ann = study(client), client(Who.ANALYST)
    refused = ann.post(f"{STUDIES}/{study_id}/inviting.json", json={})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "starts")
    letters = invited(client, desk, tend, study_id)
    assert len(letters) == 8
    assert {one.purpose for one in letters} == {Purpose.SURVEYS}
    assert all("Unsubscribe" in one.text for one in letters)
    again = ann.post(f"{STUDIES}/{study_id}/inviting.json", json={}).json()
    assert again == {"invited": 0}
    tend()
    with desk.read() as tx:
        assert sum(outbox.counts(tx).values()) == 8


def test_a_letter_that_was_sent_makes_them_asked_and_one_that_was_not_says_why(
    client: Client, desk: Desk, tend: Tend, clock: Clock
) -> None:
    from sqlalchemy import update

    study_id = study(client)
    first, second, *_ = invited(client, desk, tend, study_id)
    with desk.begin() as tx:
        for message, state, reason in ((first, State.SENT, None), (second, State.REFUSED, "unsubscribed")):
            values = {"state": state, "reason": reason, "ended_at": clock()}
            tx.execute(update(outbox.outbox).where(outbox.outbox.c.id == message.id).values(**values))
    tend()
    found = {one["person"]: one for one in people(client, study_id)}
    assert found[str(first.person)]["stage"] == "asked"
    assert (found[str(second.person)]["stage"], found[str(second.person)]["reason"]) == (
        "drawn",
        "unsubscribed",
    )
    assert "Unsubscribed, or complained" in client(Who.AGENT).get(f"{STUDIES}/{study_id}").text


def test_who_is_asked_chooses_a_time_and_has_it_in_a_calendar(
    client: Client, desk: Desk, tend: Tend, app: FastAPI, clock: Clock
) -> None:
    study_id = study(client)
    client(Who.ANALYST).post(
        f"{STUDIES}/{study_id}", data={"place": "Room 1; upstairs,\nleft", "minutes": "30"}
    )
    first, second, *_ = invited(client, desk, tend, study_id)
    stranger, other = visitor(app), visitor(app)
    page = stranger.get(link_in(first))
    assert (page.status_code, "Choose a time" in page.text) == (200, True)
    assert {one["stage"] for one in people(client, study_id)} == {"drawn"}, "looking at it changes nothing"
    slots = stranger.get(f"{link_in(first)}.json").json()["slots"]
    assert [one["starts_at"] for one in slots] == ["2026-11-25T14:00:00+00:00", "2026-11-26T08:30:00+00:00"]
    assert stranger.get(f"{link_in(first)}/calendar").status_code == 404
    taken = stranger.post(link_in(first), data={"slot": slots[0]["id"]})
    assert "A letter with the time is on its way" in taken.text
    late = other.post(link_in(second), data={"slot": slots[0]["id"]})
    assert "has just taken this time" in late.text
    raw = stranger.get(f"{link_in(first)}/calendar")
    assert raw.headers["content-type"].startswith("text/calendar")
    (event,) = checked(raw.content)
    assert event.decoded("dtstart") == datetime(2026, 11, 25, 14, tzinfo=UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=30)
    assert event["location"] == "Room 1; upstairs, left"
    with desk.read() as tx:
        (confirmed,) = [one for one in outbox.page(tx, limit=500) if one.what is What.MAIL]
    assert confirmed.purpose is None
    assert "/calendar" in confirmed.text
    mine = client(Who.AGENT).get(f"{STUDIES}/{study_id}/slots/{slots[0]['id']}/calendar").content
    (own,) = checked(mine)
    assert own["uid"] == event["uid"]
    assert "What did I not ask" in own["description"]
    other_time = stranger.post(link_in(first), data={"slot": slots[1]["id"]})
    assert "08:30" in other_time.text
    assert other.post(link_in(second), data={"slot": slots[0]["id"]}).status_code == 200
    stages = {one["person"]: one["stage"] for one in people(client, study_id)}
    assert (stages[str(first.person)], stages[str(second.person)]) == ("agreed", "agreed")
    (moved,) = checked(other.get(f"{link_in(second)}/calendar").content)
    assert (moved["uid"], int(moved["sequence"]) > int(event["sequence"])) == (event["uid"], True)


def checked(raw: bytes) -> list[icalendar.Event]:
    """The events of a file that keeps to RFC 5545: lines of 75 octets, CRLF, what each event needs."""
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    calendar = icalendar.Calendar.from_ical(raw)
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    events = calendar.walk("VEVENT")
    for event in events:
        assert not event.errors
        assert event["uid"].endswith("@chair.example.com")
        assert event.decoded("dtstamp").tzinfo is not None
    return list(events)


def test_who_changes_their_mind_all_day_is_not_flooded(
    client: Client, desk: Desk, tend: Tend, app: FastAPI
) -> None:
    first, *_ = invited(client, desk, tend, study(client))
    browser = visitor(app)
    slots = browser.get(f"{link_in(first)}.json").json()["slots"]
    for n in range(20):
        assert browser.post(link_in(first), data={"slot": slots[n % 2]["id"]}).status_code == 200
    with desk.read() as tx:
        assert len(outbox.of_thing(tx, str(first.thing))) == 8


def test_no_is_an_answer_and_frees_the_time(client: Client, desk: Desk, tend: Tend, app: FastAPI) -> None:
    study_id = study(client)
    first, *_ = invited(client, desk, tend, study_id)
    stranger = visitor(app)
    slots = stranger.get(f"{link_in(first)}.json").json()["slots"]
    stranger.post(link_in(first), data={"slot": slots[0]["id"]})
    said = stranger.post(link_in(first), data={"answer": "no"})
    assert "Thank you for saying so" in said.text
    stages = {one["person"]: one["stage"] for one in people(client, study_id)}
    assert stages[str(first.person)] == "no"
    found = client(Who.AGENT).get(f"{STUDIES}/{study_id}.json").json()["slots"]
    assert [one["taken"] for one in found] == [None, None]


@pytest.mark.parametrize("token", ["x", "-" * 43, "%00", "a" * 5_000])
def test_a_link_of_nobody_leads_nowhere(stranger: httpx.Client, ledger: Ledger, token: str) -> None:
    assert stranger.get(f"/interviews/{token}").status_code in {400, 404}
    assert stranger.post(f"/interviews/{token}", data={"answer": "no"}).status_code in {400, 404}


def test_a_closed_study_asks_nobody(client: Client, desk: Desk, tend: Tend, app: FastAPI) -> None:
    study_id, ann = study(client), client(Who.ANALYST)
    first, *_ = invited(client, desk, tend, study_id)
    ann.post(f"{STUDIES}/{study_id}", data={"course": "closed"})
    assert visitor(app).get(link_in(first)).status_code == 404
    assert ann.post(f"{STUDIES}/{study_id}/inviting").status_code == 409


def test_how_far_somebody_has_come_leads_to_an_interview_with_them(
    client: Client, desk: Desk, tend: Tend
) -> None:
    study_id, ann = study(client), client(Who.ANALYST)
    one = people(client, study_id)[-1]
    path = f"{STUDIES}/{study_id}/people/{one['id']}"
    for nowhere in ("dancing", "drawn", ""):
        assert ann.post(f"{path}.json", json={"stage": nowhere}).status_code == 422
    assert ann.post(path, data={"stage": "held"}).status_code == 303
    assert "Write the interview down" in ann.get(f"{STUDIES}/{study_id}").text
    made = ann.post(
        "/voice/research/sessions.json", json={"title": "x", "study": study_id, "person": one["person"]}
    )
    assert made.json()["id"] in ann.get(f"{STUDIES}/{study_id}").text


def test_a_survey_invites_them_by_its_own_way_and_once(client: Client, desk: Desk, tend: Tend) -> None:
    from emptychair.desk import invitations

    study_id, ann = study(client), client(Who.ANALYST)
    assert ann.post(f"{STUDIES}/{study_id}/inviting.json", json={"survey": "sur_none"}).status_code == 422
    made = ann.post("/surveys.json", json={"start": "fit"})
    survey_id = made.json()["id"]
    assert ann.post(f"{STUDIES}/{study_id}/inviting.json", json={"survey": survey_id}).status_code == 422
    assert ann.post(f"/surveys/{survey_id}/opening.json", json={}).status_code < 300
    for expected in (8, 0):
        answer = ann.post(f"{STUDIES}/{study_id}/inviting.json", json={"survey": survey_id})
        assert answer.json() == {"invited": expected}
    with desk.read() as tx:
        drawn = invitations.of_survey(tx, survey_id)
    assert sorted(str(one.person) for one in drawn) == sorted(
        one["person"] for one in people(client, study_id)
    )
    assert {one["stage"] for one in people(client, study_id)} == {"asked"}


@pytest.mark.parametrize(
    "starts", ["", "tomorrow", "2020-01-01 10:00", "\n".join(f"2027-01-01 10:{n:02}" for n in range(60)) * 2]
)
def test_times_that_cannot_be_offered_are_refused(client: Client, starts: str) -> None:
    study_id = study(client)
    answer = client(Who.ANALYST).post(f"{STUDIES}/{study_id}/slots.json", json={"starts": starts})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "starts")


@pytest.mark.parametrize(
    "fields", [{"size": "0", "silent": "0"}, {"size": "500"}, {"days": "0"}, {"by": "nothing_like_it"}]
)
def test_a_wish_that_cannot_be_is_refused(client: Client, ledger: Ledger, fields: dict[str, str]) -> None:
    told = {"theme": "thm_refunds", "size": "6", "silent": "2", **fields}
    assert client(Who.ANALYST).post(f"{STUDIES}.json", json=told).status_code == 422


def test_a_study_begins_with_a_theme_a_need_or_nothing(
    client: Client, desk: Desk, ledger: Ledger, clock: Clock
) -> None:
    ann = client(Who.ANALYST)
    assert ann.get(f"{STUDIES}/new").status_code == 200
    assert "late &lt;refunds&gt;" in ann.get(f"{STUDIES}/new?theme=thm_refunds").text
    assert ann.get(f"{STUDIES}/new?theme=thm_none").status_code == 404
    assert ann.get(f"{STUDIES}/new?need=ned_none").status_code == 404
    everybody = people(client, study(client, theme=""))
    assert {one["stratum"] for one in everybody} == {"spoke", "said nothing"}
    statement = Statement(when="I sent it back", want="I want my money", so_that="")
    with desk.begin() as tx:
        card = need_cards.create(
            tx, "Money back fast", statement, is_proposed=False, by="usr_ann", now=clock()
        )
        need_evidence.add(
            tx, Ground(need_id=card.id, kind="theme", key="thm_refunds", added_by="usr_ann", added_at=clock())
        )
    begins = ann.get(f"{STUDIES}/new.json?need={card.id}").json()
    assert (begins["about"], begins["name"]) == ("need", "Money back fast")
    assert "the last time this was so: I sent it back" in begins["guide"]
    assert all(
        "refund" in one["said"] for one in people(client, study(client, theme="", need=card.id, silent="0"))
    )


def test_who_takes_everything_back_is_forgotten_in_studies(
    client: Client, desk: Desk, tend: Tend, app: FastAPI, tmp_path: Path
) -> None:
    study_id = study(client)
    first, *_ = invited(client, desk, tend, study_id)
    slots = visitor(app).get(f"{link_in(first)}.json").json()["slots"]
    visitor(app).post(link_in(first), data={"slot": slots[0]["id"]})
    client(Who.ANALYST).post("/voice/research/withdrawals", data={"person": str(first.person)})
    found = people(client, study_id)
    assert first.person not in {one["person"] for one in found}
    assert len(found) == 8
    assert visitor(app).get(link_in(first)).status_code == 404
    page = client(Who.AGENT).get(f"{STUDIES}/{study_id}").text
    assert "took everything back" in page


@pytest.mark.parametrize(("who", "status"), [(Who.VIEWER, 403), (Who.AGENT, 200), (Who.ANALYST, 200)])
def test_who_may_see_studies_and_change_them(client: Client, ledger: Ledger, who: Who, status: int) -> None:
    study_id = study(client)
    for path in (STUDIES, f"{STUDIES}.csv", f"{STUDIES}/{study_id}", f"{STUDIES}/{study_id}.csv"):
        assert client(who).get(path).status_code == status
    for path in ("inviting", "slots", "people/prt_1", "slots/slt_1/removal"):
        answer = client(who).post(f"{STUDIES}/{study_id}/{path}", data={})
        assert (answer.status_code == 403) is (who is not Who.ANALYST)


def test_quiet_hours_pass_nobody_over(client: Client, desk: Desk, ledger: Ledger, clock: Clock) -> None:
    with desk.begin() as tx:
        settings.change(tx, QUIET_HOURS, QUIET_HOURS.parse("00:00-23:59"), by="cli", now=clock())
    assert len(people(client, study(client))) == 8
