"""Mail against a real Postfix and Dovecot: it arrives once, is refused for a reason, and comes back."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from emptychair.channels.email import returns, sending
from emptychair.channels.email.dkim import make_key
from emptychair.channels.email.sending import Post, is_due, send_due
from emptychair.channels.email.terms import key_file
from emptychair.desk import consents, lines, outbox, posting, secrets, settings, stops, touches
from emptychair.desk.lines import IMAP, SMTP
from emptychair.desk.mail_settings import (
    MAIL_DKIM_SELECTOR,
    MAIL_PACE,
    MAIL_PORT,
    MAIL_SECURITY,
    MAIL_USER,
    PASSWORD,
    Security,
)
from emptychair.desk.outbox import State
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose, WhyNot
from emptychair.domain.signal import Audience
from tests.channels.email.conftest import NOON, Clock, read, write
from tests.desk.people import at_once
from tests.mail_server import DOMAIN, USER, MailServer
from tests.mail_server import PASSWORD as THEIR_PASSWORD

HOUR = timedelta(hours=1)


def change(post: Post, **values: object) -> None:
    names = {one.key: one for one in (MAIL_DKIM_SELECTOR, MAIL_PACE, MAIL_PORT, MAIL_SECURITY, MAIL_USER)}
    with post.desk.begin() as tx:
        for name, value in values.items():
            settings.change(tx, names[name], value, by="cli", now=NOON)


def test_a_letter_arrives_once_as_it_was_written(post: Post, server: MailServer) -> None:
    message = write(post)
    assert is_due(post)
    assert send_due(post) == 1
    assert not is_due(post)
    assert send_due(post) == 0
    (mail,) = server.wait_for("ada", 1)
    assert mail["Message-ID"] == f"<{message.id}@{DOMAIN}>"
    assert (mail["Subject"], mail["From"]) == ("News for ada", f'"Pourwell" <hello@{DOMAIN}>')
    assert mail["Return-Path"].startswith("<bounces+")
    assert mail["List-Unsubscribe"] == f"<{message.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "grüß dich" in mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    sent = read(post, message)
    assert (sent.state, sent.tries) == (State.SENT, 1)
    assert sent.reply is not None
    assert sent.reply.startswith("250 ")
    with post.desk.read() as tx:
        assert [touch.thing for touch in touches.since(tx, ["ada"], None, NOON - HOUR)] == ["pst_1"]
        assert lines.state(tx, SMTP).worked_at == NOON


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.NONE])
def test_user_and_password_are_said_where_they_are_asked_for(
    post: Post, server: MailServer, security: Security
) -> None:
    with post.desk.begin() as tx:
        secrets.keep(tx, PASSWORD, THEIR_PASSWORD, by="cli", now=NOON)
    change(post, mail_user=USER, mail_security=security)
    write(post)
    assert send_due(post) == 1
    assert len(server.wait_for("ada", 1)) == 1


def test_a_wrong_password_stops_the_line_and_leaves_the_mail_where_it_is(post: Post) -> None:
    with post.desk.begin() as tx:
        secrets.keep(tx, PASSWORD, "wrong", by="cli", now=NOON)
    change(post, mail_user=USER)
    message = write(post)
    assert send_due(post) == 0
    with post.desk.read() as tx:
        state = lines.state(tx, SMTP)
    assert state.is_stopped
    assert state.error is not None
    assert "does not accept user and password" in state.error
    assert "wrong" not in state.error
    assert not is_due(post), "only a person can change this"
    assert read(post, message).state is State.WAITING
    with post.desk.begin() as tx:
        secrets.keep(tx, PASSWORD, THEIR_PASSWORD, by="cli", now=NOON)
        lines.resume(tx, SMTP)
    assert send_due(post) == 1


def test_a_server_that_is_away_is_tried_again_later_and_later(post: Post, clock: Clock) -> None:
    change(post, mail_port=1)
    message = write(post)
    pauses = []
    for _ in range(4):
        assert send_due(post) == 0
        with post.desk.read() as tx:
            state = lines.state(tx, SMTP)
        assert state.resumes_at is not None
        assert not is_due(post)
        pauses.append(state.resumes_at - clock.now)
        clock.now = state.resumes_at
    assert pauses == sorted(set(pauses))
    assert (state.failing_since, state.failures) == (NOON, 4)
    assert read(post, message).state is State.WAITING


def test_a_server_with_a_foreign_certificate_gets_nothing(post: Post, clock: Clock) -> None:
    from emptychair.channels.outside import Outside, networks

    stranger = replace(post, outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")))
    message = write(post)
    assert send_due(stranger) == 0
    with post.desk.read() as tx:
        error = lines.state(tx, SMTP).error
    assert error is not None
    assert "did not prove who it is" in error
    assert read(post, message).state is State.WAITING
    stranger.outside.close()


def test_a_server_inside_the_house_is_refused_unless_it_is_allowed(post: Post, clock: Clock) -> None:
    from emptychair.channels.outside import Outside

    guarded = replace(post, outside=Outside(clock=clock))
    write(post)
    assert send_due(guarded) == 0
    with post.desk.read() as tx:
        state = lines.state(tx, SMTP)
    assert state.is_stopped
    assert state.error is not None
    assert "127.0.0.1" in state.error
    guarded.outside.close()


def test_greylisting_is_waited_for_and_the_letter_arrives_once(
    post: Post, server: MailServer, clock: Clock
) -> None:
    server.answers[f"ada@{DOMAIN}"] = "451 4.7.1 come again"
    message = write(post)
    for minutes in (1, 5, 15):
        assert send_due(post) == 0
        waiting = read(post, message)
        assert (waiting.state, waiting.due_at) == (State.WAITING, clock.now + timedelta(minutes=minutes))
        assert waiting.error is not None
        assert "come again" in waiting.error
        clock.now = waiting.due_at
    server.answers.clear()
    assert send_due(post) == 1
    assert len(server.wait_for("ada", 1)) == 1
    with post.desk.read() as tx:
        assert len(touches.since(tx, ["ada"], None, NOON - HOUR)) == 1, "one contact, whatever the tries"


def test_a_server_that_never_wants_it_is_asked_for_two_weeks(
    post: Post, server: MailServer, clock: Clock
) -> None:
    server.answers[f"ada@{DOMAIN}"] = "452 4.2.2 mailbox full"
    message = write(post)
    for _ in range(200):
        send_due(post)
        found = read(post, message)
        if found.state is not State.WAITING:
            break
        clock.now = found.due_at
    assert found.state in (State.FAILED, State.REFUSED)
    assert clock.now - NOON >= timedelta(days=13)
    with post.desk.read() as tx:
        assert stops.of_address(tx, message.address) == [], "full is not gone"
        assert touches.since(tx, ["ada"], None, NOON - HOUR) == []


def test_what_is_refused_for_good_is_not_tried_again_and_an_unknown_address_is_stopped(
    post: Post, server: MailServer, clock: Clock
) -> None:
    server.answers[f"ada@{DOMAIN}"] = "550 5.1.1 no such user"
    server.answers[f"ben@{DOMAIN}"] = "554 5.7.1 not from you"
    unknown, unwanted = write(post), write(post, "ben")
    assert send_due(post) == 0
    assert (read(post, unknown).state, read(post, unwanted).state) == (State.FAILED, State.FAILED)
    clock.move(timedelta(days=1))
    assert not is_due(post)
    assert sorted(server.asked) == [f"ada@{DOMAIN}", f"ben@{DOMAIN}"]
    with post.desk.read() as tx:
        assert [stop.cause for stop in stops.of_address(tx, unknown.address)] == [Cause.BOUNCED]
        assert stops.of_address(tx, unwanted.address) == []
        assert touches.since(tx, ["ada", "ben"], None, NOON - HOUR) == []
    later = write(post, key="again", purpose=None)
    send_due(post)
    assert (read(post, later).state, read(post, later).reason) == (State.REFUSED, WhyNot.ADDRESS_BOUNCES)


def test_one_address_that_is_refused_does_not_disturb_the_next(post: Post, server: MailServer) -> None:
    server.answers[f"ada@{DOMAIN}"] = "550 5.1.1 no such user"
    for person in ("ada", "ben", "cyd"):
        write(post, person)
    assert send_due(post) == 2
    assert [len(server.wait_for(person, 1)) for person in ("ben", "cyd")] == [1, 1]


def test_what_changed_since_it_was_written_counts(post: Post, server: MailServer) -> None:
    withdrawn, stopped, held, fine = (write(post, name) for name in ("ada", "ben", "eve", "cyd"))
    with post.desk.begin() as tx:
        consents.record(
            tx,
            ["ada"],
            Audience.CUSTOMER,
            Purpose.UPDATES,
            Standing.WITHDRAWN,
            evidence="a call",
            by="usr_1",
            now=NOON,
        )
        stops.stop(tx, stopped.address, Cause.UNSUBSCRIBED, evidence="page", by="person", now=NOON)
    aware = replace(post, is_held_out=lambda tx, contact: "eve" in contact.people)
    assert send_due(aware) == 1
    reasons = [read(post, one).reason for one in (withdrawn, stopped, held, fine)]
    assert reasons == [WhyNot.CONSENT_WITHDRAWN, WhyNot.UNSUBSCRIBED, WhyNot.IN_HOLDOUT, None]
    assert len(server.wait_for("cyd", 1)) == 1
    assert server.asked == [f"cyd@{DOMAIN}"]


def test_ids_that_are_one_person_by_now_are_written_to_as_one(post: Post) -> None:
    with post.desk.begin() as tx:
        settings.change(tx, settings.WEEKLY_CONTACTS, 1, audience=Audience.CUSTOMER, by="cli", now=NOON)
    letters = [write(post, "ada"), write(post, "ben")]
    same = replace(post, people_of=lambda person: (person, "ben" if person == "ada" else "ada"))
    assert send_due(same) == 1
    sent, waiting = sorted((read(post, one) for one in letters), key=lambda one: one.due_at)
    assert sent.state is State.SENT
    assert (waiting.state, waiting.reason) == (State.WAITING, WhyNot.CONTACTED_OFTEN)
    assert waiting.due_at == NOON + timedelta(days=7)


@pytest.mark.parametrize(
    ("zone", "written_at", "sent_at"),
    [
        # Clocks go forward in the night to 2026-03-29 in Berlin: eight o'clock is 06:00 UTC and not 07:00.
        ("Europe/Berlin", datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        # And back in the night to 2026-10-25: eight o'clock is 07:00 UTC.
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 1, 13, tzinfo=UTC)),
        ("Nowhere/Land", datetime(2026, 5, 4, 21, tzinfo=UTC), datetime(2026, 5, 5, 8, tzinfo=UTC)),
    ],
)
def test_nobody_is_woken_even_when_clocks_change(
    post: Post, server: MailServer, clock: Clock, zone: str, written_at: datetime, sent_at: datetime
) -> None:
    clock.now = written_at
    message = write(post, zone=zone)
    assert send_due(post) == 0
    waiting = read(post, message)
    assert (waiting.reason, waiting.due_at) == (WhyNot.QUIET_HOURS, sent_at)
    clock.now = sent_at - timedelta(microseconds=1)
    assert not is_due(post)
    clock.now = sent_at
    assert send_due(post) == 1
    assert len(server.wait_for("ada", 1)) == 1


def test_what_nobody_could_send_in_time_is_old_news(post: Post, clock: Clock) -> None:
    message = write(post)
    clock.move(timedelta(days=15))
    assert send_due(post) == 0
    assert (read(post, message).state, read(post, message).reason) == (State.REFUSED, WhyNot.TOO_LATE)


def test_one_domain_gets_its_pace_and_not_more(post: Post, server: MailServer, clock: Clock) -> None:
    change(post, mail_pace=2)
    for person in ("ada", "ben", "cyd"):
        write(post, person)
    assert send_due(post) == 2
    assert not is_due(post)
    clock.move(timedelta(minutes=1))
    assert send_due(post) == 1
    assert [len(server.wait_for(person, 1)) for person in ("ada", "ben", "cyd")] == [1, 1, 1]


def test_a_letter_is_signed_when_a_key_is_there_and_the_line_says_when_it_is_not(
    post: Post, server: MailServer
) -> None:
    change(post, mail_dkim_selector="chair")
    message = write(post)
    assert send_due(post) == 0
    with post.desk.begin() as tx:
        state = lines.state(tx, SMTP)
        lines.resume(tx, SMTP)
    assert state.is_stopped
    assert state.error is not None
    assert "dkim.pem cannot be read" in state.error
    assert read(post, message).state is State.WAITING
    make_key(key_file(post.home))
    assert send_due(post) == 1
    (mail,) = server.wait_for("ada", 1)
    assert f"d={DOMAIN};" in mail["DKIM-Signature"]


def test_an_unknown_address_comes_back_by_its_return_path_and_is_stopped(
    post: Post, server: MailServer
) -> None:
    message = write(post, "nobody")
    assert send_due(post) == 1
    server.wait_for("bounces", 1)
    assert returns.is_read(post)
    assert returns.read_returns(post) == returns.Returned(read=1, ours=1)
    failed = read(post, message)
    assert failed.state is State.FAILED
    assert failed.error is not None
    assert failed.error.startswith("5.1.1 ")
    with post.desk.read() as tx:
        (stop,) = stops.of_address(tx, message.address)
        assert (stop.cause, message.id in stop.evidence) == (Cause.BOUNCED, True)
        assert touches.since(tx, ["nobody"], None, NOON - HOUR) == [], "nobody was reached"
        assert lines.state(tx, IMAP).worked_at == NOON
    assert returns.read_returns(post) == returns.Returned(read=0, ours=0), "what was seen is not read again"


def test_a_mailbox_that_cannot_be_read_says_why(post: Post) -> None:
    with post.desk.begin() as tx:
        secrets.keep(tx, "mail.bounce_password", "wrong", by="cli", now=NOON)
    assert returns.read_returns(post) == returns.Returned(read=0, ours=0)
    with post.desk.read() as tx:
        state = lines.state(tx, IMAP)
    assert state.is_stopped
    assert state.error is not None
    assert "does not accept user and password" in state.error
    assert not returns.is_read(post)


def test_two_who_send_at_once_send_each_letter_once(post: Post, server: MailServer) -> None:
    letters = [write(post, "ada", key=f"letter {number}", purpose=None) for number in range(12)]
    assert sum(at_once(lambda _number: send_due(post), threads=3)) == 12
    server.wait_for("ada", 12)
    server.settle()
    assert len(server.mails("ada")) == 12
    assert {read(post, letter).state for letter in letters} == {State.SENT}


SENDER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from emptychair.channels.email.sending import Post, send_due
from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk

home, moment = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
desk = Desk.open(home / "desk.sqlite3")
clock = lambda: moment
outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
print("ready", flush=True)
send_due(Post(desk=desk, outside=outside, home=home, base_url="https://chair.example.com", clock=clock))
"""


def killed_after(post: Post, moment: datetime, seconds: float) -> bool:
    """True when the process was killed while it sent; it begins to send at once."""
    command = [sys.executable, "-c", SENDER, str(post.home), moment.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        was_running = process.poll() is None
        process.kill()
    return was_running


def test_killed_at_random_moments_no_letter_arrives_twice_and_what_nobody_knows_is_said(
    post: Post, server: MailServer, clock: Clock
) -> None:
    """Every letter that was not handed over arrives, those that were arrive once, or are uncertain."""
    change(post, mail_security=Security.NONE, mail_pace=100_000)
    with post.desk.begin() as tx:
        settings.change(tx, settings.WEEKLY_CONTACTS, 100, audience=Audience.CUSTOMER, by="cli", now=NOON)
    letters = [write(post, "ada", key=f"letter {number}") for number in range(90)]
    rng, kills = Random(20260504), 0
    for _ in range(20):
        kills += killed_after(post, clock.now, rng.uniform(0.0, 0.12))
        clock.move(sending.HOLD)
        with post.desk.read() as tx:
            if not posting.is_any_due(tx, clock.now):
                break
    while is_due(post):
        send_due(post)
        clock.move(sending.HOLD)
    states = [read(post, letter).state for letter in letters]
    assert set(states) <= {State.SENT, State.UNCERTAIN}
    sure = {f"<{one.id}@{DOMAIN}>" for one, state in zip(letters, states, strict=True) if state is State.SENT}
    server.wait_for("ada", len(sure))
    server.settle()
    arrived = [mail["Message-ID"] for mail in server.mails("ada")]
    assert len(arrived) == len(set(arrived)), "nothing twice"
    assert sure <= set(arrived), "what is called sent has arrived"
    assert kills >= 5
    with post.desk.read() as tx:
        assert outbox.unsettled(tx) == states.count(State.UNCERTAIN) <= kills
