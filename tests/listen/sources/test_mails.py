"""Mails taken apart: whatever they are made of, something is said of them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.listen.sources.mails import read_mail
from emptychair.listen.sources.plain_text import plain_text

HEADERS = st.sampled_from(
    [
        b"From",
        b"To",
        b"Subject",
        b"Date",
        b"Message-ID",
        b"References",
        b"Content-Type",
        b"Reply-To",
        b"Content-Transfer-Encoding",
        b"Content-Disposition",
        b"Auto-Submitted",
        b"MIME-Version",
    ]
)


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=80)), max_size=10), st.binary(max_size=300))
def test_any_mail_is_read_and_can_be_told_as_json(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    raw = b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n" + body
    found = read_mail(raw)
    assert found["digest"]
    msgspec.json.encode(found)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    msgspec.json.encode(read_mail(raw))


@given(st.text(max_size=300))
def test_text_without_markup_stays_and_markup_goes(text: str) -> None:
    assert "<" not in plain_text(f"<p><b>{text.replace('<', '').replace('&', '')}</b></p>")


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"Auto-Submitted: auto-replied", "auto-submitted"),
        (b"Auto-Submitted: no", ""),
        (b"Precedence: list", "precedence list"),
        (b"Return-Path: <>", "return-path"),
        (b'Content-Type: multipart/report; boundary="x"', "report"),
        (b"X-Auto-Response-Suppress: All", "x-auto-response-suppress"),
        (b"X-Mailer: Mutt", ""),
    ],
)
def test_programs_that_write_give_themselves_away(header: bytes, why: str) -> None:
    assert read_mail(header + b"\r\nFrom: a@example.com\r\n\r\nHello.\r\n")["automatic"] == why


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (b"Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Ben <b@example.com> wrote:\n> Is it?\n", "Yes."),
        (b"Ja.\n\nAm 02.11.2026 um 10:00 schrieb Ben <b@example.com>:\n> Ist es das?\n", "Ja."),
        (b"Yes.\n-- \nAda\n", "Yes."),
        (b"> Is it?\n", "> Is it?"),
        (b"Nothing quoted.\n", "Nothing quoted."),
    ],
)
def test_the_words_of_a_mail_are_its_own(body: bytes, own: str) -> None:
    raw = b"From: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n" + body
    assert read_mail(raw)["text"] == own
