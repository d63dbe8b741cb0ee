"""The calls of a play: taken, given back, made with an outcome, left out, and undone for a while."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from emptychair.act.plays import calling
from emptychair.desk import play_people
from emptychair.desk.play_people import LONGEST_NOTE, Call, Outcome
from emptychair.domain.contact import Refusal
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.plays.told import call_as_data
from emptychair.web.problem import Problem, not_found, refused
from emptychair.web.routes.plays import play_of
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.research import back
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/plays/{id}/calls/{call}/taking")
def take(request: Request, id: str, call: str) -> Response:  # noqa: A002
    """Take a call into your hands. 409 when somebody else was faster, or when it may not be made now, with
    the reason: consents, limits and quiet hours hold.
    """
    parts, found = parts_of(request), _call_of(request, id, call)
    taken = calling.take(parts.desk, parts.ledger, found, by=visitor_of(request).name, now=parts.clock())
    if isinstance(taken, Refusal):
        return _put_off(request, found, taken)
    return _done(request, found, "taken", is_done=taken)


@router.post("/plays/{id}/calls/{call}/giving-back")
def give_back(request: Request, id: str, call: str) -> Response:  # noqa: A002
    """Leave a call to others: nobody was called."""
    parts, found = parts_of(request), _call_of(request, id, call)
    return _done(request, found, "given", is_done=calling.give_back(parts.desk, found, parts.clock()))


@router.post("/plays/{id}/calls/{call}/outcome")
def finish(request: Request, id: str, call: str, fields: SentFields) -> Response:  # noqa: A002
    """Write down what came of a call that you have in hand: `outcome` (reached, not_reached, unwanted) and a
    `note`. Whoever wants no such calls gets none for this purpose.
    """
    parts, found = parts_of(request), _call_of(request, id, call)
    name = fields.text("outcome")
    if name not in set(Outcome):
        raise refused({"outcome": f"Expected one of {', '.join(Outcome)}."})
    is_done = calling.finish(
        parts.desk,
        parts.ledger,
        found,
        Outcome(name),
        _note(fields),
        by=visitor_of(request).name,
        now=parts.clock(),
    )
    return _done(request, found, "made", is_done=is_done)


@router.post("/plays/{id}/calls/{call}/skipping")
def skip(request: Request, id: str, call: str, fields: SentFields) -> Response:  # noqa: A002
    """Leave somebody out, with a `note` that says why. They stay on the side of those to be called."""
    parts, found, note = parts_of(request), _call_of(request, id, call), _note(fields)
    if not note:
        raise refused({"note": "Say why they are left out."})
    is_done = calling.skip(parts.desk, found, note, by=visitor_of(request).name, now=parts.clock())
    return _done(request, found, "skipped", is_done=is_done)


@router.post("/plays/{id}/calls/{call}/undoing")
def undo(request: Request, id: str, call: str) -> Response:  # noqa: A002
    """Take back what was written of a call, within ten minutes: it is in hand again."""
    parts, found = parts_of(request), _call_of(request, id, call)
    with parts.desk.begin() as tx:
        is_done = play_people.undo(tx, found.id, parts.clock())
    return _done(request, found, "undone", is_done=is_done)


def _call_of(request: Request, play_id: str, call_id: str) -> Call:
    play = play_of(request, play_id)
    with parts_of(request).desk.read() as tx:
        found = play_people.find(tx, call_id[:40])
    if found is None or found.play_id != play.id:
        raise not_found("This play has no such call.")
    return found


def _done(request: Request, call: Call, what: str, *, is_done: bool) -> Response:
    if not is_done:
        raise Problem(HTTPStatus.CONFLICT, "It stands elsewhere by now: look at the play again.")
    with parts_of(request).desk.begin() as tx:
        write_down(tx, request, f"call_{what}", call.id)
        now = play_people.find(tx, call.id)
    return back(request, f"/plays/{call.play_id}?done={what}", {} if now is None else call_as_data(now))


def _put_off(request: Request, call: Call, refusal: Refusal) -> Response:
    until = "" if refusal.until is None else refusal.until.isoformat(timespec="seconds")
    if wanted_form(request) is Form.HTML:
        stamp = until.replace("+00:00", "Z")
        path = f"/plays/{call.play_id}?why={refusal.reason.value}&until={stamp}"
        return back(request, path, {})
    told: dict[str, Any] = {"reason": refusal.reason.value}
    told |= {"until": until} if until else {}
    raise Problem(HTTPStatus.CONFLICT, "They must not be called now.", fields=told)


def _note(fields: Fields) -> str:
    text = fields.text("note").replace("\r\n", "\n")
    if len(text) > LONGEST_NOTE:
        raise refused({"note": f"At most {LONGEST_NOTE:,} letters fit here."})
    return text
