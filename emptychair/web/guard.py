"""Doors before every route: where a request may come from, how large it may be, what every answer has."""

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
EMBEDDING = "Cross-Origin-Resource-Policy"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: forms would then be sent with "Origin: null", and could not be told from foreign ones.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    EMBEDDING: "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Adds the headers that keep foreign code and foreign frames out; answers are private by default."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if is_https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the head of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                for name, value in self._headers.items():
                    if name == EMBEDDING:
                        headers.setdefault(name, value)  # a file for the pages of others says so itself
                    else:
                        headers[name] = value
            await send(message)

        await self._app(scope, receive, sent)


class OwnOrigin:
    """Refuses changes that another site's page asks for with our cookie.

    Under paths that are `open_to_all` nothing is done by a cookie: who has the link may come from anywhere,
    as mail programs do with their one click (RFC 8058).
    """

    def __init__(self, app: ASGIApp, *, base_url: str, open_to_all: tuple[str, ...] = ()) -> None:
        self._app = app
        self._base = origin(base_url)
        self._open_to_all = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come from where it says it does."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._may_come(scope):
            await refuse(
                send, HTTPStatus.FORBIDDEN, "This request came from another site, so it was not done."
            )
            return
        await self._app(scope, receive, send)

    def _may_come(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return path.startswith(self._open_to_all) or self._is_own(Headers(scope=scope))

    def _is_own(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True  # a browser never adds such a header by itself
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        host = headers.get("host", "")
        return headers.get("origin") in {self._base, f"http://{host}", f"https://{host}"}


class TooLarge(Exception):
    """A body is, or grew, beyond what its route takes; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"This is more than the {limit:,} bytes that are taken here.")
        self.limit = limit


class BodyLimit:
    """Counts what is read of a body and raises `TooLarge` where a route reads more than its path allows.

    `with_files` are the paths that take files beside their fields, and how much where a form has some.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        usual: int,
        by_path: Mapping[str, int],
        with_files: Sequence[tuple[re.Pattern[str], int]] = (),
    ) -> None:
        self._app = app
        self._usual = usual
        self._by_path = by_path
        self._with_files = with_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a counted body; a body announced as too large is refused before it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(scope["path"], headers)
        announced = headers.get("content-length", "0")
        is_small = announced.isdecimal() and len(announced) <= 18 and int(announced) <= limit
        await self._app(scope, _counted(receive, limit, 0 if is_small else limit), send)

    def _limit(self, path: str, headers: Headers) -> int:
        is_form = headers.get("content-type", "").lower().startswith("multipart/form-data")
        limits = (limit for paths, limit in self._with_files if is_form and paths.fullmatch(path))
        return next(limits, self._by_path.get(path, self._usual))


def _counted(receive: Receive, limit: int, seen: int) -> Receive:
    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLarge(limit)
        return message

    return counted


async def refuse(send: Send, status: HTTPStatus, detail: str) -> None:
    """An answer without a page, for requests that reach no route."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    head = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status.value, "headers": head})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def origin(url: str) -> str:
    """Scheme, host and port of an address, as browsers write an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
