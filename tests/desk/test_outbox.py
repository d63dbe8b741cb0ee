"""The outbox: one message for a key, taken by one, sent once, and every way it can end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from emptychair.desk import contacts, outbox, posting, touches
from emptychair.desk.desk import Desk
from emptychair.desk.outbox import Draft, Message, State
from emptychair.domain.contact import Channel, Contact, MessageClass, Purpose, Refusal, Touch, What, WhyNot
from emptychair.domain.signal import Audience
from tests.desk.people import at_once

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE, HOLD = timedelta(minutes=1), timedelta(minutes=5)


def draft(
    key: str = "k1",
    *,
    address: str = "Ada@Example.com",
    purpose: Purpose | None = Purpose.UPDATES,
    may_repeat: bool = False,
    due_at: datetime = NOON,
    touch_id: str | None = None,
) -> Draft:
    contact = Contact(
        people=("ada",),
        audience=Audience.CUSTOMER,
        address=address,
        channel=Channel.EMAIL,
        purpose=purpose,
        what=What.MAIL,
        thing="post_1",
    )
    return Draft(
        dedupe_key=key,
        contact=contact,
        subject=f"About {key}",
        html="<p>Hello</p>",
        text="Hello",
        unsubscribe=None,
        due_at=due_at,
        may_repeat=may_repeat,
        touch_id=touch_id,
    )


def written(tx: Connection, one: Draft) -> Message:
    message = outbox.write(tx, one, by="usr_ada", now=NOON)
    assert message is not None
    return message


def taken(tx: Connection, message: Message, now: datetime = NOON) -> Message:
    found = posting.take(tx, message.id, now, HOLD)
    assert found is not None
    return found


def state(tx: Connection, message: Message) -> State:
    found = outbox.find(tx, message.id)
    assert found is not None
    return found.state


def test_of_two_messages_with_one_key_there_is_one(desk: Desk) -> None:
    with desk.begin() as tx:
        first = written(tx, draft())
        assert outbox.write(tx, draft(), by="cli", now=NOON + MINUTE) is None
        assert outbox.find_by_key(tx, "k1") == first
        assert (first.state, first.message_class, first.by) == (State.WAITING, MessageClass.ASK, "usr_ada")
        assert outbox.counts(tx) == {State.WAITING: 1}


def test_many_who_write_one_key_at_once_write_it_once(desk: Desk) -> None:
    def write(_number: int) -> bool:
        with desk.begin() as tx:
            return outbox.write(tx, draft(), by="cli", now=NOON) is not None

    assert sum(at_once(write)) == 1


def test_a_message_is_taken_when_it_is_due_and_by_one(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft(due_at=NOON + MINUTE))
        assert posting.due(tx, NOON, pace=10, limit=10) == []
        assert not posting.is_any_due(tx, NOON)
        assert posting.take(tx, message.id, NOON, HOLD) is None
        assert posting.due(tx, NOON + MINUTE, pace=10, limit=10) == [message.id]

    def take(_number: int) -> bool:
        with desk.begin() as tx:
            return posting.take(tx, message.id, NOON + MINUTE, HOLD) is not None

    assert sum(at_once(take)) == 1


def test_a_holder_that_died_before_it_handed_over_leaves_a_message_that_waits(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft())
        first = taken(tx, message)
        assert posting.recover(tx, NOON) == posting.Recovered(waiting=0, uncertain=0), "it may live yet"
        assert posting.recover(tx, NOON + HOLD) == posting.Recovered(waiting=1, uncertain=0)
        second = taken(tx, message, NOON + HOLD)
        # The first was slow and not dead: what it says counts no more.
        assert not posting.hand_over(tx, first, NOON + HOLD, HOLD)
        assert not posting.sent(tx, first, "250 ok", NOON + HOLD)
        assert posting.hand_over(tx, second, NOON + HOLD, HOLD)
        assert posting.sent(tx, second, "250 ok", NOON + HOLD)
        assert state(tx, message) is State.SENT


def test_a_holder_that_died_after_it_handed_over_leaves_an_uncertain_message(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft())
        assert posting.hand_over(tx, taken(tx, message), NOON, HOLD)
        assert posting.recover(tx, NOON + HOLD) == posting.Recovered(waiting=0, uncertain=1)
        assert state(tx, message) is State.UNCERTAIN
        assert outbox.unsettled(tx) == 1
        later = NOON + timedelta(days=400)
        assert posting.due(tx, later, pace=10, limit=10) == [], "nothing is sent again by itself"
        assert posting.leave(tx, message.id, by="usr_ada", now=later)
        assert not posting.leave(tx, message.id, by="usr_ada", now=later)
        assert outbox.unsettled(tx) == 0
        assert posting.send_again(tx, message.id, by="usr_ada", now=later)
        assert posting.due(tx, later, pace=10, limit=10) == [message.id]


def test_what_may_rather_arrive_twice_waits_again_where_another_is_uncertain(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft(purpose=None, may_repeat=True))
        assert posting.hand_over(tx, taken(tx, message), NOON, HOLD)
        assert posting.recover(tx, NOON + HOLD) == posting.Recovered(waiting=1, uncertain=0)
        again = taken(tx, message, NOON + HOLD)
        posting.hand_over(tx, again, NOON + HOLD, HOLD)
        assert posting.lose_sight(tx, again, "cut", NOON + HOLD)
        assert state(tx, message) is State.WAITING


def test_an_answer_that_comes_late_still_counts(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft())
        held = taken(tx, message)
        posting.hand_over(tx, held, NOON, HOLD)
        posting.recover(tx, NOON + HOLD)
        assert posting.sent(tx, held, "250 2.0.0 queued", NOON + HOLD)
        assert state(tx, message) is State.SENT


@pytest.mark.parametrize("ending", ["fail", "refuse", "bounced"])
def test_a_contact_that_did_not_take_place_counts_no_more(desk: Desk, ending: str) -> None:
    with desk.begin() as tx:
        message = written(tx, draft())
        held = taken(tx, message)
        contact = draft().contact
        claim = contacts.claim(tx, contact, NOON)
        assert isinstance(claim, Touch)
        assert posting.claimed(tx, held, claim.id)
        posting.hand_over(tx, held, NOON, HOLD)
        if ending == "fail":
            assert posting.fail(tx, held, "550 no", NOON)
        elif ending == "refuse":
            assert posting.refuse(tx, held, WhyNot.UNSUBSCRIBED, NOON)
        else:
            assert posting.sent(tx, held, "250 ok", NOON)
            assert touches.since(tx, ["ada"], None, NOON - MINUTE) == [claim]
            assert posting.bounced(tx, message.id, "5.1.1 unknown", NOON)
            assert not posting.bounced(tx, message.id, "5.1.1 unknown", NOON), "it came back twice"
        assert touches.since(tx, ["ada"], None, NOON - MINUTE) == []


def test_a_contact_that_was_claimed_before_is_not_in_its_own_way(desk: Desk) -> None:
    with desk.begin() as tx:
        contact = draft().contact
        claims = [contacts.claim(tx, contact, NOON) for _ in range(3)]
        assert [isinstance(claim, Touch) for claim in claims] == [True, True, False]
        first = claims[0]
        assert isinstance(first, Touch)
        moved = contacts.claim_again(tx, contact, first.id, NOON + MINUTE)
        assert isinstance(moved, Touch)
        assert (moved.id, moved.at) == (first.id, NOON + MINUTE)
        assert isinstance(contacts.claim(tx, contact, NOON + MINUTE), Refusal)


def test_one_domain_gets_no_more_in_a_minute_than_the_pace(desk: Desk) -> None:
    with desk.begin() as tx:
        same = [written(tx, draft(f"k{n}", address=f"{n}@EXAMPLE.com")) for n in range(3)]
        other = written(tx, draft("other", address="ada@example.org"))
        for message in same[:2]:
            posting.hand_over(tx, taken(tx, message), NOON, HOLD)
        assert posting.handed_lately(tx, "example.com", NOON) == 2
        assert posting.due(tx, NOON, pace=2, limit=10) == [other.id]
        assert set(posting.due(tx, NOON + MINUTE, pace=2, limit=10)) == {same[2].id, other.id}


def test_what_was_refused_for_now_is_tried_again_and_counted(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft())
        held = taken(tx, message)
        posting.hand_over(tx, held, NOON, HOLD)
        assert posting.retry(tx, held, NOON + MINUTE, "451 greylisted")
        found = outbox.find(tx, message.id)
        assert found is not None
        assert (found.state, found.troubles, found.error) == (State.WAITING, 1, "451 greylisted")
        assert posting.recover(tx, NOON + HOLD) == posting.Recovered(waiting=0, uncertain=0)


def test_a_message_that_waits_can_be_cancelled_and_one_under_way_cannot(desk: Desk) -> None:
    with desk.begin() as tx:
        message, other = written(tx, draft()), written(tx, draft("k2"))
        assert posting.cancel(tx, message.id, by="usr_ada", now=NOON)
        assert not posting.cancel(tx, message.id, by="usr_ada", now=NOON)
        found = outbox.find(tx, message.id)
        assert found is not None
        assert (found.state, found.reason) == (State.REFUSED, WhyNot.CANCELLED)
        taken(tx, other)
        assert not posting.cancel(tx, other.id, by="usr_ada", now=NOON)


def test_pages_go_back_in_time_and_are_searched(desk: Desk) -> None:
    with desk.begin() as tx:
        messages = [written(tx, draft(f"k{n}", address=f"person{n}@example.com")) for n in range(5)]
        newest = outbox.page(tx, limit=2)
        rest = outbox.page(tx, after=newest[-1].id, limit=10)
        assert {one.id for one in newest} | {one.id for one in rest} == {one.id for one in messages}
        assert len(newest) + len(rest) == 5
        assert [one.address for one in outbox.page(tx, search="PERSON3@")] == ["person3@example.com"]
        assert [one.subject for one in outbox.page(tx, search="about K4")] == ["About k4"]
        assert outbox.page(tx, search="100%") == []
        assert outbox.page(tx, state=State.SENT) == []
        assert len(outbox.of_thing(tx, "post_1")) == 5


def test_an_address_that_is_none_waits_to_be_refused_with_its_reason(desk: Desk) -> None:
    with desk.begin() as tx:
        message = written(tx, draft(address="not an address\r\nBcc: eve@example.com"))
        assert message.state is State.WAITING
        refusal = contacts.why_not(tx, draft(address=message.address).contact, NOON)
        assert refusal == Refusal(reason=WhyNot.ADDRESS_IS_NOT_ONE)
