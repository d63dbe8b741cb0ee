"""Parked events heard after all: those that can be understood now go the way of every other event."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from emptychair.desk import parked_events, work
from emptychair.desk.desk import Desk
from emptychair.desk.parked_events import Parked, Standing
from emptychair.desk.work import Work
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.errors import LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.understood import Translate
from emptychair.listen.intake.splitting import Door

KIND = "replay"
HOLD = timedelta(minutes=5)
_AT_ONCE = 500
_FRAMES = {
    Door.SEGMENT: b'{"sentAt":%s,"batch":[%s]}',
    Door.POSTHOG: b'{"sent_at":%s,"batch":[%s]}',
}
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many events were heard, and how many are still not understood."""

    heard: int
    waiting: int


def ask(tx: Connection, source: str, reason: str | None, *, by: str, now: datetime) -> Work:
    """All waiting events of a source, or those with one reason, are heard again in the background."""
    return work.ask(tx, KIND, source, {"reason": reason}, by=by, now=now)


def run_queued(ledger: Ledger, desk: Desk, translate: Translate, clock: Clock) -> int:
    """Run what was asked for; how much work. Safe to run twice and to be killed anywhere."""
    taken_up = 0
    while (taken := _next(desk, clock())) is not None:
        taken_up += 1
        _run(taken, ledger, desk, translate, clock)
    return taken_up


def replay(
    ledger: Ledger, desk: Desk, translate: Translate, ids: Sequence[str], *, now: datetime
) -> Replayed:
    """Hear these parked events again, at most 500. Safe to call twice and to be killed anywhere.

    What can be understood now is acknowledged by the journal before it is settled, and an id is one row.
    """
    with desk.read() as tx:
        events = parked_events.some(tx, ids)
    if not events:
        return Replayed(heard=0, waiting=0)
    again = translate([packed(_envelope([event])) for event in events]).parked
    still = {event.id: (event.reason, event.field, event.expected) for event in again}
    good = [event for event in events if event.id not in still]
    news = {one.id: still[one.id] for one in events if still.get(one.id) not in (None, _why(one))}
    for same in _together(good):
        ledger.put(_envelope(same))
    with desk.begin() as tx:
        parked_events.settle(tx, [event.id for event in good], Standing.REPLAYED, now)
        parked_events.tell_why(tx, news)
    return Replayed(heard=len(good), waiting=len(events) - len(good))


def _why(event: Parked) -> tuple[str, str, str]:
    return event.reason, event.field, event.expected


def _next(desk: Desk, now: datetime) -> Work | None:
    with desk.begin() as tx:
        return work.take(tx, [KIND], now, HOLD)


def _run(taken: Work, ledger: Ledger, desk: Desk, translate: Translate, clock: Clock) -> None:
    with desk.read() as tx:
        ids = parked_events.waiting_ids(tx, taken.thing, taken.arguments.get("reason"))
    for begin in range(0, len(ids), _AT_ONCE):
        with desk.begin() as tx:
            if not work.beat(tx, taken, clock(), HOLD, done=begin, total=len(ids)):
                return  # another process has it by now, or a person cancelled it
        try:
            replay(ledger, desk, translate, ids[begin : begin + _AT_ONCE], now=clock())
        except (LedgerError, OSError) as error:
            with desk.begin() as tx:
                work.fail(tx, taken, str(error), clock())
            return
    with desk.begin() as tx:
        work.finish(tx, taken, clock())


def _together(events: Sequence[Parked]) -> Iterator[list[Parked]]:
    """Events that came by one door at one instant with one clock."""

    def frame(event: Parked) -> tuple[str, str, datetime, str]:
        return event.source, event.door, event.received_at, event.sent_at

    for _, same in groupby(sorted(events, key=lambda event: (*frame(event), event.id)), frame):
        yield list(same)


def _envelope(events: Sequence[Parked]) -> Envelope:
    first = events[0]
    door = Door(first.door)
    raw = [event.raw for event in events]
    if door in _FRAMES:
        body = _FRAMES[door] % (first.sent_at.encode(), b",".join(raw))
    elif door is Door.LINES:
        body = b"\n".join(raw)
    else:
        body = b"[%s]" % b",".join(raw)
    return Envelope(
        door=door,
        source=first.source,
        received_at=first.received_at,
        client=first.client or None,
        body=body,
        again=True,
    )
