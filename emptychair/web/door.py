"""The door of every route: nobody passes whom the table of rules does not name."""

from http import HTTPStatus

from fastapi import Request

from emptychair.desk import users
from emptychair.web.access import Who, may
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, bad_request
from emptychair.web.visitor import recognised


class SignInFirst(Problem):
    """401: a stranger asked for what is not for strangers. `is_new` when nobody has been set up yet."""

    def __init__(self, *, is_new: bool) -> None:
        detail = "Nobody has been set up yet." if is_new else "Sign in first."
        super().__init__(HTTPStatus.UNAUTHORIZED, detail)
        self.is_new = is_new


def admit(request: Request) -> None:
    """Find out who asks and let them pass, or raise the `Problem` that answers them."""
    if b"%00" in request.scope.get("query_string", b"") or "\0" in request.scope["path"]:
        raise bad_request("An address cannot hold a NUL character.")
    parts = parts_of(request)
    visitor = recognised(request, parts)
    request.state.visitor = visitor
    if may(visitor.who, request.method, request.scope["route"].path):
        return
    if visitor.who is Who.STRANGER:
        with parts.desk.read() as tx:
            raise SignInFirst(is_new=users.is_empty(tx))
    raise Problem(
        HTTPStatus.FORBIDDEN, "Your role does not include this. An owner can change it under Settings."
    )
