"""What all ways of writing events have in common: the batch around them, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from emptychair.listen.intake import fields
from emptychair.listen.intake.instants import UNREMARKABLE
from emptychair.listen.intake.reasons import Fault, Unheard
from emptychair.listen.intake.rows import Row
from emptychair.listen.intake.terms import Terms

_ENCODER = msgspec.json.Encoder()


@dataclass(slots=True, kw_only=True)
class Batch:
    """What is the same for all events of one request; `sent_at` is when it was sent by the client's clock."""

    source: str
    terms: Terms
    received_at: datetime
    received_text: str
    sent_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Heard:
    """An event understood: its signal, the library that wrote it.

    `account` is one its person belongs to, `device` one its person uses; None where nothing is said of it.
    """

    row: Row
    client: str
    account: str | None = None
    device: str | None = None


def client_of(name: str, version: object) -> str:
    """The library that wrote an event, with its version."""
    return f"{name} {version}".strip()[:80] if name and version is not None else (name or "")[:80]


def remarks(original: datetime | None, sent: datetime | None, received: datetime) -> bytes:
    """What the clocks of a client said, where they were wrong or had waited: a JSON object."""
    if sent is None or abs(received - sent) <= UNREMARKABLE:
        return b"{}"
    when = b"" if original is None else b',"timestamp":' + _ENCODER.encode(original)
    return b'{"$clock":{"sent_at":%s%s}}' % (_ENCODER.encode(sent), when)


def meant(row: Row, event: str, own: bytes, terms: Terms) -> Row:
    """The signal with what the company, or the field, agreed that events of this name mean."""
    meaning = terms.meanings.get(event)
    if meaning is None:
        return row
    found = fields.values(own)
    value = score = None
    if meaning.value:
        value = fields.amount(_needed(found, meaning.value)[1], meaning.value[0])
        value = None if value is None else value * meaning.sign if meaning.sign > 0 else -abs(value)
    if meaning.score:
        score = fields.on_scale(meaning.name, *_needed(found, meaning.score))
    return row._replace(
        kind=meaning.kind,
        name=meaning.name,
        value=value,
        score=score,
        currency=fields.currency(fields.first(found, meaning.currency)[1]),
        text=fields.words(fields.first(found, meaning.text)[1]),
    )


def _needed(found: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, object]:
    name, value = fields.first(found, names)
    if value is None:
        raise Unheard(Fault.FIELD_IS_MISSING, names[0], "a number: this event is counted by it")
    return name, value
