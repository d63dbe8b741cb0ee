"""The outbox for leads: what was sent, what waits, what failed and why, and what nobody knows."""

import re
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, lines, outbox, posting, settings
from emptychair.desk.lines import SMTP
from emptychair.desk.mail_settings import MAIL_FROM, MAIL_SERVER
from emptychair.desk.outbox import Message, State
from emptychair.web import said, shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000
SHOWN = (
    "id", "created_at", "state", "message_class", "purpose", "what", "thing", "audience", "person", "address",
    "subject", "due_at", "reason", "error", "reply", "tries", "ended_at", "settled_by", "settled_at", "by",
)  # fmt: skip
_KEYS = re.compile(r"(/(?:unsubscribe|preferences|board/way)/)[A-Za-z0-9_.-]{1,300}")
CANNOT = "This cannot be done with a message that is {state}."


@router.get("/outbox")
def every(request: Request, state: str = "", search: str = "", after: str = "") -> Response:
    """A page of messages, newest first, of one `state` and with `search` in address, subject or thing; JSON
    and CSV have up to 1,000, and JSON says where the next begin (`older`).
    """
    wanted = wanted_form(request)
    limit = PAGE if wanted is Form.HTML else MOST
    chosen = State(state) if state in set(State) else None
    with parts_of(request).desk.read() as tx:
        found = outbox.page(tx, state=chosen, search=search[:200], after=after[:40] or None, limit=limit + 1)
        counts, unsettled = outbox.counts(tx), outbox.unsettled(tx)
        line = lines.state(tx, SMTP)
        is_set_up = bool(settings.get(tx, MAIL_FROM) and settings.get(tx, MAIL_SERVER))
    older = found[limit - 1].id if len(found) > limit else None
    found = found[:limit]
    if wanted is Form.JSON:
        told = {"messages": [_as_data(one) for one in found], "older": older, "counts": counts}
        return as_json(told | {"unsettled": unsettled, "is_set_up": is_set_up})
    if wanted is Form.CSV:
        return as_csv("outbox", SHOWN, [list(_as_data(one).values()) for one in found])
    return shell.page(
        request,
        "outbox/page.html",
        found=found,
        older=older,
        counts={one: counts.get(one, 0) for one in State},
        unsettled=unsettled,
        line=line,
        is_set_up=is_set_up,
        state=chosen,
        search=search,
        now=parts_of(request).clock(),
        **_words(),
    )


@router.get("/outbox/{id}")
def one(request: Request, id: str, done: str = "") -> Response:  # noqa: A002
    """One message: its text, what became of it, and what may be done with it."""
    with parts_of(request).desk.read() as tx:
        message = _message(tx, id)
    text = _without_keys(message.text)
    if wanted_form(request) is not Form.HTML:
        return as_json(_as_data(message) | {"text": text, "html": _without_keys(message.html)})
    return shell.page(request, "outbox/one.html", one=message, text=text, done=done, **_words())


@router.post("/outbox/{id}/sending")
def send_again(request: Request, id: str) -> Response:  # noqa: A002
    """Send again what is uncertain, failed or was not sent. Who may be contacted is asked anew."""
    return _done(request, id, "send_again", "again")


@router.post("/outbox/{id}/leaving")
def leave(request: Request, id: str) -> Response:  # noqa: A002
    """Leave what is uncertain or failed as it is."""
    return _done(request, id, "leave", "left")


@router.post("/outbox/{id}/cancelling")
def cancel(request: Request, id: str) -> Response:  # noqa: A002
    """Do not send what waits."""
    return _done(request, id, "cancel", "cancelled")


_VERBS = {"send_again": posting.send_again, "leave": posting.leave, "cancel": posting.cancel}


def _done(request: Request, message_id: str, verb: str, done: str) -> Response:
    parts, by, now = parts_of(request), visitor_of(request).name, parts_of(request).clock()
    with parts.desk.begin() as tx:
        message = _message(tx, message_id)
        if not _VERBS[verb](tx, message.id, by=by, now=now):
            raise Problem(HTTPStatus.CONFLICT, CANNOT.format(state=message.state.value))
        address = visit_of(request).address
        audit.record(tx, who=by, verb=f"{verb}_message", thing=message.id, now=now, address=address)
        message = _message(tx, message_id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/outbox/{message.id}?done={done}", 303)
    return as_json(_as_data(message))


def _message(tx: Connection, message_id: str) -> Message:
    message = outbox.find(tx, message_id[:40])
    if message is None:
        raise not_found("There is no message with this id.")
    return message


def _without_keys(text: str) -> str:
    """The letter without the signed ends of its reader's links: what they choose is theirs alone."""
    return _KEYS.sub(r"\1…", text)


def _as_data(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in SHOWN}


def _words() -> dict[str, Any]:
    return {
        "words_states": said.MAIL_STATES,
        "words_reasons": said.WHY_NOT,
        "words_classes": said.MAIL_CLASSES,
        "words_purposes": said.PURPOSES,
        "tones": {"sent": "good", "failed": "bad", "uncertain": "warn"},
    }
