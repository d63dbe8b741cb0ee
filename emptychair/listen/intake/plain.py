"""Signals as they are, for whoever writes to the ledger without anybody's library (docs/clients/plain.md)."""

from decimal import Decimal

import msgspec
from msgspec import Raw, Struct

from emptychair.domain.person import visitor
from emptychair.domain.signal import Audience, Kind
from emptychair.listen.intake import fields
from emptychair.listen.intake.fields import Id, Time
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant, occurred
from emptychair.listen.intake.reasons import Fault, Unheard
from emptychair.listen.intake.rows import Row

_NAMES = {
    Kind.PAID: "order",
    Kind.JOINED: "joined",
    Kind.LEFT: "left",
    Kind.TOLD: "traits",
    Kind.SAID: "message",
}


class _Signal(Struct, forbid_unknown_fields=True):
    kind: str
    id: str | None = None
    person: Id = None
    visitor: Id = None
    audience: Audience | None = None
    name: str | None = None
    channel: str | None = None
    occurred_at: Time = None
    text: str | None = None
    score: str | int | float | None = None
    value: str | int | float | None = None
    currency: str | None = None
    account: Id = None
    properties: Raw = Raw()


_SIGNALS = msgspec.json.Decoder(_Signal)


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """The signal. Raises Unheard; a member that is not known is a fault, for it would be lost."""
    try:
        told = _SIGNALS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    if told.kind not in set(Kind):
        raise Unheard(Fault.TYPE_IS_UNKNOWN, "kind", "one of " + ", ".join(Kind))
    kind = Kind(told.kind)
    name = fields.named(told.name or _NAMES.get(kind), "name")
    who = fields.person(told.person, "person")
    device = fields.person(told.visitor, "visitor")
    value = fields.amount(told.value, "value")
    if kind is Kind.PAID and value is None:
        raise Unheard(Fault.FIELD_IS_MISSING, "value", "how much was paid")
    row = Row(
        id=fields.event_id(batch.source, told.id, bytes(raw), batch.received_text, told.occurred_at),
        audience=told.audience or batch.terms.audience,
        person=who or (visitor(device) if device else None),
        kind=kind,
        name=name,
        channel=fields.named(told.channel, "channel")[:40] if told.channel else "server",
        source=batch.source,
        occurred_at=occurred(
            instant(told.occurred_at, "occurred_at"), None, batch.received_at, "occurred_at"
        ),
        received_at=batch.received_at,
        text=fields.words(told.text),
        score=_score(kind, name, told.score),
        value=value,
        currency=fields.currency(told.currency),
        properties=fields.joined(fields.member(told.properties, "properties")),
    )
    return Heard(
        row=row,
        client="plain",
        account=fields.person(told.account, "account"),
        device=device if who else None,
    )


def _score(kind: Kind, name: str, value: str | float | None) -> Decimal | None:
    if kind is not Kind.RATED:
        return fields.amount(value, "score", 9)
    if value is None:
        raise Unheard(Fault.FIELD_IS_MISSING, "score", "the score that was given")
    return fields.on_scale(name, "score", value)
