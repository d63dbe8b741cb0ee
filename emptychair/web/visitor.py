"""Who is asking: a person with a living session, this machine's command line, or a stranger."""

import secrets
from dataclasses import dataclass

from fastapi import Request

from emptychair.desk import sessions
from emptychair.desk.sessions import Session
from emptychair.desk.users import User
from emptychair.web.access import Who
from emptychair.web.parts import Parts
from emptychair.web.wanted import Form

COOKIE = "__Host-session"
COMMAND_LINE = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One who asks; `session` and `token` are None for strangers and for the command line."""

    who: Who
    session: Session | None = None
    token: str | None = None

    @property
    def user(self) -> User | None:
        """The person who is signed in."""
        return None if self.session is None else self.session.user

    @property
    def name(self) -> str:
        """What a deed of this visitor is signed with: a person's id, or the command line's name."""
        return COMMAND_LINE if self.session is None else self.session.user.id


STRANGER = Visitor(who=Who.STRANGER)


def visitor_of(request: Request) -> Visitor:
    """Who asks, as found out at the door."""
    visitor: Visitor = request.state.visitor
    return visitor


def person_of(request: Request) -> User:
    """The signed-in person; only for routes that people alone may use."""
    user = visitor_of(request).user
    if user is None:
        raise RuntimeError("a route for people has let somebody else in")
    return user


def recognised(request: Request, parts: Parts) -> Visitor:
    """Who asks, by bearer token or by cookie; a wrong bearer token is nobody, whatever the cookie says."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        expected = parts.local_token
        # Only for programs: a page shown to the token would be shown to nobody.
        is_right = expected is not None and secrets.compare_digest(given.strip().encode(), expected.encode())
        return Visitor(who=Who.TOKEN) if is_right and wanted_form(request) is not Form.HTML else STRANGER
    token = request.cookies.get(COOKIE)
    return STRANGER if not token else _with_session(parts, token)


def wanted_form(request: Request) -> Form:
    """The form in which the answer is wanted."""
    form: Form = request.scope.get("form", Form.HTML)
    return form


def _with_session(parts: Parts, token: str) -> Visitor:
    now = parts.clock()
    with parts.desk.read() as tx:
        session = sessions.find(tx, token, now)
    if session is None:
        return STRANGER
    if sessions.is_due_to_touch(session, now):
        with parts.desk.begin() as tx:
            sessions.touch(tx, session, now)
    return Visitor(who=Who(session.user.role.value), session=session, token=token)
