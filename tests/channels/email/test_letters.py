"""Letters: what is written in them stays text, nothing breaks out of them, links are their reader's."""

import email
import re
from contextlib import suppress
from datetime import UTC, datetime
from email.policy import default as modern
from pathlib import Path

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.channels.email import dkim as signing_mail
from emptychair.channels.email import links, verp
from emptychair.channels.email.blocks import Button, Choices, Heading, Letter, Prose, Quote, as_html, as_text
from emptychair.channels.email.letters import put
from emptychair.channels.email.mime import Mail, message_id, packed
from emptychair.channels.templates import TemplateRefused, filled
from emptychair.desk.desk import Desk
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.domain.signal import Audience

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://chair.example.com"
SECRET = "0123456789abcdef" * 4


def mail(**changes: object) -> Mail:
    usual: dict[str, object] = {
        "message_id": message_id("msg_0123456789abcdef", "hello@example.com"),
        "sender": "hello@example.com",
        "sender_name": "Pourwell, the “good” one",
        "to": "ada@example.org",
        "reply_to": None,
        "subject": "What became of it",
        "text": "Hello Ada",
        "html": "<p>Hello Ada</p>",
        "unsubscribe": f"{BASE}/unsubscribe/token",
        "now": NOW,
    }
    return Mail(**(usual | changes))  # type: ignore[arg-type]


def test_a_packed_letter_is_read_by_the_standard_library_as_it_was_written() -> None:
    read = email.message_from_bytes(packed(mail(text="Grüße\nan Ada", subject="Größe ist da")), policy=modern)
    assert (read["Subject"], read["To"]) == ("Größe ist da", "ada@example.org")
    assert read["From"].addresses[0].display_name == "Pourwell, the “good” one"
    assert read["From"].addresses[0].addr_spec == "hello@example.com"
    assert read["Message-ID"] == "<msg_0123456789abcdef@example.com>"
    assert read["List-Unsubscribe"] == f"<{BASE}/unsubscribe/token>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["Grüße", "an Ada"]
    assert html.get_content().splitlines() == ["<p>Hello Ada</p>"]


def test_one_click_is_for_https_alone_and_a_service_message_has_none() -> None:
    plain = email.message_from_bytes(packed(mail(unsubscribe="http://localhost/unsubscribe/x")))
    assert (plain["List-Unsubscribe"], plain["List-Unsubscribe-Post"]) == (
        "<http://localhost/unsubscribe/x>",
        None,
    )
    assert email.message_from_bytes(packed(mail(unsubscribe=None)))["List-Unsubscribe"] is None


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_out_of_its_place(subject: str, name: str, text: str) -> None:
    subject, name, text = (one.encode("utf-8", "replace").decode() for one in (subject, name, text))
    whole = packed(mail(subject=subject, sender_name=name, text=text))
    head, _, _ = whole.partition(b"\r\n\r\n")
    names = re.findall(rb"(?m)^([A-Za-z-]+):", head)
    expected = [b"From", b"To", b"Date", b"Message-ID", b"Auto-Submitted", b"List-Unsubscribe",
                b"List-Unsubscribe-Post", b"Content-Type", b"MIME-Version"]  # fmt: skip
    assert sorted(set(names) - {b"Subject"}) == sorted(expected)
    assert len(names) == len(set(names))
    assert b"\0" not in whole
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", whole), "bare ends of lines are smuggled past servers"
    assert max(map(len, whole.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("address", ["ada@example.com\r\nBcc: eve@example.com", "a b@example.com", "a<@b.c"])
def test_an_address_that_would_break_a_header_is_not_packed(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        packed(mail(to=address))


HOSTILE = """</p><script>alert(1)</script> {{ 1 | plus: 1 }} "quoted" <mj-raw>x</mj-raw> &amp; <!--"""


def test_what_somebody_wrote_is_shown_and_never_understood() -> None:
    letter = Letter(
        title=HOSTILE,
        preview=HOSTILE,
        sender=HOSTILE,
        blocks=[
            Heading(HOSTILE),
            Prose(f"{HOSTILE}\n\nSee https://example.com/a?b=1&c=2."),
            Quote(HOSTILE),
            Button(HOSTILE, 'https://example.com/"><script>'),
            Choices([("0", f"{BASE}/s/1?score=0"), (HOSTILE, f"{BASE}/s/1?score=1")], low=HOSTILE),
        ],
        foot=[HOSTILE],
        links=[(HOSTILE, BASE)],
    )
    html, text = as_html(letter), as_text(letter)
    assert "<script" not in html
    assert "<mj-" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in html, "the stop at the end is no part of it"
    assert "{{ 1 | plus: 1 }}" in text
    assert not re.search(r"<(?:img|link|iframe|object)|url\(|@import", html), "nothing is fetched"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for a in (1..9) %}x{% endfor %}", "for"),
        ("{{ name | replace: 'a', 'b' }}", "replace"),
        ("{% include 'x' %}", "include"),
        ("{{ nam }}", "known here: name"),
        ("hello\n{{ name", "line 2"),
        ("x" * 20_001, "20,000"),
    ],
)
def test_a_template_that_could_grow_or_read_is_refused_with_its_place(template: str, why: str) -> None:
    with pytest.raises(TemplateRefused, match=re.escape(why)):
        filled(template, {"name": "Ada"})


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_template_is_filled_or_refused(template: str, value: str) -> None:
    with suppress(TemplateRefused):
        assert len(filled(template, {"name": value})) <= 200_000


@given(st.text(max_size=500))
def test_values_stay_what_they_are(value: str) -> None:
    """But for the ends of lines, which are one kind in a letter."""
    whole = value.replace("\r\n", "\n").replace("\r", "\n")
    assert filled("<{{ name }}>", {"name": value}) == f"<{whole}>"


def test_links_open_what_they_were_made_for_and_nothing_else() -> None:
    url = links.unsubscribe_url(BASE, SECRET, "rcp_0123456789abcdef", Purpose.SURVEYS)
    token = url.rpartition("/")[2]
    way = links.unsubscribing(SECRET, token)
    assert way == links.Way(recipient_id="rcp_0123456789abcdef", purpose=Purpose.SURVEYS)
    choosing = links.preferences_url(BASE, SECRET, "rcp_0123456789abcdef").rpartition("/")[2]
    assert links.choosing(SECRET, choosing) == links.Way(recipient_id="rcp_0123456789abcdef", purpose=None)
    assert links.choosing(SECRET, token) is None
    assert links.unsubscribing(SECRET, choosing) is None
    assert links.unsubscribing("f" * 64, token) is None
    assert links.unsubscribing(SECRET, token.replace("surveys", "updates")) is None
    assert links.unsubscribing(SECRET, token.replace("rcp_0", "rcp_1")) is None


@given(st.text(max_size=100))
def test_other_texts_are_no_tokens(text: str) -> None:
    assert links.unsubscribing(SECRET, text) is None
    assert links.choosing(SECRET, text) is None
    assert verp.returned(SECRET, text) is None


def test_a_signature_is_verified_with_the_key_that_is_published(tmp_path: Path) -> None:
    key = tmp_path / "mail" / "dkim.pem"
    assert signing_mail.make_key(key)
    assert not signing_mail.make_key(key), "a key that is there is kept"
    assert key.stat().st_mode & 0o077 == 0
    signer = signing_mail.Signer(domain="example.com", selector="chair", key_file=key)
    whole = signing_mail.signed(packed(mail()), signer)
    asked = []

    def published(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return signing_mail.published(key).encode()

    assert dkim.verify(whole, dnsfunc=published)
    assert asked == [b"chair._domainkey.example.com."]
    signature = whole.partition(b"\r\nFrom:")[0].replace(b"\r\n ", b"")
    assert b"list-unsubscribe : list-unsubscribe-post" in signature, "RFC 8058, 4"
    assert not dkim.verify(whole.replace(b"Hello Ada", b"Hello Eve"), dnsfunc=published)


def test_a_key_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(signing_mail.KeyTrouble, match="cannot be read"):
        signing_mail.published(tmp_path / "none.pem")
    (tmp_path / "bad.pem").write_text("no key")
    with pytest.raises(signing_mail.KeyTrouble, match="no private key in PEM"):
        signing_mail.published(tmp_path / "bad.pem")
    signer = signing_mail.Signer(domain="example.com", selector="chair", key_file=tmp_path / "bad.pem")
    with pytest.raises(signing_mail.KeyTrouble, match="could not be signed"):
        signing_mail.signed(packed(mail()), signer)


def test_a_letter_is_put_into_the_outbox_once_with_the_links_of_its_reader(tmp_path: Path) -> None:
    desk = Desk.open(tmp_path / "desk.sqlite3")
    letter = Letter(title="It is there", preview="You asked", sender="Pourwell", blocks=[Prose("Hello")])

    def contact(purpose: Purpose | None) -> Contact:
        return Contact(
            people=("ada",),
            audience=Audience.CUSTOMER,
            address="ada@example.com",
            channel=Channel.EMAIL,
            purpose=purpose,
            what=What.MAIL,
            thing="post_1",
        )

    with desk.begin() as tx:
        usual = {"base_url": BASE, "due_at": NOW, "by": "usr_ada", "now": NOW}
        first = put(tx, letter, contact(Purpose.UPDATES), dedupe_key="shipped:1:ada", **usual)  # type: ignore[arg-type]
        again = put(tx, letter, contact(Purpose.UPDATES), dedupe_key="shipped:1:ada", **usual)  # type: ignore[arg-type]
        owed = put(tx, letter, contact(None), dedupe_key="receipt", **usual)  # type: ignore[arg-type]
    desk.close()
    assert again is None
    assert first is not None
    assert owed is not None
    assert first.unsubscribe is not None
    assert first.unsubscribe in first.text
    assert f"{BASE}/preferences/" in first.html
    assert first.subject == "It is there"
    assert (owed.unsubscribe, "unsubscribe" in owed.text) == (None, False)
