"""Interviews: written down, consented to, read in from a file, and taken back."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from emptychair.desk import (
    research_highlights,
    research_insights,
    research_sessions,
    research_turns,
    studies,
    users,
)
from emptychair.desk.research_sessions import LONGEST_HOW, LONGEST_NAME, LONGEST_TITLE, Gone, Session
from emptychair.desk.research_turns import Speaks, Told, Utterance
from emptychair.domain.signal import Audience
from emptychair.understand.research import material
from emptychair.understand.research.evidence import words_of
from emptychair.understand.research.speaking import roles
from emptychair.understand.research.transcript import Turn
from emptychair.web import shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.research import marking, seen
from emptychair.web.research.arriving import sent_turns
from emptychair.web.research.forms import end_of_day, instant, line, person_of_ledger
from emptychair.web.routes.research import back, signed
from emptychair.web.routes.theme_edits import audience_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE = 60
KEPT_FOR = timedelta(days=365)
LONGEST_KEPT = timedelta(days=3_653)
TURN_HEAD = ("place", "speaker", "speaks", "begins_ms", "ends_ms", "text")


@router.post("/voice/research/sessions")
def create(request: Request, fields: SentFields) -> Response:
    """Write an interview down: `title`, `held_at` (UTC), `person` (an id) or `participant` (a name),
    `interviewer`, `expires_on` (the last day, a year if none is said), and the consent if there is one.
    """
    parts = parts_of(request)
    whose = audience_of(request, fields.text("audience", Audience.CUSTOMER.value))
    person = person_of_ledger(parts.ledger, whose, fields.text("person"))
    told, consent = _described(request, fields), _consent(fields)
    with parts.desk.begin() as tx:
        study = studies.find(tx, fields.text("study")[:40])
        made = research_sessions.add(
            tx,
            audience=whose,
            person=person,
            study_id=None if study is None else study.id,
            **told,
            **signed(request),
        )
        if consent:
            research_sessions.consent(tx, made.id, **consent, **signed(request))
        seen.write_down(tx, request, "create_interview", made.id)
    return back(request, f"/voice/research/sessions/{made.id}?done=created", {"id": made.id}, 201)


@router.get("/voice/research/sessions/{id}")
def one(request: Request, id: str, page: int = 1, turn: int = -1) -> Response:  # noqa: A002
    """One interview: its transcript with what stands out in it, 60 turns a `page` (the one with a `turn`);
    without consent, or when it is over, no more than its title. JSON and CSV have all of it.
    """
    parts, form = parts_of(request), wanted_form(request)
    now = parts.clock()
    with parts.desk.read() as tx:
        session = seen.session_of(request, tx, id)
        is_open = session.is_open(now)
        said = research_turns.of_session(tx, session.id) if is_open else []
        marked = research_highlights.of_session(tx, session.id) if is_open else []
        resting = research_insights.resting_on(tx, [each.id for each in marked])
        insights = research_insights.every(tx, session.audience)
        by = {user.id: user.name for user in users.everyone(tx)}
    places = {each.place: each for each in said}
    shown = [each for each in marked if each.place in places and each.end]
    if form is Form.CSV:
        return as_csv("interview", TURN_HEAD, [[getattr(each, name) for name in TURN_HEAD] for each in said])
    if form is Form.JSON:
        told = seen.session_as_data(session, now, len(said))
        told["transcript"] = [{name: getattr(each, name) for name in TURN_HEAD} for each in said]
        told["highlights"] = [
            {"id": each.id, "place": each.place, "text": words_of(each, places[each.place]),
             "tags": each.tags, "note": each.note, "by": each.by, "made_at": each.made_at}
            for each in shown if each.removed_at is None
        ]  # fmt: skip
        return as_json(told)
    highlights = [each for each in shown if each.removed_at is None]
    numbers = [each.place for each in said]
    at = max(1, page if turn not in places else numbers.index(turn) // PAGE + 1)
    return shell.page(
        request,
        "research/session.html",
        session=session,
        state=seen.state_of(session, now),
        said=said[(at - 1) * PAGE : at * PAGE],
        total=len(said) or (0 if is_open else _hidden(request, session)),
        at=at,
        pages=max(1, -(-len(said) // PAGE)),
        marked={
            each.place: marking.marked(each, [mark for mark in highlights if mark.place == each.place])
            for each in said[(at - 1) * PAGE : at * PAGE]
        },
        clock=marking.clock,
        unknown=any(each.speaks is Speaks.UNKNOWN for each in said),
        speakers=list(dict.fromkeys((each.speaker, each.speaks) for each in said)),
        highlights=highlights,
        removed=[each for each in shown if each.removed_at is not None],
        text_of=lambda each: words_of(each, places[each.place]),
        resting=resting,
        insights=insights,
        by=by,
        takes_audio=parts.transcriber is not None,
        **seen.rights(request, session.audience),
    )


@router.post("/voice/research/sessions/{id}")
def describe(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Call it otherwise: `title`, `held_at`, `participant`, `interviewer`, `expires_on`. Who it is stays."""
    told = _described(request, fields)
    with parts_of(request).desk.begin() as tx:
        session = _there(request, tx, id)
        # What was not said anew stays: nothing is kept longer because its title was changed.
        kept = {"held_at": "held_at", "expires_on": "expires_at"}
        told |= {column: getattr(session, column) for name, column in kept.items() if not fields.text(name)}
        research_sessions.describe(tx, session.id, **told)
        seen.write_down(tx, request, "describe_interview", session.id)
    return _done(request, id, "saved")


@router.post("/voice/research/sessions/{id}/consent")
def consent(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Write down what was consented to (`consent_to`), how we know (`consent_how`), and the last day on which
    it holds (`consent_until`, empty: as long as the material is kept). What was said is heard from then on.
    """
    told = _consent(fields)
    if not told:
        raise refused(
            {"consent_how": "Say how the consent was given: in writing, on the recording, by whom."}
        )
    with parts_of(request).desk.begin() as tx:
        session = _there(request, tx, id)
        research_sessions.consent(tx, session.id, **told, **signed(request))
        seen.write_down(tx, request, "consent_to_interview", session.id)
    return _done(request, id, "consented")


@router.post("/voice/research/sessions/{id}/withdrawal")
def withdraw(request: Request, id: str) -> Response:  # noqa: A002
    """The participant takes back what they said: words, names and notes go, here and from the ledger."""
    return _ended(request, id, Gone.WITHDRAWN)


@router.post("/voice/research/sessions/{id}/removal")
def remove(request: Request, id: str) -> Response:  # noqa: A002
    """Delete the material of an interview before its time, here and in the ledger."""
    return _ended(request, id, Gone.REMOVED)


@router.post("/voice/research/sessions/{id}/transcript")
async def take_in(request: Request, id: str) -> Response:  # noqa: A002
    """Read a transcript in: a file (WebVTT, SRT, DOCX, text; audio where an endpoint writes it down), or
    pasted `text`. Who speaks is told as far as the file says it.
    """
    await run_in_threadpool(_may_take_in, request, id)
    turns = await sent_turns(request)
    return await run_in_threadpool(_taken_in, request, id, turns)


@router.post("/voice/research/sessions/{id}/transcript/removal")
def clear(request: Request, id: str) -> Response:  # noqa: A002
    """Take the transcript back with all that was highlighted in it; another can be read in then."""
    with parts_of(request).desk.begin() as tx:
        session = _there(request, tx, id)
        material.clear(tx, session.id)
        seen.write_down(tx, request, "remove_transcript", session.id)
    return _done(request, id, "cleared")


@router.post("/voice/research/sessions/{id}/speakers")
def assign(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say who speaks: fields `speaker.N` (the name as written) and `speaks.N` (`participant`, `interviewer`,
    `unknown`). Only what participants say is heard with what customers say.
    """
    names = fields.under("speaker")
    told = {
        names.get(number, ""): Speaks(speaks)
        for number, speaks in fields.under("speaks").items()
        if number in names and speaks in {"participant", "interviewer", "unknown"}
    }
    with parts_of(request).desk.begin() as tx:
        session = _there(request, tx, id)
        if research_turns.assign(tx, session.id, told):
            seen.write_down(tx, request, "assign_speakers", session.id)
    return _done(request, id, "assigned")


def _described(request: Request, fields: Fields) -> dict[str, Any]:
    now = parts_of(request).clock()
    held_at = instant(fields, "held_at") if fields.text("held_at") else now
    expires_at = end_of_day(fields, "expires_on") or now + KEPT_FOR
    if not now < expires_at <= now + LONGEST_KEPT:
        raise refused({"expires_on": "Material is kept until a day to come, within ten years."})
    if held_at > now + KEPT_FOR:
        raise refused({"held_at": "This is more than a year from now."})
    user = visitor_of(request).user
    return {
        "title": line(fields, "title", LONGEST_TITLE, needed="Give the interview a title."),
        "held_at": held_at,
        "participant": line(fields, "participant", LONGEST_NAME),
        "interviewer": line(fields, "interviewer", LONGEST_NAME) or ("" if user is None else user.name),
        "expires_at": expires_at,
    }


def _consent(fields: Fields) -> dict[str, Any]:
    """The consent as it was typed; empty where nobody said how it was given."""
    how = line(fields, "consent_how", LONGEST_HOW)
    if not how:
        return {}
    until = end_of_day(fields, "consent_until")
    return {"how": how, "to": line(fields, "consent_to", LONGEST_HOW), "until": until}


def _there(request: Request, tx: Connection, session_id: str) -> Session:
    """The session, when its material is not gone. Raises 409 when it is."""
    session = seen.session_of(request, tx, session_id)
    if session.gone is not None:
        raise Problem(HTTPStatus.CONFLICT, "The material of this interview is gone, for good.")
    return session


def _may_take_in(request: Request, session_id: str) -> Session:
    """The session, when it can have a transcript now. Raises 409 when it has one, or has not been held."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        session = _there(request, tx, session_id)
        has_some = bool(research_turns.of_session(tx, session.id))
    if has_some:
        raise Problem(HTTPStatus.CONFLICT, "It has a transcript. Take that one back first.")
    if session.held_at > parts.clock():
        raise Problem(HTTPStatus.CONFLICT, "It has not been held yet: say when it was.")
    return session


def _taken_in(request: Request, session_id: str, turns: list[Turn]) -> Response:
    session = _may_take_in(request, session_id)
    speaking = roles(turns, session.interviewer)
    with parts_of(request).desk.begin() as tx:
        first = research_turns.next_place(tx, session.id)
        said = [
            Utterance(
                session_id=session.id,
                place=first + number,
                speaker=turn.speaker,
                speaks=speaking[turn.speaker],
                begins_ms=turn.begins_ms,
                ends_ms=turn.ends_ms,
                text=turn.text,
                told=Told.NO,
            )
            for number, turn in enumerate(turns)
        ]
        research_turns.add(tx, said)
        seen.write_down(tx, request, "read_transcript_in", session.id)
    told = {"id": session.id, "turns": len(turns), "speakers": {n: r.value for n, r in speaking.items()}}
    return back(request, f"/voice/research/sessions/{session.id}?done=taken", told, 201)


def _hidden(request: Request, session: Session) -> int:
    """How many turns wait for a consent."""
    with parts_of(request).desk.read() as tx:
        return research_turns.counts(tx, session.audience).get(session.id, 0)


def _ended(request: Request, session_id: str, gone: Gone) -> Response:
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        session = seen.session_of(request, tx, session_id)
        if material.end(tx, session.id, gone, parts.clock()):
            seen.write_down(tx, request, f"{gone.value}_interview", session.id)
    return _done(request, session_id, "gone")


def _done(request: Request, session_id: str, what: str) -> Response:
    return back(request, f"/voice/research/sessions/{session_id}?done={what}", {"id": session_id})
