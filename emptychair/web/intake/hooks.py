"""Where systems of others send messages: proven, into the journal, and only then answered (raw ASGI)."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from emptychair.desk import samples, source_secrets, sources
from emptychair.desk.desk import Desk
from emptychair.desk.source_secrets import Secrets
from emptychair.desk.sources import Source
from emptychair.ledger.envelope import Envelope
from emptychair.ledger.errors import JournalFullError, JournalSyncError, LedgerClosedError
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.keys import EVENTS_PER_SECOND
from emptychair.listen.intake.pace import Pace
from emptychair.listen.intake.reasons import TurnedAway
from emptychair.listen.intake.reception import Reception
from emptychair.listen.intake.splitting import Door
from emptychair.listen.sources import webhook
from emptychair.web.intake.reading import Asked, Refusal, asked, body_of, unpacked

PREFIX = "/webhooks/"
LONGEST = 500_000
# How long a sender is asked to wait while its source is paused.
_PAUSED_SECONDS = 600
_SAMPLE_SECONDS = 60


class Hooks:
    """Takes messages of webhooks, and passes every other request on to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        ledger: Ledger,
        desk: Desk,
        reception: Reception,
        clock: Callable[[], datetime],
    ) -> None:
        self._app, self._ledger, self._desk, self._clock = app, ledger, desk, clock
        self._turned_away = reception.turned_away
        self._pace = Pace()
        self._sampled: dict[str, tuple[int, datetime]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what comes to the addresses of webhooks."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request = asked(scope)
        source_id = request.path[len(PREFIX) :].rstrip("/")
        try:
            if request.method != "POST":
                await _answer(send, HTTPStatus.METHOD_NOT_ALLOWED, {}, [(b"allow", b"POST")])
                return
            source, secrets = await run_in_threadpool(self._listening, source_id)
            source_id = source.id
            request.body = await body_of(receive, request.headers.get(b"content-length", b""))
            await self._take(request, source, secrets)
            await _answer(send, HTTPStatus.OK, {"success": True})
        except Refusal as refusal:
            await self._turn_away(send, refusal, source_id if refusal.status != 404 else "")

    def _listening(self, source_id: str) -> tuple[Source, Secrets]:
        """The source of this address. Raises Refusal where none listens there."""
        with self._desk.read() as tx:
            source = sources.find(tx, source_id) if source_id.isascii() and len(source_id) < 40 else None
            if source is None or source.kind != webhook.SYSTEM.key or source.removed_at is not None:
                detail = "Nothing listens at this address (any more)."
                raise Refusal(HTTPStatus.NOT_FOUND, TurnedAway.KEY_IS_UNKNOWN, detail)
            secrets = source_secrets.reveal(tx, source.id)
        if source.paused_at is not None:
            detail = "This is paused: send it again later."
            raise Refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, TurnedAway.PAUSED, detail, retry_after=_PAUSED_SECONDS
            )
        return source, secrets

    async def _take(self, request: Asked, source: Source, secrets: Secrets) -> None:
        """Return when the message is on disk. Raises Refusal."""
        now = self._clock()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.items()}
        request.body = _whole(request.body, headers)
        scheme = (source.terms.get("settings") or {}).get("scheme", webhook.STANDARD)
        query = request.query.decode("latin-1")
        wait = self._pace.wait(source.id, 1, EVENTS_PER_SECOND, time.monotonic())
        if wait:
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS, TurnedAway.TOO_FAST, "Come again later.", retry_after=wait
            )
        try:
            key = webhook.prove(scheme, secrets.values.get("secret", ""), headers, query, request.body, now)
        except webhook.NotProven as fault:
            raise Refusal(HTTPStatus.UNAUTHORIZED, TurnedAway.KEY_IS_UNKNOWN, str(fault)) from None
        try:
            item = webhook.message(request.body, headers.get("content-type", ""), key)
        except webhook.NotReadable as fault:
            raise Refusal(HTTPStatus.BAD_REQUEST, TurnedAway.NOT_JSON, str(fault)) from None
        envelope = Envelope(
            door=Door.WEBHOOK,
            source=source.id,
            received_at=now,
            client=headers.get("user-agent", "")[:80] or None,
            body=item,
        )
        await run_in_threadpool(self._keep, envelope, item, now)

    def _keep(self, envelope: Envelope, item: bytes, now: datetime) -> None:
        try:
            self._ledger.put(envelope)
        except JournalFullError as error:
            raise _unavailable(TurnedAway.DISK_IS_FULL, str(error)) from None
        except JournalSyncError as error:
            raise _unavailable(TurnedAway.DISK_REFUSED, str(error)) from None
        except LedgerClosedError:
            raise _unavailable(TurnedAway.CLOSING, "This server is closing: come again.") from None
        # After the first few one a minute shows what differs, and spares the desk a write for every message.
        n, before = self._sampled.get(envelope.source, (0, now))
        if n < samples.MOST or (now - before).total_seconds() >= _SAMPLE_SECONDS:
            self._sampled[envelope.source] = n + 1, now
            with self._desk.begin() as tx:
                samples.keep(tx, envelope.source, [item], now)

    async def _turn_away(self, send: Send, refusal: Refusal, source: str) -> None:
        self._turned_away[(self._clock().astimezone(UTC).date(), source, refusal.reason.value)] += 1
        more = [] if refusal.retry_after is None else [(b"retry-after", str(refusal.retry_after).encode())]
        if refusal.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
            more.append((b"connection", b"close"))
        told = {"success": False, "error": {"type": refusal.reason.value, "message": refusal.detail}}
        await _answer(send, refusal.status, told, more)


def _whole(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body, unpacked where its headers say that it is packed. Raises Refusal for what is too long."""
    if headers.get("content-encoding", "identity") != "identity":
        return unpacked(body, LONGEST)
    if len(body) > LONGEST:
        detail = f"A message holds at most {LONGEST // 1000} kB."
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TurnedAway.TOO_LARGE, detail)
    return body


def _unavailable(reason: TurnedAway, detail: str) -> Refusal:
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, reason, detail, retry_after=5)


async def _answer(
    send: Send, status: HTTPStatus, told: object, more: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *(more or ()),
    ]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
