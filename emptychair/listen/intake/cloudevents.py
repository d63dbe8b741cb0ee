"""Events as CloudEvents 1.0.2 writes them, in JSON (https://github.com/cloudevents/spec)."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from emptychair.domain.signal import Kind
from emptychair.listen.intake import fields
from emptychair.listen.intake.fields import Id
from emptychair.listen.intake.hearing import Batch, Heard, meant
from emptychair.listen.intake.instants import instant, occurred
from emptychair.listen.intake.reasons import Fault, Unheard
from emptychair.listen.intake.rows import Row


class _Event(Struct):
    specversion: str | None = None
    id: str | None = None
    source: str | None = None
    type: str | None = None
    subject: str | None = None
    time: str | None = None
    datacontenttype: str | None = None
    person: Id = None
    data: Raw = Raw()
    data_base64: str | None = None


_EVENTS = msgspec.json.Decoder(_Event)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """What an event says: its type is the name, the extension `person` or else the subject is who did it."""
    try:
        event = _EVENTS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    if event.specversion != "1.0":
        raise Unheard(Fault.FIELD_IS_WRONG, "specversion", "1.0")
    for name in ("id", "source", "type"):
        if not getattr(event, name):
            raise Unheard(Fault.FIELD_IS_MISSING, name, "a text: CloudEvents need one")
    name = fields.named(event.type, "type")
    # The time is of the producer's own clock, and says nothing of when it was sent.
    at = occurred(instant(event.time, "time"), None, batch.received_at, "time")
    own = _own(event)
    row = Row(
        # An event is known by its source and id together (section "id" of the specification).
        id=fields.event_id(batch.source, f"{event.source} {event.id}"[:400], b"", "", event.time)
        if len(f"{event.source} {event.id}") <= 100
        else fields.event_id(batch.source, None, f"{event.source} {event.id}".encode(), "", ""),
        audience=batch.terms.audience,
        person=fields.person(event.person if event.person is not None else event.subject, "subject"),
        kind=Kind.DID,
        name=name,
        channel="server",
        source=batch.source,
        occurred_at=at,
        received_at=batch.received_at,
        properties=fields.joined(own, _origin(event)),
    )
    return Heard(row=meant(row, name, own, batch.terms), client="CloudEvents 1.0")


def _own(event: _Event) -> bytes:
    text = bytes(event.data)
    if text.startswith(b"{"):
        return text
    if event.data_base64 is not None:
        return msgspec.json.encode({"data_base64": event.data_base64})
    if not text or text == b"null":
        return b"{}"
    return b'{"data":%s}' % text


def _origin(event: _Event) -> bytes:
    told: dict[str, Any] = {"source": event.source, "subject": event.subject}
    return msgspec.json.encode({"$cloudevent": {name: value for name, value in told.items() if value}})
