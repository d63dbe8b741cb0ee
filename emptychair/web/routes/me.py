"""A person's own page: name, password, and the devices on which they are signed in."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import attempts, audit, passwords, sessions, users
from emptychair.desk.refusal import Refused
from emptychair.desk.signing_in import authenticate
from emptychair.desk.users import User
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_json
from emptychair.web.routes.setup import new_password
from emptychair.web.routes.sign_in import started, visit_of, welcomed
from emptychair.web.visitor import person_of, visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/me")
def me(request: Request, done: str = "") -> Response:
    """Who is signed in, and where."""
    return _page(request, done=done)


@router.post("/me/name")
def rename(request: Request, fields: SentFields) -> Response:
    """Change the own name."""
    parts, person = parts_of(request), person_of(request)
    try:
        with parts.desk.begin() as tx:
            users.rename(tx, person.id, fields.text("name"))
    except Refused as refusal:
        return _page(request, errors={"name": _sentence(refusal)})
    return _done(request, "name")


@router.post("/me/password")
def change_password(request: Request, fields: SentFields) -> Response:
    """Change the own password with the present one; every other device is signed out."""
    parts, person = parts_of(request), person_of(request)
    if not _is_theirs(request, person, fields.secret("current")):
        return _page(request, errors={"current": "This is not your present password."})
    try:
        password = new_password(fields, person.email, person.name)
    except Refused as refusal:
        return _page(request, errors={"password": _sentence(refusal)})
    now = parts.clock()
    with parts.desk.begin() as tx:
        users.change_password(tx, person.id, password)
        address = visit_of(request).address
        audit.record(tx, who=person.id, verb="change_password", thing=person.id, now=now, address=address)
        person = users.find(tx, person.id) or person
    return welcomed(request, started(request, parts, person), "/me?done=password")


@router.post("/me/sessions/{id}/end")
def end(request: Request, id: str) -> Response:  # noqa: A002
    """Sign one of the own devices out."""
    parts, person = parts_of(request), person_of(request)
    with parts.desk.begin() as tx:
        if not sessions.end_one(tx, person.id, id):
            raise not_found("This device is signed out already.")
    return _done(request, "session")


def _is_theirs(request: Request, person: User, password: str) -> bool:
    """Whether it is the present password; counted as an attempt, since a stolen session must not guess it."""
    parts, now, address = parts_of(request), parts_of(request).clock(), visit_of(request).address
    with parts.desk.begin() as tx:
        wait = attempts.take(tx, person.email, address, now)
    if wait:
        detail = f"Too many attempts. Try again in {wait} seconds."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, retry_after=wait)
    if authenticate(parts.desk, person.email, password) is None:
        return False
    with parts.desk.begin() as tx:
        attempts.succeeded(tx, person.email, address)
    return True


def _page(request: Request, *, done: str = "", errors: dict[str, str] | None = None) -> Response:
    parts, person, visitor = parts_of(request), person_of(request), visitor_of(request)
    if errors and wanted_form(request) is not Form.HTML:
        raise Problem(HTTPStatus(422), " ".join(errors.values()), fields=errors)
    now = parts.clock()
    with parts.desk.read() as tx:
        devices = sessions.living(tx, person.id, now)
    if wanted_form(request) is Form.JSON:
        return as_json({"user": person, "sessions": [_device(device) for device in devices]})
    return shell.page(
        request,
        "me/page.html",
        422 if errors else 200,
        person=person,
        devices=devices,
        here=visitor.session.id if visitor.session else "",
        now=now,
        done=done,
        errors=errors or {},
        shortest=passwords.SHORTEST,
    )


def _device(session: sessions.Session) -> dict[str, object]:
    names = ("id", "created_at", "seen_at", "expires_at", "address", "agent")
    return {name: getattr(session, name) for name in names}


def _done(request: Request, what: str) -> Response:
    if wanted_form(request) is Form.JSON:
        return as_json({"done": what})
    return RedirectResponse(f"/me?done={what}", 303)


def _sentence(refusal: Refused) -> str:
    text = str(refusal)
    return text[:1].upper() + text[1:] + "."
