"""A message at the moment of sending: may this person be written to now? If so the contact is claimed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from emptychair.desk import contacts, contacts_refused, posting
from emptychair.desk.outbox import Message
from emptychair.domain.contact import Channel, Contact, Refusal, WhyNot

# All ids that are the person of this id, the id itself first.
PeopleOf = Callable[[str], tuple[str, ...]]
# Whether this contact falls to somebody with whom nothing is done, so that effects can be measured.
IsHeldOut = Callable[[Connection, Contact], bool]

A_MOMENT = timedelta(seconds=5)


def alone(person: str) -> tuple[str, ...]:
    """Every id is a person of its own."""
    return (person,)


def nobody(_tx: Connection, _contact: Contact) -> bool:
    """Nobody is held out."""
    return False


def contact_of(message: Message, people_of: PeopleOf) -> Contact:
    """The contact that a message is."""
    return Contact(
        people=people_of(message.person) if message.person else (),
        audience=message.audience,
        address=message.address or None,
        channel=Channel.EMAIL,
        purpose=message.purpose,
        what=message.what,
        thing=message.thing,
        zone=message.zone,
    )


def admitted(
    tx: Connection, taken: Message, now: datetime, people_of: PeopleOf, is_held_out: IsHeldOut
) -> bool:
    """True when it may be sent now, the contact claimed. Otherwise it waits or is refused, and why."""
    refusal = _claimed(tx, taken, contact_of(taken, people_of), now, is_held_out)
    if refusal is None:
        return True
    if refusal.until is None or refusal.until >= taken.expires_at:
        posting.refuse(tx, taken, refusal.reason, now)
    else:
        # Never at once again, whatever the clock of whoever counted.
        posting.postpone(tx, taken, max(refusal.until, now + A_MOMENT), refusal.reason)
    return False


def _claimed(
    tx: Connection, taken: Message, contact: Contact, now: datetime, is_held_out: IsHeldOut
) -> Refusal | None:
    if taken.expires_at <= now:
        return Refusal(reason=WhyNot.TOO_LATE)
    if contact.purpose is None:
        return contacts.why_not(tx, contact, now)
    if is_held_out(tx, contact):
        contacts_refused.count(tx, contact, WhyNot.IN_HOLDOUT, now)
        return Refusal(reason=WhyNot.IN_HOLDOUT)
    if taken.touch_id is not None:
        answer = contacts.claim_again(tx, contact, taken.touch_id, now)
    else:
        answer = contacts.claim(tx, contact, now)
    if isinstance(answer, Refusal):
        return answer
    posting.claimed(tx, taken, answer.id)
    return None
