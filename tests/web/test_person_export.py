"""Everything about a customer as one ZIP: all of it, nothing of anybody else, for leads and owners."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Connection, insert

from emptychair.desk import about, audit
from emptychair.desk.answer_files import answer_files
from emptychair.desk.board_posts import Standing, Status, posts
from emptychair.desk.board_voters import voters
from emptychair.desk.board_votes import votes
from emptychair.desk.consents import consents
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Sending, invitations
from emptychair.desk.outbox import MessageClass, State, outbox
from emptychair.desk.responses import Delivery, Progress, responses
from emptychair.desk.stops import Cause, stops
from emptychair.desk.surveys import surveys
from emptychair.domain.consent import Purpose
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.attaching import FOLDER
from emptychair.web.access import LEADERS, Who
from tests.web.conftest import Client
from tests.web.people import TODAY, app, ledger, signal

__all__ = ["app", "ledger"]

ROUTE = "/customers/person/export"


def opened(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.headers["content-type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.raise_for_status().content))
    assert packed.testzip() is None
    return packed


def export(client: Client, who: str) -> zipfile.ZipFile:
    return opened(client(Who.LEAD).get(ROUTE, params={"id": who}))


def rows(packed: zipfile.ZipFile, table: str) -> list[dict]:
    found: list[dict] = json.loads(packed.read(f"desk/{table}.json"))
    return found


def test_every_signal_is_in_it_with_what_was_read(client: Client) -> None:
    packed = export(client, "ada")
    told = json.loads(packed.read("signals.json"))
    assert {one["id"] for one in told} == {f"a{n}" for n in range(1, 15)}
    (late,) = [one for one in told if one["id"] == "a5"]
    assert (late["tone"], late["themes"]) == ("negative", ["Late parcels", "thm_gone"])
    table = list(csv.DictReader(io.StringIO(packed.read("signals.csv").decode("utf-8-sig"))))
    assert [row["id"] for row in table] == [one["id"] for one in told]
    assert next(row["value"] for row in table if row["id"] == "a12") == "-5.5000"
    person = json.loads(packed.read("person.json"))
    assert (person["name"], person["traits"]["email"]["value"]) == ("Ada Abel", "ada@example.com")
    assert person["accounts"][0]["account"] == "acme"
    assert "Nobody answers." in packed.read("read.html").decode()


def test_words_are_no_code_and_cells_no_formulas(client: Client, ledger: Ledger) -> None:
    ledger.append([signal("f1", "xss", 0.5, Kind.SAID, "=cmd", text="=1+1")])
    ledger.load(TODAY)
    packed = export(client, "xss")
    assert "<script>" not in packed.read("read.html").decode()
    (row,) = [one for one in csv.DictReader(io.StringIO(packed.read("signals.csv").decode("utf-8-sig")))
              if one["id"] == "f1"]  # fmt: skip
    assert (row["name"], row["text"]) == ("'=cmd", "'=1+1")


def a_survey(tx: Connection) -> None:
    tx.execute(insert(surveys).values(
        id="srv_1", slug="s", name="S", audience=Audience.CUSTOMER, standing="open", draft={}, revision=1,
        version=1, widget={}, mail={}, by="usr_1", created_at=TODAY, changed_at=TODAY,
    ))  # fmt: skip


def answered(tx: Connection, number: int, person: str | None, invitation: str | None) -> None:
    tx.execute(insert(responses).values(
        id=f"rsp_{number}", survey_id="srv_1", version=1, delivery=Delivery.LINK, key=f"secret-{number}",
        invitation_id=invitation, person=person, language="en", hidden={}, answers={"q": number}, page=0,
        progress=Progress.COMPLETED, is_set_aside=False, counted={}, seen_at=TODAY, saved_at=TODAY,
    ))  # fmt: skip


def mailed(tx: Connection, number: int, person: str | None, address: str) -> None:
    tx.execute(insert(outbox).values(
        id=f"msg_{number}", dedupe_key=f"d{number}", message_class=MessageClass.SERVICE, what="mail",
        thing="srv_1", audience=Audience.CUSTOMER, person=person, address=address, address_key=address,
        domain="example.com", subject=f"Mail {number}", html="<p>", text="words", unsubscribe="secret-link",
        may_repeat=False, state=State.SENT, tries=1, troubles=0, due_at=TODAY, expires_at=TODAY, by="usr_1",
        created_at=TODAY,
    ))  # fmt: skip


@pytest.fixture
def kept(desk: Desk, app: object) -> None:
    """What the desk keeps of ada by her ids, by her address, by an invitation and as a voter; and of ben."""
    with desk.begin() as tx:
        a_survey(tx)
        for number, person in enumerate(("ada", "old_ada", "ben")):
            tx.execute(insert(consents).values(
                person=person, audience=Audience.CUSTOMER, purpose=Purpose.MARKETING, channel="email",
                standing="given", evidence=person, by="usr_1", at=TODAY,
            ))  # fmt: skip
            tx.execute(insert(invitations).values(
                id=f"inv_{number}", survey_id="srv_1", key=f"secret-{number}", person=person, stratum="",
                hidden={}, sending=Sending.SENT, reason="", by="usr_1", created_at=TODAY,
            ))  # fmt: skip
            answered(tx, number, None, f"inv_{number}")
        tx.execute(insert(answer_files).values(
            id="fil_1", survey_id="srv_1", response_id="rsp_0", question="q", name="../../bill.pdf", size=4,
            type="pdf", created_at=TODAY, kept_at=TODAY,
        ))  # fmt: skip
        mailed(tx, 1, "ada", "ada@example.com")
        mailed(tx, 2, None, "ada@example.com")
        mailed(tx, 3, "ben", "ada@example.com")
        mailed(tx, 4, "ben", "ben@example.com")
        tx.execute(insert(stops).values(
            address="ada@example.com", address_key="ada@example.com", cause=Cause.UNSUBSCRIBED, evidence="",
            by="usr_1", at=TODAY,
        ))  # fmt: skip
        for voter, person in (("vot_1", "ada"), ("vot_2", "ben")):
            tx.execute(insert(voters).values(id=voter, person=person, created_at=TODAY))
            tx.execute(insert(votes).values(post_id="pst_1", voter_id=voter, by=voter, at=TODAY))
        tx.execute(insert(posts).values(
            id="pst_1", title="Half caf", words="Please", status=next(iter(Status)),
            standing=next(iter(Standing)), by="vot_1", root_id="pst_1", created_at=TODAY, changed_at=TODAY,
        ))  # fmt: skip


@pytest.mark.usefixtures("kept")
def test_what_the_desk_keeps_of_them_is_in_it_and_nothing_of_another(client: Client) -> None:
    packed = export(client, "ada")
    assert [one["evidence"] for one in rows(packed, "consents")] == ["ada"]
    assert [one["id"] for one in rows(packed, "invitations")] == ["inv_0"]
    assert [(one["id"], one["answers"]) for one in rows(packed, "responses")] == [("rsp_0", {"q": 0})]
    assert [one["subject"] for one in rows(packed, "outbox")] == ["Mail 1", "Mail 2"]
    assert [one["cause"] for one in rows(packed, "address_stops")] == ["unsubscribed"]
    assert [one["id"] for one in rows(packed, "board_voters")] == ["vot_1"]
    assert len(rows(packed, "board_votes")) == 1
    assert [one["title"] for one in rows(packed, "board_posts")] == ["Half caf"]
    assert rows(packed, "touches") == []
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"ben" not in everything
    assert b"secret-" not in everything
    assert b"usr_" not in everything
    assert {f"desk/{table.name}.json" for table in about.EXPORTED} <= set(packed.namelist())


@pytest.mark.usefixtures("kept")
def test_all_ids_that_mean_them_are_in_it(client: Client, ledger: Ledger) -> None:
    ledger.append([signal("old1", "old_ada", 500, Kind.DID, "page")])
    ledger.load(TODAY)
    merged = {"id": "old_ada", "into": "ada"}
    client(Who.TOKEN).post("/customers/person/merging", json=merged).raise_for_status()
    packed = export(client, "old_ada")
    assert [one["evidence"] for one in rows(packed, "consents")] == ["ada", "old_ada"]
    assert [one["id"] for one in rows(packed, "responses")] == ["rsp_0", "rsp_1"]
    assert len(rows(packed, "judgements")) == 1
    assert "old1" in packed.read("signals.csv").decode()


@pytest.mark.usefixtures("kept")
def test_files_that_were_attached_are_in_it_under_plain_names(client: Client, ledger: Ledger) -> None:
    home = ledger.lake.parents[2]
    path = home / FOLDER / "srv_1" / "fil_1"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"bill")
    packed = export(client, "ada")
    assert packed.read("files/fil_1-.._.._bill.pdf") == b"bill"


@pytest.mark.parametrize("who", list(Who))
def test_leads_and_owners_alone_may_take_it_and_it_is_written_down(
    who: Who, client: Client, desk: Desk
) -> None:
    answer = client(who).get(f"{ROUTE}?id=ada")
    with desk.read() as tx:
        lines = [(one.verb, one.thing) for one in audit.page(tx, verb="export_person")]
    if who in LEADERS:
        assert opened(answer).namelist()[0] == "README.txt"
        assert lines == [("export_person", "ada")]
    else:
        assert answer.status_code in {303, 401, 403}
        assert lines == []


def test_nobody_and_employees_have_none(client: Client) -> None:
    for one in ("nobody", "emp_1", "", "x" * 3000):
        assert client(Who.OWNER).get(ROUTE, params={"id": one}).status_code == 404


def test_many_signals_are_written_in_pieces(client: Client, ledger: Ledger) -> None:
    at = TODAY - timedelta(days=10)
    with ledger.staging("imp_1") as staging:
        staging.connection.execute(f"""create table many as select 'h' || i as id, 'customer' as audience,
            'heavy' as person, 'did' as kind, 'page' as name, 'web' as channel, 'imp_1' as source,
            timestamp '{at:%Y-%m-%d}' + to_seconds(i // 3) as occurred_at, occurred_at as received_at,
            null::varchar as text, null::decimal(9, 4) as score, null::decimal(18, 4) as value,
            null::varchar as currency, '{{}}' as properties from range(12001) as rows(i)""")
        staging.admit("many")
    packed = export(client, "heavy")
    told = json.loads(packed.read("signals.json"))
    assert len(told) == len({one["id"] for one in told}) == 12_001
    assert packed.read("read.html").count(b"<tr><td") == 12_001
