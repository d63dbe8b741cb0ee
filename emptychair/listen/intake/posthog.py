"""Events as the libraries of PostHog write them."""

import re
from typing import Any

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


class _Properties(Struct):
    """The members of `properties` that say who and where; the object itself is kept as it was written."""

    distinct_id: Id = None
    lib: str | None = msgspec.field(default=None, name="$lib")
    lib_version: Any = msgspec.field(default=None, name="$lib_version")
    device_id: Id = msgspec.field(default=None, name="$device_id")
    is_identified: bool | None = msgspec.field(default=None, name="$is_identified")
    profile: bool | None = msgspec.field(default=None, name="$process_person_profile")
    anonymous: Id = msgspec.field(default=None, name="$anon_distinct_id")
    alias: Id = None
    groups: dict[str, Any] | None = msgspec.field(default=None, name="$groups")
    group_type: str | None = msgspec.field(default=None, name="$group_type")
    group_key: Id = msgspec.field(default=None, name="$group_key")
    group_set: Raw = msgspec.field(default=Raw(), name="$group_set")
    once: Raw = msgspec.field(default=Raw(), name="$set_once")
    set: Raw = msgspec.field(default=Raw(), name="$set")
    survey: str | None = msgspec.field(default=None, name="$survey_id")


class _Event(Struct):
    event: str | None = None
    uuid: str | None = None
    distinct_id: Id = None
    properties: Raw = Raw()
    timestamp: Time = None
    offset: float | None = None
    set: Raw = msgspec.field(default=Raw(), name="$set")
    once: Raw = msgspec.field(default=Raw(), name="$set_once")


_EVENTS = msgspec.json.Decoder(_Event)
_PROPERTIES = msgspec.json.Decoder(_Properties)
# What a person did; other events with a dollar are what the library noticed, and the person met.
_DID = {"$pageview": "page", "$screen": "screen", "$pageleave": "page left", "$autocapture": "clicked"}
_MET = {"$feature_flag_called": "flag", "$exception": "error"}
_TRAITS = ("$identify", "$set", "$set_once")
_APP = ("posthog-ios", "posthog-android", "posthog-react-native", "posthog-flutter")
_RESPONSE = re.compile(r"\$survey_response(_.+)?")


def heard(raw: Raw | bytes, batch: Batch) -> Heard:
    """What an event says. Raises Unheard."""
    try:
        event = _EVENTS.decode(raw)
        own = fields.member(event.properties, "properties")
        told = _PROPERTIES.decode(own)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fields.unheard(error) from None
    name = fields.named(event.event, "event")
    original = instant(event.timestamp, "timestamp")
    at = occurred(original, batch.sent_at, batch.received_at)
    given = event.distinct_id if event.distinct_id is not None else told.distinct_id
    who = fields.person(given, "distinct_id")
    known, device = _who(who, told)
    kind, title, extra = _what(name, event, told, known)
    library = told.lib or ""
    row = Row(
        id=fields.event_id(batch.source, event.uuid, bytes(raw), batch.received_text, event.timestamp),
        audience=batch.terms.audience,
        person=None if name == "$groupidentify" else known or (visitor(device) if device else None),
        kind=kind,
        name=title,
        channel="web" if library in ("web", "js") else "app" if library in _APP else "server",
        source=batch.source,
        occurred_at=at,
        received_at=batch.received_at,
        properties=fields.joined(extra, own, remarks(original, batch.sent_at, batch.received_at)),
    )
    if name == "survey sent":
        row = _answered(row, own)
    elif kind is Kind.DID:
        row = meant(row, name, own, batch.terms)
    company = _account(told)
    return Heard(
        row=row,
        client=client_of(f"posthog-{library}" if library in ("web", "js") else library, told.lib_version),
        account=company if known and name != "$groupidentify" else None,
    )


def _who(who: str | None, told: _Properties) -> tuple[str | None, str | None]:
    """(a person, None), or (None, a device): the libraries give both in one field."""
    if who is None:
        return None, None
    is_device = told.is_identified is False or told.profile is False
    if told.is_identified is None and told.device_id is not None:
        is_device = str(told.device_id) == who
    return (None, who) if is_device else (who, None)


def _what(name: str, event: _Event, told: _Properties, known: str | None) -> tuple[Kind, str, bytes]:
    if name == "$create_alias":
        alias = fields.person(told.alias, "alias")
        return Kind.TOLD, "alias", _object(previous_id=alias)
    if name == "$groupidentify":
        account = _account_of(told.group_type, told.group_key)
        if account is None:
            raise Unheard(Fault.FIELD_IS_MISSING, "$group_key", "the key of the group")
        return (
            Kind.TOLD,
            "group",
            _object(account=account, traits=Raw(fields.member(told.group_set, "$group_set"))),
        )
    if name in _TRAITS:
        once = fields.member(event.once or told.once, "$set_once")
        traits = fields.member(event.set or told.set, "$set")
        anonymous = _object(anonymous_id=fields.person(told.anonymous, "$anon_distinct_id"))
        title = "identify" if name == "$identify" else "traits"
        return Kind.TOLD, title, fields.joined(anonymous, traits, once).encode()
    if name.startswith("$") and name not in _DID:
        return Kind.MET, _MET.get(name, name[1:] or name), b"{}"
    return Kind.DID, _DID.get(name, name), b"{}"


def _object(**members: object) -> bytes:
    return msgspec.json.encode({name: value for name, value in members.items() if value is not None})


def _account_of(kind: str | None, key: Id) -> str | None:
    found = fields.person(key, "$group_key")
    return f"{kind}:{found}" if kind and found else found


def _account(told: _Properties) -> str | None:
    """The first group of an event; `company` before others, since that is what an account is called."""
    groups = told.groups or {}
    for kind in sorted(groups, key=lambda name: (name != "company", name)):
        value = groups[kind]
        if isinstance(value, str | int | float) and (found := _account_of(kind, value)):
            return found
    return None


def _answered(row: Row, own: bytes) -> Row:
    """An answer to a survey of PostHog: a whole number from 0 to 10 is a score, words are words."""
    found = fields.values(own)
    answers = [value for name, value in found.items() if _RESPONSE.fullmatch(name)]
    scores = [value for value in map(_score, answers) if value is not None]
    said = [text for value in answers if _score(value) is None and (text := fields.words(value))]
    text = "\n".join(dict.fromkeys(said)) or None
    if scores:
        score = fields.amount(scores[0], "$survey_response", 9)
        return row._replace(kind=Kind.RATED, name="nps", score=score, text=text)
    return row._replace(kind=Kind.SAID, name="answer", text=text) if text else row


def _score(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 10 else None
