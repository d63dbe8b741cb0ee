"""The widget: its script, and what it asks of the server from the pages of the product."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.desk import responses, settings, sources, surveys
from emptychair.desk.responses import ENDED
from emptychair.desk.responses import Response as Given
from emptychair.desk.settings import SURVEY_PAUSE_DAYS
from emptychair.desk.sources import Source
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerError
from emptychair.listen.surveys import languages, offering
from emptychair.listen.surveys.answer import from_data
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.asking import Asked, version_of
from emptychair.listen.surveys.offering import Visitor
from emptychair.listen.surveys.widget import Trait, Widget
from emptychair.understand.known import known
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, bad_request
from emptychair.web.render import as_json
from emptychair.web.surveys.identity import NoProof, person_of
from emptychair.web.surveys.pages import TRAP, end_of
from emptychair.web.surveys.paper import sheet
from emptychair.web.surveys.sending import wait_of
from emptychair.web.surveys.turning import Go, Sent, Turned, turn

router = APIRouter()

OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
MINUTES = "public, max-age=300"


@router.get("/widget.js")
def script(request: Request) -> Response:
    """The script that pages of the product load; kept for five minutes."""
    return parts_of(request).assets.named("widget.js", request, OPEN_TO_ALL | {"Cache-Control": MINUTES})


@router.get("/widget/config")
def config(request: Request, key: str = "") -> Response:
    """On which pages and after which events there is something to ask, so that nothing is asked in vain."""
    _source(request, key)
    parts = parts_of(request)
    with parts.desk.read() as tx:
        found = offering.shown_here(tx, parts.clock())
        pause = settings.get(tx, SURVEY_PAUSE_DAYS, Audience.CUSTOMER)
    asked = [{"urls": widget.urls, "events": widget.events} for _, widget in found]
    return as_json({"asked": asked, "pause_days": pause}, 200, OPEN_TO_ALL | {"Cache-Control": MINUTES})


@router.post("/widget/offer")
def offer(request: Request, fields: SentFields) -> Response:
    """The survey for this visitor on this page (`url`, after `event`), or nothing; nothing is written."""
    visitor = _visitor(request, fields)
    found = None if visitor is None else _offered(request, visitor)
    if found is None:
        return _told({})
    survey, widget = found
    return _told({"survey": survey.id, "delay": widget.delay, "side": widget.side})


@router.post("/widget/opening")
def show(request: Request, fields: SentFields) -> Response:
    """The first page of the `survey`, which is shown from now on; nothing when it may not be after all."""
    parts, visitor = parts_of(request), _visitor(request, fields)
    found = None if visitor is None else _offered(request, visitor)
    if visitor is None or found is None or found[0].id != fields.text("survey"):
        return _told({})
    now = parts.clock()
    shown = offering.show(parts.desk, parts.ledger, found[0].id, visitor, now)
    if shown is None:
        return _told({})
    stamp = parts.stamps.of(shown.asked.survey.slug, now)
    turned = Turned(page=0, answers={}, hidden={}, token=shown.token, response=shown.response)
    return _page(shown.asked, turned, shown.language, stamp)


@router.post("/widget/answer")
def answer(request: Request, fields: SentFields) -> Response:
    """One page of answers, as at the public address; the next page, or the end."""
    parts = parts_of(request)
    asked, response = _begun(request, fields)
    language = languages.wanted(asked.definition, fields.text("lang") or response.language, "")
    wait = wait_of(request, asked, response, fields)
    if wait is not None:
        detail = "That was very quick; send it again in a moment."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, retry_after=wait)
    page, go = fields.text("page"), fields.text("go")
    stamp = fields.text("stamp")
    sent = Sent(
        fields=fields,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0,
        go=Go(go) if go in set(Go) else Go.NEXT,
        language=language,
        shown_at=parts.stamps.shown_at(asked.survey.slug, stamp),
        is_trap_filled=bool(fields.text(TRAP)),
    )
    way = Way(delivery=response.delivery, language=language, hidden={})
    try:
        turned = turn(parts, asked, way, response, fields.text("t"), sent)
    except LedgerError:
        detail = "The answers could not be stored; send them again."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, retry_after=30) from None
    if turned.page is None and turned.response is not None:
        _, title, text = end_of(asked, turned, language, turned.response.progress)
        return _told({"over": True, "title": title, "text": text})
    return _page(asked, turned, language, stamp)


@router.post("/widget/dismissal")
def dismiss(request: Request, fields: SentFields) -> Response:
    """It was sent away before its end."""
    asked, response = _begun(request, fields)
    if response.progress not in ENDED:
        offering.dismiss(parts_of(request).ledger, asked.survey, response, parts_of(request).clock())
    return _told({})


def _source(request: Request, key: str) -> Source:
    """The source that a write key belongs to. Raises a `Problem` for keys and sites that do not work."""
    parts = parts_of(request)
    keys = parts.reception.keys
    if keys.is_stale(parts.clock()):
        keys.read(parts.clock())
    way = keys.way(key)
    if way is None:
        raise bad_request("This write key does not work.")
    origin = request.headers.get("origin")
    if way.origins and origin is not None and origin not in way.origins:
        raise Problem(HTTPStatus.FORBIDDEN, "This write key does not work on this site.")
    with parts.desk.read() as tx:
        source = sources.find(tx, way.source)
    if source is None:
        raise bad_request("This write key does not work.")
    return source


def _visitor(request: Request, fields: Fields) -> Visitor | None:
    """Who looks; None for somebody who cannot be asked, because nobody knows or can prove who it is."""
    try:
        found = person_of(_source(request, fields.text("key")), fields)
    except NoProof:
        return None
    if found is None:
        return None
    person, device = found
    return Visitor(
        person=person,
        device=device,
        url=fields.text("url"),
        event=fields.text("event"),
        accepted=fields.text("lang") or request.headers.get("accept-language", ""),
    )


def _offered(request: Request, visitor: Visitor) -> tuple[Survey, Widget] | None:
    parts = parts_of(request)

    def is_one(trait: Trait) -> bool:
        value = known(parts.ledger, Audience.CUSTOMER, visitor.person, trait.field)
        return value is not None and value in trait.values

    return offering.offered(parts.desk, visitor, is_one, parts.clock())


def _begun(request: Request, fields: Fields) -> tuple[Asked, Given]:
    """The survey and the response that a token comes back to. Raises a `Problem` for a token that is none."""
    with parts_of(request).desk.read() as tx:
        survey = surveys.find(tx, fields.text("survey"))
        response = None if survey is None else responses.find_by_token(tx, survey.id, fields.text("t"))
        asked = None if survey is None or response is None else version_of(tx, survey, response.version)
    if asked is None or response is None:
        raise bad_request("There is no such answer.")
    return asked, response


def _page(asked: Asked, turned: Turned, language: str, stamp: str) -> Response:
    answers = (
        turned.answers
        if turned.response is None
        else {**from_data(turned.response.answers), **turned.answers}
    )
    paper = sheet(
        asked.definition,
        page=turned.page or 0,
        language=language,
        answers=answers,
        hidden=turned.hidden,
        seed=stamp,
        objections=turned.objections,
    )
    told = {"survey": asked.survey.id, "t": turned.token, "page": turned.page, "stamp": stamp}
    return _told({**told, "sheet": paper})


def _told(data: dict[str, Any]) -> Response:
    return as_json(data, 200, OPEN_TO_ALL)
