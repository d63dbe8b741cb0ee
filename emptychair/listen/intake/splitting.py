"""A request cut into its events, each still as it was written; one bad event must not cost the others."""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Raw, Struct


class Door(StrEnum):
    """The ways of writing events."""

    SEGMENT = "segment"
    POSTHOG = "posthog"
    CLOUDEVENTS = "cloudevents"
    PLAIN = "plain"
    LINES = "lines"  # signals, one a line
    FEED = "feed"
    APP_STORE = "app_store"
    GOOGLE_PLAY = "google_play"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    REDDIT = "reddit"
    HACKER_NEWS = "hacker_news"
    MAIL = "mail"
    WEBHOOK = "webhook"
    ROW = "row"


# What our own sources bring: items one a line, which nobody else writes.
OWN = frozenset(
    {
        Door.FEED, Door.APP_STORE, Door.GOOGLE_PLAY, Door.MASTODON, Door.BLUESKY, Door.REDDIT,
        Door.HACKER_NEWS, Door.MAIL, Door.WEBHOOK, Door.ROW,
    }
)  # fmt: skip


class NotEvents(ValueError):
    """The bytes are no JSON, or nothing in them is a list of events."""


@dataclass(frozen=True, slots=True)
class Split:
    """The events of a request, when it was sent by the clock of its client, and the key that it names."""

    events: Sequence[Raw | bytes]
    sent_at: Any = None
    key: str | None = None


class _Segment(Struct):
    batch: list[Raw] | None = None
    sentAt: Any = None  # noqa: N815  # as it is written
    writeKey: Any = None  # noqa: N815


class _Properties(Struct):
    token: Any = None


class _PostHog(Struct):
    batch: list[Raw] | None = None
    data: list[Raw] | Raw = Raw()
    sent_at: Any = None
    api_key: Any = None
    token: Any = None
    properties: _Properties | None = None


class _Plain(Struct):
    signals: list[Raw] | None = None


_SEGMENT = msgspec.json.Decoder(_Segment)
_POSTHOG = msgspec.json.Decoder(_PostHog)
_PLAIN = msgspec.json.Decoder(_Plain)
_LIST = msgspec.json.Decoder(list[Raw])
_COMMA, _COLON, _BRACKET = b",:["
_LISTS = {b"batch", b"signals", b"data"}
# A whole string, brackets, or what can only be the beginning of a string without end.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]+|[\]}]+|[,:"]', re.DOTALL)
# Some 50 ms: a thousand events with a hundred members each have fewer.
_MOST_TOKENS = 100_000


def split(door: Door, body: bytes) -> Split:
    """The events of a request. Raises NotEvents. O(bytes)."""
    body = body.strip()
    try:
        return _BY_DOOR[door](body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _tolerant(door, body)


def _segment(body: bytes) -> Split:
    if body.startswith(b"["):
        return Split(_LIST.decode(body))
    found = _SEGMENT.decode(body)
    events: Sequence[Raw | bytes] = (body,) if found.batch is None else found.batch
    return Split(events, found.sentAt, _text(found.writeKey))


def _posthog(body: bytes) -> Split:
    if body.startswith(b"["):
        events = _LIST.decode(body)
        first = _POSTHOG.decode(events[0]) if events and bytes(events[0]).startswith(b"{") else _PostHog()
        return Split(events, None, _key(first))
    found = _POSTHOG.decode(body)
    several = found.batch if found.batch is not None else found.data
    return Split(several if isinstance(several, list) else (body,), found.sent_at, _key(found))


def _key(found: _PostHog) -> str | None:
    return _text(found.api_key) or _text(found.token) or _text(found.properties and found.properties.token)


def _cloudevents(body: bytes) -> Split:
    if body.startswith(b"["):
        return Split(_LIST.decode(body))
    _PLAIN.decode(body)  # proves that it is JSON
    return Split((body,))


def _plain(body: bytes) -> Split:
    if body.startswith(b"["):
        return Split(_LIST.decode(body))
    found = _PLAIN.decode(body)
    return Split((body,) if found.signals is None else found.signals)


def _lines(body: bytes) -> Split:
    return Split([line for line in body.splitlines() if line.strip()])


_BY_DOOR: dict[Door, Callable[[bytes], Split]] = {
    Door.SEGMENT: _segment,
    Door.POSTHOG: _posthog,
    Door.CLOUDEVENTS: _cloudevents,
    Door.PLAIN: _plain,
    Door.LINES: _lines,
    **dict.fromkeys(OWN, _lines),
}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _tolerant(door: Door, body: bytes) -> Split:
    """As `split` where some event is no JSON: cut by brackets alone. A broken frame raises NotEvents."""
    text = _utf8(body)
    events, frame = _cut(text)
    if events is None:
        raise NotEvents("this is no JSON")
    if text != body and not events and frame == text:
        return _BY_DOOR[door](text)
    try:
        around = _BY_DOOR[door](frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotEvents("this is no JSON") from None
    return Split(events or around.events, around.sent_at, around.key)


def _utf8(body: bytes) -> bytes:
    """Without a byte order mark, and from UTF-16 or UTF-32 where the mark or the zero bytes say so."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return _decoded(body, name)
    if body[1:2] == b"\0":
        return _decoded(body, "utf-16-le")
    if body[:1] == b"\0":
        return _decoded(body, "utf-16-be")
    return body.removeprefix(codecs.BOM_UTF8).strip()


def _decoded(body: bytes, name: str) -> bytes:
    try:
        return body.decode(name).strip().encode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise NotEvents("this is no JSON") from None


def _cut(text: bytes) -> tuple[list[bytes] | None, bytes]:
    """The elements of the list of events, and the text with the list emptied; None where brackets do not fit.

    The list is the whole text, or a member `batch`, `signals` or `data` of it.
    """
    scissors = _Scissors(text)
    for count, token in enumerate(_TOKENS.finditer(text)):
        if token[0] == b'"' or count > _MOST_TOKENS or not scissors.meet(token):
            return None, text
    if scissors.depth or not text.startswith((b"{", b"[")):
        return None, text
    return scissors.pieces, scissors.frame()


class _Scissors:
    """Goes over the brackets of a text and cuts the list of events at its commas."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.depth = 0
        self.pieces: list[bytes] = []
        self._key = self._word = b""
        self._inside: int | None = None  # how deep the list lies, while it is open
        self._begin = self._end = self._at = -1

    def meet(self, token: re.Match[bytes]) -> bool:
        """Take the next token; False when a bracket closes that was not open."""
        sign = token[0]
        first = sign[0]
        if first in b"[{":
            self._open(sign, token.start())
        elif first in b"]}":
            self._close(len(sign), token.start())
        elif first == _COMMA:
            if self.depth == self._inside:
                self._keep(token.start())
        elif first == _COLON:
            if self.depth == 1:
                self._key = self._word.strip(b'"')
        else:
            self._word = sign
        return self.depth >= 0

    def frame(self) -> bytes:
        """The text with an empty list."""
        return self.text if self._begin < 0 else self.text[: self._begin] + self.text[self._end :]

    def _open(self, signs: bytes, at: int) -> None:
        for place, sign in enumerate(signs[:2] if self._begin < 0 else b"", start=1):
            depth = self.depth + place
            if sign == _BRACKET and (depth == 1 or (depth == 2 and self._key in _LISTS)):
                self._begin = self._at = at + place
                self._inside = depth
                break
        self.depth += len(signs)

    def _close(self, count: int, at: int) -> None:
        if self._inside is not None and self.depth - count < self._inside:
            place = at + self.depth - self._inside
            self._keep(place)
            self._end, self._inside = place, None
        self.depth -= count

    def _keep(self, end: int) -> None:
        if piece := self.text[self._at : end].strip():
            self.pieces.append(piece)
        self._at = end + 1
