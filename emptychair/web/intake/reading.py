"""A request of a client as it is: its key, its body unpacked, and no more of it than is taken."""

import asyncio
import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import parse_qs, unquote_to_bytes

import msgspec
from isal import isal_zlib
from isal.igzip_lib import IsalError
from starlette.types import Receive, Scope

from emptychair.listen.intake.reasons import TurnedAway

LONGEST_PACKED = 1 << 20
SLOWEST_SECONDS = 25.0
_LONGEST_QUERY, _MOST_FIELDS = 4_000, 100
_GZIP, _ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class Refusal(Exception):
    """A request that is answered with no; `retry_after` in seconds."""

    def __init__(
        self, status: HTTPStatus, reason: TurnedAway, detail: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.retry_after = status, reason, detail, retry_after


@dataclass(slots=True)
class Asked:
    """A request: its headers in small letters, its query, and its body when it was read."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    query: bytes
    body: bytes = b""

    def header(self, name: bytes) -> str:
        """A header as text, empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")


def asked(scope: Scope) -> Asked:
    """The request without its body."""
    return Asked(
        method=scope["method"],
        path=scope["path"],
        headers=dict(scope["headers"]),
        query=scope.get("query_string", b""),
    )


async def body_of(receive: Receive, announced: bytes) -> bytes:
    """The body as it was sent. Raises Refusal when it is longer than all that would be taken, or slow."""
    if announced.isdigit() and int(announced) > LONGEST_PACKED:
        raise _too_large(LONGEST_PACKED)
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            return await _whole(receive)
    except TimeoutError:
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT, TurnedAway.LEFT_OFF, "This request was too slow.") from None


async def _whole(receive: Receive) -> bytes:
    message = await receive()
    pieces = [message.get("body", b"")]
    size = len(pieces[0])
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(HTTPStatus.BAD_REQUEST, TurnedAway.LEFT_OFF, "The request ended before its body.")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > LONGEST_PACKED:
            raise _too_large(LONGEST_PACKED)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def unpacked(body: bytes, longest: int) -> bytes:
    """The body as its client wrote it, whatever it was packed in, and whatever its headers say.

    posthog-js sends gzip that calls itself text/plain (and no Content-Encoding), older ones base64 in a form.
    Raises Refusal for what unpacks to more than `longest` bytes or does not unpack at all.
    """
    if body.startswith(_GZIP):
        body = _inflated(body, 31, longest)
    elif body[:2] in _ZLIB:
        body = _inflated(body, 15, longest)
    if body.startswith(b"data="):
        body = _from_form(body)
    if len(body) > longest:
        raise _too_large(longest)
    return body


def key_of(request: Asked) -> str | None:
    """The write key that headers or query show: Basic (user), Bearer, or a parameter."""
    return _key(request.headers.get(b"authorization", b""), request.query)


@lru_cache(maxsize=4096)
def _key(authorization: bytes, query: bytes) -> str | None:
    scheme, _, given = authorization.decode("latin-1").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given, validate=True).decode("latin-1").partition(":")[0] or None
        except (binascii.Error, ValueError):
            return None
    if scheme.lower() == "bearer" and given.strip():
        return given.strip()
    if not query or len(query) > _LONGEST_QUERY:
        return None
    found = parse_qs(query.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    names = ("writeKey", "write_key", "api_key", "token", "key")
    return next((found[name][0] for name in names if found.get(name)), None)


def with_type(body: bytes, kind: str) -> bytes:
    """A single event with its type, which the address says where the event does not."""
    if not body.startswith(b"{"):
        return body
    try:
        has_type = _TYPED.decode(body).type is not None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body
    if has_type:
        return body
    rest = body[1:].lstrip()
    return b'{"type":"%s"%s%s' % (kind.encode(), b"" if rest.startswith(b"}") else b",", rest)


def from_headers(request: Asked) -> bytes:
    """A CloudEvent with its attributes in headers and its data in the body (the binding's binary mode)."""
    attributes = {
        name[3:].decode("latin-1"): unquote_to_bytes(value).decode("utf-8", "replace")
        for name, value in request.headers.items()
        if name.startswith(b"ce-")
    }
    event: dict[str, object] = dict(attributes)
    kind = request.header(b"content-type")
    if request.body:
        is_json = kind.partition(";")[0].strip().lower().endswith(("/json", "+json"))
        if is_json:
            event["data"] = msgspec.Raw(request.body)
        else:
            event["data_base64"] = base64.b64encode(request.body).decode()
    event["datacontenttype"] = kind or None
    return msgspec.json.encode(event)


class _Typed(msgspec.Struct):
    type: object = None


_TYPED = msgspec.json.Decoder(_Typed)


def _inflated(body: bytes, bits: int, longest: int) -> bytes:
    unpacking = isal_zlib.decompressobj(wbits=bits)
    try:
        found: bytes = unpacking.decompress(body, longest + 1)
    except (IsalError, zlib.error, EOFError, ValueError):  # type: ignore[misc]
        raise _not_unpacked() from None
    if len(found) > longest:
        raise _too_large(longest)
    if not unpacking.eof:
        raise _not_unpacked()
    return found


def _from_form(body: bytes) -> bytes:
    text = unquote_to_bytes(body[5:].partition(b"&")[0].replace(b"+", b" "))
    if text.lstrip().startswith((b"{", b"[")):
        return text
    try:
        return base64.b64decode(text.replace(b" ", b"+"), validate=False)
    except (binascii.Error, ValueError):
        raise _not_unpacked() from None


def _too_large(longest: int) -> Refusal:
    detail = f"A request holds at most {longest // 1000} kB of events: send smaller batches."
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TurnedAway.TOO_LARGE, detail)


def _not_unpacked() -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, TurnedAway.NOT_UNPACKED, "This cannot be unpacked.")
