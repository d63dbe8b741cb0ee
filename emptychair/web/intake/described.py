"""The collector in the OpenAPI document: every address, what is written there and what is answered."""

from collections.abc import Iterable
from typing import Any

from emptychair.domain.signal import Audience, Kind
from emptychair.listen.intake.reasons import TurnedAway
from emptychair.listen.intake.splitting import Door
from emptychair.web.intake.paths import HOOK, PLACES, Place, telling

SECURITY: dict[str, Any] = {
    "writeKey": {"type": "http", "scheme": "basic", "description": "A write key as the user, no password."},
    "writeKeyInQuery": {"type": "apiKey", "in": "query", "name": "writeKey"},
}
_ID = {"type": ["string", "integer", "number", "null"], "maxLength": 200}
_TIME = {
    "type": ["string", "number", "null"],
    "description": "ISO 8601, or seconds or milliseconds since 1970.",
}
_ANY = {"type": "object", "additionalProperties": True}
_EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"enum": ["identify", "track", "page", "screen", "group", "alias"]},
        "messageId": {"type": "string"},
        "userId": _ID,
        "anonymousId": _ID,
        "previousId": _ID,
        "groupId": _ID,
        "event": {"type": "string"},
        "timestamp": _TIME,
        "sentAt": _TIME,
        "properties": _ANY,
        "traits": _ANY,
        "context": _ANY,
    },
}
_CAPTURED: dict[str, Any] = {
    "type": "object",
    "required": ["event"],
    "properties": {
        "event": {"type": "string"},
        "distinct_id": _ID,
        "uuid": {"type": "string"},
        "timestamp": _TIME,
        "properties": _ANY,
    },
}
_CLOUD: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"type": "string", "minLength": 1},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "person": _ID,
        "data": {},
        "data_base64": {"type": "string"},
    },
}
_SIGNAL: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {
        "kind": {"enum": list(Kind)},
        "id": {"type": "string"},
        "person": _ID,
        "visitor": _ID,
        "audience": {"enum": [*Audience, None]},
        "name": {"type": ["string", "null"]},
        "channel": {"type": ["string", "null"]},
        "occurred_at": _TIME,
        "text": {"type": ["string", "null"]},
        "score": {"type": ["string", "number", "null"]},
        "value": {"type": ["string", "number", "null"]},
        "currency": {"type": ["string", "null"]},
        "account": _ID,
        "properties": _ANY,
    },
}
SCHEMAS: dict[str, Any] = {
    "Event": _EVENT,
    "CapturedEvent": _CAPTURED,
    "CloudEvent": _CLOUD,
    "Signal": _SIGNAL,
    "TurnedAway": {
        "type": "object",
        "required": ["success", "error"],
        "properties": {
            "success": {"const": False},
            "error": {
                "type": "object",
                "required": ["type", "message"],
                "properties": {"type": {"enum": list(TurnedAway)}, "message": {"type": "string"}},
            },
        },
    },
}
_NO = {400: "No JSON, or not unpacked.", 401: "No write key that works.", 403: "Not from this site.",
       408: "Too slow.", 413: "More than 500 kB.", 429: "Too fast; see Retry-After.",
       503: "Cannot be stored now; see Retry-After."}  # fmt: skip


def described() -> dict[str, Any]:
    """The paths of the collector with their operations."""
    paths: dict[str, Any] = {path: {"post": _taking(place)} for path, place in PLACES.items()}
    for method, path in telling():
        paths.setdefault(path, {})[method.lower()] = _telling(path)
    paths[HOOK] = {"post": _hook()}
    return paths


def _hook() -> dict[str, Any]:
    no = {**_NO, 400: "No JSON and no form.", 401: "It does not prove itself.", 404: "Nothing listens here."}
    return {
        "summary": "Take a message of another system in",
        "tags": ["collector"],
        "security": [],
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [_ANY, {"type": "array", "items": _ANY}]}},
                "application/x-www-form-urlencoded": {"schema": _ANY},
            },
        },
        "responses": {
            "200": {
                "description": "On disk.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **{str(status): _refusal(text) for status, text in no.items() if status != 403},
        },
    }


def _taking(place: Place) -> dict[str, Any]:
    return {
        "summary": f"Take events in ({place.door}{f', {place.type}' if place.type else ''})",
        "tags": ["collector"],
        "security": [{"writeKey": []}, {"writeKeyInQuery": []}, {"local": []}],
        "requestBody": {"required": True, "content": dict(_contents(place.door, place.type))},
        "responses": {
            "200": {
                "description": "On disk.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **{str(status): _refusal(text) for status, text in _NO.items()},
        },
    }


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/TurnedAway"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _contents(door: Door, kind: str | None) -> Iterable[tuple[str, Any]]:
    event = {"$ref": f"#/components/schemas/{_SCHEMA[door]}"}
    several = {"type": "array", "items": event}
    if door is Door.SEGMENT:
        batch = {"type": "object", "required": ["batch"], "properties": {"batch": several, "sentAt": _TIME}}
        yield "application/json", {"schema": event if kind else batch}
        return
    schemas: list[Any] = [event, several]
    if door is Door.POSTHOG:
        keyed = {"batch": several, "api_key": {"type": "string"}, "sent_at": _TIME}
        schemas.append({"type": "object", "required": ["batch"], "properties": keyed})
    if door is Door.PLAIN:
        schemas.append({"type": "object", "required": ["signals"], "properties": {"signals": several}})
    yield "application/json", {"schema": {"anyOf": schemas}}
    if door is Door.CLOUDEVENTS:
        yield "application/cloudevents+json", {"schema": event}
        yield "application/cloudevents-batch+json", {"schema": several}


_SCHEMA = {
    Door.SEGMENT: "Event",
    Door.POSTHOG: "CapturedEvent",
    Door.CLOUDEVENTS: "CloudEvent",
    Door.PLAIN: "Signal",
}


def _telling(path: str) -> dict[str, Any]:
    kind = "text/javascript" if path.endswith(".js") else "application/json"
    operation: dict[str, Any] = {
        "summary": "What a library asks before it sends",
        "tags": ["collector"],
        "security": [],
        "responses": {"200": {"description": "Its settings.", "content": {kind: {"schema": {}}}}},
    }
    if "{key}" in path:
        operation["parameters"] = [
            {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        ]
    return operation
