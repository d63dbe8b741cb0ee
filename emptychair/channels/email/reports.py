"""What mail systems send back, understood: undeliverable mail (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from enum import StrEnum

from emptychair.channels.email.statuses import NOBODY

# Headers in which a server says for which of our return paths a message came.
_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_MOST_PARTS = 50


class Kind(StrEnum):
    """What a report says."""

    NOBODY = "nobody"
    UNDELIVERED = "undelivered"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. `returned_to` are return paths and `message_ids` ids by which its message may be known.

    NOBODY: nobody has the address. UNDELIVERED: this message did not arrive, which says nothing of the next.
    `told` is in the words of the server.
    """

    kind: Kind
    told: str
    returned_to: tuple[str, ...]
    message_ids: tuple[str, ...]


def understood(raw: bytes) -> Report | None:
    """The report, or None for anything else: answers, news of delays, receipts, spam.

    `raw` may be cut off at its end. Never raises; time is linear but for a thousand parts inside each other.
    """
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        parts = _parts(message)
    except RecursionError:  # boxes in boxes in boxes
        return None
    kind = _text(message.get_param("report-type") or "").lower()
    if message.get_content_type() != "multipart/report":
        return None
    found = None
    if kind == "delivery-status":
        found = _failure(parts)
    elif kind == "feedback-report":
        found = _complaint(parts)
    if found is None:
        return None
    originals = list(_originals(parts))
    paths = [*_values(message, _DELIVERED_TO), *found[2]]
    paths += [path for original in originals for path in _values(original, ("Return-Path",))]
    ids = [one for original in originals for one in _values(original, ("Message-ID",))]
    return Report(kind=found[0], told=found[1], returned_to=tuple(paths[:20]), message_ids=tuple(ids[:5]))


_Found = tuple[Kind, str, list[str]]


def _failure(parts: list[Message]) -> _Found | None:
    """What failed for good; delays and deliveries are none. Mail of ours has one recipient."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            status = fields.get("status", "").split(" ")[0].strip()
            if fields.get("action", "").lower() == "failed" and not status.startswith(("2", "4")):
                told = fields.get("diagnostic-code", "").partition(";")[2].strip()
                kind = Kind.NOBODY if status in NOBODY else Kind.UNDELIVERED
                return kind, f"{status} {told}".strip() or "undeliverable", []
            if fields.get("action", "").lower() == "failed":
                # "Failed" after days of 4.x.x: given up on, which says nothing of whether somebody is there.
                return Kind.UNDELIVERED, f"{status} given up", []
    return None


def _complaint(parts: list[Message]) -> _Found | None:
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        for fields in _blocks(part):
            what = fields.get("feedback-type", "").lower()
            if what and what != "not-spam":
                path = fields.get("original-mail-from", "")
                return Kind.COMPLAINT, f"{what}, by {fields.get('user-agent', 'a mail provider')}", [path]
    return None


def _originals(parts: list[Message]) -> Iterator[Message]:
    """The letters of ours that came back, whole or their head alone."""
    for part in parts:
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload()
            yield from (one for one in inner if isinstance(one, Message)) if isinstance(inner, list) else ()
        elif part.get_content_type() == "text/rfc822-headers":
            yield BytesParser(policy=compat32).parsebytes(_body(part), headersonly=True)


def _parts(message: Message) -> list[Message]:
    """The parts of a report; not those of the letter inside it, which may be reports themselves."""
    inner = message.get_payload()
    found = [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else []
    return found[:_MOST_PARTS]


def _blocks(part: Message) -> list[Mapping[str, str]]:
    """The fields of a report, a block for the whole and one for each recipient; names in small letters."""
    inner = part.get_payload()
    if isinstance(inner, list):  # the library makes a message of every block of a delivery status
        blocks = [one for one in inner if isinstance(one, Message)]
    else:
        text = _body(part).replace(b"\r\n", b"\n")
        blocks = [BytesParser(policy=compat32).parsebytes(one + b"\n\n") for one in re.split(b"\n\n+", text)]
    return [{name.lower(): _text(value) for name, value in block.items()} for block in blocks[:_MOST_PARTS]]


def _body(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _values(message: Message, names: tuple[str, ...]) -> list[str]:
    return [_text(value) for name in names for value in message.get_all(name, [])[:5]]


def _text(value: object) -> str:
    """A header as one line; what is no text in it is marked as such."""
    return " ".join(str(value).encode("utf-8", "replace").decode().split())[:1_000]
