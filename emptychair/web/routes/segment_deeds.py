"""Making and changing segments: the builder with its count, versions with their undo, archiving."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import audit, segment_versions, themes
from emptychair.desk import segments as desk
from emptychair.desk.segments import Segment
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.understand.fields import fields as fields_of
from emptychair.understand.segments import reading, saved
from emptychair.understand.segments.definition import Condition
from emptychair.understand.stated import NotADefinition
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.segments import as_data, audience_of, audiences_of, segment_of
from emptychair.web.segments import looked
from emptychair.web.segments.board import GROUP_MATCHES, Board, board_of, done_to, placed
from emptychair.web.segments.looked import Shown
from emptychair.web.segments.row import KINDS, OPINIONS, SIGNALS, STATES, TESTS, WHICH
from emptychair.web.segments.sent import Sent, SentSegment, faults_of_words
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/segments/new")
def new(request: Request, audience: str = "") -> Response:
    """The builder of a new segment of an `audience`."""
    return _builder(request, audience_of(request, audience), None, Board(), {})


@router.post("/segments/preview")
def preview(request: Request, sent: SentSegment) -> Response:
    """The builder as it was sent, after the button `do` (`add-group`, `add-row:0`, `remove:0.1`), and how
    many would be in the segment; what is wrong is told by its place. Nothing is saved. `itself` is the id of
    the segment that is being changed.
    """
    whose, itself = audience_of(request, sent.fields.text("audience")), sent.fields.text("itself")
    segment = segment_of(request, itself) if itself else None
    board = None if sent.board is None else done_to(sent.board, sent.fields.text("do"))
    condition, faults = _tried(request, sent, whose, itself, board)
    shown = None if condition is None else _counted(request, condition, whose)
    if wanted_form(request) is not Form.HTML:
        if shown is None:
            raise refused(faults)
        return as_json({"size": shown.size, "share": shown.share})
    return _builder(request, whose, segment, board, sent.fields.values, faults, shown)


@router.post("/segments")
def create(request: Request, sent: SentSegment) -> Response:
    """A new segment: a `name`, a `description`, an `audience` and a `definition` (docs/segments.md)."""
    whose, parts = audience_of(request, sent.fields.text("audience")), parts_of(request)
    condition, faults = _tried(request, sent, whose)
    faults = {**faults_of_words(sent), **faults}
    if condition is None or faults:
        return _again(request, whose, None, sent, faults)
    with parts.desk.begin() as tx:
        made = desk.create(
            tx,
            audience=whose,
            name=sent.name,
            description=sent.description,
            definition=reading.as_data(condition),
            by=visitor_of(request).name,
            now=parts.clock(),
        )
        _write_down(request, tx, "create_segment", made.id)
    return _done(request, made, "created", HTTPStatus.CREATED)


@router.get("/segments/{id}/edit")
def edit(request: Request, id: str) -> Response:  # noqa: A002
    """The builder with what a segment says."""
    segment = segment_of(request, id)
    typed = {"name": segment.name, "description": segment.description}
    return _builder(request, segment.audience, segment, board_of(segment.definition), typed)


@router.post("/segments/{id}")
def change(request: Request, id: str, sent: SentSegment) -> Response:  # noqa: A002
    """Give a segment a `name`, a `description` and a `definition`, as its next version."""
    segment, parts = segment_of(request, id), parts_of(request)
    condition, faults = _tried(request, sent, segment.audience, segment.id)
    faults = {**faults_of_words(sent), **faults}
    if condition is None or faults:
        return _again(request, segment.audience, segment, sent, faults)
    told = (sent.name, sent.description, reading.as_data(condition))
    _change(request, segment, told, parts.clock(), "change_segment")
    return _done(request, segment_of(request, id), "changed")


@router.post("/segments/{id}/versions/{version}/restoring")
def restore(request: Request, id: str, version: int) -> Response:  # noqa: A002
    """Let a segment say again what it said in a version; that is its next version, so this can be undone."""
    segment, parts = segment_of(request, id), parts_of(request)
    with parts.desk.read() as tx:
        found = segment_versions.find(tx, segment.id, min(version, 2**31 - 1))
        if found is None:
            raise not_found("There is no such version.")
        try:
            saved.checked(tx, parts.ledger, found.definition, segment.audience, segment.id)
        except NotADefinition as fault:
            raise refused(fault.faults) from None
    told = (found.name, found.description, dict(found.definition))
    _change(request, segment, told, parts.clock(), "restore_segment")
    return _done(request, segment_of(request, id), "restored")


@router.post("/segments/{id}/archiving")
def archive(request: Request, id: str) -> Response:  # noqa: A002
    """Take a segment out of lists and choices; whatever names it keeps what it says."""
    segment, parts = segment_of(request, id), parts_of(request)
    with parts.desk.begin() as tx:
        if desk.archive(tx, segment.id, parts.clock()):
            _write_down(request, tx, "archive_segment", segment.id)
    return _done(request, segment_of(request, id), "archived")


@router.post("/segments/{id}/unarchiving")
def unarchive(request: Request, id: str) -> Response:  # noqa: A002
    """Put an archived segment back."""
    segment, parts = segment_of(request, id), parts_of(request)
    with parts.desk.begin() as tx:
        if desk.unarchive(tx, segment.id):
            _write_down(request, tx, "unarchive_segment", segment.id)
    return _done(request, segment_of(request, id), "unarchived")


def _tried(
    request: Request, sent: Sent, audience: Audience, itself: str = "", board: Board | None = None
) -> tuple[Condition | None, Mapping[str, str]]:
    """The definition that was sent, or what is wrong with it by its place."""
    parts = parts_of(request)
    try:
        data = sent.definition() if board is None else board.as_data()
        with parts.desk.read() as tx:
            return saved.checked(tx, parts.ledger, data, audience, itself), {}
    except NotADefinition as fault:
        return None, fault.faults


def _counted(request: Request, condition: Condition, audience: Audience) -> Shown:
    parts = parts_of(request)
    return looked.shown(parts, condition, audience, looked.end_of(parts, audience))


def _change(
    request: Request, segment: Segment, told: tuple[str, str, Mapping[str, Any]], now: datetime, verb: str
) -> None:
    name, description, definition = told
    with parts_of(request).desk.begin() as tx:
        if not desk.change(
            tx,
            segment,
            name=name,
            description=description,
            definition=definition,
            by=visitor_of(request).name,
            now=now,
        ):
            raise Problem(HTTPStatus.CONFLICT, "Somebody else changed this segment meanwhile: look again.")
        _write_down(request, tx, verb, segment.id)


def _again(
    request: Request, audience: Audience, segment: Segment | None, sent: Sent, faults: Mapping[str, str]
) -> Response:
    if wanted_form(request) is not Form.HTML:
        raise refused(faults)
    return _builder(request, audience, segment, sent.board, sent.fields.values, faults, status=422)


def _builder(
    request: Request,
    audience: Audience,
    segment: Segment | None,
    board: Board | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
    shown: Shown | None = None,
    status: int = 200,
) -> Response:
    """The page with the builder, or only the builder for htmx; `board` None: the definition as JSON alone."""
    parts = parts_of(request)
    told = {place: text for place, text in (faults or {}).items() if place not in ("name", "description")}
    with parts.desk.read() as tx:
        known = themes.every(tx, audience)
        others = [one for one in desk.every(tx, audience) if segment is None or one.id != segment.id]
    of_employees = audience is Audience.EMPLOYEE
    return shell.page(
        request,
        "segments/edit.html",
        status,
        segment=segment,
        audience=audience,
        audiences=audiences_of(request),
        board=board,
        typed=typed,
        as_text=_as_text(segment, board, typed),
        faults=faults or {},
        placed=placed(told),
        shown=shown,
        fields=fields_of(parts.ledger),
        themes=known,
        others=others,
        kinds={name: text for name, text in KINDS.items() if not of_employees or name not in OPINIONS},
        signals=[one for one in SIGNALS if not of_employees or one not in ("said", "rated", "any")],
        tests=TESTS,
        states=STATES,
        which=WHICH,
        scores=tuple(Score),
        tones=reading.TONES,
        matches=GROUP_MATCHES,
    )


def _as_text(segment: Segment | None, board: Board | None, typed: Mapping[str, str]) -> str:
    """The definition as JSON, to be edited as such."""
    if typed.get("as") == "json":
        return typed.get("definition", "")
    return reading.as_text(board.as_data() if board is not None else segment.definition if segment else {})


def _write_down(request: Request, tx: Any, verb: str, thing: str) -> None:
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=parts_of(request).clock())


def _done(request: Request, segment: Segment, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/segments/{segment.id}?done={done}", 303)
    return as_json(as_data(segment, looked.size_of(parts_of(request), segment)), status.value)
