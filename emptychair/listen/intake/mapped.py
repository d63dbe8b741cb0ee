"""Items of others whose fields mean what a person said: webhooks, and rows of tables."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from babel.numbers import get_currency_precision
from msgspec import Raw, Struct

from emptychair.domain.scale import scale_of
from emptychair.domain.signal import Kind
from emptychair.listen.intake import fields, paths
from emptychair.listen.intake.hearing import Batch, Heard
from emptychair.listen.intake.instants import instant, occurred
from emptychair.listen.intake.mapping import Case, Mapped, Rule, Unit
from emptychair.listen.intake.reasons import Fault, Refusal, Unheard, Unwanted
from emptychair.listen.intake.rows import Row

LONGEST_TEXT = 65_536
_NAMES = {Kind.PAID: "order", Kind.JOINED: "subscription", Kind.LEFT: "subscription", Kind.SAID: "message",
          Kind.TOLD: "traits", Kind.DID: "event", Kind.MET: "event"}  # fmt: skip


class Came(Struct, omit_defaults=True):
    """An item as it is kept: how its system knows it, which of several in one message it is, and itself."""

    body: Raw
    id: str | None = None
    n: int | None = None


_CAME = msgspec.json.Decoder(Came)
_ANY = msgspec.json.Decoder()


def came(body: bytes, key: str | None) -> bytes:
    """An item to be kept, without line breaks. Raises MsgspecError for a body that is no JSON."""
    return msgspec.json.encode(Came(body=Raw(msgspec.json.format(body, indent=-1)), id=key))


def pieces(raw: Raw | bytes, mapping: Mapped | None) -> Iterator[bytes]:
    """The items of a message one by one, where its mapping says that it holds a list of them."""
    if mapping is None or mapping.items is None:
        yield bytes(raw)
        return
    whole = _decoded(raw)
    found = None if whole.n is not None else paths.at(_ANY.decode(whole.body), mapping.items)
    if not isinstance(found, list):
        yield bytes(raw)
        return
    for n, each in enumerate(found):
        yield msgspec.json.encode(Came(body=Raw(msgspec.json.encode(each)), id=whole.id, n=n))


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """What an item says by the mapping of its source. Raises Unheard and Unwanted."""
    told = _decoded(raw)
    mapping = batch.terms.mapping
    if mapping is None:
        raise Unheard(Fault.NO_MAPPING, "mapping", "what the fields of its items mean")
    item = _ANY.decode(told.body)
    if not isinstance(item, dict):
        raise Unheard(Fault.NOT_AN_OBJECT, "item", "a JSON object")
    case = _case(mapping, item)
    if case is None or case.kind is None:
        raise Unwanted(Refusal.NO_CASE)
    found = _Found(item, case.fields)
    row = Row(
        id=_id(found, told, batch, bytes(told.body)),
        audience=batch.terms.audience,
        person=fields.person(found.scalar("person"), found.named("person")),
        kind=case.kind,
        name=_NAMES.get(case.kind, ""),
        channel=(fields.words(found.text("channel")) or "server")[:40],
        source=batch.source,
        occurred_at=occurred(_when(found), None, batch.received_at, found.named("occurred_at")),
        received_at=batch.received_at,
        currency=fields.currency(found.text("currency")),
        properties=_properties(case.kind, told.body),
    )
    row = _named(_paid(_said(row, found), case, found), found)
    return Heard(
        row=row, client="mapped", account=fields.person(found.scalar("account"), found.named("account"))
    )


def _decoded(raw: Raw | bytes) -> Came:
    try:
        return _CAME.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None


def _case(mapping: Mapped, item: Any) -> Case | None:
    for case in mapping.cases:
        if case.path is None or as_text(paths.at(item, case.path)) in case.values:
            return case
    return None


class _Found:
    """What the rules of a case find in an item."""

    def __init__(self, item: Any, rules: Mapping[str, Rule]) -> None:
        self._item, self._rules = item, rules

    def __contains__(self, name: str) -> bool:
        return name in self._rules

    def named(self, name: str) -> str:
        """Where a field lies, to be named when it is wrong."""
        rule = self._rules.get(name)
        return paths.written(rule.paths[0]) if rule and rule.paths else name

    def value(self, name: str) -> Any:
        """The first thing that is found, or the constant."""
        rule = self._rules.get(name)
        if rule is None:
            return None
        for way in rule.paths:
            found = paths.at(self._item, way)
            if found is not None and found != "":
                return found
        return rule.constant

    def scalar(self, name: str) -> str | int | float | None:
        """As `value`. Raises Unheard for an object or a list."""
        found = self.value(name)
        if isinstance(found, dict | list):
            raise Unheard(Fault.FIELD_IS_WRONG, self.named(name), "a text or a number")
        return None if isinstance(found, bool) and name != "name" else found

    def text(self, name: str) -> str | None:
        """As `scalar`, as text."""
        found = self.scalar(name)
        return None if found is None else as_text(found)


def as_text(value: Any) -> str:
    """A scalar as it is written in JSON, texts without their quotes."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _id(found: _Found, told: Came, batch: Batch, body: bytes) -> str:
    """Its own id, or that of the message it came in, or its content."""
    own = found.text("id")
    if own is None and told.id is not None:
        own = told.id if told.n is None else f"{told.id}.{told.n}"
    return fields.event_id(batch.source, own, body, batch.received_text, found.value("occurred_at"))


def _when(found: _Found) -> Any:
    return instant(found.scalar("occurred_at"), found.named("occurred_at"))


def _said(row: Row, found: _Found) -> Row:
    """With its words; of a kind that is words alone, none are a fault."""
    text = fields.words(found.text("text")) or fields.words(found.text("title"))
    if row.kind is Kind.SAID and text is None:
        raise Unheard(Fault.FIELD_IS_MISSING, found.named("text"), "words: this item is told by them")
    return row if text is None else row._replace(text=text[:LONGEST_TEXT])


def _paid(row: Row, case: Case, found: _Found) -> Row:
    value = fields.amount(found.scalar("value"), found.named("value"))
    if value is None:
        if row.kind is Kind.PAID:
            raise Unheard(Fault.FIELD_IS_MISSING, found.named("value"), "how much was paid")
        return row
    if case.unit is Unit.MINOR:
        if row.currency is None:
            raise Unheard(
                Fault.FIELD_IS_MISSING,
                found.named("currency"),
                "the currency: it says how small the coins are",
            )
        value = fields.amount(value.scaleb(-get_currency_precision(row.currency)), found.named("value"))
    return row._replace(value=-abs(value) if case.is_refund and value is not None else value)


def _named(row: Row, found: _Found) -> Row:
    """With its name, and the score on the scale of that name."""
    told = fields.words(found.text("name"))
    if row.kind is not Kind.RATED:
        return row._replace(name=fields.named(told or row.name, "name"), score=_any_score(found))
    name = fields.named((told or "").lower(), found.named("name"))
    if scale_of(name) is None:
        raise Unheard(Fault.FIELD_IS_WRONG, found.named("name"), "a score: nps, enps, csat, ces or stars")
    score = fields.on_scale(name, found.named("score"), found.scalar("score"))
    if score is None:
        raise Unheard(Fault.FIELD_IS_MISSING, found.named("score"), "the score that was given")
    return row._replace(name=name, score=score)


def _any_score(found: _Found) -> Decimal | None:
    return fields.amount(found.scalar("score"), found.named("score"), 9)


def _properties(kind: Kind, body: Raw) -> str:
    if kind is Kind.TOLD:
        return f'{{"traits":{bytes(body).decode()}}}'
    return bytes(body).decode()
