"""Surveys: begun from tried words, opened, paused, closed, copied, put away, and brought back."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import response_counts, surveys
from emptychair.domain.signal import Audience
from emptychair.listen.surveys import editing
from emptychair.listen.surveys.editing import NotReady
from emptychair.listen.surveys.starting import STARTS, starts
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.surveys import groups
from emptychair.web.surveys.told import as_data, rights, survey_of, write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 10_000
PLACES = ("now", "archived", "deleted")


@router.get("/surveys")
def every(request: Request, place: str = "now", after: str = "") -> Response:
    """Surveys, newest first: those in use, the `archived` or the `deleted` ones."""
    parts, wanted = parts_of(request), wanted_form(request)
    place = place if place in PLACES else "now"
    limit = PAGE + 1 if wanted is Form.HTML else MOST
    with parts.desk.read() as tx:
        found = surveys.page(
            tx,
            is_archived=place == "archived",
            is_deleted=place == "deleted",
            after=after or None,
            limit=limit,
        )
        answers = response_counts.completed_by_survey(tx)
    answers |= groups.counts(parts.ledger, found)
    rows = [as_data(request, one, answers.get(one.id, 0)) for one in found]
    if wanted is Form.JSON:
        return as_json({"surveys": rows})
    if wanted is Form.CSV:
        head = list(rows[0]) if rows else ["id"]
        return as_csv("surveys", head, [list(row.values()) for row in rows])
    return shell.page(
        request,
        "surveys/page.html",
        found=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        answers=answers,
        place=place,
        starts=starts(Audience.CUSTOMER),
        employee_starts=starts(Audience.EMPLOYEE),
        now=parts.clock(),
        **rights(request),
    )


@router.post("/surveys")
def create(request: Request, fields: SentFields) -> Response:
    """A new draft called `name`, with the questions that `start` names."""
    start = STARTS.get(fields.text("start", "blank"))
    if start is None:
        raise refused({"start": f"Expected one of {', '.join(STARTS)}."})
    parts, by = parts_of(request), visitor_of(request).name
    name = fields.text("name") or start.title
    with parts.desk.begin() as tx:
        survey = editing.create(
            tx, start.build(), name=name, audience=start.audience, by=by, now=parts.clock()
        )
        write_down(tx, request, "create_survey", survey.id, start=start.name)
    return moved_on(request, survey.id, f"/surveys/{survey.id}/edit", HTTPStatus.CREATED)


@router.post("/surveys/{id}/copying")
def copy(request: Request, id: str) -> Response:  # noqa: A002
    """A new draft with the same questions."""
    survey, parts = survey_of(request, id), parts_of(request)
    with parts.desk.begin() as tx:
        made = editing.copy(tx, survey, by=visitor_of(request).name, now=parts.clock())
        write_down(tx, request, "copy_survey", made.id, of=id)
    return moved_on(request, made.id, f"/surveys/{made.id}/edit", HTTPStatus.CREATED)


@router.post("/surveys/{id}/opening")
def open_up(request: Request, id: str) -> Response:  # noqa: A002
    """Take answers from now on, to what is edited now. 422 while something in it cannot be asked."""
    survey_of(request, id)
    parts = parts_of(request)
    try:
        with parts.desk.begin() as tx:
            opened = editing.open_up(tx, id, by=visitor_of(request).name, now=parts.clock())
            if opened is not None:
                write_down(tx, request, "open_survey", id, version=str(opened.version))
    except NotReady as problem:
        faults = {f"fault.{number}": one.told for number, one in enumerate(problem.faults, 1)}
        if wanted_form(request) is Form.HTML:
            return RedirectResponse(f"/surveys/{quote(id)}/edit?done=not_ready", 303)
        raise Problem(HTTPStatus(422), str(problem), fields=faults) from None
    return moved_on(request, id, f"/surveys/{id}?done=opened")


@router.post("/surveys/{id}/pausing")
def pause(request: Request, id: str) -> Response:  # noqa: A002
    """Take no answers for now."""
    return _changed(request, id, "pause_survey", "paused", lambda tx: surveys.pause(tx, id))


@router.post("/surveys/{id}/resuming")
def resume(request: Request, id: str) -> Response:  # noqa: A002
    """Take answers again."""
    return _changed(request, id, "resume_survey", "resumed", lambda tx: surveys.resume(tx, id))


@router.post("/surveys/{id}/closing")
def close(request: Request, id: str) -> Response:  # noqa: A002
    """Take no answers any more; it can be opened again."""
    now = parts_of(request).clock()
    return _changed(request, id, "close_survey", "closed", lambda tx: surveys.close(tx, id, now))


@router.post("/surveys/{id}/archiving")
def archive(request: Request, id: str) -> Response:  # noqa: A002
    """Put it out of the way; it stays what it is."""
    now = parts_of(request).clock()
    return _changed(request, id, "archive_survey", "archived", lambda tx: surveys.archive(tx, id, now))


@router.post("/surveys/{id}/unarchiving")
def unarchive(request: Request, id: str) -> Response:  # noqa: A002
    """Bring it back among those in use."""
    return _changed(request, id, "unarchive_survey", "unarchived", lambda tx: surveys.unarchive(tx, id))


@router.post("/surveys/{id}/removal")
def remove(request: Request, id: str) -> Response:  # noqa: A002
    """Delete it: it takes no answers. What was answered stays in the ledger, and it can be restored."""
    survey_of(request, id)
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        if surveys.delete(tx, id, parts.clock()):
            write_down(tx, request, "delete_survey", id)
    return moved_on(request, id, "/surveys?place=deleted")


@router.post("/surveys/{id}/restoring")
def restore(request: Request, id: str) -> Response:  # noqa: A002
    """Undo its deletion; if it was open it is closed now."""
    survey_of(request, id, is_deleted=True)
    with parts_of(request).desk.begin() as tx:
        if surveys.restore(tx, id):
            write_down(tx, request, "restore_survey", id)
    return moved_on(request, id, f"/surveys/{id}?done=restored")


def _changed(
    request: Request, survey_id: str, verb: str, done: str, change: Callable[[Connection], bool]
) -> Response:
    survey_of(request, survey_id)
    with parts_of(request).desk.begin() as tx:
        if change(tx):
            write_down(tx, request, verb, survey_id)
    return moved_on(request, survey_id, f"/surveys/{survey_id}?done={done}")


def moved_on(request: Request, survey_id: str, target: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The next page for people, the survey as it stands for programs."""
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(target, 303)
    return as_json(as_data(request, survey_of(request, survey_id, is_deleted=True)), status.value)
