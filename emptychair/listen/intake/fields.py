"""Fields of events as clients write them, made sure of."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from emptychair.domain.person import LONGEST_ID, is_nobody
from emptychair.domain.scale import scale_of
from emptychair.listen.intake.reasons import Fault, Unheard

Id = str | int | float | None
Time = str | int | float | None
LONGEST_NAME = 200
_SCALE = Decimal("0.0001")
_EXPECTED = re.compile(r"Expected `([^`]+)`(?:, got `([^`]+)`)?(?: - at `\$\.?([^`]*)`)?")
_ANY = msgspec.json.Decoder()


def person(value: Id, field: str) -> str | None:
    """The id as text, or None when it names nobody. Raises Unheard for one that cannot be kept."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _person(value, field)
    whole = value == value and abs(value) < 1e18 and value == int(value)
    return _person(str(int(value)) if whole else str(value), field)


def named(value: str | None, field: str) -> str:
    """A name of at most 200 characters. Raises Unheard when there is none."""
    text = (value or "").strip().replace("\0", "\ufffd")
    if not text:
        raise Unheard(Fault.FIELD_IS_MISSING, field, "a name")
    return text[:LONGEST_NAME]


def event_id(source: str, given: str | None, raw: bytes, received: str, when: object) -> str:
    """What makes an event this event for ever: its own id, or else its content.

    An event without id and without instant may be sent twice in earnest, so there the instant of its arrival
    counts too.
    """
    if given and len(given) <= 100 and "\0" not in given:
        return f"{source[4:]}.{given}"
    content = (given or "").encode("utf-8", "replace") if given else raw
    extra = b"" if given or when is not None else received.encode()
    return f"{source[4:]}.{blake2b(content + extra, digest_size=16).hexdigest()}"


def member(raw: msgspec.Raw, field: str) -> bytes:
    """The JSON object as it was written, `{}` for none. Raises Unheard for what is no object."""
    text = bytes(raw)
    if not text or text == b"null":
        return b"{}"
    if not text.startswith(b"{"):
        raise Unheard(Fault.FIELD_IS_WRONG, field, "a JSON object")
    return text


def joined(*members: bytes) -> str:
    """Several JSON objects as one; of two equal keys both stay, and the first is the one that is read."""
    inside = [part for text in members if text != b"{}" and (part := text[1:-1].strip())]
    return "{" + b",".join(inside).decode() + "}"


def values(text: bytes) -> Mapping[str, Any]:
    """The members of a JSON object, for those that are asked for one by one."""
    found = _ANY.decode(text)
    return found if isinstance(found, dict) else {}


def first(found: Mapping[str, Any], names: Iterable[str]) -> tuple[str, Any]:
    """The first of these members that is there, and its name."""
    for name in names:
        if found.get(name) is not None:
            return name, found[name]
    return "", None


def amount(value: Any, field: str, digits: int = 18) -> Decimal | None:
    """An exact number that fits the column, at most four places; None for none. Raises Unheard otherwise."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value).strip()).quantize(_SCALE)
    except InvalidOperation:
        raise Unheard(Fault.NUMBER_DOES_NOT_FIT, field, "a number") from None
    if abs(found) >= Decimal(10) ** (digits - 4):
        raise Unheard(Fault.NUMBER_DOES_NOT_FIT, field, f"a number below 10^{digits - 4}")
    return found


def on_scale(name: str, field: str, value: Any) -> Decimal | None:
    """A score that signals of this name can have, None for none. Raises Unheard otherwise."""
    score = amount(value, field, 9)
    scale = scale_of(name)
    if score is not None and scale is not None and not scale.has(score):
        kind = "a whole number" if scale.is_whole else "a score"
        expected = f"{kind} from {scale.lowest} to {scale.highest}, the scale of {name}"
        raise Unheard(Fault.NUMBER_DOES_NOT_FIT, field, expected)
    return score


def currency(value: Any) -> str | None:
    """Three letters, or None for what is no currency."""
    text = str(value).strip().upper() if value is not None else ""
    return text if re.fullmatch("[A-Z]{3}", text) else None


def words(value: Any) -> str | None:
    """What somebody wrote, None when it is blank."""
    text = value.strip() if isinstance(value, str) else ""
    return text.replace("\0", "\ufffd") or None


def unheard(error: msgspec.MsgspecError | UnicodeDecodeError | RecursionError) -> Unheard:
    """What msgspec found wrong with an event."""
    if isinstance(error, msgspec.ValidationError):
        found = _EXPECTED.search(str(error))
        if found is not None and found[1] == "object" and not found[3]:
            return Unheard(Fault.NOT_AN_OBJECT, "event", "a JSON object")
        if found is not None:
            return Unheard(Fault.FIELD_IS_WRONG, found[3] or "event", _in_words(found[1]))
        return Unheard(Fault.FIELD_IS_WRONG, "event", str(error)[:200])
    if isinstance(error, RecursionError):
        return Unheard(Fault.NOT_JSON, "event", "JSON that is nested at most a thousand deep")
    return Unheard(Fault.NOT_JSON, "event", f"JSON in UTF-8 ({str(error)[:120]})")


# The same people come again and again.
@lru_cache(maxsize=1 << 16)
def _person(value: str, field: str) -> str | None:
    if "\0" in value:
        raise Unheard(Fault.ID_IS_NOT_ONE, field, "an id without NUL characters")
    text = value.strip()
    if len(text) > LONGEST_ID:
        raise Unheard(Fault.ID_IS_NOT_ONE, field, f"an id of at most {LONGEST_ID} characters")
    return None if is_nobody(text) else text


def _in_words(expected: str) -> str:
    known = {"str": "a text", "object": "a JSON object", "array": "a list", "int": "a whole number"}
    parts = [known.get(part.strip(), part.strip()) for part in expected.split("|")]
    return " or ".join(part for part in parts if part != "null")
