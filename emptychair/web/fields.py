"""The fields that a form or a JSON object sent, as text, and nothing else."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from emptychair.web.problem import bad_request

MOST_FIELDS = 500
LONGEST_BODY = 256 * 1024


class Fields:
    """What was sent, by name; a field that was sent twice has its last value."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def text(self, name: str, default: str = "") -> str:
        """The field without blanks around it, or the default when it was not sent."""
        return self.values.get(name, default).strip()

    def secret(self, name: str) -> str:
        """The field exactly as it was typed."""
        return self.values.get(name, "")

    def under(self, prefix: str) -> dict[str, str]:
        """The fields `<prefix>.<name>` by name, in the order in which they were sent."""
        start = f"{prefix}."
        return {
            name[len(start) :]: value.strip() for name, value in self.values.items() if name.startswith(start)
        }


async def sent_fields(request: Request) -> Fields:
    """The fields of the body, which is a form or a flat JSON object. Raises a `Problem` for anything else."""
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body:
        return Fields({})
    if kind == "application/json":
        values = _from_json(body)
    elif kind == "application/x-www-form-urlencoded":
        values = _from_form(body)
    else:
        raise bad_request("Send a form (application/x-www-form-urlencoded) or a JSON object.")
    return checked(values)


def checked(values: Mapping[str, str]) -> Fields:
    """These fields. Raises a `Problem` for what no store can hold."""
    for name, value in values.items():
        if "\0" in name + value or not _is_unicode(name + value):
            raise bad_request("A field cannot hold a NUL character or half a letter.")
    return Fields(values)


SentFields = Annotated[Fields, Depends(sent_fields)]


def _from_form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise bad_request("This form cannot be read.") from None
    return dict(pairs)


def _from_json(body: bytes) -> dict[str, str]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("This JSON cannot be read.") from None
    if not isinstance(found, dict) or len(found) > MOST_FIELDS:
        raise bad_request("Send one JSON object of fields.")
    return {name: value for key, member in found.items() for name, value in _flat(key, member)}


def _flat(key: str, member: Any) -> list[tuple[str, str]]:
    """A field, or the fields of an object one level down as `key.name`."""
    if isinstance(member, dict):
        return [pair for name, value in member.items() for pair in [(f"{key}.{name}", _as_text(value))]]
    return [(key, _as_text(member))]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise bad_request("A field is a text, a number, true, false or null.")
    return str(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True
