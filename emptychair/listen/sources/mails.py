"""A mail taken apart: who wrote what and when; runs in the limited child process alone."""

import email.policy
import re
import signal
from collections.abc import Callable, Iterator
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import blake2b
from typing import Any, TypeVar

from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

from emptychair.listen.sources.plain_text import plain_text

LONGEST_TEXT = 65_536
LONGEST_HEADER = 2_000
LONGEST_MARKUP = 400_000
MOST_PARTS = 200
MOST_REFERENCES = 50
_QUOTING_SECONDS = 2.0
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
# Who delivered a mail adds these: the same mail has others when it comes twice.
_TRACES = (
    "received",
    "delivered-to",
    "return-path",
    "x-",
    "arc-",
    "authentication-results",
    "dkim-signature",
)
_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-failed-recipients")
Answer = TypeVar("Answer")


def read_mail(raw: bytes) -> dict[str, Any]:
    """What a mail says, in plain values. Never raises for what is strange inside of it, only for what costs
    too much.
    """
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
    parts = list(_parts(message))
    whole = _text(parts)
    sender = _addresses(message, "from")
    return {
        "from": sender[0][1] if sender else "",
        "from_name": sender[0][0] if sender else "",
        "reply_to": [address for _, address in _addresses(message, "reply-to")],
        "to": [address for _, address in _addresses(message, "to")[:20]],
        "subject": _header(message, "subject"),
        "at": _date(message),
        "message_id": _message_id(message),
        "references": _references(message),
        "text": _own_words(whole),
        "whole": whole,
        "is_html": not any(kind == "text/plain" for kind, _, _ in parts) and bool(whole),
        "automatic": _automatic(message),
        "list": _header(message, "list-id"),
        "attachments": [
            {"name": name[:200], "type": kind[:100]} for kind, name, part in parts if name and part
        ][:50],
        "digest": _digest(message, raw),
    }


def _parts(message: Message) -> Iterator[tuple[str, str, Message]]:
    """(type, file name, part) of what is no container, a bounded number; not of mails inside the mail."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inside = part.get_payload()
        kind = part.get_content_type()
        if isinstance(inside, list) and kind.startswith("multipart/"):
            waiting[:0] = [each for each in inside[:MOST_PARTS] if isinstance(each, Message)]
        else:
            yield kind, _file_name(part), part


def _file_name(part: Message) -> str:
    name = part.get_filename() or ""
    if part.get_content_disposition() == "attachment" and not name:
        return "attachment"
    return _decoded(str(name))


def _text(parts: list[tuple[str, str, Message]]) -> str:
    """The words: what is plain text, or else what is left of HTML without its markup."""
    plain = [_body(part) for kind, name, part in parts if kind == "text/plain" and not name]
    text = "\n".join(each for each in plain if each.strip())
    if not text.strip():
        marked = [_body(part) for kind, name, part in parts if kind == "text/html" and not name]
        text = "\n".join(plain_text(each, LONGEST_MARKUP) for each in marked[:5])
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_TEXT]


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    raw = raw[: 4 * LONGEST_MARKUP]
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return raw.decode(charset or "utf-8")
        except (LookupError, UnicodeError, ValueError):
            continue
    # What calls itself something unknown and is no UTF-8 is most often Windows' Western code page.
    return raw.decode("cp1252", "replace")


def _own_words(whole: str) -> str:
    """The words of this mail, without those that it answers to and without a signature behind `-- `."""
    found = _within(_QUOTING_SECONDS, lambda: _reply(whole[:50_000]), whole)
    unquoted = "\n".join(line for line in found.split("\n") if not line.startswith(">"))
    begin = _SIGNATURE.split(unquoted, maxsplit=1)[0]
    return begin.strip() or unquoted.strip() or whole


def _reply(text: str) -> str:
    read = EmailMessage(text=text, languages=list(MAIL_LANGUAGES), keep_hyphen_lists=True).read()
    return read.latest_reply or ""


class _TooLong(Exception):
    """Something took longer than it may."""


def _within(seconds: float, act: Callable[[], Answer], otherwise: Answer) -> Answer:
    """What `act` gives, or the other where it takes too long or stumbles."""

    def stop(number: int, frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return act()
    except (_TooLong, RecursionError, re.error, ValueError, IndexError):
        return otherwise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _header(message: Message, name: str) -> str:
    return _decoded(str(message.get(name) or "")[:LONGEST_HEADER])


def _decoded(text: str) -> str:
    """A header's text in letters; what cannot be decoded stays as it was written."""
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError, IndexError):
        return _one_line(text)
    words = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            words.append(piece)
            continue
        try:
            words.append(piece.decode(charset or "utf-8"))
        except (LookupError, UnicodeError):
            words.append(piece.decode("latin-1"))
    return _one_line("".join(words))


def _one_line(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode().replace("\0", "")
    return " ".join(plain.split())[:LONGEST_HEADER]


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    raw = [str(value)[:LONGEST_HEADER] for value in (message.get_all(name) or [])[:5]]
    try:
        found = getaddresses(raw)
    except (ValueError, IndexError, RecursionError):
        return []
    return [(_decoded(who), address.strip()[:320]) for who, address in found if "@" in address]


def _date(message: Message) -> str | None:
    try:
        return parsedate_to_datetime(str(message.get("date") or "")[:100]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _message_id(message: Message) -> str:
    found = _MESSAGE_ID.search(str(message.get("message-id") or "")[:LONGEST_HEADER])
    return found[0] if found else ""


def _references(message: Message) -> list[str]:
    text = f"{message.get('references') or ''} {message.get('in-reply-to') or ''}"[-20_000:]
    return list(dict.fromkeys(_MESSAGE_ID.findall(text)))[-MOST_REFERENCES:]


def _automatic(message: Message) -> str:
    """Why a mail was written by no person, empty where it was (RFC 3834, and what programs do instead)."""
    submitted = str(message.get("auto-submitted") or "no").strip().lower()
    if not submitted.startswith("no"):
        return "auto-submitted"
    if message.get_content_type() == "multipart/report":
        return "report"
    if str(message.get("return-path") or "").strip() == "<>":
        return "return-path"
    precedence = str(message.get("precedence") or "").strip().lower()
    if precedence in ("bulk", "junk", "list", "auto_reply"):
        return f"precedence {precedence}"
    return next((name for name in _AUTOMATIC if message.get(name) is not None), "")


def _digest(message: Message, raw: bytes) -> str:
    """What makes it this mail, whatever way it came: its headers without the traces of the way, its body."""
    told = sorted(
        f"{name.lower()}:{value}" for name, value in message.items() if not name.lower().startswith(_TRACES)
    )
    head = raw.find(b"\r\n\r\n")
    body = raw[head:] if head >= 0 else raw[raw.find(b"\n\n") :]
    content = "\n".join(told).encode("utf-8", "replace") + body.strip()
    return blake2b(content, digest_size=16).hexdigest()
