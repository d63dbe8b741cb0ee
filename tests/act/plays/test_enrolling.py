"""Who is in a play: whoever may be called and is in no other, each in the arm that lots gave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from emptychair.act.plays import enrolling
from emptychair.act.plays.enrolling import Enrolled, enrolled, least_share
from emptychair.desk import consents, judgements, plays
from emptychair.desk.desk import Desk
from emptychair.desk.judgements import Verdict
from emptychair.domain.arm import Arm
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose
from emptychair.domain.person import VISITOR
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand import identity
from tests.act.plays.conftest import NOON, PEOPLE, Start
from tests.desk.people import at_once


def draw(desk: Desk, ledger: Ledger, people: tuple[str, ...] = PEOPLE, **changed: object) -> Enrolled:
    told: dict[str, object] = {"play_id": "ply_1", "purpose": Purpose.UPDATES, "share": 0.2, "now": NOON}
    return enrolled(desk, ledger, people, **{**told, **changed})  # type: ignore[arg-type]


def test_everybody_is_in_one_arm_and_as_many_are_left_alone_as_were_asked_for(
    desk: Desk, ledger: Ledger
) -> None:
    found = draw(desk, ledger)
    assert list(found.arms) == list(PEOPLE), "in the order in which they were meant"
    assert (found.count(Arm.TREATED), found.count(Arm.HELD_OUT)) == (80, 20)
    assert dict(draw(desk, ledger, PEOPLE[::-1]).arms) == dict(found.arms)
    assert dict(draw(desk, ledger, play_id="ply_2").arms) != dict(found.arms)
    assert found.passed_over == {}


def test_whoever_said_no_is_in_neither_arm_unless_it_is_owed(desk: Desk, ledger: Ledger) -> None:
    with desk.begin() as tx:
        consents.record(
            tx, [PEOPLE[0]], Audience.CUSTOMER, Purpose.UPDATES, Standing.WITHDRAWN, evidence="x", by="me",
            now=NOON,
        )  # fmt: skip
    found = draw(desk, ledger)
    assert PEOPLE[0] not in found.arms
    assert found.passed_over == {"consent_withdrawn": 1}
    assert PEOPLE[0] in draw(desk, ledger, purpose=None).arms
    assert draw(desk, ledger, purpose=Purpose.MARKETING).passed_over == {"consent_missing": 100}


def test_devices_and_nobody_are_in_neither_arm(desk: Desk, ledger: Ledger) -> None:
    found = draw(desk, ledger, (*PEOPLE[:5], f"{VISITOR}abc", "null"))
    assert set(found.arms) == set(PEOPLE[:5])
    assert found.passed_over == {"no_name": 2}


def test_nobody_is_in_two_plays_before_the_first_is_decided(desk: Desk, ledger: Ledger, start: Start) -> None:
    play = start({PEOPLE[0]: Arm.TREATED, PEOPLE[1]: Arm.HELD_OUT})
    found = draw(desk, ledger)
    assert not {PEOPLE[0], PEOPLE[1]} & set(found.arms)
    assert found.passed_over == {"in_another_play": 2}
    with desk.begin() as tx:
        plays.close(tx, play.id, NOON)
    assert found.passed_over == draw(desk, ledger, now=NOON + timedelta(days=29)).passed_over
    assert set(draw(desk, ledger, now=NOON + timedelta(days=30)).arms) == set(PEOPLE)


def test_of_two_plays_for_the_same_people_one_starts(desk: Desk, ledger: Ledger, start: Start) -> None:
    drawn = draw(desk, ledger)
    first = start({}, id="ply_1")
    with desk.begin() as tx:
        plays.remove(tx, first.id)

    def begin(number: int) -> bool:
        with desk.begin() as tx:
            return enrolling.start(tx, replace(first, id=f"ply_{number}"), drawn, NOON)

    assert at_once(begin).count(True) == 1
    with desk.read() as tx:
        assert len(plays.every(tx)) == 1


def test_somebody_in_a_play_under_another_id_is_in_no_second_one(
    desk: Desk, ledger: Ledger, start: Start
) -> None:
    start({PEOPLE[0]: Arm.TREATED})
    with desk.begin() as tx:
        judgements.judge(
            tx, Verdict.ONE, PEOPLE[0], PEOPLE[1], audience=Audience.CUSTOMER, why="", by="me", now=NOON
        )
    identity.follow(desk, ledger)
    found = draw(desk, ledger, PEOPLE[1:3])
    assert set(found.arms) == {PEOPLE[2]}
    assert found.passed_over == {"in_another_play": 1}


def test_two_ids_of_one_person_are_one_person(desk: Desk, ledger: Ledger) -> None:
    with desk.begin() as tx:
        judgements.judge(
            tx, Verdict.ONE, PEOPLE[0], PEOPLE[1], audience=Audience.CUSTOMER, why="same", by="me", now=NOON
        )
    identity.follow(desk, ledger)
    found = draw(desk, ledger)
    assert len({PEOPLE[0], PEOPLE[1]} & set(found.arms)) == 1
    assert len(found.arms) == 99


@pytest.mark.parametrize(("purpose", "least"), [(None, 0.0), (Purpose.UPDATES, 0.05)])
def test_only_what_is_owed_goes_without_anybody_left_alone(purpose: Purpose | None, least: float) -> None:
    assert least_share(purpose) == least
