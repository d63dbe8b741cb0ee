"""A survey at its public address: shown page by page, answered with or without scripts."""

import ipaddress
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk.responses import ENDED, Delivery, Progress
from emptychair.desk.responses import Response as Given
from emptychair.ledger.errors import LedgerError
from emptychair.listen.surveys import asking, languages
from emptychair.listen.surveys.answer import from_data
from emptychair.listen.surveys.answering import Way, begin, hidden_values
from emptychair.listen.surveys.answering import see as tell_seen
from emptychair.listen.surveys.asking import Asked, Door
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_json
from emptychair.web.surveys import personal
from emptychair.web.surveys.paper import Sheet, sheet
from emptychair.web.surveys.phrases import phrases
from emptychair.web.surveys.remembering import has_answered, remember, token_of
from emptychair.web.surveys.turning import Go, Sent, Turned, found, turn
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

TRAP = "website"


@router.get("/s/{slug}")
def show(
    request: Request, slug: str, lang: str = "", again: str = "", to: str = "", score: str = ""
) -> Response:
    """The page of the survey on which the respondent is: the first, or where they left off.

    `to` is a personal link, `score` an answer that was chosen in a mail. Nothing is stored by looking.
    """
    asked = _asked(request, slug)
    token = None if again or to else token_of(request, slug)
    response = (
        personal.response_of(parts_of(request), asked, to) if to else found(parts_of(request), asked, token)
    )
    if response is not None:
        asked = _version(request, asked, response.version)
    language = languages.wanted(asked.definition, lang or _spoken(response), _accepted(request))
    if response is not None and response.progress in ENDED:
        return _over(request, asked, language, response)
    closed = _closed(request, asked, language)
    if closed is not None:
        return closed
    hidden = hidden_values(asked.definition, dict(request.query_params))
    turned = Turned(page=0, answers={}, hidden=hidden)
    if response is not None:
        page, answers = response.page, from_data(response.answers)
        turned = Turned(page=page, answers=answers, hidden=response.hidden, token=token, response=response)
    turned = personal.with_score(asked.definition, turned, score)
    stamp = parts_of(request).stamps.of(slug, parts_of(request).clock())
    return _paper(request, asked, turned, language, stamp, to)


@router.post("/s/{slug}")
def answer(request: Request, slug: str, fields: SentFields) -> Response:
    """Send one page (`page`, `a.QUESTION`, `o.QUESTION`) and go on, or `go` back; the last page ends it."""
    asked, response, token = _continued(request, slug, fields)
    language = _language(request, asked, fields)
    if response is None or response.progress not in ENDED:
        closed = _closed(request, asked, language)
        if closed is not None:
            return closed
    go = Go(fields.text("go")) if fields.text("go") in set(Go) else Go.NEXT
    if fields.text("speak"):
        go = Go.STAY
    sent = _sent(request, asked, fields, go, language)
    way = _way(request, asked, fields, language)
    try:
        turned = turn(parts_of(request), asked, way, response, token, sent)
        _tell_seen(request, asked, response, turned)
    except LedgerError:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, phrases(language)["not_kept"], retry_after=30) from None
    answered = (
        _over(request, asked, language, turned.response)
        if turned.page is None and turned.response is not None
        else _paper(request, asked, turned, language, fields.text("stamp"), fields.text("to"))
    )
    if not fields.text("to"):
        remember(request, answered, slug, turned)
    return answered


@router.post("/s/{slug}/saving")
def save(request: Request, slug: str, fields: SentFields) -> Response:
    """Keep what is answered on this page so far; tells which of its questions are asked now."""
    asked, response, token = _continued(request, slug, fields)
    language = _language(request, asked, fields)
    if asking.door(asked.survey, parts_of(request).clock()) is not Door.OPEN:
        raise Problem(HTTPStatus.CONFLICT, phrases(language)["closed"])
    sent = _sent(request, asked, fields, Go.STAY, language)
    turned = turn(parts_of(request), asked, _way(request, asked, fields, language), response, token, sent)
    _tell_seen(request, asked, response, turned)
    paper = _sheet(asked, turned, language, fields.text("stamp"))
    kept = as_json({"t": turned.token or "", "asked": [one.id for one in paper.questions if one.is_asked]})
    if not fields.text("to"):
        remember(request, kept, slug, turned)
    return kept


@router.post("/s/{slug}/seeing")
def see(request: Request, slug: str, fields: SentFields) -> Response:
    """Somebody who has a personal link (`to`) moved on the page: it was seen by a person."""
    asked, response, _ = _continued(request, slug, fields)
    is_open = asking.door(asked.survey, parts_of(request).clock()) is Door.OPEN
    if response is None and is_open and fields.text("to"):
        parts, language = parts_of(request), _language(request, asked, fields)
        way = _way(request, asked, fields, language)
        with parts.desk.begin() as tx:
            _, response = begin(tx, asked, way, parts.clock())
        tell_seen(parts.ledger, asked.survey, response, parts.clock())
    return Response(status_code=204)


def _tell_seen(request: Request, asked: Asked, before: Given | None, turned: Turned) -> None:
    """A response that begins here has been seen; whose it is known is told so to the ledger."""
    if before is None and turned.response is not None:
        tell_seen(parts_of(request).ledger, asked.survey, turned.response, parts_of(request).clock())


def _asked(request: Request, slug: str) -> Asked:
    with parts_of(request).desk.read() as tx:
        asked = asking.at(tx, slug)
    if asked is None:
        raise not_found("There is no survey at this address.")
    return asked


def _version(request: Request, asked: Asked, version: int) -> Asked:
    """The version on which somebody began; the newest for a number that never was."""

    def of(tx: Connection) -> Asked | None:
        return asking.version_of(tx, asked.survey, version)

    if version == asked.version or not 0 < version <= asked.survey.version:
        return asked
    with parts_of(request).desk.read() as tx:
        return of(tx) or asked


def _continued(request: Request, slug: str, fields: Fields) -> tuple[Asked, Given | None, str | None]:
    """The survey in the version that was shown, and the response that is gone on with."""
    asked, to = _asked(request, slug), fields.text("to")
    cookie = None if fields.text("again") else token_of(request, slug)
    token = None if to else fields.text("t") or cookie
    parts = parts_of(request)
    response = personal.response_of(parts, asked, to) if to else found(parts, asked, token)
    shown = fields.text("v")
    version = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 7 else asked.version
    return _version(request, asked, version if response is None else response.version), response, token


def _way(request: Request, asked: Asked, fields: Fields, language: str) -> Way:
    if fields.text("to"):
        return personal.way_of(parts_of(request), asked, fields.text("to"), language)
    return Way(delivery=Delivery.LINK, language=language, hidden=fields.under("h"))


def _sent(request: Request, asked: Asked, fields: Fields, go: Go, language: str) -> Sent:
    page, slug = fields.text("page"), asked.survey.slug
    return Sent(
        fields=fields,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0,
        go=go,
        language=language,
        shown_at=parts_of(request).stamps.shown_at(slug, fields.text("stamp")),
        is_trap_filled=bool(fields.text(TRAP)),
        has_answered=has_answered(request, slug),
        place=_place(request),
    )


def _place(request: Request) -> str | None:
    """The address of who asks; None where it is that of a proxy or of this machine, which says nothing."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    return str(address) if address.is_global else None


def _language(request: Request, asked: Asked, fields: Fields) -> str:
    chosen = fields.text("speak") or fields.text("lang")
    return languages.wanted(asked.definition, chosen, _accepted(request))


def _accepted(request: Request) -> str:
    return request.headers.get("accept-language", "")


def _spoken(response: Given | None) -> str:
    return "" if response is None else response.language


def _sheet(asked: Asked, turned: Turned, language: str, stamp: str = "") -> Sheet:
    return sheet(
        asked.definition,
        page=turned.page or 0,
        language=language,
        answers=turned.answers,
        hidden=turned.hidden,
        seed=stamp,  # carried from page to page, and another one for everybody
        objections=turned.objections,
    )


def _paper(
    request: Request, asked: Asked, turned: Turned, language: str, stamp: str, to: str = ""
) -> Response:
    """The page with its questions, as a page or as JSON; 422 when something on it has to be mended."""
    paper = _sheet(asked, turned, language, stamp)
    status = 422 if turned.objections else 200
    if wanted_form(request) is not Form.HTML:
        told = {"survey": asked.survey.name, "version": asked.version, "t": turned.token or ""}
        return as_json({**told, "page": turned.page, "stamp": stamp, "sheet": paper}, status)
    return _shown(
        request,
        "asked/page.html",
        status,
        sheet=paper,
        action=f"/s/{asked.survey.slug}",
        seeing=f"/s/{asked.survey.slug}/seeing" if to else "",
        is_chosen=bool(turned.answers) and turned.response is None,
        carried={
            "v": str(asked.version),
            "t": turned.token or "",
            "page": str(turned.page or 0),
            "stamp": stamp,
            "lang": language,
            "again": request.query_params.get("again", ""),
            "to": to,
            **{f"h.{name}": value for name, value in turned.hidden.items()},
        },
        trap=TRAP,
    )


def _over(request: Request, asked: Asked, language: str, response: Given) -> Response:
    """That it is over, in the survey's own words where it has some."""
    paper, title, text = end_of(asked, response, language)
    return _end_page(request, asked, paper, response.progress.value, title, text)


def end_of(asked: Asked, response: Given, language: str) -> tuple[Sheet, str, str]:
    """The last page of a response that has ended: its title and its words."""
    is_out = response.progress is Progress.SCREENED_OUT
    answers = from_data(response.answers)
    turned = Turned(page=len(asked.definition.questions), answers=answers, hidden=response.hidden)
    paper, say = _sheet(asked, turned, language), phrases(language)
    name = "screened" if is_out else "thanks"
    return paper, say[f"{name}_title"], (paper.screened if is_out else paper.thanks) or say[name]


def _closed(request: Request, asked: Asked, language: str) -> Response | None:
    """That no answers are taken, and why; None while they are."""
    door = asking.door(asked.survey, parts_of(request).clock())
    if door is Door.OPEN:
        return None
    name = "paused" if door is Door.PAUSED else "closed"
    paper, say = _sheet(asked, Turned(page=0, answers={}, hidden={}), language), phrases(language)
    status = HTTPStatus.CONFLICT if door is Door.PAUSED else HTTPStatus.GONE
    return _end_page(request, asked, paper, name, say[f"{name}_title"], say[name], status.value)


def _end_page(
    request: Request, asked: Asked, paper: Sheet, state: str, title: str, text: str, status: int = 200
) -> Response:
    if wanted_form(request) is not Form.HTML:
        return as_json({"survey": asked.survey.name, "state": state, "title": title, "text": text}, status)
    return _shown(request, "asked/end.html", status, sheet=paper, title=title, text=text)


def _shown(request: Request, template: str, status: int, **context: Any) -> Response:
    return parts_of(request).pages.page(request, template, status, **context)
