"""People drawn at random, their own links, scores chosen in mails, and a funnel that adds up."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from emptychair.desk import invitations, outbox, response_counts
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.inviting import send_waiting
from emptychair.listen.surveys.reading import as_data
from emptychair.listen.surveys.tending import tend
from tests.listen.surveys.making import K, asked, survey
from tests.web.conftest import Clock
from tests.web.surveys.conftest import Begin, Signals
from tests.web.surveys.test_answering import page_of, send
from tests.web.visiting import BASE

DEFINITION = json.dumps(
    as_data(survey(asked("q1", K.NPS), asked("q2", K.TEXT, comment_of="q1", is_with_previous=True)))
)
Respondent = Callable[[], httpx.Client]


@pytest.fixture
def customers(empty_ledger: Ledger, clock: Clock) -> list[str]:
    """Twenty customers with a plan, of whom ten have an address; a visitor, and an employee."""
    at = clock() - timedelta(days=10)

    def told(person: str, number: int, audience: Audience = Audience.CUSTOMER) -> Signal:
        traits = {"plan": "pro" if number % 2 else "free"}
        traits |= {"email": f"{person}@example.com"} if number < 10 else {}
        return Signal(
            id=f"t{person}", audience=audience, person=person, kind=Kind.TOLD, name="traits", channel="web",
            source="crm", occurred_at=at, received_at=at, properties=json.dumps(traits),
        )  # fmt: skip

    names = [f"p{number}" for number in range(20)]
    empty_ledger.append([told(name, number) for number, name in enumerate(names)])
    empty_ledger.append([told("anon:dev", 0), told("emp", 0, Audience.EMPLOYEE)])
    empty_ledger.load(clock())
    return names


def draw(ann: httpx.Client, made: dict[str, Any], **fields: str) -> dict[str, Any]:
    answer = ann.post(f"{made['path']}/draws.json", data=fields)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def links(ann: httpx.Client, made: dict[str, Any], drawn: dict[str, Any]) -> dict[str, str]:
    found = ann.get(f"{made['path']}/draws/{drawn['id']}/links.json").json()["links"]
    return {one["person"]: one["link"].removeprefix(BASE) for one in found}


def test_a_frame_is_counted_and_a_sample_of_it_kept_with_its_probability(
    begun: Begin, ann: httpx.Client, customers: list[str], desk: Desk, empty_ledger: Ledger
) -> None:
    made = begun(definition=DEFINITION)
    counted = draw(ann, made, since_days="30", size="5", do="count")
    assert (counted["framed"], counted["drawn"]) == (20, 5)
    assert draw(ann, made, since_days="5", size="5", do="count")["framed"] == 0
    assert draw(ann, made, field="plan", values="pro", size="50", do="count")["framed"] == 10
    assert draw(ann, made, people="p1\nstranger\nnull\np1", size="9", do="count")["framed"] == 2
    made_draw = draw(ann, made, by="plan", rates="pro = 50\n* = 20%", deliver="links")
    assert [
        (one["name"], one["framed"], one["drawn"], one["probability"]) for one in made_draw["strata"]
    ] == [
        ("free", 10, 2, 0.2),
        ("pro", 10, 5, 0.5),
    ]
    with desk.read() as tx:
        kept = invitations.of_draw(tx, made_draw["id"])
    assert sorted({(one.stratum, one.probability) for one in kept}) == [("free", 0.2), ("pro", 0.5)]
    assert ann.get(f"{made['path']}/draws").status_code == 200
    for fields, told in (
        ({"size": "x"}, "whole number"),
        ({"size": "0"}, "can be drawn at once"),
        ({"by": "plan", "rates": "pro: 5"}, "such as pro = 50"),
        ({"by": "plan"}, "which share"),
        ({"field": "plan", "size": "1"}, "which values"),
        ({"field": "zodiac", "values": "fish", "size": "1"}, "nothing is known by the name"),
        ({"by": "zodiac", "rates": "* = 5"}, "nothing is known by the name"),
    ):
        answer = ann.post(f"{made['path']}/draws.json", data=fields)
        assert (answer.status_code, told.lower() in answer.text.lower()) == (422, True), fields
    assert "zodiac" not in empty_ledger.promoted


def test_a_link_of_ones_own_answers_once_on_whatever_device_and_is_known(
    begun: Begin,
    ann: httpx.Client,
    customers: list[str],
    respondent: Respondent,
    signals: Signals,
    clock: Clock,
) -> None:
    made = begun(definition=DEFINITION)
    drawn = draw(ann, made, size="10", deliver="links")
    person, link = next(iter(links(ann, made, drawn).items()))
    assert links(ann, made, drawn)[person] == link, "they can be looked up again"
    phone, desktop = respondent(), respondent()
    page = phone.get(link)
    clock.move(timedelta(seconds=20))
    phone.post(f"/s/{made['slug']}/saving.json", data={**page_of(page), "a.q1": "3"})
    clock.move(timedelta(seconds=5))
    assert 'value="3" checked' in desktop.get(link).text
    over = send(desktop, made["slug"], desktop.get(link), q1="4", q2="late")
    assert "Thank you" in over.text
    assert "Thank you" in phone.get(link).text
    send(phone, made["slug"], page, q1="10")
    found = [row for row in signals() if row["source"] == made["id"]]
    assert {(row["kind"], row["name"]) for row in found} == {
        ("met", "survey seen"), ("rated", "nps"), ("did", "survey answered"),
    }  # fmt: skip
    (rated,) = [row for row in found if row["kind"] == "rated"]
    told = json.loads(str(rated["properties"]))
    assert (rated["person"], rated["score"], rated["text"]) == (person, 4, "late")
    assert (told["probability"], told["delivery"]) == (0.5, "personal")
    (one,) = ann.get(f"{made['path']}/draws.json").json()["draws"]
    funnel = one["funnel"]
    assert (funnel["drawn"], funnel["sent"], funnel["seen"], funnel["completed"]) == (10, 10, 1, 1)
    assert funnel["rate"]["n"] == 10


def test_a_link_that_is_none_and_one_that_was_withdrawn_open_nothing(
    begun: Begin, ann: httpx.Client, customers: list[str], respondent: Respondent, desk: Desk, clock: Clock
) -> None:
    made = begun(definition=DEFINITION)
    link = next(iter(links(ann, made, draw(ann, made, size="1", deliver="links")).values()))
    for query in ("to=nobody", "to=" + "x" * 5000, "to=%F0%9F%98%80"):
        assert respondent().get(f"/s/{made['slug']}?{query}").status_code == 404
    assert respondent().post(f"/s/{made['slug']}", data={"to": "nobody", "a.q1": "1"}).status_code == 404
    with desk.begin() as tx:
        for one in invitations.of_survey(tx, made["id"]):
            invitations.withdraw(tx, one.id, clock())
    assert respondent().get(link).status_code == 404
    with desk.read() as tx:
        (kept,) = invitations.of_survey(tx, made["id"])
    assert link.partition("to=")[2] not in str(kept), "only the hash of a link is kept"


def test_following_a_score_of_a_mail_stores_nothing_by_itself(
    begun: Begin, ann: httpx.Client, customers: list[str], respondent: Respondent, signals: Signals,
    desk: Desk,    empty_ledger: Ledger, clock: Clock,
) -> None:  # fmt: skip
    """Scanners follow every link of a mail: no answer, no row, not even that it was seen."""
    made = begun(definition=DEFINITION)
    link = next(iter(links(ann, made, draw(ann, made, size="1", deliver="links")).values()))
    for score in range(11):
        page = respondent().get(f"{link}&score={score}")
        assert f'value="{score}" checked' in page.text
    assert "data-chosen" in page.text
    for score in ("11", "-1", "x", "9" * 4000):
        assert "checked" not in respondent().get(f"{link}&score={score}").text
    clock.move(timedelta(days=3))
    tend(desk, empty_ledger, clock())
    assert [row for row in signals() if row["source"] == made["id"]] == []
    with desk.read() as tx:
        assert sum(response_counts.standings(tx, made["id"]).values()) == 0
    somebody = respondent()
    page = somebody.get(f"{link}&score=8")
    assert (
        somebody.post(f"/s/{made['slug']}/seeing", data={"to": link.partition("to=")[2]}).status_code == 204
    )
    clock.move(timedelta(seconds=9))
    assert "Thank you" in send(somebody, made["slug"], page).text, "one button, without scripts"
    (rated,) = [row for row in signals() if row["kind"] == "rated"]
    assert rated["score"] == 8


def test_invitations_are_put_into_the_outbox_once_and_who_cannot_be_reached_is_told(
    begun: Begin, ann: httpx.Client, customers: list[str], desk: Desk, empty_ledger: Ledger, clock: Clock
) -> None:
    made = begun(definition=DEFINITION)
    drawn = draw(ann, made, size="20")
    for _ in range(2):
        send_waiting(desk, empty_ledger, BASE, clock())
    with desk.read() as tx:
        letters = outbox.page(tx, limit=100)
    assert sorted(one.address for one in letters) == sorted(f"p{n}@example.com" for n in range(10))
    assert {one.what.value for one in letters} == {"survey_invitation"}
    assert all(one.html.count("&amp;score=") == 11 for one in letters)
    assert all(one.unsubscribe for one in letters)
    (one,) = ann.get(f"{made['path']}/draws.json").json()["draws"]
    funnel = one["funnel"]
    assert (funnel["waiting"], funnel["not_sent"]) == (10, {"no_address": 10})
    assert funnel["drawn"] == funnel["waiting"] + funnel["sent"] + sum(funnel["not_sent"].values()) == 20
    assert drawn["drawn"] == 20
    assert "No address is known" in ann.get(f"{made['path']}/draws").text


def test_a_draft_is_not_sent_to_anybody(begun: Begin, ann: httpx.Client, customers: list[str]) -> None:
    made = begun(definition=DEFINITION, is_open=False)
    assert ann.post(f"{made['path']}/draws.json", data={"size": "3"}).status_code == 409


def test_a_survey_that_was_closed_meanwhile_writes_to_nobody(
    begun: Begin,
    ann: httpx.Client,
    customers: list[str],
    desk: Desk,
    empty_ledger: Ledger,
    clock: Clock,
    app: FastAPI,
) -> None:
    made = begun(definition=DEFINITION)
    draw(ann, made, size="3")
    ann.post(f"{made['path']}/pausing")
    send_waiting(desk, empty_ledger, BASE, clock())
    (one,) = ann.get(f"{made['path']}/draws.json").json()["draws"]
    assert one["funnel"]["waiting"] == 3
    ann.post(f"{made['path']}/closing")
    send_waiting(desk, empty_ledger, BASE, clock())
    (one,) = ann.get(f"{made['path']}/draws.json").json()["draws"]
    assert one["funnel"]["not_sent"] == {"closed": 3}


def test_reminders_are_planned_with_a_sample_and_switched_off(
    begun: Begin, ann: httpx.Client, customers: list[str]
) -> None:
    made = begun(definition=DEFINITION)
    drawn = draw(ann, made, size="20", reminders="2", remind_days="5")
    assert (drawn["method"]["reminders"], drawn["method"]["remind_days"]) == (2, 5)
    page = ann.get(f"{made['path']}/draws").text
    assert ("Reminded" in page, "Completed after a reminder" in page) == (True, True)
    path = f"{made['path']}/draws/{drawn['id']}/reminders"
    for fields in ({"reminders": "3"}, {"reminders": "x"}, {"reminders": "1", "remind_days": "0"}):
        assert ann.post(f"{path}.json", data=fields).status_code == 422, fields
    assert ann.post(f"{path}.json", data={"reminders": "0"}).json()["reminders"] == 0
    assert "Completed after a reminder" not in ann.get(f"{made['path']}/draws").text
    told = ann.get(f"{made['path']}/draws.json").json()["draws"][0]
    assert told["funnel"]["reminded"] == {"people": 0, "answered": 0, "waiting": 0, "not_sent": {}}
    by_links = draw(ann, made, size="5", deliver="links", reminders="2")
    assert by_links["method"]["reminders"] == 0
    assert ann.post(f"{made['path']}/draws/{by_links['id']}/reminders").status_code == 404
