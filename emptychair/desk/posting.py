"""The way of a message: taken, held back, handed over, answered; and what people decide about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from emptychair.desk import touches
from emptychair.desk.columns import shown
from emptychair.desk.outbox import USEFUL, Message, State, find, outbox
from emptychair.domain.contact import WhyNot

MINUTE = timedelta(minutes=1)
# Between "handed over" and the answer lies the only moment in which nobody can know.
OUTCOME_UNKNOWN = "the process or the connection ended before the mail server answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """How many messages of dead holders wait again, and of how many nobody knows whether they arrived."""

    waiting: int
    uncertain: int


def due(tx: Connection, now: datetime, *, pace: int, limit: int) -> list[str]:
    """The ids of messages to be sent now, longest due first; none to a domain that got `pace` in a minute."""
    lately = outbox.c.handed_at > now - MINUTE
    busy = select(outbox.c.domain).where(lately).group_by(outbox.c.domain).having(func.count() >= pace)
    waits = (outbox.c.state == State.WAITING) & (outbox.c.due_at <= now) & outbox.c.domain.not_in(busy)
    query = select(outbox.c.id).where(waits).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    return list(tx.execute(query).scalars())


def is_any_due(tx: Connection, now: datetime) -> bool:
    """True when a message is to be sent now, or the holder of one died."""
    waits = (outbox.c.state == State.WAITING) & (outbox.c.due_at <= now)
    orphaned = (outbox.c.state == State.SENDING) & (outbox.c.held_until <= now)
    return tx.execute(select(outbox.c.id).where(or_(waits, orphaned)).limit(1)).first() is not None


def is_any_orphaned(tx: Connection, now: datetime) -> bool:
    """True when the holder of a message died."""
    orphaned = (outbox.c.state == State.SENDING) & (outbox.c.held_until <= now)
    return tx.execute(select(outbox.c.id).where(orphaned).limit(1)).first() is not None


def handed_lately(tx: Connection, domain: str, now: datetime) -> int:
    """How many messages were handed over for this domain in the last minute."""
    mine = (outbox.c.domain == domain) & (outbox.c.handed_at > now - MINUTE)
    return int(tx.execute(select(func.count()).select_from(outbox).where(mine)).scalar_one())


def take(tx: Connection, message_id: str, now: datetime, hold: timedelta) -> Message | None:
    """The message, held until `now + hold`; None when it is not due, or another process has it."""
    mine = (outbox.c.id == message_id) & (outbox.c.state == State.WAITING) & (outbox.c.due_at <= now)
    values = {"state": State.SENDING, "tries": outbox.c.tries + 1, "held_until": now + hold}
    empty = {"handed_at": None, "reason": None, "error": None, "reply": None}
    if tx.execute(update(outbox).where(mine).values(**values, **empty)).rowcount != 1:
        return None
    return find(tx, message_id)


def claimed(tx: Connection, taken: Message, touch_id: str | None) -> bool:
    """Write down the contact that was claimed for it. False when it is another's by now: do not send."""
    return _mine(tx, taken, touch_id=touch_id)


def hand_over(tx: Connection, taken: Message, now: datetime, hold: timedelta) -> bool:
    """Say that it leaves the house now: from here on it may arrive. False when it is another's: stop."""
    return _mine(tx, taken, handed_at=now, held_until=now + hold)


def sent(tx: Connection, taken: Message, reply: str, now: datetime) -> bool:
    """True when it is known now that the mail server took it; also when it had been given up as uncertain."""
    states = (State.SENDING, State.UNCERTAIN)
    return _mine(tx, taken, states, state=State.SENT, reply=shown(reply, 500), error=None, **_ended(now))


def postpone(tx: Connection, taken: Message, until: datetime, reason: WhyNot) -> bool:
    """True when it waits until then, since it may not be sent now."""
    return _mine(tx, taken, state=State.WAITING, due_at=until, reason=reason, held_until=None)


def retry(tx: Connection, taken: Message, due_at: datetime, error: str) -> bool:
    """True when it is tried again then: it was refused for now and did certainly not arrive."""
    again: dict[str, Any] = {"held_until": None, "handed_at": None, "troubles": outbox.c.troubles + 1}
    return _mine(tx, taken, state=State.WAITING, due_at=due_at, error=shown(error, 2_000), **again)


def put_back(tx: Connection, taken: Message, due_at: datetime) -> bool:
    """True when it waits as before: nobody was asked to take it."""
    return _mine(tx, taken, state=State.WAITING, due_at=due_at, held_until=None, handed_at=None)


def refuse(tx: Connection, taken: Message, reason: WhyNot, now: datetime) -> bool:
    """True when it is not sent; the contact did not take place."""
    return _without_contact(tx, taken, state=State.REFUSED, reason=reason, **_ended(now))


def fail(tx: Connection, taken: Message, error: str, now: datetime) -> bool:
    """True when it could not be sent, for good; the contact did not take place."""
    return _without_contact(tx, taken, state=State.FAILED, error=shown(error, 2_000), **_ended(now))


def lose_sight(tx: Connection, taken: Message, error: str, now: datetime) -> bool:
    """True when it was handed over and the answer did not come.

    It is uncertain, and never sent again by itself; one that may repeat waits for its next try.
    """
    if taken.may_repeat:
        return retry(tx, taken, now + MINUTE, error)
    return _mine(tx, taken, state=State.UNCERTAIN, error=shown(error, 2_000), **_ended(now))


def recover(tx: Connection, now: datetime) -> Recovered:
    """Take messages from holders that died. One that was not handed over yet waits as before."""
    orphaned = (outbox.c.state == State.SENDING) & (outbox.c.held_until <= now)
    may_go = or_(outbox.c.handed_at.is_(None), outbox.c.may_repeat)
    again = {"state": State.WAITING, "held_until": None, "handed_at": None}
    waiting = tx.execute(update(outbox).where(orphaned, may_go).values(**again)).rowcount
    lost = {"state": State.UNCERTAIN, "error": OUTCOME_UNKNOWN, "held_until": None, "ended_at": now}
    uncertain = tx.execute(update(outbox).where(orphaned).values(**lost)).rowcount
    return Recovered(waiting=waiting, uncertain=uncertain)


def bounced(tx: Connection, message_id: str, error: str, now: datetime) -> bool:
    """True when a message that had been taken came back: it failed, and the contact did not take place."""
    message = find(tx, message_id)
    if message is None:
        return False
    states = (State.SENT, State.UNCERTAIN)
    values: dict[str, Any] = {"state": State.FAILED, "error": shown(error, 2_000), "ended_at": now}
    return _without_contact(tx, message, states, **values)


def send_again(tx: Connection, message_id: str, *, by: str, now: datetime) -> bool:
    """True when a message that is uncertain, failed or refused waits again, because a person decided so.

    Everything that may hold it back is asked again; it keeps its Message-ID.
    """
    stuck = outbox.c.state.in_((State.UNCERTAIN, State.FAILED, State.REFUSED))
    values: dict[str, Any] = {"state": State.WAITING, "due_at": now, "expires_at": now + USEFUL, "by": by}
    fresh = {"troubles": 0, "handed_at": None, "ended_at": None, "settled_by": None, "settled_at": None}
    statement = update(outbox).where(outbox.c.id == message_id, stuck).values(**values, **fresh, reason=None)
    return tx.execute(statement).rowcount == 1


def leave(tx: Connection, message_id: str, *, by: str, now: datetime) -> bool:
    """True when a person decided to leave an uncertain or failed message as it is."""
    stuck = outbox.c.state.in_((State.UNCERTAIN, State.FAILED)) & outbox.c.settled_at.is_(None)
    statement = update(outbox).where(outbox.c.id == message_id, stuck)
    return tx.execute(statement.values(settled_by=by, settled_at=now)).rowcount == 1


def cancel(tx: Connection, message_id: str, *, by: str, now: datetime) -> bool:
    """True when it waited until now, and will not be sent."""
    message = find(tx, message_id)
    if message is None:
        return False
    told = {"reason": WhyNot.CANCELLED, "settled_by": by, "settled_at": now, **_ended(now)}
    return _without_contact(tx, message, (State.WAITING,), state=State.REFUSED, **told)


def _mine(
    tx: Connection, taken: Message, states: tuple[State, ...] = (State.SENDING,), **values: Any
) -> bool:
    held = (outbox.c.id == taken.id) & (outbox.c.tries == taken.tries) & outbox.c.state.in_(states)
    return tx.execute(update(outbox).where(held).values(**values)).rowcount == 1


def _without_contact(
    tx: Connection, taken: Message, states: tuple[State, ...] = (State.SENDING,), **values: Any
) -> bool:
    # Read again: the contact may have been claimed after the message was taken.
    touch_id = tx.execute(select(outbox.c.touch_id).where(outbox.c.id == taken.id)).scalar()
    done = _mine(tx, taken, states, touch_id=None, **values)
    if done and touch_id is not None:
        touches.release(tx, touch_id)
    return done


def _ended(now: datetime) -> dict[str, Any]:
    return {"held_until": None, "ended_at": now}
