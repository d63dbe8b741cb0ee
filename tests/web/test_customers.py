"""Customers over HTTP: found, looked at, merged and parted with an undo, suggested and told apart."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.understand import identity
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def signal(
    number: int, person: str | None, kind: Kind = Kind.DID, name: str = "page", **told: object
) -> Signal:
    at = AT + timedelta(hours=number)
    return Signal(
        id=f"sig_{number}",
        audience=Audience.CUSTOMER,
        person=person,
        kind=kind,
        name=name,
        channel="web",
        source="src_1",
        occurred_at=at,
        received_at=at,
        properties=json.dumps(told),
    )


STORY = [
    signal(0, "anon:dev1", path="/beans"),
    signal(1, "ada", Kind.TOLD, "identify", anonymous_id="dev1",
           email="ada@example.com", plan="home"),
    replace(signal(2, "ada", Kind.PAID, "order"), value=Decimal("9.50"), currency="EUR"),
    replace(signal(3, "ada", Kind.PAID, "order"), value=Decimal(4), currency="USD"),
    replace(signal(4, "ada", Kind.SAID, "message"), text="<b>Where</b> is my parcel?"),
    signal(5, "ada", Kind.TOLD, "account", account="acme"),
    signal(6, "Ada/Lovelace?&.json", Kind.TOLD, "traits", email="ada@example.com", plan="pro"),
    signal(7, "ben", Kind.TOLD, "alias", previous_id="old_ben"),
    signal(8, "old_ben"),
    signal(9, "anon:stranger"),
    replace(signal(10, "eve"), audience=Audience.EMPLOYEE),
]  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "home")
    ledger.append(STORY)
    ledger.load(AT)
    ledger.who.settle()
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock) -> FastAPI:
    return site(
        ledger=ledger,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )


def person(client: httpx.Client, who: str) -> dict:
    return client.get("/customers/person", params={"id": who}).raise_for_status().json()


def test_customers_are_listed_searched_and_sorted_and_visitors_and_employees_are_not_among_them(
    client: Client,
) -> None:
    token = client(Who.TOKEN)
    everybody = token.get("/customers").json()
    assert [one["person"] for one in everybody["people"]] == ["old_ben", "ben", "Ada/Lovelace?&.json", "ada"]
    assert everybody["total"] == 4
    ada = everybody["people"][3]
    assert (ada["signals"], ada["paid"], ada["first_at"]) == (6, 2, "2026-11-01T09:00:00+00:00")

    def found(text: str, **more: str) -> list[str]:
        answer = token.get("/customers", params={"search": text, **more}).json()
        return [one["person"] for one in answer["people"]]

    assert found("BEN", sort="person") == ["ben", "old_ben"]
    assert found("ada@example.com", sort="person") == ["Ada/Lovelace?&.json", "ada"]
    assert found("dev1") == ["ada"]
    assert found("%") == found("eve") == found("stranger") == []
    page = client(Who.AGENT).get("/customers").text
    assert "4 customers are known" in page
    csv = client(Who.AGENT).get("/customers.csv").text
    assert csv.splitlines()[0].lstrip("\ufeff").startswith("person,first_at")
    assert len(csv.splitlines()) == 5


def test_a_person_is_shown_with_facts_by_currency_ids_with_evidence_accounts_and_history(
    client: Client,
) -> None:
    ada = person(client(Who.TOKEN), "ada")
    assert ada["paid"] == [{"currency": "EUR", "total": "9.5000"}, {"currency": "USD", "total": "4.0000"}]
    assert ada["traits"]["plan"]["value"] == "home"
    assert ada["ids"] == ["ada", "anon:dev1"]
    device = next(one for one in ada["links"] if one["what"] == "device")
    assert (device["other"], device["owner"], device["told"]) == ("anon:dev1", "ada", 1)
    assert [one["account"] for one in ada["accounts"]] == ["acme"]
    assert [one["id"] for one in ada["history"]] == [f"sig_{n}" for n in (5, 4, 3, 2, 1, 0)]
    page = client(Who.AGENT).get("/customers/person?id=ada").text
    assert "&lt;b&gt;Where&lt;/b&gt; is my parcel?" in page
    assert "Merge into this person" not in page
    assert "Merge into this person" in client(Who.ANALYST).get("/customers/person?id=ada").text


def test_an_id_may_be_anything_and_a_device_leads_to_its_person(client: Client) -> None:
    token = client(Who.TOKEN)
    odd = person(token, "Ada/Lovelace?&.json")
    assert odd["person"] == "Ada/Lovelace?&.json"
    assert client(Who.AGENT).get("/customers/person", params={"id": odd["person"]}).status_code == 200
    led = client(Who.AGENT).get("/customers/person", params={"id": "anon:dev1"})
    assert (led.status_code, led.headers["location"]) == (303, "/customers/person?id=ada")
    for nobody in ("", "anon:stranger", "nobody at all", "x" * 3000, "eve"):
        assert token.get("/customers/person", params={"id": nobody}).status_code == 404


def test_a_merge_is_followed_by_everything_and_undone_it_never_was(client: Client, ledger: Ledger) -> None:
    token, before = client(Who.TOKEN), person(client(Who.TOKEN), "ada")
    merged = token.post(
        "/customers/person/merging",
        json={"id": "Ada/Lovelace?&.json", "into": "ada", "why": "she wrote from both"},
    ).json()["judgement"]
    after = person(token, "Ada/Lovelace?&.json")
    assert after["person"] == "ada"
    assert after["ids"] == ["ada", "Ada/Lovelace?&.json", "anon:dev1"]
    assert after["signals"] == before["signals"] + 1
    assert after["traits"]["plan"]["value"] == "pro"
    assert after["judgements"][0]["why"] == "she wrote from both"
    assert token.get("/customers").json()["total"] == 3
    assert token.post(f"/customers/judgements/{merged['id']}/undoing").status_code == 200
    assert person(token, "ada") | {"judgements": []} == before
    assert token.get("/customers").json()["total"] == 4
    again = token.post(f"/customers/judgements/{merged['id']}/undoing").json()["judgement"]
    assert again["undone_at"] == "2026-11-22T12:00:00+00:00"


def test_merges_chain_and_one_in_the_middle_can_be_undone(client: Client) -> None:
    token = client(Who.TOKEN)

    def merge(gone: str, into: str) -> str:
        answer = token.post("/customers/person/merging", json={"id": gone, "into": into}).raise_for_status()
        return str(answer.json()["judgement"]["id"])

    first = merge("old_ben", "ben")
    merge("old_ben", "ada")  # means ben by now, so that it is ben who becomes ada
    assert person(token, "old_ben")["person"] == person(token, "ben")["person"] == "ada"
    token.post(f"/customers/judgements/{first}/undoing").raise_for_status()
    assert person(token, "old_ben")["person"] == "old_ben"
    assert person(token, "ben")["person"] == "ada"


@pytest.mark.parametrize(
    ("gone", "into", "told"),
    [
        ("ada", "ada", "are one person already"),
        ("anon:dev1", "ada", "are one person already"),
        ("nobody at all", "ada", "No signal is of nobody at all"),
        ("ada", "null", "is nobody's id"),
        ("ada", "anon:stranger", "is a visitor"),
        ("", "ada", "id: an id of at most 210 letters"),
        ("x" * 211, "ada", "id: an id of at most 210 letters"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_what_was_expected(
    client: Client, gone: str, into: str, told: str
) -> None:
    answer = client(Who.TOKEN).post("/customers/person/merging", json={"id": gone, "into": into})
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_a_visitor_can_be_given_to_a_person_by_hand(client: Client) -> None:
    token = client(Who.TOKEN)
    token.post("/customers/person/merging", json={"id": "anon:stranger", "into": "ben"}).raise_for_status()
    assert "anon:stranger" in person(token, "ben")["ids"]


def test_a_device_that_is_not_theirs_is_parted_and_comes_back(client: Client) -> None:
    token = client(Who.TOKEN)
    parted = token.post("/customers/person/separation", json={"id": "ada", "device": "dev1"}).json()
    ada = person(token, "ada")
    assert ada["ids"] == ["ada"]
    assert ada["signals"] == 5
    assert next(one for one in ada["links"] if one["what"] == "device")["owner"] is None
    refusal = token.post("/customers/person/separation", json={"id": "ben", "device": "dev1"})
    assert (refusal.status_code, refusal.json()["detail"]) == (
        422, "Nothing tells that dev1 is a device of ben.",
    )  # fmt: skip
    token.post(f"/customers/judgements/{parted['judgement']['id']}/undoing").raise_for_status()
    assert person(token, "ada")["signals"] == 6


def test_people_who_may_be_one_are_suggested_until_somebody_says_that_they_are_two(client: Client) -> None:
    token = client(Who.TOKEN)
    found = token.get("/customers/suggestions").json()["suggestions"]
    assert [(one["one"], one["other"], one["why"], one["what"]) for one in found] == [
        ("old_ben", "ben", "alias", "old_ben"),
        ("Ada/Lovelace?&.json", "ada", "email", "ada@example.com"),
    ]
    two = token.post("/customers/suggestions/dismissal", json={"one": "ben", "other": "old_ben"}).json()
    assert [one["why"] for one in token.get("/customers/suggestions").json()["suggestions"]] == ["email"]
    page = client(Who.ANALYST).get("/customers/suggestions").text
    assert "1 pair of customers may be one person" in page
    assert "Two people, whatever it looks like" in page
    token.post(f"/customers/judgements/{two['judgement']['id']}/undoing").raise_for_status()
    assert len(token.get("/customers/suggestions").json()["suggestions"]) == 2
    token.post("/customers/person/merging", json={"id": "old_ben", "into": "ben"}).raise_for_status()
    assert [one["why"] for one in token.get("/customers/suggestions").json()["suggestions"]] == ["email"]


def test_agents_may_look_and_not_judge_and_viewers_may_not_look(client: Client) -> None:
    agent, viewer = client(Who.AGENT), client(Who.VIEWER)
    assert agent.get("/customers/person?id=ada").status_code == 200
    own = {"Origin": BASE}
    assert (
        agent.post("/customers/person/merging", data={"id": "ben", "into": "ada"}, headers=own).status_code
        == 403
    )
    for path in ("/customers", "/customers/person?id=ada", "/customers/suggestions", "/accounts",
                 "/accounts/account?id=acme"):  # fmt: skip
        for suffix in ("", ".json", ".csv"):
            place, _, query = path.partition("?")
            assert viewer.get(f"{place}{suffix}?{query}").status_code == 403


def test_accounts_have_their_people_with_days(client: Client, ledger: Ledger) -> None:
    token = client(Who.TOKEN)
    (account,) = token.get("/accounts?search=ACM").json()["accounts"]
    assert (account["account"], account["people"], account["signals"]) == ("acme", 1, 6)
    assert account["first_at"] == account["last_at"] == "2026-11-01T14:00:00+00:00"
    (member,) = token.get("/accounts/account?id=acme").json()["people"]
    assert member["person"] == "ada"
    assert token.get("/accounts/account?id=nope").status_code == 404
    assert "acme" in client(Who.AGENT).get("/accounts/account?id=acme").text


def test_judgements_that_a_crash_kept_from_the_ledger_are_followed_by_the_loop(
    client: Client, ledger: Ledger, desk: Desk
) -> None:
    token = client(Who.TOKEN)
    token.post("/customers/person/merging", json={"id": "old_ben", "into": "ben"}).raise_for_status()
    ledger.who.decide(identity.Decisions())
    assert person(token, "old_ben")["person"] == "old_ben"
    assert identity.follow(desk, ledger) == 1
    assert identity.follow(desk, ledger) == 0
    assert person(token, "old_ben")["person"] == "ben"
