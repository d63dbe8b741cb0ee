"""Ask: a question in words, answered by what people said, with counts and with who is silent."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from emptychair.desk import themes
from emptychair.domain.signal import Audience
from emptychair.measure.choices import decided
from emptychair.understand.ask.answer import Answer, Nothing
from emptychair.understand.ask.asking import DAYS
from emptychair.understand.ask.prose.message import message
from emptychair.understand.ask.prose.writing import Prose, written
from emptychair.web import shell
from emptychair.web.access import LEADERS, may
from emptychair.web.ask import pictures, telling, writer
from emptychair.web.ask.opening import opening
from emptychair.web.ask.wanted import Wanted, wanted
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, forbidden, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/voice/ask")
def ask(
    request: Request,
    q: str = "",
    audience: str = "",
    channel: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """The answer to `q`: evidence for and against, counts with their intervals, who is silent. `audience`,
    `channel`, `from` and `to` (days that count; without them the last year of the data) limit whose words
    count. CSV has the evidence. Nothing is kept of a question.
    """
    asked = wanted({"q": q, "audience": audience, "channel": channel, "from": first, "to": last})
    return _told(request, asked, _answer(request, asked))


@router.post("/voice/ask/prose")
def prose(request: Request, fields: SentFields) -> Response:
    """The answer to `q` written by the model that the owner chose, from redacted evidence, quotes checked,
    with the evidence, or alone with the reason. Limited by the hour, and audited without the question.
    """
    asked = wanted({name: fields.text(name) for name in ("q", "audience", "channel", "from", "to")})
    if asked.audience is Audience.EMPLOYEE:
        raise refused({"audience": "What employees say never leaves this machine."})
    found = _answer(request, asked)
    if not isinstance(found, Answer) or not found.evidence:
        return _told(request, asked, found)
    return _told(request, asked, found, _written(request, found))


def _written(request: Request, found: Answer) -> Prose:
    parts, visitor = parts_of(request), visitor_of(request)
    with parts.desk.begin() as tx:
        chosen = writer.endpoint(tx)
        if chosen is None:
            raise refused(
                {"q": "No model is set up that could write. Owners choose one under Settings, Models."}
            )
        now, place = parts.clock(), visit_of(request).address
        if not writer.taken(tx, chosen, len(found.evidence), who=visitor.name, now=now, address=place):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "As many answers were written within the hour as may be. The evidence is there without.",
                retry_after=600,
            )
    people = {one.passage.person for one in found.evidence if one.passage.person}
    known = writer.known_people(parts.desk, parts.ledger, found.audience, people)
    return written(message(found, known, _names(request, found.audience)), chosen, parts.outside)


def _answer(request: Request, asked: Wanted) -> Answer | Nothing:
    parts = parts_of(request)
    if asked.audience is Audience.EMPLOYEE and visitor_of(request).who not in LEADERS:
        raise forbidden("What employees say is for leads and owners.")
    with parts.desk.read() as tx:
        choices = decided(tx)
    if not asked.q:
        read, unread = parts.ledger.readings.progress()
        return Nothing(reason="empty", read=read, unread=unread)
    return parts.ask.answer(
        asked.q,
        asked.limits,
        parts.clock(),
        minimum_n=choices.minimum_n,
        gap_days=choices.gap_days.get(asked.audience),
    )


def _told(request: Request, asked: Wanted, found: Answer | Nothing, prose: Prose | None = None) -> Response:
    form, names = wanted_form(request), _names(request, asked.audience)
    write, words = pens(request)
    sentence = opening(found, write, words) if isinstance(found, Answer) else Markup("")
    if form is Form.JSON:
        return as_json(telling.as_data(found, sentence.striptags(), names, prose))
    if form is Form.CSV:
        shown = found.evidence if isinstance(found, Answer) else ()
        return as_csv("evidence", telling.HEAD, [telling.row(one) for one in shown])
    parts = parts_of(request)
    with parts.desk.read() as tx:
        has_writer = writer.endpoint(tx) is not None
    is_answer = isinstance(found, Answer)
    return shell.page(
        request,
        "voice/ask.html",
        wish=asked,
        found=found if is_answer else None,
        nothing=None if is_answer else found,
        opening=sentence,
        course=pictures.course(found, write, words) if isinstance(found, Answer) else "",
        sides=pictures.sides(found, write, words) if isinstance(found, Answer) else "",
        tones=pictures.tones(found, write, words) if isinstance(found, Answer) else "",
        theme_names=names,
        prose=prose,
        days=DAYS,
        channels=parts.search.values("channel", asked.audience.value),
        audiences=tuple(Audience) if visitor_of(request).who in LEADERS else (Audience.CUSTOMER,),
        may_write=has_writer and may(visitor_of(request).who, "POST", "/voice/ask/prose"),
    )


def _names(request: Request, audience: Audience) -> dict[str, str]:
    with parts_of(request).desk.read() as tx:
        return {one.id: one.name for one in themes.every(tx, audience)}
