"""Signing in, with a password or with a link, and out."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import links, sessions, users
from emptychair.desk.links import Purpose
from emptychair.desk.signing_in import SignedIn, Visit, Wait, sign_in
from emptychair.desk.users import User
from emptychair.web import cookie
from emptychair.web.fields import SentFields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem
from emptychair.web.render import as_json
from emptychair.web.texts import marked
from emptychair.web.visitor import COOKIE, visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

NO_MATCH = marked("This address and this password do not belong together.")
LINK_IS_OVER = marked(
    "This link does not work any more: links work once, and for a short time. Ask for a new one."
)


@router.get("/sign-in", include_in_schema=False)
def form(request: Request, next: str = "/") -> Response:  # noqa: A002  # the name that the address shows
    """The form; who is signed in already goes on."""
    if visitor_of(request).user is not None:
        return RedirectResponse(own_path(next), 303)
    parts = parts_of(request)
    with parts.desk.read() as tx:
        if users.is_empty(tx):
            return RedirectResponse("/setup", 303)
    return _page(request, next_path=own_path(next))


@router.post("/sign-in")
def enter(request: Request, fields: SentFields) -> Response:
    """Sign in with `email` and `password`; 401 when they do not match, 429 after too many attempts."""
    parts = parts_of(request)
    email, next_path = fields.text("email")[:500], own_path(fields.text("next", "/"))
    found = sign_in(parts.desk, email, fields.secret("password"), visit_of(request), parts.clock())
    if isinstance(found, SignedIn):
        return welcomed(request, found.token, next_path)
    if isinstance(found, Wait):
        detail = f"Too many attempts. Try again in {found.seconds} seconds."
        problem = Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, retry_after=found.seconds)
    else:
        problem = Problem(HTTPStatus.UNAUTHORIZED, NO_MATCH)
    if wanted_form(request) is not Form.HTML:
        raise problem
    return _page(request, next_path=next_path, email=email, problem=problem)


@router.get("/sign-in/link", include_in_schema=False)
def link_form(request: Request, token: str = "") -> Response:
    """Asks for a click before the link is used up: mail programs open links by themselves."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        link = links.find(tx, token, Purpose.SIGN_IN, parts.clock())
        person = None if link is None or link.user_id is None else users.find(tx, link.user_id)
    if person is None:
        raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
    is_kept = cookie.is_kept(request, parts.base_url)
    return parts.pages.page(request, "sign_in/link.html", person=person, token=token, is_kept=is_kept)


@router.post("/sign-in/link", include_in_schema=False)
def enter_by_link(request: Request, fields: SentFields) -> Response:
    """Use the link up and sign its person in."""
    parts, now = parts_of(request), parts_of(request).clock()
    with parts.desk.begin() as tx:
        link = links.claim(tx, fields.secret("token"), Purpose.SIGN_IN, now)
        person = None if link is None or link.user_id is None else users.find(tx, link.user_id)
        if person is None or person.disabled_at is not None:
            raise Problem(HTTPStatus.GONE, LINK_IS_OVER)
    return welcomed(request, started(request, parts, person), "/me")


@router.post("/sign-out")
def leave(request: Request) -> Response:
    """End this session."""
    parts, token = parts_of(request), visitor_of(request).token
    if token is not None:
        with parts.desk.begin() as tx:
            sessions.end(tx, token)
    done: Response = RedirectResponse("/sign-in", 303)
    if wanted_form(request) is Form.JSON:
        done = as_json({"signed_in": False})
    cookie.drop(done)
    return done


def started(request: Request, parts: Parts, person: User) -> str:
    """The token of a new session of this person on this device."""
    visit = visit_of(request)
    with parts.desk.begin() as tx:
        token, _ = sessions.start(
            tx, person, now=parts.clock(), address=visit.address, agent=visit.agent, replacing=visit.token
        )
    return token


def welcomed(request: Request, token: str, path: str) -> Response:
    """The way on, with the session's cookie."""
    done: Response = RedirectResponse(path, 303)
    if wanted_form(request) is Form.JSON:
        done = as_json({"signed_in": True})
    cookie.keep(done, token)
    return done


def visit_of(request: Request) -> Visit:
    """Where this request comes from."""
    return Visit(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent"),
        token=request.cookies.get(COOKIE),
    )


def own_path(path: str) -> str:
    """The path if it leads to this site, else the start: a link must not send people elsewhere."""
    is_own = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if is_own else "/"


def _page(request: Request, *, next_path: str, email: str = "", problem: Problem | None = None) -> Response:
    parts = parts_of(request)
    answer = parts.pages.page(
        request,
        "sign_in/form.html",
        problem.status.value if problem else 200,
        next_path=next_path,
        email=email,
        problem=problem,
        is_kept=cookie.is_kept(request, parts.base_url),
    )
    if problem is not None and problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer
