"""Every way in which a request can fail, answered in the form that was wanted."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from emptychair.desk.refusal import Refused
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.web.door import SignInFirst
from emptychair.web.guard import TooLarge
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem
from emptychair.web.render import as_json
from emptychair.web.visitor import STRANGER, wanted_form
from emptychair.web.wanted import Form

log = logging.getLogger("emptychair.web")


def answer_errors(app: FastAPI) -> None:
    """Register an answer for every kind of failure."""
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(LedgerDegradedError, _degraded)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def answered(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a page, or as application/problem+json for whoever did not ask for a page."""
    more = dict(headers or {})
    if problem.retry_after is not None:
        more["Retry-After"] = str(problem.retry_after)
    if wanted_form(request) is not Form.HTML:
        answer = as_json(problem.as_json(), problem.status.value, more)
        answer.headers["Content-Type"] = "application/problem+json"
        return answer
    if not hasattr(request.state, "visitor"):
        request.state.visitor = STRANGER
    page = parts_of(request).pages.page(request, "problem.html", problem.status.value, problem=problem)
    page.headers.update(more)
    return page


def _sign_in_first(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, SignInFirst)  # noqa: S101  # Starlette calls by class
    if wanted_form(request) is not Form.HTML:
        return answered(request, problem, {"WWW-Authenticate": "Bearer"})
    target = "/setup" if problem.is_new else f"/sign-in?next={quote(_asked_for(request))}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


def _asked_for(request: Request) -> str:
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101
    return answered(request, problem)


def _refused(request: Request, refusal: Exception) -> Response:
    return answered(request, Problem(HTTPStatus(422), _sentence(str(refusal))))


def _too_large(request: Request, problem: Exception) -> Response:
    return answered(request, Problem(HTTPStatus(413), str(problem)), {"Connection": "close"})


def _degraded(request: Request, problem: Exception) -> Response:
    detail = "The ledger is being rebuilt; nothing is lost. Try again in a few seconds."
    return answered(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, retry_after=5))


def _not_valid(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)  # noqa: S101
    fields = {str(error["loc"][-1]): _sentence(str(error["msg"])) for error in problem.errors()}
    return answered(request, Problem(HTTPStatus(422), " ".join(fields.values()), fields=fields))


def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101
    status = HTTPStatus(problem.status_code)
    details = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
    }
    return answered(request, Problem(status, details.get(status, str(problem.detail))), problem.headers)


def _unexpected(request: Request, problem: Exception) -> Response:
    log.error("%s %s failed", request.method, request.scope["path"], exc_info=problem)
    detail = "Something here is broken. The log of the server says what; please try again."
    return answered(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
