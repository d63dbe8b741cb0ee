"""The people of this installation: invited by an owner with a role, changed, disabled, never deleted."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import audit, links, users
from emptychair.desk.links import Purpose
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.users import Role, User
from emptychair.web import shell
from emptychair.web.access import RULES, Who
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.texts import marked
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/users")
def people(request: Request) -> Response:
    """Everybody who has or had an account, the open invitations, and what each role may do."""
    return _page(request)


@router.post("/users")
def invite(request: Request, fields: SentFields) -> Response:
    """A link, shown once, with which the owner of `email` joins in this `role`."""
    parts, now, by = parts_of(request), parts_of(request).clock(), visitor_of(request).name
    email, role = fields.text("email"), _role(fields)
    with parts.desk.begin() as tx:
        if users.find_by_email(tx, email) is not None:
            raise Refused(Reason.EMAIL_IS_TAKEN, f"{email} has an account already")
        if "@" not in email or any(letter.isspace() for letter in email):
            raise Refused(
                Reason.EMAIL_IS_NOT_ONE, "this is no email address; expected something like ada@example.com"
            )
        token = links.for_invitation(tx, email, role, now, by=by)
        details = {"email": email, "role": role.value}
        _write_down(tx, request, "invite", email[:80], details)
    return _page(
        request, link=f"{parts.base_url}/invitation?token={token}", link_for=email, purpose="invitation"
    )


@router.post("/users/{id}/role")
def change_role(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Give a person another role; their sessions end."""
    role = _role(fields)
    with parts_of(request).desk.begin() as tx:
        person = _person(tx, id)
        if users.change_role(tx, id, role):
            _write_down(tx, request, "change_role", id, {"from": person.role.value, "to": role.value})
    return _page(request)


@router.post("/users/{id}/link")
def give_link(request: Request, id: str) -> Response:  # noqa: A002
    """A link that signs a person in once, for who forgot the password."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        person = _person(tx, id)
        if person.disabled_at is not None:
            raise Problem(HTTPStatus.CONFLICT, "This person may not sign in; enable them first.")
        token = links.for_sign_in(tx, id, parts.clock(), by=visitor_of(request).name)
        _write_down(tx, request, "give_link", id, {})
    link = f"{parts.base_url}/sign-in/link?token={token}"
    return _page(request, link=link, link_for=person.name, purpose="sign_in")


@router.post("/users/{id}/disabling")
def disable(request: Request, id: str) -> Response:  # noqa: A002
    """Keep a person out from now on; their sessions end."""
    with parts_of(request).desk.begin() as tx:
        _person(tx, id)
        if users.disable(tx, id, parts_of(request).clock()):
            _write_down(tx, request, "disable", id, {})
    return _page(request)


@router.post("/users/{id}/enabling")
def enable(request: Request, id: str) -> Response:  # noqa: A002
    """Let a person in again."""
    with parts_of(request).desk.begin() as tx:
        _person(tx, id)
        if users.enable(tx, id):
            _write_down(tx, request, "enable", id, {})
    return _page(request)


def _page(request: Request, *, link: str | None = None, link_for: str = "", purpose: str = "") -> Response:
    parts = parts_of(request)
    with parts.desk.read() as tx:
        everyone = users.everyone(tx)
        invited = links.pending(tx, Purpose.INVITATION, parts.clock())
    if wanted_form(request) is Form.JSON:
        invitations = [{"id": one.id, "email": one.email, "role": one.role} for one in invited]
        return as_json({"users": everyone, "invitations": invitations, "link": link})
    return shell.page(
        request,
        "users/page.html",
        everyone=everyone,
        invited=invited,
        roles=list(Role),
        rights=rights(),
        link=link,
        link_for=link_for,
        purpose=purpose,
        is_owner=visitor_of(request).who is Who.OWNER,
    )


def rights() -> list[tuple[str, frozenset[Who]]]:
    """What people may do, in words, and who: read off the table of rules, so it tells no other story."""
    told = {
        ("GET", "/scorecard"): marked("See the scorecard and every import"),
        ("POST", "/imports"): marked("Import files and take imports back"),
        ("POST", "/settings"): marked("Change the company's settings"),
        ("GET", "/users"): marked("See who has an account"),
        ("POST", "/users"): marked("Invite people and change their roles"),
    }
    return [(told[place], rule.who) for rule in RULES if (place := (rule.method, rule.route)) in told]


def _person(tx: Connection, user_id: str) -> User:
    person = users.find(tx, user_id)
    if person is None:
        raise not_found("Nobody here has this id.")
    return person


def _role(fields: Fields) -> Role:
    try:
        return Role(fields.text("role"))
    except ValueError:
        known = ", ".join(Role)
        raise Problem(
            HTTPStatus(422), f"Choose a role: {known}.", fields={"role": f"one of {known}"}
        ) from None


def _write_down(tx: Connection, request: Request, verb: str, thing: str, details: dict[str, str]) -> None:
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(
        tx, who=visitor_of(request).name, verb=verb, thing=thing, now=now, details=details, address=address
    )
