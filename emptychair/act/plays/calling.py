"""Calls of a play: taken by one, when it may be, made or given back, and told to the ledger once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from emptychair.desk import consents, contacts, play_people, plays
from emptychair.desk.desk import Desk
from emptychair.desk.play_people import Call, Outcome
from emptychair.desk.plays import Course, Play
from emptychair.domain.arm import Arm
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Contact, Refusal, Touch, What, WhyNot
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board.people import reach_of
from emptychair.understand import identity

SOURCE, CHANNEL, NAME = "plays", "call", "call"
BATCH = 500
# So long what was said of a call can be taken back; then the ledger knows, which forgets nothing.
UNDO = timedelta(minutes=10)


def take(desk: Desk, ledger: Ledger, call: Call, *, by: str, now: datetime) -> bool | Refusal:
    """True when `by` has the call in hand from now on, and nobody else; a refusal when it may not be now.

    Consents, limits and quiet hours hold as for any contact, and somebody who is held out by any id of theirs
    is not called. False when somebody else was faster, or the play is closed.
    """
    if call.person is None:
        return False
    ids = identity.ids_of(ledger, Audience.CUSTOMER, call.person)
    zone = reach_of(ledger, [ids[0]])[ids[0]].zone
    with desk.begin() as tx:
        play = plays.find(tx, call.play_id)
        if play is None or play.course is not Course.OPEN:
            return False
        claimed: Touch | Refusal
        if _is_held_out(play_people.of_people(tx, ids), plays.undecided(tx, now)):
            claimed = Refusal(reason=WhyNot.IN_HOLDOUT)
        else:
            claimed = contacts.claim(tx, _contact(play, ids, zone), now)
        if isinstance(claimed, Refusal):
            play_people.put_off(tx, call.id, claimed.until, now)
            return claimed
        if play_people.take(tx, call.id, by=by, touch_id=claimed.id, now=now):
            return True
        contacts.release(tx, claimed.id)
        return False


def give_back(desk: Desk, call: Call, now: datetime) -> bool:
    """True when it was in hand or left out: it is to do again, and counts as no contact."""
    with desk.begin() as tx:
        if call.touch_id is not None:
            contacts.release(tx, call.touch_id)
        return play_people.give_back(tx, call.id, now)


def skip(desk: Desk, call: Call, note: str, *, by: str, now: datetime) -> bool:
    """True when it was not made yet: it is left out, for the reason in the note. They stay in their arm."""
    with desk.begin() as tx:
        if not play_people.skip(tx, call.id, note, by=by, now=now):
            return False
        if call.touch_id is not None:
            contacts.release(tx, call.touch_id)
        return True


def finish(
    desk: Desk, ledger: Ledger, call: Call, outcome: Outcome, note: str, *, by: str, now: datetime
) -> bool:
    """True when it was in hand: this came of it. Whoever wants no such calls has withdrawn their consent."""
    ids = identity.ids_of(ledger, Audience.CUSTOMER, call.person) if call.person else ()
    with desk.begin() as tx:
        play = plays.find(tx, call.play_id)
        if play is None or not play_people.finish(tx, call.id, outcome, note, now):
            return False
        if outcome is Outcome.UNWANTED and play.purpose is not None and ids:
            consents.record(
                tx,
                ids,
                Audience.CUSTOMER,
                play.purpose,
                Standing.WITHDRAWN,
                channel=Channel.CALL,
                evidence=f"said so when called for the play {play.id}",
                by=by,
                now=now,
            )
        return True


def is_any_to_tell(desk: Desk, now: datetime) -> bool:
    """Whether the ledger is to know of a call."""
    with desk.read() as tx:
        return bool(play_people.to_tell(tx, now - UNDO, 1))


def tell(desk: Desk, ledger: Ledger, clock: Callable[[], datetime]) -> int:
    """Let the ledger know of calls that were made; of how many. Killed anywhere nothing is there twice."""
    total = 0
    while True:
        now = clock()
        with desk.read() as tx:
            found = play_people.to_tell(tx, now - UNDO, BATCH)
            of = {one: plays.find(tx, one) for one in {call.play_id for call in found}}
        if not found:
            return total
        ledger.append([_signal(call, of[call.play_id], now) for call in found])
        with desk.begin() as tx:
            play_people.told(tx, [call.id for call in found])
        total += len(found)


def _is_held_out(theirs: list[Call], undecided: list[str]) -> bool:
    return any(one.arm is Arm.HELD_OUT and one.play_id in undecided for one in theirs)


def _contact(play: Play, ids: tuple[str, ...], zone: str | None) -> Contact:
    return Contact(
        people=ids,
        audience=Audience.CUSTOMER,
        address=None,
        channel=Channel.CALL,
        purpose=play.purpose,
        what=What.CALL,
        thing=play.id,
        zone=zone,
    )


def _signal(call: Call, play: Play | None, now: datetime) -> Signal:
    """That somebody was called, under an id that no second telling doubles; what was said stays here."""
    told = {"play": call.play_id, "title": "" if play is None else play.title}
    told |= {"outcome": "" if call.outcome is None else call.outcome.value}
    return Signal(
        id=f"{SOURCE}:{call.id}",
        audience=Audience.CUSTOMER,
        person=call.person,
        kind=Kind.MET,
        name=NAME,
        channel=CHANNEL,
        source=SOURCE,
        occurred_at=call.changed_at,
        received_at=now,
        properties=msgspec.json.encode(told).decode(),
    )
