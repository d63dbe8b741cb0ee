"""Plays on the desk: a call is taken by one, nobody who is held out can be called, and what is undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from emptychair.desk import consents, contacts, play_people, plays
from emptychair.desk.desk import Desk
from emptychair.desk.play_people import Call, Outcome, State
from emptychair.desk.plays import About, Course, Goal, Play
from emptychair.desk.refusal import Refused
from emptychair.domain.arm import Arm
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Contact, Purpose, Refusal, What, WhyNot
from emptychair.domain.signal import Audience
from tests.desk.people import HOUR, NOW, at_once

ARMS = {"zoe": Arm.TREATED, "ada": Arm.HELD_OUT, "ben": Arm.TREATED, "dan": Arm.HELD_OUT}
LATER = NOW + HOUR
UPDATES = Purpose.UPDATES


def a_play(**changed: object) -> Play:
    play = Play(
        id=plays.new_play_id(), title="Call  them\n about ünlüer", about=About.WARNING, about_id="wrn_1",
        about_name="Failure", deed="Say sorry.", purpose=UPDATES, share=0.5, goal=Goal.STAYING, goal_name="",
        days=30, framed={"meant": 5, "passed_over": {"no_name": 1}}, course=Course.OPEN, by="usr_1",
        started_at=NOW, closed_at=None,
    )  # fmt: skip
    return replace(play, **changed)  # type: ignore[arg-type]


@pytest.fixture
def play(desk: Desk) -> Play:
    with desk.begin() as tx:
        made = plays.start(tx, a_play())
        play_people.add(tx, made.id, ARMS, NOW)
    return made


def calls(desk: Desk, play: Play, *states: State) -> list[Call]:
    with desk.read() as tx:
        return play_people.calls(tx, play.id, states or tuple(State), 100)


def call_of(desk: Desk, play: Play, person: str) -> Call:
    return next(one for one in calls(desk, play) if one.person == person)


def row_of(desk: Desk, person: str) -> Call:
    with desk.read() as tx:
        return play_people.of_people(tx, [person])[0]


def test_a_play_is_found_as_it_was_started(desk: Desk, play: Play) -> None:
    with desk.read() as tx:
        assert plays.find(tx, play.id) == play
        assert plays.of(tx, ["wrn_1", "wrn_2"]) == [play]
        assert plays.of(tx, ["wrn_2"]) == []
        assert play_people.arms(tx, play.id) == ARMS
    assert play.title == "Call them about ünlüer"
    assert play.ends_at == NOW + timedelta(days=30)


@pytest.mark.parametrize("changed", [{"title": " \n"}, {"title": "x" * 141}, {"deed": "x" * 4_001}])
def test_what_does_not_fit_is_refused_and_nothing_is_stored(desk: Desk, changed: dict[str, str]) -> None:
    with pytest.raises(Refused), desk.begin() as tx:
        plays.start(tx, a_play(**changed))
    with desk.read() as tx:
        assert plays.every(tx) == []


def test_calls_are_listed_in_the_order_of_the_play_without_those_held_out(desk: Desk, play: Play) -> None:
    assert [one.person for one in calls(desk, play)] == ["zoe", "ben"]
    zoe = call_of(desk, play, "zoe").id
    with desk.begin() as tx:
        assert play_people.put_off(tx, zoe, LATER, LATER)
    assert [one.person for one in calls(desk, play)] == ["ben", "zoe"], "who was put off comes last"
    with desk.begin() as tx:
        play_people.take(tx, zoe, by="usr_1", touch_id="tch_1", now=LATER)
    assert [one.person for one in calls(desk, play)] == ["zoe", "ben"], "what is in hand comes first"


def test_of_many_who_take_a_call_one_gets_it(desk: Desk, play: Play) -> None:
    call = call_of(desk, play, "ben")

    def take(number: int) -> bool:
        with desk.begin() as tx:
            return play_people.take(tx, call.id, by=f"usr_{number}", touch_id=f"tch_{number}", now=NOW)

    got = at_once(take)
    assert got.count(True) == 1
    now = call_of(desk, play, "ben")
    assert (now.state, now.taken_by, now.tries) == (State.TAKEN, f"usr_{got.index(True)}", 1)


def test_no_verb_touches_somebody_who_is_held_out(desk: Desk, play: Play) -> None:
    alone = row_of(desk, "ada")
    with desk.begin() as tx:
        assert play_people.find(tx, alone.id) is None
        assert not play_people.take(tx, alone.id, by="usr_1", touch_id="tch_1", now=NOW)
        assert not play_people.skip(tx, alone.id, "why", by="usr_1", now=NOW)
        assert not play_people.finish(tx, alone.id, Outcome.REACHED, "", NOW)
        assert not play_people.put_off(tx, alone.id, None, NOW)
    assert row_of(desk, "ada") == alone


def test_a_call_goes_its_way_and_back(desk: Desk, play: Play) -> None:
    call = call_of(desk, play, "ben").id
    with desk.begin() as tx:
        assert not play_people.finish(tx, call, Outcome.REACHED, "", NOW), "nobody has it in hand"
        assert play_people.take(tx, call, by="usr_1", touch_id="tch_1", now=NOW)
        assert play_people.give_back(tx, call, NOW)
        assert not play_people.give_back(tx, call, NOW)
        assert play_people.take(tx, call, by="usr_2", touch_id="tch_2", now=NOW)
        assert play_people.finish(tx, call, Outcome.REACHED, "was glad", LATER)
        assert not play_people.finish(tx, call, Outcome.UNWANTED, "", LATER), "written down once"
        assert play_people.undo(tx, call, LATER)
        assert play_people.finish(tx, call, Outcome.NOT_REACHED, "", LATER)
        assert [one.id for one in play_people.to_tell(tx, LATER + HOUR, 10)] == [call]
        assert play_people.to_tell(tx, LATER, 10) == [], "not before it cannot be undone any more"
        play_people.told(tx, [call])
        assert play_people.to_tell(tx, LATER + HOUR, 10) == []
        assert not play_people.undo(tx, call, LATER), "the ledger knows"
        counted = play_people.counts(tx, [play.id])[play.id]
    assert counted[Arm.TREATED, State.DONE, Outcome.NOT_REACHED] == 1
    assert counted[Arm.TREATED, State.TO_DO, None] == 1
    assert counted[Arm.HELD_OUT, State.TO_DO, None] == 2


def test_a_play_is_taken_back_only_while_nobody_was_called(desk: Desk, play: Play) -> None:
    call = call_of(desk, play, "ben").id
    with desk.begin() as tx:
        play_people.take(tx, call, by="usr_1", touch_id="tch_1", now=NOW)
        play_people.give_back(tx, call, NOW)
        assert not play_people.remove(tx, play.id)
        other = plays.start(tx, a_play())
        play_people.add(tx, other.id, {"eve": Arm.TREATED, "fay": Arm.HELD_OUT}, NOW)
        assert play_people.remove(tx, other.id)
        assert plays.remove(tx, other.id)
        assert [one.id for one in plays.every(tx)] == [play.id]


def test_a_play_is_undecided_while_it_is_open_or_its_day_has_not_come(desk: Desk, play: Play) -> None:
    with desk.begin() as tx:
        assert plays.undecided(tx, NOW + timedelta(days=99)) == [play.id], "still open"
        assert plays.close(tx, play.id, LATER)
        assert not plays.close(tx, play.id, LATER)
        assert plays.undecided(tx, NOW + timedelta(days=29)) == [play.id]
        assert plays.undecided(tx, NOW + timedelta(days=30)) == []
        assert play_people.persons(tx, [play.id]) == set(ARMS)
        assert plays.reopen(tx, play.id)
        assert plays.find(tx, play.id) == play


def test_whoever_is_forgotten_leaves_a_count_and_nothing_else(desk: Desk, play: Play) -> None:
    call = call_of(desk, play, "ben").id
    with desk.begin() as tx:
        play_people.take(tx, call, by="usr_1", touch_id="tch_1", now=NOW)
        play_people.finish(tx, call, Outcome.REACHED, "her number is 555", NOW)
        assert play_people.forget(tx, ["ben", "ada"], NOW) == 2
        assert set(play_people.arms(tx, play.id)) == {"zoe", "dan"}
        assert play_people.of_people(tx, ["ben", "ada"]) == []
        assert play_people.to_tell(tx, LATER, 10) == []
        assert sum(play_people.counts(tx, [play.id])[play.id].values()) == 4
    assert "555" not in "".join(one.note for one in calls(desk, play))


def withdraw(desk: Desk, person: str, channel: Channel, standing: Standing = Standing.WITHDRAWN) -> None:
    with desk.begin() as tx:
        consents.record(
            tx, [person], Audience.CUSTOMER, UPDATES, standing, channel=channel, evidence="said so", by="me",
            now=NOW,
        )  # fmt: skip


def a_call(person: str, purpose: Purpose | None) -> Contact:
    return Contact(
        people=(person,), audience=Audience.CUSTOMER, address=None, channel=Channel.CALL, purpose=purpose,
        what=What.CALL, thing="ply_1",
    )  # fmt: skip


def test_whoever_said_no_in_writing_is_not_called_either(desk: Desk) -> None:
    withdraw(desk, "ada", Channel.EMAIL)
    withdraw(desk, "ben", Channel.CALL)
    withdraw(desk, "ben", Channel.EMAIL, Standing.GIVEN)
    withdraw(desk, "cyd", Channel.EMAIL, Standing.GIVEN)
    people = ["ada", "ben", "cyd", "dan"]
    with desk.begin() as tx:
        no, lacking = WhyNot.CONSENT_WITHDRAWN, WhyNot.CONSENT_MISSING
        assert contacts.forbidden(tx, people, Audience.CUSTOMER, UPDATES) == {"ada": no, "ben": no}
        assert contacts.forbidden(tx, people, Audience.CUSTOMER, None) == {}, "it is owed"
        news = contacts.forbidden(tx, people, Audience.CUSTOMER, Purpose.MARKETING)
        assert news == dict.fromkeys(people, lacking), "nobody said yes to that"
        for person in people:
            found = contacts.claim(tx, a_call(person, UPDATES), NOW + 12 * HOUR)
            assert isinstance(found, Refusal) == (person in ("ada", "ben"))
