"""A survey at its public address: shown page by page, answered with or without scripts."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from emptychair.desk.responses import ENDED, Delivery
from emptychair.desk.responses import Response as Given
from emptychair.ledger.errors import LedgerError
from emptychair.listen.surveys import asking, languages
from emptychair.listen.surveys.answer import from_data
from emptychair.listen.surveys.answering import Way, begin, hidden_values
from emptychair.listen.surveys.answering import see as tell_seen
from emptychair.listen.surveys.asking import Asked, Door, is_anonymous
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_json
from emptychair.web.surveys import pages, personal, unnamed
from emptychair.web.surveys.arriving import SentPage
from emptychair.web.surveys.phrases import phrases
from emptychair.web.surveys.remembering import remember, token_of
from emptychair.web.surveys.sending import (
    accepted,
    language_of,
    sent_of,
    version,
    version_shown,
    wait_of,
)
from emptychair.web.surveys.turning import Go, Turned, found, turn, unturned

router = APIRouter()


@router.get("/s/{slug}")
def show(
    request: Request, slug: str, lang: str = "", again: str = "", to: str = "", score: str = ""
) -> Response:
    """The page of the survey on which the respondent is: the first, or where they left off.

    `to` is a personal link, `score` an answer that was chosen in a mail. Nothing is stored by looking.
    """
    asked = _asked(request, slug)
    if is_anonymous(asked.survey):
        return unnamed.show(request, asked, lang, is_again=bool(again), to=to)
    token = None if again or to else token_of(request, slug)
    response = (
        personal.response_of(parts_of(request), asked, to) if to else found(parts_of(request), asked, token)
    )
    if response is not None:
        asked = version(request, asked, response.version)
    language = languages.wanted(asked.definition, lang or _spoken(response), accepted(request))
    if response is not None and response.progress in ENDED:
        return _over(request, asked, language, response)
    closed = pages.closed(request, asked, language)
    if closed is not None:
        return closed
    hidden = hidden_values(asked.definition, dict(request.query_params))
    turned = Turned(page=0, answers={}, hidden=hidden)
    if response is not None:
        page, answers = response.page, from_data(response.answers)
        turned = Turned(page=page, answers=answers, hidden=response.hidden, token=token, response=response)
    turned = personal.with_score(asked.definition, turned, score)
    stamp = parts_of(request).stamps.of(slug, parts_of(request).clock())
    return pages.paper(request, asked, turned, language, stamp, to)


@router.post("/s/{slug}")
def answer(request: Request, slug: str, page: SentPage) -> Response:
    """Send one page (`page`, `a.QUESTION`, `o.QUESTION`) and go on, or `go` back; the last page ends it.

    A multipart form takes files too (`f.QUESTION`); `r.QUESTION.FILE` takes one away again.
    """
    fields = page.fields
    asked, response, token = _continued(request, slug, fields)
    language = language_of(request, asked, fields)
    if is_anonymous(asked.survey):
        return unnamed.answer(request, asked, fields, language)
    if response is None or response.progress not in ENDED:
        closed = pages.closed(request, asked, language)
        if closed is not None:
            return closed
    sent = sent_of(request, asked, fields, language, files=page.files)
    way = _way(request, asked, fields, language)
    wait = wait_of(request, asked, response, fields)
    if wait is not None:
        early = unturned(asked, way, response, token, sent)
        return pages.paper(
            request, asked, early, language, fields.text("stamp"), fields.text("to"), wait=wait
        )
    try:
        turned = turn(parts_of(request), asked, way, response, token, sent)
        _tell_seen(request, asked, response, turned)
    except LedgerError:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, phrases(language)["not_kept"], retry_after=30) from None
    answered = (
        _over(request, asked, language, turned.response)
        if turned.page is None and turned.response is not None
        else pages.paper(request, asked, turned, language, fields.text("stamp"), fields.text("to"))
    )
    if not fields.text("to"):
        remember(request, answered, slug, turned)
    return answered


@router.post("/s/{slug}/saving")
def save(request: Request, slug: str, fields: SentFields) -> Response:
    """Keep what is answered on this page so far; tells which of its questions are asked now."""
    asked, response, token = _continued(request, slug, fields)
    language = language_of(request, asked, fields)
    if asking.door(asked.survey, parts_of(request).clock()) is not Door.OPEN:
        raise Problem(HTTPStatus.CONFLICT, phrases(language)["closed"])
    _hold_back(request, asked, response, fields, language)
    if is_anonymous(asked.survey):
        return unnamed.look(request, asked, fields, language)
    sent = sent_of(request, asked, fields, language, Go.STAY)
    turned = turn(parts_of(request), asked, _way(request, asked, fields, language), response, token, sent)
    _tell_seen(request, asked, response, turned)
    paper = pages.sheet_of(asked, turned, language, fields.text("stamp"))
    kept = as_json({"t": turned.token or "", "asked": [one.id for one in paper.questions if one.is_asked]})
    if not fields.text("to"):
        remember(request, kept, slug, turned)
    return kept


@router.post("/s/{slug}/seeing")
def see(request: Request, slug: str, fields: SentFields) -> Response:
    """Somebody who has a personal link (`to`) moved on the page: it was seen by a person."""
    asked, response, _ = _continued(request, slug, fields)
    is_open = asking.door(asked.survey, parts_of(request).clock()) is Door.OPEN
    if response is None and is_open and fields.text("to") and not is_anonymous(asked.survey):
        parts, language = parts_of(request), language_of(request, asked, fields)
        _hold_back(request, asked, response, fields, language)
        way = _way(request, asked, fields, language)
        with parts.desk.begin() as tx:
            _, response = begin(tx, asked, way, parts.clock())
        tell_seen(parts.ledger, asked.survey, response, parts.clock())
    return Response(status_code=204)


def _hold_back(request: Request, asked: Asked, response: Given | None, fields: Fields, language: str) -> None:
    """Raise a `Problem` (429) for what comes too quickly."""
    wait = wait_of(request, asked, response, fields)
    if wait is not None:
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, phrases(language)["slow_down"], retry_after=wait)


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


def _continued(request: Request, slug: str, fields: Fields) -> tuple[Asked, Given | None, str | None]:
    """The survey in the version that was shown, and the response that is gone on with."""
    asked, to = _asked(request, slug), fields.text("to")
    if is_anonymous(asked.survey):
        return version_shown(request, asked, fields), None, None
    cookie = None if fields.text("again") else token_of(request, slug)
    token = None if to else fields.text("t") or cookie
    parts = parts_of(request)
    response = personal.response_of(parts, asked, to) if to else found(parts, asked, token)
    if response is None:
        return version_shown(request, asked, fields), None, token
    return version(request, asked, response.version), response, token


def _way(request: Request, asked: Asked, fields: Fields, language: str) -> Way:
    if fields.text("to"):
        return personal.way_of(parts_of(request), asked, fields.text("to"), language)
    return Way(delivery=Delivery.LINK, language=language, hidden=fields.under("h"))


def _spoken(response: Given | None) -> str:
    return "" if response is None else response.language


def _over(request: Request, asked: Asked, language: str, response: Given) -> Response:
    answers = from_data(response.answers)
    turned = Turned(page=None, answers=answers, hidden=response.hidden)
    return pages.over(request, asked, turned, language, response.progress)
