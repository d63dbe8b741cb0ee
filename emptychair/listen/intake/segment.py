"""Events as the libraries of Segment and RudderStack write them."""

import msgspec
from msgspec import Raw, Struct

from emptychair.domain.person import visitor
from emptychair.domain.signal import Kind
from emptychair.listen.intake import fields
from emptychair.listen.intake.fields import Id, Time
from emptychair.listen.intake.hearing import Batch, Heard, client_of, meant, remarks
from emptychair.listen.intake.instants import instant, occurred
from emptychair.listen.intake.reasons import Fault, Unheard
from emptychair.listen.intake.rows import Row


class _Library(Struct):
    name: str = ""
    version: str | int | float | None = None


class _Device(Struct):
    type: str | None = None
    manufacturer: str | None = None
    model: str | None = None


class _Context(Struct):
    """What is kept of a context: no address of the network, no id of a device."""

    library: _Library = msgspec.field(default_factory=_Library)
    page: Raw = Raw()
    campaign: Raw = Raw()
    app: Raw = Raw()
    os: Raw = Raw()
    device: _Device | None = None
    locale: str | None = None
    timezone: str | None = None
    traits: Raw = Raw()
    groupId: Id = None  # noqa: N815  # as it is written


class _Event(Struct):
    type: str = ""
    messageId: str | None = None  # noqa: N815
    userId: Id = None  # noqa: N815
    anonymousId: Id = None  # noqa: N815
    previousId: Id = None  # noqa: N815
    groupId: Id = None  # noqa: N815
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: Time = None
    originalTimestamp: Time = None  # noqa: N815
    sentAt: Time = None  # noqa: N815
    properties: Raw = Raw()
    traits: Raw = Raw()
    context: _Context | None = None
    channel: str | None = None


_EVENTS = msgspec.json.Decoder(_Event)
_NO_CONTEXT = _Context()
_WEB = ("analytics.js", "RudderLabs JavaScript SDK")
_APP = ("analytics-ios", "analytics-android", "analytics-swift", "analytics-kotlin", "analytics-react-native",
        "analytics-flutter", "rudder-ios-library", "rudder-android-library")  # fmt: skip


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """What an event says. Raises Unheard."""
    try:
        event = _EVENTS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    context = event.context or _NO_CONTEXT
    written = event.originalTimestamp if event.originalTimestamp is not None else event.timestamp
    original = instant(written, "timestamp")
    sent = batch.sent_at or instant(event.sentAt, "sentAt")
    at = occurred(original, sent, batch.received_at)
    known = fields.person(event.userId, "userId")
    device = fields.person(event.anonymousId, "anonymousId")
    who = known or (visitor(device) if device else None)
    what = _WHAT.get(event.type)
    if what is None:
        raise Unheard(Fault.TYPE_IS_UNKNOWN, "type", "identify, track, page, screen, group or alias")
    kind, name, own, extra = what(event, batch)
    row = Row(
        id=fields.event_id(batch.source, event.messageId, bytes(raw), batch.received_text, written),
        audience=batch.terms.audience,
        person=who,
        kind=kind,
        name=name,
        channel=_channel(event, context.library.name),
        source=batch.source,
        occurred_at=at,
        received_at=batch.received_at,
        properties=fields.joined(own, extra, _context(context), remarks(original, sent, batch.received_at)),
    )
    if kind is Kind.DID:
        row = meant(row, event.event or name, own, batch.terms)
    client = client_of(context.library.name, context.library.version)
    return Heard(
        row=row,
        client=client,
        account=fields.person(context.groupId, "groupId"),
        device=device if known and name != "identify" else None,
    )


def _identify(event: _Event, batch: Batch) -> tuple[Kind, str, bytes, bytes]:
    traits = fields.member(event.traits, "traits")
    return (
        Kind.TOLD,
        "identify",
        b"{}",
        fields.joined(_pairs(anonymous_id=event.anonymousId), traits).encode(),
    )


def _track(event: _Event, batch: Batch) -> tuple[Kind, str, bytes, bytes]:
    name = fields.named(event.event, "event")
    return Kind.DID, name, fields.member(event.properties, "properties"), b"{}"


def _page(event: _Event, batch: Batch) -> tuple[Kind, str, bytes, bytes]:
    own = fields.member(event.properties, "properties")
    return Kind.DID, event.type, own, _pairs(page_name=event.name, category=event.category)


def _group(event: _Event, batch: Batch) -> tuple[Kind, str, bytes, bytes]:
    group = fields.person(event.groupId, "groupId")
    if group is None:
        raise Unheard(Fault.FIELD_IS_MISSING, "groupId", "the id of the account")
    return Kind.TOLD, "group", b"{}", _pairs(account=group, traits=fields.member(event.traits, "traits"))


def _alias(event: _Event, batch: Batch) -> tuple[Kind, str, bytes, bytes]:
    previous = fields.person(event.previousId, "previousId")
    return Kind.TOLD, "alias", b"{}", _pairs(previous_id=previous)


_WHAT = {
    "identify": _identify, "track": _track, "page": _page, "screen": _page, "group": _group, "alias": _alias,
}  # fmt: skip


def _pairs(**members: Id | bytes) -> bytes:
    """A JSON object of those that are there; bytes are JSON already."""
    written = [
        b'"%s":%s' % (name.encode(), value if isinstance(value, bytes) else msgspec.json.encode(value))
        for name, value in members.items()
        if value is not None
    ]
    return b"{" + b",".join(written) + b"}"


def _context(context: _Context) -> bytes:
    kept: list[bytes] = []
    for name, raw in (
        ("page", context.page),
        ("campaign", context.campaign),
        ("app", context.app),
        ("os", context.os),
    ):
        if raw and (text := bytes(raw)).startswith(b"{") and len(text) > 2:
            kept.append(b'"%s":%s' % (name.encode(), text))
    if context.locale:
        kept.append(b'"locale":' + msgspec.json.encode(context.locale))
    if context.timezone:
        kept.append(b'"timezone":' + msgspec.json.encode(context.timezone))
    if context.device is not None:
        kept.append(b'"device":' + msgspec.json.encode(context.device))
    return b'{"$context":{%s}}' % b",".join(kept) if kept else b"{}"


def _channel(event: _Event, library: str) -> str:
    if library.startswith(_WEB) or event.channel == "web":
        return "web"
    if library.startswith(_APP) or event.channel == "mobile" or event.type == "screen":
        return "app"
    return "server"
