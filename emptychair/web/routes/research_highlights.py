"""Highlights: words of an interview marked, tagged, changed, removed, and each of it taken back."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from emptychair.desk import research_highlights, research_insights, research_turns
from emptychair.desk.research_highlights import LONGEST_NOTE, Highlight
from emptychair.desk.research_insights import Side
from emptychair.desk.research_turns import Utterance
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import forbidden, not_found, refused
from emptychair.web.research import seen
from emptychair.web.routes.research import back, signed

router = APIRouter()

WORD = re.compile(r"\S+")


@router.post("/voice/research/sessions/{id}/highlights")
def create(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Mark words of the turn at `place`: from the `first` to the `last` of them (counted from 1; none: all),
    with `tags` (divided by commas) and a `note`.
    """
    with parts_of(request).desk.begin() as tx:
        turn = _turn(request, tx, id, fields.text("place"))
        begin, end = _span(fields, turn.text)
        made = research_highlights.add(
            tx, turn.session_id, turn.place, begin, end, **_told(fields), **signed(request)
        )
        seen.write_down(tx, request, "highlight", made.id)
        _use(tx, request, made, fields)
    told = {"id": made.id, "text": turn.text[begin:end], "tags": made.tags}
    return back(request, f"/voice/research/sessions/{turn.session_id}#turn-{turn.place}", told, 201)


@router.post("/voice/research/highlights/{id}")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Mark other words (`first`, `last`; none: as they were), or say something else about them (`tags`,
    `note`); with `insight` and `side` (`for`, `against`) it is evidence of an insight from now on.
    """
    with parts_of(request).desk.begin() as tx:
        one, turn = _highlight(request, tx, id)
        begin, end = (one.begin, one.end)
        if fields.text("first") or fields.text("last"):
            begin, end = _span(fields, turn.text)
        told = _told(fields) if {"tags", "note"} & set(fields.values) else _as_it_is(one)
        if research_highlights.change(tx, one, begin=begin, end=end, **told, **signed(request)):
            seen.write_down(tx, request, "change_highlight", one.id)
        _use(tx, request, one, fields)
    return _done(request, one)


@router.post("/voice/research/highlights/{id}/removal")
def remove(request: Request, id: str) -> Response:  # noqa: A002
    """Remove a highlight; insights that rest on it say so. It can be undone."""
    with parts_of(request).desk.begin() as tx:
        one, _ = _highlight(request, tx, id)
        if research_highlights.remove(tx, one.id, **signed(request)):
            seen.write_down(tx, request, "remove_highlight", one.id)
    return _done(request, one)


@router.post("/voice/research/highlights/{id}/undoing")
def undo(request: Request, id: str) -> Response:  # noqa: A002
    """Take its removal back, or else its last change."""
    with parts_of(request).desk.begin() as tx:
        one, _ = _highlight(request, tx, id)
        if research_highlights.undo(tx, one, **signed(request)):
            seen.write_down(tx, request, "undo_highlight", one.id)
    return _done(request, one)


def _turn(request: Request, tx: Connection, session_id: str, place: str) -> Utterance:
    """A turn of an open interview. Raises 403 for one that is not open, 404 for no turn."""
    session = seen.session_of(request, tx, session_id)
    if not session.is_open(parts_of(request).clock()):
        raise forbidden("Without a consent that holds nobody can open what was said.")
    is_place = place.isascii() and place.isdecimal() and len(place) < 8
    found = research_turns.find(tx, session.id, int(place)) if is_place else None
    if found is None:
        raise not_found("There is no such turn in this interview.")
    return found


def _highlight(request: Request, tx: Connection, highlight_id: str) -> tuple[Highlight, Utterance]:
    one = research_highlights.find(tx, highlight_id[:40])
    if one is None or one.end == 0:
        raise not_found("There is no such highlight.")
    return one, _turn(request, tx, one.session_id, str(one.place))


def _span(fields: Fields, text: str) -> tuple[int, int]:
    """The letters from the first to the last word that is meant. Raises a `Problem` for other words."""
    words = [found.span() for found in WORD.finditer(text)]
    typed = {"first": fields.text("first", "1") or "1", "last": fields.text("last") or str(len(words))}
    if not all(one.isascii() and one.isdecimal() and len(one) < 8 for one in typed.values()):
        raise refused({"first": "Words are counted from 1."})
    first, last = int(typed["first"]), int(typed["last"])
    if not 1 <= first <= last <= len(words):
        raise refused({"last": f"This turn has the words 1 to {len(words)}, the first before the last."})
    return words[first - 1][0], words[last - 1][1]


def _told(fields: Fields) -> dict[str, Any]:
    note = fields.text("note").replace("\r\n", "\n")
    if len(note) > LONGEST_NOTE:
        raise refused({"note": f"A note has at most {LONGEST_NOTE:,} letters."})
    return {"note": note, "tags": research_highlights.tags_of(fields.text("tags"))}


def _as_it_is(one: Highlight) -> dict[str, Any]:
    return {"note": one.note, "tags": one.tags}


def _use(tx: Connection, request: Request, one: Highlight, fields: Fields) -> None:
    """Let an insight about the same audience rest on it, where one is named."""
    if not fields.text("insight"):
        return
    insight = seen.insight_of(request, tx, fields.text("insight"))
    session = seen.session_of(request, tx, one.session_id)
    if insight.audience is not session.audience:
        raise refused({"insight": "An insight rests on words of those whom it is about."})
    side = Side.AGAINST if fields.text("side") == Side.AGAINST else Side.FOR
    research_insights.rest(tx, insight.id, side, highlight_id=one.id, **signed(request))
    seen.write_down(tx, request, "rest_insight", insight.id)


def _done(request: Request, one: Highlight) -> Response:
    return back(request, f"/voice/research/sessions/{one.session_id}#turn-{one.place}", {"id": one.id})
