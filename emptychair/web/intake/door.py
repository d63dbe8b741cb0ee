"""The collector: a request in, its events in the journal, and only then an answer (raw ASGI)."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from emptychair.ledger.envelope import Envelope
from emptychair.ledger.errors import JournalFullError, JournalSyncError, LedgerClosedError
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.keys import Way
from emptychair.listen.intake.pace import Pace
from emptychair.listen.intake.reasons import TurnedAway
from emptychair.listen.intake.reception import Reception
from emptychair.listen.intake.splitting import Door, NotEvents, Split, split
from emptychair.web.intake import configs
from emptychair.web.intake.paths import DEFINITIONS, FLAGS, PLACES, Place, is_asked_before
from emptychair.web.intake.reading import (
    Asked,
    Refusal,
    asked,
    body_of,
    from_headers,
    key_of,
    unpacked,
    with_type,
)
from emptychair.web.intake.waiting import Waiting

# What is held in memory for requests that are under way; beyond, clients are asked to come again.
MOST_BYTES = 64 << 20
# What the libraries send from browsers; RudderStack's say how often they tried.
_ALLOWED = (
    b"authorization, content-type, content-encoding, anonymousid, sentat, x-retry-count, rsa-recovered, "
    b"rsa-retry-attempt, rsa-retry-reason, rsa-since-first-attempt, rsa-since-last-attempt"
)
_JSON, _SCRIPT = b"application/json", b"text/javascript; charset=utf-8"
_OK = {Door.POSTHOG: b'{"status":1}'}


class Collector:
    """Takes what clients of others send, and passes every other request on to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        ledger: Ledger,
        reception: Reception,
        base_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._app, self._ledger, self._keys = app, ledger, reception.keys
        self._turned_away = reception.turned_away
        self._base_url, self._clock = base_url, clock
        self._waiting, self._pace = Waiting(), Pace()
        self._held = 0
        self._is_reading = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what comes to the addresses of the collector."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        place = PLACES.get(path) or PLACES.get(path.rstrip("/"))
        if place is None and not is_asked_before(path):
            await self._app(scope, receive, send)
            return
        request = asked(scope)
        source = ""
        try:
            if request.method == "OPTIONS":
                await _answer(send, request, HTTPStatus.NO_CONTENT, b"")
                return
            if place is None:
                await self._tell(send, request)
                return
            if request.method != "POST":
                await _answer(
                    send, request, HTTPStatus.METHOD_NOT_ALLOWED, b"", [(b"allow", b"POST, OPTIONS")]
                )
                return
            request.body = await body_of(receive, request.headers.get(b"content-length", b""))
            way, found, body = await self._let_in(request, place)
            source = way.source
            await self._keep(request, place, way, found, body)
            await _answer(send, request, HTTPStatus.OK, _taken(place.door, len(found.events)))
        except Refusal as refusal:
            await self._turn_away(send, request, refusal, source)

    async def _let_in(self, request: Asked, place: Place) -> tuple[Way, Split, bytes]:
        """Who sends, what, and the body as it is kept. Raises Refusal."""
        await self._know_keys()
        shown = key_of(request)
        way = self._way(request, shown) if shown else None  # nothing is unpacked for an unknown key
        if place.door is Door.CLOUDEVENTS and b"ce-specversion" in request.headers:
            request.body = from_headers(request)
        body = unpacked(request.body, place.longest)
        if place.type is not None:
            body = with_type(body.strip(), place.type)
        door = Door.LINES if place.door is Door.PLAIN and _is_lines(request) else place.door
        try:
            found = split(door, body)
        except NotEvents as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, TurnedAway.NOT_JSON, f"Not taken: {error}.") from None
        way = way or self._way(request, found.key)
        wait = self._pace.wait(way.source, len(found.events), way.events_per_second, time.monotonic())
        if wait:
            detail = f"At most {way.events_per_second:,} events a second: come again in {wait} s."
            raise Refusal(place.busy, TurnedAway.TOO_FAST, detail, retry_after=wait)
        return way, found, body

    async def _know_keys(self) -> None:
        """Read the keys again when it is time, one request for all; only the first of all has to wait."""
        now = self._clock()
        if self._keys.is_stale(now) and not (self._is_reading and self._keys.is_read):
            self._is_reading = True
            try:
                await run_in_threadpool(self._keys.read, now)
            finally:
                self._is_reading = False

    def _way(self, request: Asked, key: str | None) -> Way:
        if not key:
            raise Refusal(
                HTTPStatus.UNAUTHORIZED, TurnedAway.NO_KEY, "Show a write key: Settings, Sources has it."
            )
        way = self._keys.way(key)
        if way is None:
            raise Refusal(HTTPStatus.UNAUTHORIZED, TurnedAway.KEY_IS_UNKNOWN, "This write key does not work.")
        origin = request.header(b"origin")
        if way.origins and origin and origin not in way.origins:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                TurnedAway.ORIGIN_IS_NOT_ALLOWED,
                "This write key does not work on this site.",
            )
        return way

    async def _keep(self, request: Asked, place: Place, way: Way, found: Split, body: bytes) -> None:
        """Return when the events are on disk. Raises Refusal."""
        if self._held + len(body) > MOST_BYTES:
            raise Refusal(place.busy, TurnedAway.BUSY, "Too much at once: come again.", retry_after=1)
        if not found.events:
            return
        self._held += len(body)
        door = Door.LINES if place.door is Door.PLAIN and _is_lines(request) else place.door
        future, done = self._waiting.begin()
        envelope = Envelope(
            door=door,
            source=way.source,
            received_at=self._clock(),
            client=request.header(b"user-agent")[:80] or None,
            body=body,
        )
        try:
            self._ledger.hand_over(envelope, done)
            await future
        except JournalFullError as error:
            raise _unavailable(TurnedAway.DISK_IS_FULL, str(error)) from None
        except JournalSyncError as error:
            raise _unavailable(TurnedAway.DISK_REFUSED, str(error)) from None
        except LedgerClosedError:
            raise _unavailable(TurnedAway.CLOSING, "This server is closing: come again.") from None
        finally:
            self._held -= len(body)

    async def _tell(self, send: Send, request: Asked) -> None:
        """Answer what clients ask before they send."""
        path = request.path.rstrip("/")
        if path in FLAGS:
            await _answer(send, request, HTTPStatus.OK, configs.no_flags())
        elif path in DEFINITIONS:
            await _answer(send, request, HTTPStatus.OK, configs.no_definitions())
        elif path == "/sourceConfig":
            key = key_of(request) or ""
            await _answer(send, request, HTTPStatus.OK, configs.rudderstack_settings(key))
        elif path.startswith("/v1/projects/"):
            key = path.split("/")[3]
            await _answer(send, request, HTTPStatus.OK, configs.segment_settings(key, self._base_url))
        elif path.endswith(".js"):
            await _answer(
                send, request, HTTPStatus.OK, configs.posthog_script(path.split("/")[2]), kind=_SCRIPT
            )
        else:
            await _answer(send, request, HTTPStatus.OK, configs.posthog_config(path.split("/")[2]))

    async def _turn_away(self, send: Send, request: Asked, refusal: Refusal, source: str) -> None:
        self._turned_away[(self._clock().astimezone(UTC).date(), source, refusal.reason.value)] += 1
        more = [] if refusal.retry_after is None else [(b"retry-after", str(refusal.retry_after).encode())]
        if refusal.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
            more.append((b"connection", b"close"))
        told = {"success": False, "error": {"type": refusal.reason.value, "message": refusal.detail}}
        await _answer(send, request, refusal.status, json.dumps(told).encode(), more)


def _is_lines(request: Asked) -> bool:
    return request.header(b"content-type").partition(";")[0].strip().lower() in (
        "application/x-ndjson",
        "application/jsonl",
        "application/jsonlines",
    )


def _taken(door: Door, events: int) -> bytes:
    if door is Door.PLAIN:
        return b'{"success":true,"received":%d}' % events
    return _OK.get(door, b'{"success":true}')


def _unavailable(reason: TurnedAway, detail: str) -> Refusal:
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, reason, detail, retry_after=5)


async def _answer(
    send: Send,
    request: Asked,
    status: HTTPStatus,
    body: bytes,
    more: list[tuple[bytes, bytes]] | None = None,
    *,
    kind: bytes = _JSON,
) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *(more or ())]
    headers.append((b"x-content-type-options", b"nosniff"))
    headers.append((b"cross-origin-resource-policy", b"cross-origin"))
    origin = request.headers.get(b"origin")
    if origin is not None:
        # Any site may ask: whether its key works there is seen when it sends, and no cookie is read here.
        headers += [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        headers.append((b"access-control-expose-headers", b"etag, retry-after"))
        if request.method == "OPTIONS":
            headers += [
                (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
                (b"access-control-allow-headers", _ALLOWED),
                (b"access-control-max-age", b"86400"),
            ]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
