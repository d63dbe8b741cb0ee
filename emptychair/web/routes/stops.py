"""Addresses that are not written to: seen, stopped by hand, and written to again when somebody says so."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import audit, stops
from emptychair.desk.addresses import fit
from emptychair.desk.stops import Cause, Stop
from emptychair.domain.contact import Purpose
from emptychair.web import said, shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000
_HEAD = ("id", "address", "purpose", "cause", "evidence", "by", "at")


@router.get("/stopped-addresses")
def every(request: Request, search: str = "", cause: str = "", before: int = 0, done: str = "") -> Response:
    """A page of addresses that are not written to, newest first; JSON and CSV have up to 1,000, and JSON says
    where the next begin (`older`).
    """
    wanted = wanted_form(request)
    limit = PAGE if wanted is Form.HTML else MOST
    chosen = Cause(cause) if cause in set(Cause) else None
    place = before if 0 < before < 2**62 else None
    with parts_of(request).desk.read() as tx:
        found = stops.page(tx, search=search[:254], cause=chosen, before=place, limit=limit + 1)
    older = found[limit - 1].id if len(found) > limit else None
    found = found[:limit]
    if wanted is Form.JSON:
        return as_json({"stopped": found, "older": older})
    if wanted is Form.CSV:
        return as_csv("stopped-addresses", _HEAD, [[getattr(one, name) for name in _HEAD] for one in found])
    return shell.page(
        request,
        "outbox/stops.html",
        found=found,
        older=older,
        search=search,
        cause=chosen,
        causes=list(Cause),
        purposes=list(Purpose),
        words_stops=said.STOPS,
        words_purposes=said.PURPOSES,
        done=done,
    )


@router.post("/stopped-addresses")
def stop(request: Request, fields: SentFields) -> Response:
    """Write to `address` no more, for one `purpose` or for any; `evidence` says how we know."""
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    address, purpose = fit(fields.text("address")), fields.text("purpose")
    if purpose and purpose not in set(Purpose):
        raise refused({"purpose": f"Expected one of {', '.join(Purpose)}, or nothing."})
    with parts.desk.begin() as tx:
        told = fields.text("evidence") or "said so"
        wanted = Purpose(purpose) if purpose else None
        if stops.stop(tx, address, Cause.BY_HAND, purpose=wanted, evidence=told, by=by, now=now):
            where = visit_of(request).address
            audit.record(tx, who=by, verb="stop_address", thing=address[:80], now=now, address=where)
        held = stops.of_address(tx, address)
    return _answer(request, held, "stopped", HTTPStatus.CREATED)


@router.post("/stopped-addresses/{id}/lifting")
def lift(request: Request, id: str) -> Response:  # noqa: A002
    """Write to it again: it works again, or its owner wants it. Not for who complained or unsubscribed."""
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    with parts.desk.begin() as tx:
        found = stops.find(tx, int(id)) if id.isascii() and id.isdecimal() and len(id) < 18 else None
        if found is None:
            raise not_found("There is no such stop.")
        if found.cause in (Cause.UNSUBSCRIBED, Cause.COMPLAINED):
            detail = "Who unsubscribed can subscribe again by the link in any mail; nobody else can do it."
            raise Problem(HTTPStatus.CONFLICT, detail)
        if stops.lift(tx, found.id, by=by, now=now):
            where = visit_of(request).address
            audit.record(tx, who=by, verb="lift_stop", thing=found.address[:80], now=now, address=where)
        held = stops.of_address(tx, found.address)
    return _answer(request, held, "lifted", HTTPStatus.OK)


def _answer(request: Request, held: list[Stop], done: str, status: HTTPStatus) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/stopped-addresses?done={done}", 303)
    return as_json({"stopped": held}, status.value)
