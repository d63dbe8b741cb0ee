"""The first run creates the owner; later people come by invitation."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from emptychair.desk import audit, links, passwords, settings, users
from emptychair.desk.links import Link, Purpose
from emptychair.desk.passwords import Hashed
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import COMPANY_NAME
from emptychair.desk.users import Role, User
from emptychair.web import cookie
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem
from emptychair.web.routes.sign_in import LINK_IS_OVER, started, visit_of, welcomed
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter(include_in_schema=False)

SET_UP_ALREADY = "This installation has been set up. Sign in, or ask an owner for an invitation."
FIELD_OF = {
    Reason.NAME_IS_EMPTY: "name",
    Reason.EMAIL_IS_NOT_ONE: "email",
    Reason.EMAIL_IS_TAKEN: "email",
    Reason.PASSWORD_IS_TOO_SHORT: "password",
    Reason.PASSWORD_IS_TOO_LONG: "password",
    Reason.PASSWORD_IS_GUESSABLE: "password",
}


@router.get("/setup")
def setup_form(request: Request, token: str = "") -> Response:
    """The form for who has the link; for others, where to find it. Gone once somebody is there."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        if not users.is_empty(tx):
            raise Problem(HTTPStatus.GONE, SET_UP_ALREADY)
        link = links.find(tx, token, Purpose.SETUP, parts.clock()) if token else None
    if link is None:
        return parts.pages.page(
            request, "setup/closed.html", 200 if not token else 410, had_token=bool(token)
        )
    return _form(request, "setup/owner.html", token, Fields({}), {})


@router.post("/setup")
def set_up(request: Request, fields: SentFields) -> Response:
    """Create the owner, once, and sign in."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        if (
            not users.is_empty(tx)
            or links.find(tx, fields.secret("token"), Purpose.SETUP, parts.clock()) is None
        ):
            raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
    found = _checked(fields, fields.text("email"))
    if isinstance(found, dict):
        return _form(request, "setup/owner.html", fields.secret("token"), fields, found)
    try:
        owner = _owner(parts, fields, found, request)
    except Refused as refusal:
        return _form(request, "setup/owner.html", fields.secret("token"), fields, _by_field(refusal))
    return welcomed(request, started(request, parts, owner), "/")


@router.get("/invitation")
def invitation_form(request: Request, token: str = "") -> Response:
    """The form for who was invited."""
    link = _invitation(parts_of(request), token)
    return _form(request, "setup/invited.html", token, Fields({}), {}, link=link)


@router.post("/invitation")
def accept(request: Request, fields: SentFields) -> Response:
    """Create the invited person with the offered role, once, and sign in."""
    parts, token = parts_of(request), fields.secret("token")
    link = _invitation(parts, token)
    found = _checked(fields, link.email or "")
    if isinstance(found, dict):
        return _form(request, "setup/invited.html", token, fields, found, link=link)
    try:
        person = _invited(parts, token, fields.text("name"), found, request)
    except Refused as refusal:
        return _form(request, "setup/invited.html", token, fields, _by_field(refusal), link=link)
    return welcomed(request, started(request, parts, person), "/")


def _owner(parts: Parts, fields: Fields, password: Hashed, request: Request) -> User:
    now = parts.clock()
    with parts.desk.begin() as tx:
        if not users.is_empty(tx) or links.claim(tx, fields.secret("token"), Purpose.SETUP, now) is None:
            raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
        owner = users.create(
            tx,
            email=fields.text("email"),
            name=fields.text("name"),
            role=Role.OWNER,
            password=password,
            now=now,
        )
        settings.change(tx, COMPANY_NAME, fields.text("company"), by=owner.id, now=now)
        address = visit_of(request).address
        audit.record(tx, who=owner.id, verb="set_up", thing=owner.id, now=now, address=address)
    return owner


def _invited(parts: Parts, token: str, name: str, password: Hashed, request: Request) -> User:
    now = parts.clock()
    with parts.desk.begin() as tx:
        link = links.claim(tx, token, Purpose.INVITATION, now)
        if link is None or link.email is None or link.role is None:
            raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
        person = users.create(tx, email=link.email, name=name, role=link.role, password=password, now=now)
        address = visit_of(request).address
        audit.record(tx, who=person.id, verb="accept_invitation", thing=link.id, now=now, address=address)
    return person


def _invitation(parts: Parts, token: str) -> Link:
    with parts.desk.read() as tx:
        link = links.find(tx, token, Purpose.INVITATION, parts.clock())
    if link is None:
        raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
    return link


def new_password(fields: Fields, email: str, name: str) -> Hashed:
    """The password that was typed twice alike. Raises `Refused` with what is wrong with it."""
    if fields.secret("password") != fields.secret("password_again"):
        raise Refused(Reason.PASSWORD_IS_GUESSABLE, "the two passwords are not the same; type them again")
    return passwords.hashed(fields.secret("password"), email=email, name=name)


def _checked(fields: Fields, email: str) -> Hashed | dict[str, str]:
    """The new password, or what is wrong by field; the name included, so that all is said at once."""
    errors = {} if fields.text("name") else {"name": "A person needs a name."}
    try:
        password = new_password(fields, email, fields.text("name"))
    except Refused as refusal:
        return errors | _by_field(refusal)
    return errors or password


def _by_field(refusal: Refused) -> dict[str, str]:
    text = str(refusal)
    return {FIELD_OF.get(refusal.reason, "name"): text[:1].upper() + text[1:] + "."}


def _form(
    request: Request,
    template: str,
    token: str,
    fields: Fields,
    errors: dict[str, str],
    link: Link | None = None,
) -> Response:
    parts = parts_of(request)
    if errors and wanted_form(request) is not Form.HTML:
        raise Problem(HTTPStatus(422), " ".join(errors.values()), fields=errors)
    return parts.pages.page(
        request,
        template,
        422 if errors else 200,
        token=token,
        fields=fields,
        errors=errors,
        link=link,
        shortest=passwords.SHORTEST,
        is_kept=cookie.is_kept(request, parts.base_url),
    )
