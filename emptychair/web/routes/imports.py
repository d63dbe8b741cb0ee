"""Files taken in: sent, looked at, started, followed, and taken back."""

import shutil
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from emptychair.desk import imports, work
from emptychair.desk.imports import Import, Status
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.queue import KIND, discard, start, withdraw
from emptychair.listen.imports.stated import Stated, from_json, from_texts
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.fields import SentFields
from emptychair.web.imports import planning
from emptychair.web.imports.told import as_data, as_found
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.upload import DiskIsFull, Uploaded, received
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 25
MOST = 10_000


@router.get("/imports")
def recent(request: Request, status: str = "", after: str = "") -> Response:
    """Imports, newest first; JSON and CSV have all of them."""
    parts, wanted = parts_of(request), wanted_form(request)
    chosen = Status(status) if status in set(Status) else None
    limit = PAGE + 1 if wanted is Form.HTML else MOST
    with parts.desk.read() as tx:
        found = imports.recent(tx, status=chosen, after=after or None, limit=limit)
    if wanted is Form.JSON:
        return as_json({"imports": [as_data(one) for one in found]})
    if wanted is Form.CSV:
        rows = [as_data(one) for one in found]
        head = list(rows[0]) if rows else ["id"]
        return as_csv("imports", head, [list(row.values()) for row in rows])
    return shell.page(
        request,
        "imports/page.html",
        recent=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        statuses=list(Status),
        chosen=chosen,
        now=parts.clock(),
        limit=parts.max_upload_bytes,
        may_import=may(visitor_of(request).who, "POST", "/imports"),
    )


@router.post("/imports")
async def send(request: Request) -> Response:
    """Send a file (as the body with `?name=`, or as a form); the answer is the import with its proposed plan.

    `shape`, `audience`, `as_of` and `map.FIELD` may be stated in the query. The ledger stores nothing yet.
    """
    parts = parts_of(request)
    try:
        stated = _stated(dict(request.query_params))
        uploaded = await received(request, parts.home / "imports")
        one = await run_in_threadpool(_looked_at, request, parts, uploaded, stated)
    except DiskIsFull:
        raise Problem(
            HTTPStatus.INSUFFICIENT_STORAGE, "There is no room left on the disk for this file."
        ) from None
    except ImportRefused as refusal:
        raise Problem(HTTPStatus(422), str(refusal), fields={"file": str(refusal)}) from None
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/imports/{one.id}", 303)
    return await run_in_threadpool(_answer, request, one, 201)


@router.get("/imports/{id}")
def show(request: Request, id: str) -> Response:  # noqa: A002
    """One import: its plan and preview until it is started, its progress and its books afterwards."""
    return _answer(request, _found(parts_of(request), id))


@router.post("/imports/{id}/plan")
def replan(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """State something else about the file; the answer is the new preview."""
    parts, one = parts_of(request), _found(parts_of(request), id)
    if one.status is not Status.PREVIEWED:
        raise Problem(HTTPStatus.CONFLICT, "This import has been started; its plan is settled.")
    try:
        stated = planning.stated_by(fields, parts.readings, one, planning.path_of(parts.home, one))
        plan = planning.sketch(parts, one, stated)
        with parts.desk.begin() as tx:
            imports.replan(
                tx, id, shape=plan.shape, audience=plan.audience, plan=dict(one.plan) | stated.as_json()
            )
    except ImportRefused as refusal:
        raise Problem(HTTPStatus(422), str(refusal), fields={"plan": str(refusal)}) from None
    return _answer(request, _found(parts, id))


@router.post("/imports/{id}/start")
def begin(request: Request, id: str) -> Response:  # noqa: A002
    """Take the file in, in the background. 409 while the plan still has questions."""
    parts, one = parts_of(request), _found(parts_of(request), id)
    if one.status in (Status.PREVIEWED, Status.FAILED):
        plan = planning.sketch(parts, one, from_json(one.plan))
        if plan.questions:
            raise Problem(HTTPStatus.CONFLICT, " ".join(plan.questions))
        parts.readings.forget(id)
        start(parts.desk, id, by=visitor_of(request).name, now=parts.clock())
    return _moved_on(request, id)


@router.post("/imports/{id}/withdrawal")
def take_back(request: Request, id: str) -> Response:  # noqa: A002
    """Take everything back that the import brought; 409 while it runs."""
    parts, one = parts_of(request), _found(parts_of(request), id)
    if one.status is Status.RUNNING:
        raise Problem(HTTPStatus.CONFLICT, "This import is running; take it back when it has ended.")
    if one.status in (Status.PREVIEWED, Status.DONE, Status.FAILED):
        withdraw(parts.ledger, parts.desk, id, by=visitor_of(request).name, now=parts.clock())
        parts.readings.forget(id)
        discard(parts.home, id)
    return _moved_on(request, id)


@router.get("/imports/{id}/progress")
def progress(request: Request, id: str) -> Response:  # noqa: A002
    """How far an import is."""
    parts, one = parts_of(request), _found(parts_of(request), id)
    if wanted_form(request) is not Form.HTML:
        return as_json({"import": as_data(one)})
    with parts.desk.read() as tx:
        running = work.latest(tx, KIND, id)
    answer = parts.pages.page(request, "imports/progress.html", one=one, work=running)
    if one.status is not Status.RUNNING:
        answer.headers["HX-Refresh"] = "true"  # the buttons around it are others now
    return answer


def _answer(request: Request, one: Import, status: int = 200) -> Response:
    parts, wanted = parts_of(request), wanted_form(request)
    plan = planning.shown(parts, one) if one.status is Status.PREVIEWED else None
    if wanted is not Form.HTML:
        return as_json({"import": as_data(one), **(plan.as_data() if plan else {})}, status)
    with parts.desk.read() as tx:
        before = [same for same in imports.same_file(tx, one.sha256) if same.id != one.id]
        running = work.latest(tx, KIND, one.id)
    return shell.page(
        request,
        "imports/one.html",
        status,
        one=one,
        plan=plan,
        work=running,
        before=before[0] if before else None,
        told=as_found(one),
        now=parts.clock(),
        may_import=may(visitor_of(request).who, "POST", "/imports"),
    )


def _moved_on(request: Request, import_id: str) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/imports/{import_id}", 303)
    return as_json({"import": as_data(_found(parts_of(request), import_id))})


def _found(parts: Parts, import_id: str) -> Import:
    with parts.desk.read() as tx:
        one = imports.find(tx, import_id)
    if one is None:
        raise not_found("There is no import with this id.")
    return one


def _stated(query: dict[str, str]) -> Stated:
    return from_texts(
        shape=query.get("shape", ""),
        audience=query.get("audience", ""),
        as_of=query.get("as_of", ""),
        mapping={name[4:]: value for name, value in query.items() if name.startswith("map.")},
    )


def _looked_at(request: Request, parts: Parts, uploaded: Uploaded, stated: Stated) -> Import:
    """The uploaded file as an import on the desk; its folder is gone when it is no table."""
    try:
        plan = planning.first_look(uploaded.path, uploaded.name, stated)
        with parts.desk.begin() as tx:
            one = imports.preview(
                tx,
                file_name=uploaded.name,
                size=uploaded.size,
                sha256=uploaded.sha256,
                shape=plan.shape,
                audience=plan.audience,
                plan=stated.as_json() | {"file": uploaded.path.name},
                by=visitor_of(request).name,
                now=parts.clock(),
            )
            # Inside the transaction: a desk that says there is an import has its file.
            uploaded.folder.rename(parts.home / "imports" / one.id)
    except BaseException:
        shutil.rmtree(uploaded.folder, ignore_errors=True)
        raise
    return one
