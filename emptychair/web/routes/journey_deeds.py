"""Making and changing journeys: the builder with its count, what is found, one undo, archiving."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit
from emptychair.desk import journeys as desk
from emptychair.desk.journeys import Journey, Origin
from emptychair.understand.fields import fields as fields_of
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.funnel import Funnel
from emptychair.understand.journeys.steps import MOST, Order, Steps
from emptychair.understand.stated import NotADefinition
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.journeys import seen, telling
from emptychair.web.journeys.sent import Form as Typed
from emptychair.web.journeys.sent import done_to, form_from, form_of
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, refused
from emptychair.web.render import as_json
from emptychair.web.routes.journeys import days_of, journey_of
from emptychair.web.segments.row import SIGNALS
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/journeys/new")
def new(request: Request, found: str = "", days: int = 365) -> Response:
    """The builder of a new journey; with `found=yes` filled with what customers of the last `days` do."""
    form = Typed()
    if found == "yes":
        proposal = seen.proposal(parts_of(request), days_of(days))
        if proposal is not None and proposal.steps is not None:
            form = form_of("", "", stepping.as_data(proposal.steps))
    return _builder(request, None, form, origin=Origin.FOUND if found == "yes" else Origin.DECLARED)


@router.post("/journeys/preview")
def preview(request: Request, fields: SentFields) -> Response:
    """The builder as it was sent, after the button `do` (`add`, `remove:2`, `up:2`), and how many get to each
    step within the last year. Nothing is saved.
    """
    form = done_to(form_from(fields), fields.text("do"))
    steps, faults = _tried(request, form)
    way = None if steps is None else seen.counted(parts_of(request), steps, 365)
    if wanted_form(request) is not Form.HTML:
        if steps is None:
            raise refused(faults)
        return as_json({"steps": [] if way is None else telling.way_as_data(way)["steps"]})
    itself = fields.text("itself")
    journey = journey_of(request, itself) if itself else None
    return _builder(request, journey, form, faults, way, origin=_origin(fields.text("origin")))


@router.post("/journeys")
def create(request: Request, fields: SentFields) -> Response:
    """A new journey: a `name`, a `description`, and a `definition` as JSON text (docs/journeys.md), or the
    rows of the builder.
    """
    form, parts = form_from(fields), parts_of(request)
    steps, faults = _tried(request, form)
    faults = {**form.faults(), **faults}
    if steps is None or faults:
        return _again(request, None, form, faults)
    with parts.desk.begin() as tx:
        made = desk.create(
            tx,
            name=form.name,
            description=form.description,
            definition=stepping.as_data(steps),
            origin=_origin(fields.text("origin")),
            by=visitor_of(request).name,
            now=parts.clock(),
        )
        _write_down(request, tx, "create_journey", made.id)
    return _done(request, made.id, "created", HTTPStatus.CREATED)


@router.get("/journeys/{id}/edit")
def edit(request: Request, id: str) -> Response:  # noqa: A002
    """The builder with the steps of a journey."""
    journey = journey_of(request, id)
    form = form_of(journey.name, journey.description, journey.definition)
    return _builder(request, journey, form, origin=journey.origin)


@router.post("/journeys/{id}")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Give a journey a `name`, a `description` and other steps; the change can be undone."""
    journey, form = journey_of(request, id), form_from(fields)
    steps, faults = _tried(request, form)
    faults = {**form.faults(), **faults}
    if steps is None or faults:
        return _again(request, journey, form, faults)
    told = {"name": form.name, "description": form.description, "definition": stepping.as_data(steps)}
    _change(request, journey, told, parts_of(request).clock(), "change_journey")
    return _done(request, id, "changed")


@router.post("/journeys/{id}/undoing")
def undo(request: Request, id: str) -> Response:  # noqa: A002
    """Let a journey say what it said before its last change; doing it again takes that back."""
    journey = journey_of(request, id)
    if journey.before is None:
        raise Problem(HTTPStatus.CONFLICT, "This journey was never changed.")
    _change(request, journey, journey.before, parts_of(request).clock(), "undo_journey")
    return _done(request, id, "undone")


@router.post("/journeys/{id}/archiving")
def archive(request: Request, id: str) -> Response:  # noqa: A002
    """Take a journey out of the list."""
    return _archive(request, id, parts_of(request).clock(), "archived")


@router.post("/journeys/{id}/unarchiving")
def unarchive(request: Request, id: str) -> Response:  # noqa: A002
    """Put an archived journey back."""
    return _archive(request, id, None, "unarchived")


def _archive(request: Request, journey_id: str, at: datetime | None, done: str) -> Response:
    journey = journey_of(request, journey_id)
    with parts_of(request).desk.begin() as tx:
        if desk.archive(tx, journey.id, at):
            _write_down(request, tx, f"{done}_journey", journey.id)
    return _done(request, journey.id, done)


def _tried(request: Request, form: Typed) -> tuple[Steps | None, Mapping[str, str]]:
    try:
        return seen.checked(parts_of(request), form.as_data()), {}
    except NotADefinition as fault:
        return None, fault.faults


def _change(request: Request, journey: Journey, told: Mapping[str, Any], now: datetime, verb: str) -> None:
    with parts_of(request).desk.begin() as tx:
        if not desk.change(
            tx,
            journey,
            name=told["name"],
            description=told["description"],
            definition=told["definition"],
            now=now,
        ):
            raise Problem(HTTPStatus.CONFLICT, "Somebody else changed this journey meanwhile: look again.")
        _write_down(request, tx, verb, journey.id)


def _again(request: Request, journey: Journey | None, form: Typed, faults: Mapping[str, str]) -> Response:
    if wanted_form(request) is not Form.HTML:
        raise refused(faults)
    return _builder(request, journey, form, faults, status=422)


def _builder(
    request: Request,
    journey: Journey | None,
    form: Typed,
    faults: Mapping[str, str] | None = None,
    way: Funnel | None = None,
    status: int = 200,
    origin: Origin = Origin.DECLARED,
) -> Response:
    return shell.page(
        request,
        "journeys/edit.html",
        status,
        journey=journey,
        form=form if not form.definition else replace(form, steps=()),
        faults=faults or {},
        wrong=_by_step(faults or {}),
        way=way,
        fields=fields_of(parts_of(request).ledger),
        signals=SIGNALS,
        orders=tuple(Order),
        most=MOST,
        origin=origin,
    )


def _by_step(faults: Mapping[str, str]) -> dict[str, list[str]]:
    """Faults by the number of their step, those of the whole under ""."""
    found: dict[str, list[str]] = {}
    for place, text in faults.items():
        if place not in ("name", "description"):
            head, _, rest = place.partition("steps[")
            found.setdefault(rest.partition("]")[0] if rest and head else "", []).append(text)
    return found


def _origin(text: str) -> Origin:
    return Origin(text) if text in set(Origin) else Origin.DECLARED


def _write_down(request: Request, tx: Connection, verb: str, thing: str) -> None:
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=parts_of(request).clock())


def _done(request: Request, journey_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/journeys/{journey_id}?done={done}", 303)
    return as_json(telling.as_data(journey_of(request, journey_id)), status.value)
