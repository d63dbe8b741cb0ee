"""The public pages of a survey: one with questions, and those on which it is over."""

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from emptychair.desk.responses import Progress
from emptychair.listen.surveys import asking
from emptychair.listen.surveys.asking import Asked, Door, is_anonymous
from emptychair.listen.surveys.filling import Why
from emptychair.web.parts import parts_of
from emptychair.web.render import as_json
from emptychair.web.surveys.paper import Sheet, sheet
from emptychair.web.surveys.phrases import phrases
from emptychair.web.surveys.turning import Turned
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

TRAP = "website"


def sheet_of(asked: Asked, turned: Turned, language: str, stamp: str = "") -> Sheet:
    """What stands on the page where the respondent is."""
    return sheet(
        asked.definition,
        page=turned.page or 0,
        language=language,
        answers=turned.answers,
        hidden=turned.hidden,
        seed=stamp,  # carried from page to page, and another one for everybody
        objections=turned.objections,
    )


def paper(
    request: Request,
    asked: Asked,
    turned: Turned,
    language: str,
    stamp: str,
    to: str = "",
    *,
    wait: int | None = None,
) -> Response:
    """The page with its questions, as a page or as JSON; 422 when something on it has to be mended.

    With `wait` it came too quickly: it is to be sent again after so many seconds (429).
    """
    laid = sheet_of(asked, turned, language, stamp)
    status = 422 if turned.objections else 200
    has_no_room = any(one.why is Why.NO_ROOM for one in turned.objections.values())
    if has_no_room:
        status = HTTPStatus.SERVICE_UNAVAILABLE.value
    headers = {"Retry-After": "300"} if has_no_room else {}
    if wait is not None:
        status, headers = HTTPStatus.TOO_MANY_REQUESTS.value, {"Retry-After": str(wait)}
    here = {question.id for question in laid.questions}
    carried = {name: value for name, value in turned.carried.items() if _question(name) not in here}
    if wanted_form(request) is not Form.HTML:
        told = {"survey": asked.survey.name, "version": asked.version, "t": turned.token or ""}
        told |= {"carried": carried} if carried else {}
        return as_json({**told, "page": turned.page, "stamp": stamp, "sheet": laid}, status, headers)
    is_named = not is_anonymous(asked.survey)
    shown = _shown(
        request,
        "asked/page.html",
        status,
        sheet=laid,
        action=f"/s/{asked.survey.slug}",
        seeing=f"/s/{asked.survey.slug}/seeing" if to and is_named else "",
        is_chosen=bool(turned.answers) and turned.response is None and is_named,
        carried={
            "v": str(asked.version),
            "t": turned.token or "",
            "page": str(turned.page or 0),
            "stamp": stamp,
            "lang": language,
            "again": request.query_params.get("again", ""),
            "to": to,
            **{f"h.{name}": value for name, value in turned.hidden.items()},
            **carried,
        },
        trap=TRAP,
        alert="" if wait is None else phrases(language)["slow_down"],
    )
    shown.headers.update(headers)
    return shown


def over(request: Request, asked: Asked, turned: Turned, language: str, progress: Progress) -> Response:
    """That it is over, in the survey's own words where it has some."""
    laid, title, text = end_of(asked, turned, language, progress)
    return _end_page(request, asked, laid, progress.value, title, text)


def end_of(asked: Asked, turned: Turned, language: str, progress: Progress) -> tuple[Sheet, str, str]:
    """The last page of what has ended: its title and its words."""
    last = Turned(page=len(asked.definition.questions), answers=turned.answers, hidden=turned.hidden)
    laid, say = sheet_of(asked, last, language), phrases(language)
    name = "screened" if progress is Progress.SCREENED_OUT else "thanks"
    return laid, say[f"{name}_title"], (laid.screened if name == "screened" else laid.thanks) or say[name]


def closed(request: Request, asked: Asked, language: str) -> Response | None:
    """That no answers are taken, and why; None while they are."""
    door = asking.door(asked.survey, parts_of(request).clock())
    if door is Door.OPEN:
        return None
    name = "paused" if door is Door.PAUSED else "closed"
    laid, say = sheet_of(asked, Turned(page=0, answers={}, hidden={}), language), phrases(language)
    status = HTTPStatus.CONFLICT if door is Door.PAUSED else HTTPStatus.GONE
    return _end_page(request, asked, laid, name, say[f"{name}_title"], say[name], status.value)


def _question(name: str) -> str:
    """The question that a field (`a.QUESTION`, `a.QUESTION.PART`) belongs to."""
    return name.split(".")[1] if "." in name else ""


def _end_page(
    request: Request, asked: Asked, laid: Sheet, state: str, title: str, text: str, status: int = 200
) -> Response:
    if wanted_form(request) is not Form.HTML:
        return as_json({"survey": asked.survey.name, "state": state, "title": title, "text": text}, status)
    return _shown(request, "asked/end.html", status, sheet=laid, title=title, text=text)


def _shown(request: Request, template: str, status: int, **context: Any) -> Response:
    return parts_of(request).pages.page(request, template, status, **context)
