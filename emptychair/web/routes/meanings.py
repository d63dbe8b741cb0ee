"""What events of a source mean: a purchase, a score, words, a beginning or an end."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import sources
from emptychair.listen.intake import meanings
from emptychair.listen.intake.meanings import MeaningRefused
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.sources import source_of, write_down
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/sources/{id}/meanings")
def say(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say what events called `event` mean: `kind`, and which properties hold `value`, `score` or `text`."""
    event = fields.text("event")
    try:
        meaning = meanings.stated(event, fields.values)
    except MeaningRefused as refusal:
        raise refused(refusal.faults) from None
    said = source_of(request, id).terms.get("meanings") or {}
    if event not in said and len(said) >= meanings.MOST:
        raise refused({"event": f"At most {meanings.MOST} events of a source can be given a meaning."})
    with parts_of(request).desk.begin() as tx:
        sources.say(tx, id, "meanings", event, meanings.kept(meaning))
        write_down(tx, request, "say_meaning", id, {"event": event[:80], "kind": meaning.kind.value})
    return _answer(request, id, "said")


@router.post("/sources/{id}/meanings/removal")
def forget(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Events called `event` mean what they did before from now on."""
    event = fields.text("event")
    if event not in (source_of(request, id).terms.get("meanings") or {}):
        raise not_found("Nothing was said of this event.")
    with parts_of(request).desk.begin() as tx:
        sources.say(tx, id, "meanings", event, None)
        write_down(tx, request, "forget_meaning", id, {"event": event[:80]})
    return _answer(request, id, "forgotten")


def _answer(request: Request, source_id: str, done: str) -> Response:
    parts_of(request).reception.keys.forget()
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{source_id}?done={done}#meanings", 303)
    return as_json({"meanings": source_of(request, source_id).terms.get("meanings") or {}})
