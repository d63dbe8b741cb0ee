"""Reminders by mail against a real mail server: to who has not answered, at most once each."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emptychair.channels.email.sending import Post, send_due
from emptychair.desk import draws, invitations, reminders, responses, settings, stops, surveys
from emptychair.desk.draws import Draw
from emptychair.desk.reminders import Reminded
from emptychair.desk.responses import Delivery
from emptychair.desk.settings import QUIET_HOURS
from emptychair.desk.stops import Cause
from emptychair.desk.surveys import Survey
from emptychair.domain.contact import Purpose
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answering, asking, reminding
from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.inviting import send_waiting
from emptychair.listen.surveys.marking import Evidence
from emptychair.listen.surveys.reminding import Plan, remind
from tests.channels.email.conftest import BASE, NOON, Clock, clock, post, server, servers
from tests.listen.surveys.test_inviting import drawn, ledger
from tests.mail_server import DOMAIN, MailServer

__all__ = ["clock", "ledger", "post", "server", "servers"]
WEEK = timedelta(days=7)


@pytest.fixture
def invited(post: Post, ledger: Ledger) -> tuple[Survey, Draw]:
    """Four people have their invitation, and are reminded once after a week if they do not answer."""
    with post.desk.begin() as tx:
        settings.change(tx, QUIET_HOURS, None, by="cli", now=NOON)
    made, sample = drawn(post, ledger)
    plan(post, sample, times=1)
    send_waiting(post.desk, ledger, BASE, NOON)
    send_due(post)
    send_waiting(post.desk, ledger, BASE, NOON)
    return made, sample


def plan(post: Post, sample: Draw, times: int) -> None:
    with post.desk.begin() as tx:
        found = draws.find(tx, sample.id)
        assert found is not None
        reminding.change(tx, found, Plan(times=times), by="cli", now=post.clock())


def round_of(post: Post, ledger: Ledger, times: int = 3) -> None:
    """What the loop does, several times over."""
    for _ in range(times):
        remind(post.desk, ledger, BASE, post.clock())
        send_due(post)


def answer(post: Post, ledger: Ledger, made: Survey, sample: Draw, person: str) -> None:
    now = post.clock()
    with post.desk.begin() as tx:
        asked = asking.at(tx, made.slug)
        (invitation,) = [one for one in invitations.of_draw(tx, sample.id) if one.person == person]
        assert asked is not None
        way = Way(delivery=Delivery.MAIL, language="en", hidden={}, invitation=invitation)
        _, response = answering.begin(tx, asked, way, now)
        answering.save(tx, asked, response.id, {"q1": Answer(number=9)}, page=0, language="en", now=now)
    answering.end(post.desk, ledger, asked, response.id, Evidence(delivery=Delivery.MAIL, answers=1), now)
    with post.desk.read() as tx:
        ended = responses.find(tx, response.id)
    assert ended is not None
    assert ended.probability == 1.0


def funnel(post: Post, sample: Draw) -> Reminded:
    with post.desk.read() as tx:
        return reminders.funnel(tx, sample.id)


def link(mail: Any) -> str:
    text = mail.get_payload(0).get_payload(decode=True).decode()
    found = re.search(rf"{re.escape(BASE)}/s/\S+?\?to=([^&\s]+)", text)
    assert found is not None
    return found[1]


def test_who_has_not_answered_is_reminded_once_by_the_same_link(
    post: Post, ledger: Ledger, invited: tuple[Survey, Draw], clock: Clock, server: MailServer
) -> None:
    made, sample = invited
    answer(post, ledger, made, sample, "ada")
    with post.desk.begin() as tx:
        stops.stop(
            tx, f"ben@{DOMAIN}", Cause.UNSUBSCRIBED, purpose=Purpose.SURVEYS, evidence="x", by="ben", now=NOON
        )
    clock.move(WEEK - timedelta(hours=1))
    round_of(post, ledger)
    assert funnel(post, sample) == Reminded()
    clock.move(timedelta(hours=1))
    round_of(post, ledger)
    assert funnel(post, sample) == Reminded(people=2, not_sent={"unsubscribed": 1})
    mails = server.wait_for("cyd", 2)
    server.settle()
    assert [len(server.mails(person)) for person in ("ada", "ben", "cyd")] == [1, 1, 2]
    assert link(mails[0]) == link(mails[1])
    assert sum("You may have missed this." in str(mail.get_payload(0)) for mail in mails) == 1
    clock.move(timedelta(hours=1))
    answer(post, ledger, made, sample, "cyd")
    clock.move(4 * WEEK)
    round_of(post, ledger)
    assert funnel(post, sample) == Reminded(people=2, answered=1, not_sent={"unsubscribed": 1})


def test_a_second_reminder_follows_the_first_and_there_is_no_third(
    post: Post, ledger: Ledger, invited: tuple[Survey, Draw], clock: Clock, server: MailServer
) -> None:
    plan(post, invited[1], times=2)
    for _ in range(5):
        clock.move(WEEK)
        round_of(post, ledger)
    server.wait_for("cyd", 3)
    server.settle()
    assert len(server.mails("cyd")) == 3


def test_a_reminder_that_waits_is_called_off_by_an_answer_by_the_end_and_by_hand(
    post: Post, ledger: Ledger, invited: tuple[Survey, Draw], clock: Clock, server: MailServer
) -> None:
    made, sample = invited
    clock.move(WEEK)
    remind(post.desk, ledger, BASE, clock())
    assert funnel(post, sample).waiting == 4
    answer(post, ledger, made, sample, "ada")
    assert funnel(post, sample) == Reminded(waiting=3, not_sent={"cancelled": 1}), "in the same moment"
    plan(post, sample, times=0)
    assert funnel(post, sample) == Reminded(not_sent={"cancelled": 4})
    plan(post, sample, times=1)
    round_of(post, ledger)
    server.settle()
    assert len(server.mails("cyd")) == 1, "what was called off is not written again"


def test_a_survey_that_is_over_reminds_nobody(
    post: Post, ledger: Ledger, invited: tuple[Survey, Draw], clock: Clock
) -> None:
    made, sample = invited
    clock.move(WEEK)
    remind(post.desk, ledger, BASE, clock())
    with post.desk.begin() as tx:
        surveys.close(tx, made.id, clock())
    round_of(post, ledger)
    assert funnel(post, sample) == Reminded(not_sent={"cancelled": 4})


@pytest.mark.parametrize("dies", ["before", "behind"])
def test_a_process_that_dies_or_another_beside_it_never_reminds_twice(
    dies: str,
    post: Post,
    ledger: Ledger,
    invited: tuple[Survey, Draw],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.move(WEEK)
    put, calls = reminding.put, []

    def dying(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 3 and dies == "before":
            raise KeyboardInterrupt
        message = put(*given, **more)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return message

    with monkeypatch.context() as patch:
        patch.setattr(reminding, "put", dying)
        with pytest.raises(KeyboardInterrupt):
            remind(post.desk, ledger, BASE, clock())
    assert funnel(post, invited[1]).waiting == 2
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: remind(post.desk, ledger, BASE, clock()), range(4)))
    assert (sum(done), funnel(post, invited[1]).waiting) == (2, 4)


def test_links_that_somebody_gives_out_and_a_sample_that_is_stopped_are_reminded_of_by_nobody(
    invited: tuple[Survey, Draw],
) -> None:
    sample = invited[1]
    told = {**sample.method, "reminders": 2}
    assert reminding.plan_of(replace(sample, method=told)).times == 2
    assert reminding.plan_of(replace(sample, method={**told, "deliver": "links"})).times == 0
    assert reminding.plan_of(replace(sample, method=told, stopped_at=NOON)).times == 0
