"""A mailbox on a real Dovecot: mails become words, hostile ones are quarantined, and none is changed."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from emptychair.desk import sources as desk_sources
from emptychair.desk.fetching import Condition
from emptychair.listen.sources import rawmails
from emptychair.listen.sources.limited import Limit, Limited
from tests.dovecot import PASSWORD, Dovecot, private_dovecot
from tests.listen.sources.conftest import NOON, House

MAIL = b"""Received: from mx.example.com by mail.example.com; Sun, 22 Nov 2026 10:00:01 +0000\r
From: =?utf-8?q?Ada_K=C3=B6nig?= <Ada@Example.com>\r
To: feedback@example.com\r
Subject: =?utf-8?b?RGVyIFJlY2huZXI=?=\r
Date: Sun, 22 Nov 2026 11:00:00 +0100\r
Message-ID: <1@example.com>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
The grinder is loud.\r
\r
-- \r
Ada\r
"""
REPLY = b"""From: ben@example.com\r
To: feedback@example.com\r
Subject: Re: Der Rechner\r
Date: Sun, 22 Nov 2026 11:30:00 +0000\r
Message-ID: <2@example.com>\r
In-Reply-To: <1@example.com>\r
\r
I agree.\r
\r
On Sun, 22 Nov 2026 at 11:00, Ada <ada@example.com> wrote:\r
> The grinder is loud.\r
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with private_dovecot() as server:
        yield server


@pytest.fixture
def account(dovecot: Dovecot, house: House, request: pytest.FixtureRequest) -> str:
    house.tls = dovecot.authority
    return f"u{abs(hash(request.node.name)) % 10**9}@example.com"


def source_of(house: House, dovecot: Dovecot, account: str, **more: str) -> str:
    fields = {"host": "localhost", "port": str(dovecot.tls_port), "user": account, "password": PASSWORD}
    return house.source("mailbox", **fields | {"back": "all"} | more)


def put(dovecot: Dovecot, account: str, *mails: bytes) -> None:
    with dovecot.client(account) as client:
        for mail in mails:
            client.append("INBOX", mail, msg_time=NOON - timedelta(minutes=1))


def test_mails_become_words_of_their_senders(house: House, dovecot: Dovecot, account: str) -> None:
    put(dovecot, account, MAIL, REPLY)
    source = source_of(house, dovecot, account)
    how = house.run(source)
    assert (how.condition, how.brought) == (Condition.WELL, 2)
    mail, reply = house.signals(source)
    assert (mail["kind"], mail["name"], mail["channel"]) == ("said", "mail", "email")
    assert (mail["person"], mail["text"]) == ("ada@example.com", "Der Rechner\n\nThe grinder is loud.")
    assert mail["occurred_at"].isoformat() == "2026-11-22T10:00:00"
    assert (reply["name"], reply["text"]) == ("reply", "I agree.")
    with dovecot.client(account) as client:
        flags = client.fetch(client.search(), ["FLAGS"]).values()
        assert not any(rb"\Seen" in told[b"FLAGS"] for told in flags), "nothing is marked"


def test_mails_that_come_later_are_read_and_none_twice(house: House, dovecot: Dovecot, account: str) -> None:
    many = [MAIL.replace(b"<1@", b"<%d@" % n).replace(b"loud", b"loud %d" % n) for n in range(25)]
    put(dovecot, account, *many)
    source = source_of(house, dovecot, account)
    how = house.run(source)
    assert how.brought == 25
    put(dovecot, account, REPLY)
    how = house.run(source, how.due_at - house.now)
    assert how.brought == 26
    assert house.books(source).stored == 26


def test_the_same_mail_in_two_mailboxes_is_one_signal(house: House, dovecot: Dovecot, account: str) -> None:
    other = f"other-{account}"
    put(dovecot, account, MAIL)
    put(dovecot, other, MAIL.replace(b"from mx.example.com", b"from elsewhere.example.com"))
    first = source_of(house, dovecot, account)
    source_of(house, dovecot, other)
    house.run(first)
    assert len(house.signals()) == 1


def test_another_mail_under_a_known_message_id_is_another_mail(
    house: House, dovecot: Dovecot, account: str
) -> None:
    put(dovecot, account, MAIL, MAIL.replace(b"loud", b"silent"))
    source = source_of(house, dovecot, account)
    house.run(source)
    assert house.books(source).stored == 2


def test_numbers_given_anew_are_no_new_mails(house: House, dovecot: Dovecot, account: str) -> None:
    put(dovecot, account, MAIL)
    source = source_of(house, dovecot, account)
    how = house.run(source)
    validity = how.cursor["validity"]
    with dovecot.client(account) as client:
        client.create_folder("Aside")
        client.copy(client.search(), "Aside")
    # The folder that is looked at is another one by now, with numbers of its own.
    with house.desk.begin() as tx:
        one = desk_sources.find(tx, source)
        assert one is not None
        settings = {**one.terms["settings"], "folder": "Aside"}
        desk_sources.change_terms(tx, source, settings=settings)
    how = house.run(source, how.due_at - house.now)
    assert how.cursor["validity"] != validity
    assert (house.books(source).stored, house.books(source).duplicate) == (1, 1)


HOSTILE = {
    "nested": b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 3_000,
    "no id": b"From: b@example.com\r\nMessage-ID: <[]>\r\nSubject: x\r\n\r\nWords.\r\n",
    "charset": b"From: c@example.com\r\nContent-Type: text/plain; charset=martian\r\n\r\nGr\xfc\xdfe\r\n",
    "subject": b"From: d@example.com\r\nSubject: " + b"=?utf-8?q?" + b"a" * 200_000 + b"?=\r\n\r\nWords.\r\n",
    "addresses": b"From: " + b"(" * 5_000 + b"e@example.com\r\nTo: " + b"<" * 5_000 + b"\r\n\r\nWords.\r\n",
    "date": b"From: f@example.com\r\nDate: Thu, 32 Foo 99999 99:99:99 +9999\r\n\r\nWords.\r\n",
    "html": b"From: g@example.com\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"deep",
    "quoted": b"From: h@example.com\r\n\r\n" + b"On Mon, a wrote:\r\n" * 20_000,
    "attachment": b"From: i@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nWords.\r\n"
    b'--b\r\nContent-Type: application/x-sh; name="../../etc/passwd"\r\n'
    b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--\r\n",
    "empty": b"\r\n",
    "nothing": b"From: j@example.com\r\n\r\n",
    "binary": b"From: k@example.com\r\n\r\n" + bytes(byte for byte in range(1, 256)) * 50,
    "headers": b"From: l@example.com\r\n"
    + b"".join(b"X-%d: y\r\n" % n for n in range(20_000))
    + b"\r\nWords.\r\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_mail_is_made_of_the_next_one_is_read(
    house: House, dovecot: Dovecot, account: str, name: str
) -> None:
    put(dovecot, account, HOSTILE[name], MAIL)
    source = source_of(house, dovecot, account)
    how = house.run(source)
    assert (how.condition, how.brought) == (Condition.WELL, 2)
    books = house.books(source)
    assert books.heard == 2, "each is stored, left out or quarantined"
    assert "Der Rechner\n\nThe grinder is loud." in [row["text"] for row in house.signals(source)]


def test_what_kills_the_reader_is_quarantined_with_its_raw_mail(
    house: House, dovecot: Dovecot, account: str
) -> None:
    put(dovecot, account, MAIL, REPLY)
    house.limited = Limited(Limit(seconds=0.01))  # too little to begin at all
    source = source_of(house, dovecot, account)
    house.run(source)
    house.limited.close()
    books = house.books(source)
    assert (books.parked, books.faults) == (2, {"quarantined": 2})
    kept = sorted((house.home / "mails" / source).glob("*/*.eml"))
    assert sorted(path.read_bytes() for path in kept) == sorted([MAIL, REPLY])
    assert rawmails.purge(house.home, NOON + timedelta(days=30)) == 0
    assert rawmails.purge(house.home, NOON + timedelta(days=31)) == 2
    assert list((house.home / "mails" / source).iterdir()) == []


def test_programs_that_write_are_left_out_unless_they_are_wanted(
    house: House, dovecot: Dovecot, account: str
) -> None:
    away = b"Auto-Submitted: auto-replied\r\n" + REPLY
    bulk = b"Precedence: bulk\r\n" + MAIL
    put(dovecot, account, away, bulk, MAIL)
    source = source_of(house, dovecot, account)
    house.run(source)
    assert house.books(source).refusals == {"automatic": 2}
    wanted = source_of(house, dovecot, account, automatic="yes")
    house.run(wanted)
    assert house.books(wanted).stored == 2


def test_own_addresses_are_left_out_and_forms_speak_for_others(
    house: House, dovecot: Dovecot, account: str
) -> None:
    own = MAIL.replace(b"Ada@Example.com", b"team@pourwell.example")
    form = MAIL.replace(b"Ada@Example.com", b"form@pourwell.example").replace(
        b"To: feed", b"Reply-To: Cyd <cyd@example.com>\r\nTo: feed"
    )
    put(dovecot, account, own, form)
    source = source_of(
        house, dovecot, account, leave_out="team@pourwell.example", forms="FORM@pourwell.example"
    )
    house.run(source)
    assert [row["person"] for row in house.signals(source)] == ["cyd@example.com"]
    assert house.books(source).refusals == {"left_out": 1}


def test_starttls_is_as_good(house: House, dovecot: Dovecot, account: str) -> None:
    put(dovecot, account, MAIL)
    source = source_of(house, dovecot, account, security="starttls", port=str(dovecot.plain_port))
    assert house.run(source).brought == 1


def test_a_wrong_password_stops_it_and_is_not_in_what_is_told(
    house: House, dovecot: Dovecot, account: str
) -> None:
    how = house.run(source_of(house, dovecot, account, password="wrong-secret"))
    assert how.condition is Condition.STOPPED
    assert "does not let" in str(how.error)
    assert "wrong-secret" not in str(how.error)


def test_a_folder_that_is_not_there_stops_it(house: House, dovecot: Dovecot, account: str) -> None:
    how = house.run(source_of(house, dovecot, account, folder="Nowhere"))
    assert how.condition is Condition.STOPPED
    assert "Nowhere" in str(how.error)


def test_a_certificate_of_somebody_else_is_not_trusted(house: House, dovecot: Dovecot, account: str) -> None:
    house.tls = None
    how = house.run(source_of(house, dovecot, account))
    assert how.condition is Condition.TROUBLED
    assert "certificate" in str(how.error)


def test_a_trial_shows_mails_and_keeps_none(house: House, dovecot: Dovecot, account: str) -> None:
    put(dovecot, account, MAIL)
    fields = {"host": "localhost", "port": str(dovecot.tls_port), "user": account, "password": PASSWORD}
    trial = house.trial("mailbox", **fields, back="all")
    assert (trial.trouble, trial.items, trial.signals[0]["person"]) == (None, 1, "ada@example.com")
    assert not (house.home / "mails").exists()


def test_a_server_that_says_nothing_or_too_much_is_given_up(house: House) -> None:
    def answer(first: bytes) -> str:
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def speak() -> None:
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(first)

            speaker = threading.Thread(target=speak)
            speaker.start()
            port = str(listener.getsockname()[1])
            fields = {"host": "localhost", "port": port, "user": "u", "password": PASSWORD}
            trial = house.trial("mailbox", **fields, security="starttls")
            speaker.join()
        assert trial.trouble is not None
        return trial.trouble

    assert "gave up" in answer(b"")
    assert "gave up" in answer(b"* BAD hello\r\n")
    assert "gave up" in answer(b"* OK " + b"a" * 2_000_000 + b"\r\n")
    assert "gave up" in answer(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert "gave up" in answer(b"* OK [CAPABILITY IMAP4rev1] no encryption here\r\n")
