"""Events that nobody could understand: looked at, heard again after a fix, or discarded."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from emptychair.desk import parked_events, work
from emptychair.desk.parked_events import Parked, Standing
from emptychair.listen.intake import replay as replaying
from emptychair.listen.intake.reasons import Fault
from emptychair.web import shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sources import rights, source_of, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 50
MOST = 1_000


@router.get("/sources/{id}/parked")
def waiting(
    request: Request,
    id: str,  # noqa: A002
    standing: str = Standing.WAITING.value,
    reason: str = "",
    after: str = "",
    done: str = "",
) -> Response:
    """A page of a source's parked events, newest first, as they came; JSON and CSV have up to 1,000,
    and JSON says where the next begin.
    """
    parts, source, wanted = parts_of(request), source_of(request, id), wanted_form(request)
    where = Standing(standing) if standing in set(Standing) else Standing.WAITING
    why = reason if reason in set(Fault) else None
    limit = PAGE if wanted is Form.HTML else MOST
    with parts.desk.read() as tx:
        found = parked_events.page(tx, id, standing=where, reason=why, after=after or None, limit=limit + 1)
        counts = parked_events.counts(tx, id)
        hearing = work.latest(tx, replaying.KIND, id)
    older = found[limit - 1].id if len(found) > limit else None
    found = found[:limit]
    if wanted is Form.JSON:
        return as_json({"parked": [_as_data(event) for event in found], "older": older})
    if wanted is Form.CSV:
        rows = [list(_as_data(event).values()) for event in found]
        return as_csv("parked-events", list(_as_data(found[0])) if found else ["id"], rows)
    return shell.page(
        request,
        "sources/parked.html",
        source=source,
        events=[(event, _text(event)) for event in found],
        older=older,
        totals={at: sum(n for (_, other, _), n in counts.items() if other is at) for at in Standing},
        reasons={fault: n for (_, at, fault), n in sorted(counts.items()) if at is where},
        where=where,
        why=why or "",
        work=hearing,
        done=done,
        **rights(request),
    )


@router.get("/sources/{id}/replay")
def progress(request: Request, id: str) -> Response:  # noqa: A002
    """How far hearing again is; null when it was never asked for."""
    source_of(request, id)
    with parts_of(request).desk.read() as tx:
        hearing = work.latest(tx, replaying.KIND, id)
    if wanted_form(request) is not Form.HTML:
        return as_json({"replay": hearing})
    answer = parts_of(request).pages.page(request, "sources/replay.html", work=hearing, source_id=id)
    if hearing is None or hearing.ended_at is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/sources/{id}/replay")
def replay(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Hear all waiting events again, or those with one `reason`; in the background."""
    parts, source, reason = parts_of(request), source_of(request, id), _reason(fields)
    with parts.desk.begin() as tx:
        replaying.ask(tx, source.id, reason, by=visitor_of(request).name, now=parts.clock())
        write_down(tx, request, "replay", id, {"reason": reason or "all"})
    return _answer(request, id, "replay", HTTPStatus.ACCEPTED)


@router.post("/sources/{id}/parked/{event}/replay")
async def replay_one(request: Request, id: str, event: str) -> Response:  # noqa: A002
    """Hear one event again, now."""
    parts = parts_of(request)
    await run_in_threadpool(_found, request, id, event)

    def heard() -> int:
        translate = parts.reception.translate
        return replaying.replay(parts.ledger, parts.desk, translate, [event], now=parts.clock()).heard

    return _answer(request, id, "heard" if await run_in_threadpool(heard) else "not_heard")


@router.post("/sources/{id}/discarding")
def discard(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Discard all waiting events, or those with one `reason`, or one `event`; they can be taken back."""
    parts, source, reason = parts_of(request), source_of(request, id), _reason(fields)
    event = fields.text("event")
    if event:
        _found(request, id, event)
    with parts.desk.begin() as tx:
        now = parts.clock()
        if event:
            n = parked_events.settle(tx, [event], Standing.DISCARDED, now)
        else:
            n = parked_events.discard_all(tx, source.id, reason, now)
        write_down(tx, request, "discard_parked", id, {"events": str(n), "reason": reason or "all"})
    return _answer(request, id, "discarded")


@router.post("/sources/{id}/reopening")
def reopen(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let discarded events wait again: all, those with one `reason`, or one `event`."""
    source, reason, event = source_of(request, id), _reason(fields), fields.text("event")
    if event:
        _found(request, id, event)
    with parts_of(request).desk.begin() as tx:
        one = [event] if event else []
        n = parked_events.reopen(tx, one) if one else parked_events.reopen_all(tx, source.id, reason)
        write_down(tx, request, "reopen_parked", id, {"events": str(n), "reason": reason or "all"})
    return _answer(request, id, "reopened")


def _answer(request: Request, source_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{source_id}/parked?done={done}", 303)
    with parts_of(request).desk.read() as tx:
        counts = parked_events.counts(tx, source_id)
        hearing = work.latest(tx, replaying.KIND, source_id)
    totals = {at: sum(n for (_, other, _), n in counts.items() if other is at) for at in Standing}
    return as_json({"done": done, "parked": totals, "replay": hearing}, status.value)


def _found(request: Request, source_id: str, event_id: str) -> Parked:
    source_of(request, source_id)
    with parts_of(request).desk.read() as tx:
        event = parked_events.find(tx, event_id)
    if event is None or event.source != source_id:
        raise not_found("This source has no such parked event.")
    return event


def _reason(fields: Fields) -> str | None:
    reason = fields.text("reason")
    if reason and reason not in set(Fault):
        raise refused({"reason": f"Choose one of {', '.join(Fault)}, or leave it out for all."})
    return reason or None


def _text(event: Parked) -> str:
    """The event as it was written; what is no UTF-8 is shown by its bytes."""
    return event.raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _as_data(event: Parked) -> dict[str, object]:
    return {
        "id": event.id,
        "received_at": event.received_at,
        "door": event.door,
        "client": event.client,
        "reason": event.reason,
        "field": event.field,
        "expected": event.expected,
        "standing": event.standing,
        "settled_at": event.settled_at,
        "raw": _text(event),
    }
