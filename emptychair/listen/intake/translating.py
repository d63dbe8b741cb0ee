"""Envelopes into signals: every event is heard, or parked with what was wrong with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib import import_module

import msgspec
from msgspec import Raw

from emptychair.ledger.envelope import Envelope, unpacked
from emptychair.ledger.understood import Counts, Line, Outcome, ParkedEvent, Understood
from emptychair.listen.intake import cloudevents, mapped, plain, posthog, segment
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant
from emptychair.listen.intake.learning import Learning
from emptychair.listen.intake.reasons import Fault, Refusal, Unheard, Unwanted
from emptychair.listen.intake.rows import Row, as_table
from emptychair.listen.intake.splitting import OWN, Door, NotEvents, split
from emptychair.listen.intake.terms import TermsOf, usual

LONGEST_EVENT = 32 * 1024
LONGEST_ITEM = 1 << 20
_HEARD: dict[Door, Callable[[Raw | bytes, Batch], Heard]] = {
    Door.SEGMENT: segment.heard,
    Door.POSTHOG: posthog.heard,
    Door.CLOUDEVENTS: cloudevents.heard,
    Door.PLAIN: plain.heard,
    Door.LINES: plain.heard,
    Door.WEBHOOK: mapped.heard,
    Door.ROW: mapped.heard,
}
# Loaded when the first of their items comes: they bring what fetches along, a third of a second and 20 MB.
_FETCHED = {
    Door.FEED: "feed",
    Door.APP_STORE: "app_store",
    Door.GOOGLE_PLAY: "google_play",
    Door.MASTODON: "mastodon",
    Door.BLUESKY: "bluesky",
    Door.REDDIT: "reddit",
    Door.HACKER_NEWS: "hacker_news",
    Door.MAIL: "mailbox",
}
_MAPPED = (Door.WEBHOOK, Door.ROW)


class Translator:
    """Understands what came by the collector's doors; `terms` say what the company said of a source."""

    def __init__(self, terms: TermsOf = usual) -> None:
        self._terms = terms
        self._learning = Learning()

    def __call__(self, payloads: Sequence[bytes]) -> Understood:
        """What envelopes say, as they lie in the journal; the same say the same whenever they are read."""
        work = _Work()
        for payload in payloads:
            self._learning.begin(payload)
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
        heard, longest = _heard(door), LONGEST_ITEM if door in OWN else LONGEST_EVENT
        for raw in _pieces(found.events, batch, longest) if door in _MAPPED else found.events:
            try:
                if len(raw) > longest:
                    raise Unheard(Fault.TOO_LARGE, "event", f"at most {longest // 1024} kB")
                said = heard(raw, batch)
                work.take(envelope, said, self._learning.of(said))
            except Unheard as fault:
                work.park(envelope, bytes(raw), fault, found.sent_at)
            except Unwanted as refusal:
                work.refuse(envelope, refusal.reason)
        work.close(envelope)


class _Work:
    """What has been understood so far."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.more: list[Row] = []
        self.counts: Counts = Counter()
        self.parked: list[ParkedEvent] = []
        self.clients: Counter[str] = Counter()

    def take(self, envelope: Envelope, heard: Heard, told: Iterable[Row]) -> None:
        """Keep the signal of an event, and count it unless it was counted before."""
        row = heard.row
        if envelope.again:
            self.more.append(row)
        else:
            self.rows.append(row)
            self.clients[heard.client] += 1
        self.more.extend(told)

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

    def refuse(self, envelope: Envelope, reason: Refusal) -> None:
        """Count an item that is not wanted; it is not kept."""
        if not envelope.again:
            client = envelope.client or ""
            self._count(envelope, Outcome.HEARD, client, 1)
            self._count(envelope, Outcome.REFUSED, client, 1, reason)

    def close(self, envelope: Envelope) -> None:
        """Count the events of an envelope by the library that wrote them."""
        for client, n in self.clients.items():
            self._count(envelope, Outcome.HEARD, client or envelope.client or "", n)
        self.clients.clear()

    def _count(self, envelope: Envelope, outcome: Outcome, client: str, n: int, reason: str = "") -> None:
        day = envelope.received_at.astimezone(UTC).date()
        self.counts[Line(day, envelope.source, client, outcome, reason)] += n


@cache
def _heard(door: Door) -> Callable[[Raw | bytes, Batch], Heard]:
    if door in _HEARD:
        return _HEARD[door]
    heard: Callable[[Raw | bytes, Batch], Heard] = import_module(
        f"emptychair.listen.sources.{_FETCHED[door]}"
    ).heard
    return heard


def _pieces(raws: Iterable[Raw | bytes], batch: Batch, longest: int) -> Iterator[Raw | bytes]:
    """The items of each message; a message that cannot be taken apart as it is, so that it is told why."""
    for raw in raws:
        try:
            found: list[Raw | bytes] = [raw]
            if len(raw) <= longest:
                found = [*mapped.pieces(raw, batch.terms.mapping)]
        except Unheard:
            found = [raw]
        yield from found


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
