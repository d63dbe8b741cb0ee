"""Envelopes into signals: every event is heard, or parked with what was wrong with it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
from msgspec import Raw

from emptychair.ledger.envelope import Envelope, unpacked
from emptychair.ledger.understood import Counts, Line, Outcome, ParkedEvent, Understood
from emptychair.listen.intake import cloudevents, plain, posthog, segment
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.learning import Learning
from emptychair.listen.intake.reasons import Fault, Unheard
from emptychair.listen.intake.rows import Row, as_table
from emptychair.listen.intake.splitting import Door, NotEvents, split
from emptychair.listen.intake.terms import TermsOf, usual

LONGEST_EVENT = 32 * 1024
_HEARD: dict[Door, Callable[[Raw | bytes, Batch], Heard]] = {
    Door.SEGMENT: segment.heard,
    Door.POSTHOG: posthog.heard,
    Door.CLOUDEVENTS: cloudevents.heard,
    Door.PLAIN: plain.heard,
    Door.LINES: plain.heard,
}


class Translator:
    """Understands what came by the collector's doors; `terms` say what the company said of a source."""

    def __init__(self, terms: TermsOf = usual) -> None:
        self._terms = terms
        self._learning = Learning()

    def __call__(self, payloads: Sequence[bytes]) -> Understood:
        """What envelopes say, as they lie in the journal; the same say the same whenever they are read."""
        work = _Work()
        for payload in payloads:
            self._read(unpacked(payload), work)
        return Understood(
            signals=as_table(work.rows),
            more=as_table(work.more),
            counts=work.counts,
            parked=tuple(work.parked),
        )

    def _read(self, envelope: Envelope, work: "_Work") -> None:
        door = Door(envelope.door)
        try:
            found = split(door, envelope.body)
        except NotEvents:  # the door let it in: an older version did
            work.park(envelope, envelope.body, Unheard(Fault.NOT_JSON, "request", "JSON"), None)
            return
        batch = Batch(
            source=envelope.source,
            terms=self._terms(envelope.source),
            received_at=envelope.received_at,
            received_text=envelope.received_at.isoformat(),
            sent_at=_sent(found.sent_at),
        )
        heard = _HEARD[door]
        for raw in found.events:
            try:
                if len(raw) > LONGEST_EVENT:
                    raise Unheard(Fault.TOO_LARGE, "event", "at most 32 kB")
                work.take(envelope, heard(raw, batch), self._learning)
            except Unheard as fault:
                work.park(envelope, bytes(raw), fault, found.sent_at)
        work.close(envelope)


class _Work:
    """What has been understood so far."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.more: list[Row] = []
        self.counts: Counts = Counter()
        self.parked: list[ParkedEvent] = []
        self.clients: Counter[str] = Counter()

    def take(self, envelope: Envelope, heard: Heard, learning: Learning) -> None:
        """Keep the signal of an event, and count it unless it was counted before."""
        row = heard.row
        if envelope.again:
            self.more.append(row)
        else:
            self.rows.append(row)
            self.clients[heard.client] += 1
        self.more.extend(learning.of(heard))

    def park(self, envelope: Envelope, raw: bytes, fault: Unheard, sent_at: object) -> None:
        """Keep an event as it was written, with what is wrong with it."""
        client = envelope.client or ""
        if not envelope.again:
            self._count(envelope, Outcome.HEARD, client, 1)
            self._count(envelope, Outcome.PARKED, client, 1, fault.fault)
        digest = blake2b(raw + envelope.source.encode(), digest_size=10).hexdigest()
        self.parked.append(
            ParkedEvent(
                id=f"prk_{digest}",
                source=envelope.source,
                door=envelope.door,
                client=client,
                received_at=envelope.received_at,
                reason=fault.fault,
                field=fault.field,
                expected=fault.expected,
                sent_at=_as_json(sent_at),
                raw=raw,
            )
        )

    def close(self, envelope: Envelope) -> None:
        """Count the events of an envelope by the library that wrote them."""
        for client, n in self.clients.items():
            self._count(envelope, Outcome.HEARD, client or envelope.client or "", n)
        self.clients.clear()

    def _count(self, envelope: Envelope, outcome: Outcome, client: str, n: int, reason: str = "") -> None:
        day = envelope.received_at.astimezone(UTC).date()
        self.counts[Line(day, envelope.source, client, outcome, reason)] += n


def _sent(value: object) -> datetime | None:
    """When a request was sent; a clock that cannot be read is no reason to park all of its events."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        return instant(value, "sentAt")
    except Unheard:
        return None


def _as_json(value: object) -> str:
    return msgspec.json.encode(value).decode() if isinstance(value, str | int | float) else "null"
