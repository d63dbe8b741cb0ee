"""Parked events heard after all: those that can be understood now go the way of every other event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from emptychair.desk import parked_events
from emptychair.desk.desk import Desk
from emptychair.desk.parked_events import Parked, Standing
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.understood import Translate
from emptychair.listen.intake.splitting import Door

_AT_ONCE = 500
_FRAMES = {
    Door.SEGMENT: (b'{"sentAt":%s,"batch":[%s]}'),
    Door.POSTHOG: (b'{"sent_at":%s,"batch":[%s]}'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many events were heard, and how many are still not understood."""

    heard: int
    waiting: int


def replay(
    ledger: Ledger, desk: Desk, translate: Translate, ids: Sequence[str], *, now: datetime
) -> Replayed:
    """Hear these parked events again. Safe to call twice and to be killed anywhere: an id is one row."""
    heard = waiting = 0
    for begin in range(0, len(ids), _AT_ONCE):
        with desk.read() as tx:
            events = parked_events.some(tx, ids[begin : begin + _AT_ONCE])
        good = [event for event in events if not translate([packed(_envelope([event]))]).parked]
        for same in _together(good):
            ledger.put(_envelope(same))
        with desk.begin() as tx:
            parked_events.settle(tx, [event.id for event in good], Standing.REPLAYED, now)
        heard += len(good)
        waiting += len(events) - len(good)
    return Replayed(heard=heard, waiting=waiting)


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
