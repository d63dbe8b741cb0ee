"""Calls: consents, limits and quiet hours hold, the held out are never called, the ledger knows once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from emptychair.act.plays import calling
from emptychair.desk import consents, judgements, play_people, plays, settings, touches
from emptychair.desk.desk import Desk
from emptychair.desk.judgements import Verdict
from emptychair.desk.play_people import Call, Outcome, State
from emptychair.desk.plays import Play
from emptychair.domain.arm import Arm
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Purpose, Refusal, WhyNot
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.understand import identity
from tests.act.plays.conftest import NOON, PEOPLE, Start, fill, signal

ADA, BEN, CYD = PEOPLE[:3]
NIGHT = NOON + timedelta(hours=11)


@pytest.fixture
def play(start: Start) -> Play:
    return start({ADA: Arm.TREATED, BEN: Arm.TREATED, CYD: Arm.HELD_OUT})


def call_of(desk: Desk, play: Play, person: str) -> Call:
    with desk.read() as tx:
        return next(one for one in play_people.calls(tx, play.id, tuple(State), 100) if one.person == person)


def told(ledger: Ledger) -> Sequence[dict[str, object]]:
    asked = question("select person, occurred_at, properties from signals where name = :name", name="call")
    return ledger.ask(asked).to_pylist()


def take(desk: Desk, ledger: Ledger, call: Call, now: object = NOON) -> bool | Refusal:
    return calling.take(desk, ledger, call, by="usr_1", now=now)  # type: ignore[arg-type]


def test_a_call_is_a_contact_and_one_that_is_given_back_is_none(
    desk: Desk, ledger: Ledger, play: Play
) -> None:
    assert take(desk, ledger, call_of(desk, play, ADA)) is True
    with desk.read() as tx:
        (touch,) = touches.since(tx, [ADA], None, NOON - timedelta(days=1))
    assert (touch.channel, touch.thing) == (Channel.CALL, play.id)
    assert take(desk, ledger, call_of(desk, play, ADA)) is False, "somebody has it"
    assert calling.give_back(desk, call_of(desk, play, ADA), NOON)
    with desk.read() as tx:
        assert touches.since(tx, [ADA], None, NOON - timedelta(days=1)) == []


def test_in_the_evening_nobody_is_called_where_they_are(desk: Desk, ledger: Ledger, play: Play) -> None:
    fill(ledger, [signal(ADA, Kind.TOLD, "traits", NOON, properties='{"timezone": "Asia/Tokyo"}')], NOON)
    refused = take(desk, ledger, call_of(desk, play, ADA))
    assert isinstance(refused, Refusal)
    assert refused.reason is WhyNot.QUIET_HOURS, "it is nine in the evening in Tokyo"
    assert call_of(desk, play, ADA).not_before == refused.until
    assert call_of(desk, play, ADA).state is State.TO_DO
    assert take(desk, ledger, call_of(desk, play, BEN)) is True
    assert isinstance(take(desk, ledger, call_of(desk, play, ADA), NIGHT), bool), "and morning later"


def test_limits_hold_over_all_plays(desk: Desk, ledger: Ledger, start: Start) -> None:
    with desk.begin() as tx:
        settings.change(tx, settings.WEEKLY_CONTACTS, 1, audience=Audience.CUSTOMER, by="me", now=NOON)
    first, second = start({ADA: Arm.TREATED}), start({ADA: Arm.TREATED})
    assert take(desk, ledger, call_of(desk, first, ADA)) is True
    refused = take(desk, ledger, call_of(desk, second, ADA))
    assert isinstance(refused, Refusal)
    assert refused.reason is WhyNot.CONTACTED_OFTEN


def test_what_is_owed_is_said_whatever_the_hour(desk: Desk, ledger: Ledger, start: Start) -> None:
    play = start({ADA: Arm.TREATED}, purpose=None, share=0.0)
    assert take(desk, ledger, call_of(desk, play, ADA), NIGHT) is True


def test_whoever_is_held_out_under_another_id_is_not_called(desk: Desk, ledger: Ledger, play: Play) -> None:
    with desk.begin() as tx:
        judgements.judge(tx, Verdict.ONE, ADA, CYD, audience=Audience.CUSTOMER, why="same", by="me", now=NOON)
    identity.follow(desk, ledger)
    refused = take(desk, ledger, call_of(desk, play, ADA))
    assert isinstance(refused, Refusal)
    assert refused.reason is WhyNot.IN_HOLDOUT
    assert call_of(desk, play, ADA).state is State.TO_DO


def test_of_a_closed_play_nobody_is_called(desk: Desk, ledger: Ledger, play: Play) -> None:
    with desk.begin() as tx:
        plays.close(tx, play.id, NOON)
    assert take(desk, ledger, call_of(desk, play, ADA)) is False
    with desk.read() as tx:
        assert touches.since(tx, [ADA], None, NOON - timedelta(days=1)) == []


def test_whoever_wants_no_such_calls_gets_none(desk: Desk, ledger: Ledger, play: Play) -> None:
    take(desk, ledger, call_of(desk, play, ADA))
    unwanted = Outcome.UNWANTED
    call = call_of(desk, play, ADA)
    assert calling.finish(desk, ledger, call, unwanted, "", by="usr_1", now=NOON)
    assert not calling.finish(desk, ledger, call, unwanted, "", by="usr_1", now=NOON)
    with desk.read() as tx:
        said = consents.standing_of(tx, [ADA], Audience.CUSTOMER, Purpose.UPDATES, Channel.CALL)
        mail = consents.standing_of(tx, [ADA], Audience.CUSTOMER, Purpose.UPDATES, Channel.EMAIL)
    assert (said, mail) == (Standing.WITHDRAWN, Standing.UNKNOWN), "letters are another matter"


def test_whoever_is_left_out_counts_as_not_contacted(desk: Desk, ledger: Ledger, play: Play) -> None:
    take(desk, ledger, call_of(desk, play, ADA))
    assert calling.skip(desk, call_of(desk, play, ADA), "moved away", by="usr_1", now=NOON)
    assert call_of(desk, play, ADA).note == "moved away"
    with desk.read() as tx:
        assert touches.since(tx, [ADA], None, NOON - timedelta(days=1)) == []
    assert calling.give_back(desk, call_of(desk, play, ADA), NOON)


def test_the_ledger_knows_of_a_call_once_and_not_before_it_stands(
    desk: Desk, ledger: Ledger, play: Play
) -> None:
    take(desk, ledger, call_of(desk, play, ADA))
    calling.finish(desk, ledger, call_of(desk, play, ADA), Outcome.REACHED, "secret", by="usr_1", now=NOON)
    soon, later = NOON + timedelta(minutes=9), NOON + timedelta(minutes=11)
    assert not calling.is_any_to_tell(desk, soon)
    assert calling.tell(desk, ledger, lambda: soon) == 0
    assert calling.is_any_to_tell(desk, later)
    assert calling.tell(desk, ledger, lambda: later) == 1
    assert calling.tell(desk, ledger, lambda: later) == 0
    ledger.load(later)
    (row,) = told(ledger)
    assert row["person"] == ADA
    assert row["occurred_at"] == NOON.replace(tzinfo=None)
    assert play.id in str(row["properties"])
    assert "secret" not in str(row["properties"]), "what was said stays in the desk"


def test_killed_between_telling_and_noting_it_is_told_again_and_there_once(
    desk: Desk, ledger: Ledger, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(desk, ledger, call_of(desk, play, ADA))
    calling.finish(desk, ledger, call_of(desk, play, ADA), Outcome.REACHED, "", by="usr_1", now=NOON)
    later = NOON + timedelta(hours=1)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(play_people, "told", killed)
        with pytest.raises(KeyboardInterrupt):
            calling.tell(desk, ledger, lambda: later)
    assert calling.tell(desk, ledger, lambda: later) == 1
    ledger.load(later)
    assert len(told(ledger)) == 1
