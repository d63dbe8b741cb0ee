"""Mail on pages: readers choose without an account, leads see what was sent, owners set it up."""

import re
from datetime import timedelta

import httpx
import pytest

from emptychair.channels.email import links
from emptychair.channels.email.blocks import Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.desk import audit, choices, contacts, outbox, posting, secrets, stops
from emptychair.desk.desk import Desk
from emptychair.desk.mail_settings import PASSWORD, SIGNING
from emptychair.desk.outbox import Message, State
from emptychair.desk.stops import Cause
from emptychair.domain.contact import Channel, Contact, Purpose, What, WhyNot
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.visiting import BASE


def contact(purpose: Purpose | None = Purpose.UPDATES, address: str = "ada.lovelace@example.com") -> Contact:
    return Contact(
        people=("ada",),
        audience=Audience.CUSTOMER,
        address=address,
        channel=Channel.EMAIL,
        purpose=purpose,
        what=What.MAIL,
        thing="pst_1",
    )


def written(desk: Desk, clock: Clock, key: str = "k1", purpose: Purpose | None = Purpose.UPDATES) -> Message:
    letter = Letter(
        title=f"<b>News</b> {key}", preview="", sender="Pourwell", blocks=[Prose("Hello {{ you }}")]
    )
    with desk.begin() as tx:
        message = put(
            tx, letter, contact(purpose), dedupe_key=key, base_url=BASE, due_at=clock(), by="cli", now=clock()
        )
    assert message is not None
    return message


def why_not(desk: Desk, clock: Clock, purpose: Purpose) -> WhyNot | None:
    with desk.read() as tx:
        refusal = contacts.why_not(tx, contact(purpose), clock())
    return None if refusal is None else refusal.reason


def own(url: str | None) -> str:
    assert url is not None
    return url.removeprefix(BASE)


def test_looking_at_the_link_changes_nothing_and_its_button_unsubscribes(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    url = own(written(desk, clock).unsubscribe)
    page = stranger.get(url)
    assert page.status_code == 200
    assert "ad…@example.com" in page.text
    assert "ada.lovelace" not in page.text, "a mail that is passed on tells nobody the address"
    assert stranger.head(url).status_code in (200, 405)
    assert why_not(desk, clock, Purpose.UPDATES) is None
    assert "You are unsubscribed" in stranger.post(url).text
    assert why_not(desk, clock, Purpose.UPDATES) is WhyNot.UNSUBSCRIBED
    assert why_not(desk, clock, Purpose.SURVEYS) is None, "for this purpose alone"
    assert "You are unsubscribed" in stranger.get(url).text


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {},
    ],
    ids=["a form", "a form in parts", "nothing"],
)
def test_a_mail_program_unsubscribes_with_one_click_from_anywhere(
    desk: Desk, clock: Clock, stranger: httpx.Client, sent: dict[str, dict[str, object]]
) -> None:
    """RFC 8058: no cookie, no Origin, either kind of form, and no redirect."""
    url = own(written(desk, clock).unsubscribe)
    del stranger.headers["Sec-Fetch-Site"]
    stranger.headers["Accept"] = "*/*"
    assert stranger.post(url, **sent).status_code == 200  # type: ignore[arg-type]
    assert why_not(desk, clock, Purpose.UPDATES) is WhyNot.UNSUBSCRIBED
    assert stranger.post(url).status_code == 200, "twice is once"


def test_links_that_are_cut_or_made_up_lead_nowhere(desk: Desk, clock: Clock, stranger: httpx.Client) -> None:
    url = own(written(desk, clock).unsubscribe)
    for wrong in (
        url[:-1],
        url.replace("updates", "surveys"),
        "/unsubscribe/x",
        "/preferences/%00",
        url + ".x",
    ):
        for method in ("GET", "POST"):
            assert stranger.request(method, wrong).status_code in (400, 404)
    assert why_not(desk, clock, Purpose.UPDATES) is None


def test_readers_choose_what_they_get_purpose_by_purpose(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    message = written(desk, clock)
    found = re.search(r"/preferences/[^\s]+", message.text)
    assert found is not None
    url = found[0]
    assert stranger.get(f"{url}.json").json()["gets"] == {
        "surveys": True,
        "updates": True,
        "marketing": False,
    }
    assert "has been saved" in stranger.post(url, data={"marketing": "on", "surveys": "on"}).text
    reasons = [
        why_not(desk, clock, purpose) for purpose in (Purpose.SURVEYS, Purpose.UPDATES, Purpose.MARKETING)
    ]
    assert reasons == [None, WhyNot.UNSUBSCRIBED, None]
    stranger.post(url, data={"updates": "on"})
    reasons = [
        why_not(desk, clock, purpose) for purpose in (Purpose.SURVEYS, Purpose.UPDATES, Purpose.MARKETING)
    ]
    assert reasons == [WhyNot.UNSUBSCRIBED, None, WhyNot.UNSUBSCRIBED]


def test_a_page_of_choices_is_changed_from_itself_alone(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    found = re.search(r"/preferences/[^\s]+", written(desk, clock).text)
    assert found is not None
    stranger.headers["Sec-Fetch-Site"] = "cross-site"
    assert stranger.post(found[0], data={}).status_code == 403
    assert why_not(desk, clock, Purpose.UPDATES) is None


def test_who_complained_can_choose_again(desk: Desk, clock: Clock, stranger: httpx.Client) -> None:
    found = re.search(r"/preferences/[^\s]+", written(desk, clock).text)
    assert found is not None
    with desk.begin() as tx:
        stops.stop(tx, contact().address or "", Cause.COMPLAINED, evidence="report", by="system", now=clock())
    assert not any(stranger.get(f"{found[0]}.json").json()["gets"].values())
    stranger.post(found[0], data={"updates": "on"})
    assert why_not(desk, clock, Purpose.UPDATES) is None
    assert why_not(desk, clock, Purpose.SURVEYS) is WhyNot.UNSUBSCRIBED


def test_the_outbox_tells_what_became_of_every_message(client: Client, desk: Desk, clock: Clock) -> None:
    lea = client(Who.LEAD)
    assert "The outbox is empty" in lea.get("/outbox").text
    messages = [written(desk, clock, f"k{n}") for n in range(3)]
    page = lea.get("/outbox").text
    assert "3 messages wait" in page
    assert "Mail is not set up" in page
    assert "&lt;b&gt;News&lt;/b&gt; k1" in page
    assert "<b>News" not in page
    told = lea.get("/outbox.json?search=K2").json()
    assert [one["id"] for one in told["messages"]] == [messages[2].id]
    assert told["counts"] == {"waiting": 3}
    assert "k2" in lea.get("/outbox.csv").text
    assert "No message is like that" in lea.get("/outbox?state=failed").text
    page, twin = (lea.get(f"/outbox/{messages[0].id}{form}").text for form in ("", ".json"))
    assert "Hello {{ you }}" in page
    key = own(messages[0].unsubscribe).rpartition("-")[2]
    assert key in messages[0].text
    assert key not in page + twin, "what readers choose is theirs alone"


def test_what_is_uncertain_is_sent_again_or_left_by_a_person(
    client: Client, desk: Desk, clock: Clock
) -> None:
    lea = client(Who.LEAD)
    again, left = written(desk, clock, "again"), written(desk, clock, "left")
    hold = timedelta(minutes=5)
    with desk.begin() as tx:
        for message in (again, left):
            taken = posting.take(tx, message.id, clock(), hold)
            assert taken is not None
            posting.hand_over(tx, taken, clock(), hold)
        posting.recover(tx, clock() + hold)
    page = lea.get("/outbox").text
    assert "Of 2 messages nobody knows whether they arrived" in page
    assert "Nobody knows whether it arrived" in lea.get(f"/outbox/{again.id}").text
    assert lea.post(f"/outbox/{again.id}/sending").status_code == 303
    assert lea.post(f"/outbox/{left.id}/leaving").status_code == 303
    assert lea.post(f"/outbox/{again.id}/sending").status_code == 409, "it waits already"
    with desk.read() as tx:
        states = [outbox.find(tx, one.id) for one in (again, left)]
        verbs = [entry.verb for entry in audit.page(tx)]
        assert outbox.unsettled(tx) == 0
    assert [one.state for one in states if one] == [State.WAITING, State.UNCERTAIN]
    assert {"send_again_message", "leave_message"} <= set(verbs)


def test_what_waits_is_cancelled(client: Client, desk: Desk, clock: Clock) -> None:
    lea, message = client(Who.LEAD), written(desk, clock)
    assert lea.post(f"/outbox/{message.id}/cancelling").status_code == 303
    assert "Cancelled" in lea.get(f"/outbox/{message.id}").text
    assert lea.post("/outbox/msg_0/cancelling").status_code == 404


def test_addresses_are_stopped_and_written_to_again(client: Client, desk: Desk, clock: Clock) -> None:
    lea = client(Who.LEAD)
    sent = {"address": "eve@example.com", "purpose": "surveys", "evidence": "a call"}
    assert lea.post("/stopped-addresses", data=sent).status_code == 303
    assert lea.post("/stopped-addresses", data={"address": "eve"}).status_code == 422
    assert lea.post("/stopped-addresses", data=sent | {"purpose": "x"}).status_code == 422
    (held,) = lea.get("/stopped-addresses.json?search=EVE@").json()["stopped"]
    assert (held["cause"], held["purpose"], held["evidence"]) == ("by_hand", "surveys", "a call")
    assert lea.post(f"/stopped-addresses/{held['id']}/lifting").status_code == 303
    assert lea.get("/stopped-addresses.json").json()["stopped"] == []
    with desk.begin() as tx:
        stops.stop(tx, "eve@example.com", Cause.UNSUBSCRIBED, evidence="link", by="reader", now=clock())
        (theirs,) = stops.of_address(tx, "eve@example.com")
    answer = lea.post(f"/stopped-addresses/{theirs.id}/lifting")
    assert answer.status_code == 409, "only they can"
    for wrong in ("x", "٣", "9" * 40):
        assert lea.post(f"/stopped-addresses/{wrong}/lifting").status_code == 404


def set_up(client: httpx.Client, **changes: str) -> httpx.Response:
    usual = {"mail_from": "hello@example.com", "mail_server": "127.0.0.1", "mail_port": "2525"}
    return client.post("/settings/mail", data=usual | {"mail_password": "a secret word"} | changes)


def test_an_owner_sets_mail_up_and_no_page_tells_the_password(client: Client, desk: Desk) -> None:
    ada, lea = client(Who.OWNER), client(Who.LEAD)
    assert "Nothing is sent yet" in ada.get("/settings/mail").text
    assert set_up(ada).headers["location"] == "/settings/mail?done=saved"
    assert set_up(lea).status_code == 403
    for text in (
        ada.get("/settings/mail").text,
        ada.get("/settings/mail.json").text,
        ada.get("/settings").text,
    ):
        assert "a secret word" not in text
    told = lea.get("/settings/mail.json").json()
    assert (told["settings"]["mail_from"], told["passwords_since"]["bounce_password"]) == (
        "hello@example.com",
        None,
    )
    assert [one["what"] for one in told["records"]] == ["SPF", "DMARC"]
    with desk.read() as tx:
        kept = secrets.told(tx, PASSWORD)
        assert kept is not None
        assert "a secret word" not in repr(kept)
        assert "a secret word" not in "".join(map(str, audit.page(tx)))
        assert secrets.told(tx, SIGNING) is not None
    ada.post("/settings/mail", data={"mail_from_name": "Pourwell"})
    with desk.read() as tx:
        assert secrets.told(tx, PASSWORD) == kept, "an empty password stays as it is"
    ada.post("/settings/mail", data={"forget_mail_password": "1"})
    with desk.read() as tx:
        assert secrets.told(tx, PASSWORD) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mail_from": "nobody"}, "no email address"),
        ({"mail_port": "0"}, "a port from 1 to 65535"),
        ({"mail_security": "maybe"}, "one of none, starttls, tls"),
        ({"mail_server": "169.254.169.254"}, "169.254.169.254"),
        ({"bounce_server": "10.0.0.1"}, "10.0.0.1"),
        ({"mail_dkim_selector": "a b"}, "small letters"),
        ({"mail_from_name": "two\r\nlines"}, "one line"),
    ],
)
def test_settings_that_cannot_work_are_refused_all_together(
    client: Client, changes: dict[str, str], told: str
) -> None:
    ada = client(Who.OWNER)
    answer = set_up(ada, **changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert ada.get("/settings/mail.json").json()["settings"]["mail_port"] == "587"


def test_a_test_mail_goes_to_whoever_asks(client: Client, desk: Desk) -> None:
    ada = client(Who.OWNER)
    assert ada.post("/settings/mail/test").status_code == 422, "nothing is set up"
    set_up(ada)
    assert ada.post("/settings/mail/test").status_code == 303
    (message,) = client(Who.LEAD).get("/outbox.json").json()["messages"]
    assert (message["address"], message["message_class"]) == ("ada@example.com", "service")
    assert "ada@example.com" in ada.get("/settings/mail").text
    program = client(Who.TOKEN)
    assert program.post("/settings/mail/test").status_code == 422
    assert program.post("/settings/mail/test", json={"address": "eve@example.com"}).status_code == 200


def test_a_key_is_made_once_and_its_record_told(client: Client) -> None:
    ada = client(Who.OWNER)
    set_up(ada)
    for _ in range(2):
        assert ada.post("/settings/mail/key").status_code == 303
    ada.post("/settings/mail", data={"mail_dkim_selector": "chair"})
    records = {one["what"]: one for one in ada.get("/settings/mail.json").json()["records"]}
    assert records["DKIM"]["name"] == "chair._domainkey.example.com"
    assert records["DKIM"]["text"].startswith("v=DKIM1; k=rsa; p=MII")


def test_a_selector_without_a_key_is_told(client: Client) -> None:
    ada = client(Who.OWNER)
    set_up(ada, mail_dkim_selector="chair")
    assert "dkim.pem cannot be read" in ada.get("/settings/mail").text


def test_choices_know_what_needs_a_yes(desk: Desk, clock: Clock) -> None:
    message = written(desk, clock)
    with desk.begin() as tx:
        key = secrets.own_key(tx, SIGNING, clock()).text
        way = links.unsubscribing(key, own(message.unsubscribe).rpartition("/")[2])
        assert way is not None
        from emptychair.desk import recipients

        reader = recipients.find(tx, way.recipient_id)
        assert reader is not None
        assert choices.subscribe(tx, reader, Purpose.MARKETING, evidence="page", now=clock())
        assert not choices.subscribe(tx, reader, Purpose.MARKETING, evidence="page", now=clock())
        assert choices.unsubscribe(tx, reader, Purpose.MARKETING, evidence="page", now=clock())
        assert not choices.unsubscribe(tx, reader, Purpose.MARKETING, evidence="page", now=clock())


def test_what_somebody_said_elsewhere_is_written_down_with_its_evidence(
    client: Client, desk: Desk, clock: Clock
) -> None:
    lea = client(Who.LEAD)
    assert "Nobody has said anything yet" in lea.get("/consents").text
    sent = {"person": "ada", "purpose": "marketing", "standing": "given", "evidence": "<b>paper</b>"}
    assert why_not(desk, clock, Purpose.MARKETING) is WhyNot.CONSENT_MISSING
    for wrong in (
        {"evidence": ""},
        {"person": "null"},
        {"purpose": "x"},
        {"standing": "unknown"},
        {"audience": "x"},
    ):
        assert lea.post("/consents", data=sent | wrong).status_code == 422
    assert lea.post("/consents", data=sent).status_code == 303
    assert why_not(desk, clock, Purpose.MARKETING) is None
    lea.post("/consents", data=sent | {"standing": "withdrawn", "evidence": "a call"})
    assert why_not(desk, clock, Purpose.MARKETING) is WhyNot.CONSENT_WITHDRAWN
    told = lea.get("/consents.json?person=ada").json()["consents"]
    assert [(one["standing"], one["evidence"]) for one in told] == [
        ("withdrawn", "a call"),
        ("given", "<b>paper</b>"),
    ]
    assert "&lt;b&gt;paper" in lea.get("/consents").text
    assert "a call" in lea.get("/consents.csv").text
    assert lea.get("/consents.json?person=ben").json()["consents"] == []
