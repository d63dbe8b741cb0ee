"""A name for a theme, proposed by the model that the owner chose; a person takes it, or does not."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from emptychair.desk import themes
from emptychair.domain.signal import Audience
from emptychair.understand.ask.prose.naming import MOST_TEXTS, Proposed, asked_of, proposed
from emptychair.understand.language.sentences import sentences
from emptychair.understand.voice.quotes import Said, quotes
from emptychair.web import shell
from emptychair.web.ask import writer
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.routes.voice import QUOTES, heard_of, shown_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.voice.heard import Line
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/voice/themes/{id}/proposing")
def propose(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Have the model that the owner chose propose a name, from phrases and redacted sentences of the last
    `days`. It is checked, and nothing is changed. Limited by the hour, and audited without a word.
    """
    parts, days = parts_of(request), fields.text("days", "90")
    with parts.desk.read() as tx:
        theme = themes.find(tx, id[:40])
    if theme is not None and theme.audience is Audience.EMPLOYEE:
        raise refused({"id": "What employees say never leaves this machine."})
    found = heard_of(request, Audience.CUSTOMER.value, int(days) if days in {"30", "365"} else 90, "")
    line = found.line(id)
    if line is None or found.period is None:
        raise not_found("Nobody speaks of this theme in this period, or there is no such theme.")
    said = quotes(parts.ledger, found.audience, found.period, id, limit=QUOTES + 1)
    proposal = _proposal(request, line, said[:MOST_TEXTS])
    if wanted_form(request) is Form.JSON:
        return as_json(proposal)
    shown = shown_of(request, found, line, said, "", 1)
    return shell.page(request, "voice/theme.html", **{**shown, "proposal": proposal})


def _proposal(request: Request, line: Line, said: list[Said]) -> Proposed:
    parts, visitor = parts_of(request), visitor_of(request)
    with parts.desk.begin() as tx:
        chosen = writer.endpoint(tx)
        if chosen is None:
            raise refused({"id": "No model is set up that could. Owners choose one under Settings, Models."})
        now, place = parts.clock(), visit_of(request).address
        if not writer.taken(
            tx, chosen, len(said), who=visitor.name, now=now, address=place, thing=line.theme.id
        ):
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "The model was asked as often within the hour as it may be.",
                retry_after=600,
            )
        others = [one.name for one in themes.every(tx, Audience.CUSTOMER) if one.id != line.theme.id]
    people = {one.person for one in said if one.person}
    known = writer.known_people(parts.desk, parts.ledger, Audience.CUSTOMER, people)
    asked = asked_of(line.theme.phrases, [_sentence(one) for one in said], known)
    return proposed(asked, others, chosen, parts.outside)


def _sentence(one: Said) -> str:
    found = sentences(one.text)
    return found[one.place].text if 0 <= one.place < len(found) else one.text
