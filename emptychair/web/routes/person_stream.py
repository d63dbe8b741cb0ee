"""One customer live: new signals as they are loaded, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from emptychair.understand import identity
from emptychair.understand.person.arriving import Arrived
from emptychair.web.access import may
from emptychair.web.customers.live import MOST, Live, Watch
from emptychair.web.customers.seen import cursor, place
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import plain
from emptychair.web.routes.customers import CUSTOMER, resolved
from emptychair.web.visitor import recognised, visitor_of

router = APIRouter()

ROUTE = "/customers/person/stream"
# Seconds between looks; looks between heartbeats and between looks at who may still watch; looks in all.
PAUSE, BEAT, GUARD, LONGEST = 1.0, 15, 3, 900
RETRY_MS = 3_000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(ROUTE, response_class=StreamingResponse)
def stream(request: Request, id: str = "") -> Response:  # noqa: A002
    """New signals of the customer `id` as they are loaded, and with `Last-Event-ID` what was missed.

    Who may watch is looked at again while it is open. After a quarter of an hour the browser comes again.
    """
    parts, who = parts_of(request), resolved(request, id)
    if not identity.is_known(parts.ledger, CUSTOMER, who):
        raise not_found("No signal is of this customer.")
    visitor = visitor_of(request)
    by = visitor.session.id if visitor.session is not None else visitor.name
    watch = parts.live.open(by, who, place(unquote(request.headers.get("last-event-id", ""))))
    if watch is None:
        raise _too_many(parts.live)
    events = _events(request, parts, watch)
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)


async def _events(request: Request, parts: Parts, watch: Watch) -> AsyncIterator[bytes]:
    try:
        yield f"retry: {RETRY_MS}\n: open\n\n".encode()
        for turn in range(LONGEST):
            news = await run_in_threadpool(parts.live.news, watch)
            if parts.live.is_ended:
                return
            if (news or turn % GUARD == 0) and not await run_in_threadpool(_may_still, request, parts):
                yield b"event: closed\ndata: {}\n\n"
                return
            for one in news:
                yield as_event(one)
            if turn % BEAT == BEAT - 1:
                yield b": still here\n\n"
            await asyncio.sleep(PAUSE)
    finally:
        parts.live.close(watch)


def as_event(one: Arrived) -> bytes:
    """A signal as an event; neither its id nor its words can end a line of it."""
    at: datetime = one.received_at
    # In ASCII: there are programs that take U+2028 for the end of a line.
    told = json.dumps(plain({**asdict(one.it), "received_at": at}))
    return f"id: {quote(cursor(at, one.it.id))}\nevent: signal\ndata: {told}\n\n".encode()


def _may_still(request: Request, parts: Parts) -> bool:
    """Whether the session lives, and its person may still look."""
    return may(recognised(request, parts).who, "GET", ROUTE)


def _too_many(live: Live) -> Problem:
    is_full = live.is_ended or live.watching() >= MOST
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_full else HTTPStatus.TOO_MANY_REQUESTS
    return Problem(status, "Too many pages are watching customers. Close some of them.", retry_after=30)
