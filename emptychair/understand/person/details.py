"""The properties of a signal read without trust: they are what somebody's program sent."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LONGEST = 200


def details(properties: str) -> Mapping[str, Any]:
    """The members of a JSON object; none where it is no object.

    >>> details('{"plan": "home"}'), details("[1]"), details("no JSON")
    ({'plan': 'home'}, {}, {})
    """
    try:
        found = json.loads(properties)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def word(found: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is a short text or a number, on one line; empty without one.

    >>> word({"query": "half  caf", "n": 3}, "q", "query"), word({"n": 3}, "n"), word({"n": [3]}, "n")
    ('half caf', '3', '')
    """
    for name in names:
        value = found.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)[:LONGEST]
        if isinstance(value, str) and (text := " ".join(value.split())):
            return text[:LONGEST]
    return ""


def instant(found: Mapping[str, Any], name: str) -> datetime | None:
    """The instant under this name, in UTC where it has no zone; None where it is none.

    >>> instant({"at": "2026-11-02T17:00:00Z"}, "at").isoformat(), instant({"at": "soon"}, "at")
    ('2026-11-02T17:00:00+00:00', None)
    """
    value = found.get(name)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
