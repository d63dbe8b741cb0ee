"""Interviews and insights as somebody may see them, and as data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from emptychair.desk import audit, research_insights, research_sessions
from emptychair.desk.research_insights import Insight, Side
from emptychair.desk.research_sessions import Session
from emptychair.domain.signal import Audience
from emptychair.understand.research.evidence import Piece, Rests
from emptychair.web.access import LEADERS, may
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.routes.theme_edits import audience_of
from emptychair.web.visitor import visitor_of

INSIGHT_HEAD = (
    "id", "statement", "standing", "note", "quotes_for", "people_for", "sessions_for", "quotes_against",
    "people_against", "gone", "by", "changed_at",
)  # fmt: skip
SESSION_HEAD = (
    "id", "title", "held_at", "audience", "state", "person", "participant", "interviewer", "consent_to",
    "consent_how", "consent_until", "ends_at", "turns",
)  # fmt: skip


def session_of(request: Request, tx: Connection, session_id: str) -> Session:
    """The session with this id, of an audience that the visitor may listen to."""
    found = research_sessions.find(tx, session_id[:40])
    if found is None:
        raise not_found("There is no such interview.")
    audience_of(request, found.audience.value)
    return found


def insight_of(request: Request, tx: Connection, insight_id: str) -> Insight:
    """The insight with this id, about an audience that the visitor may listen to."""
    found = research_insights.find(tx, insight_id[:40])
    if found is None:
        raise not_found("There is no such insight.")
    audience_of(request, found.audience.value)
    return found


def rights(request: Request, audience: Audience) -> dict[str, Any]:
    """What the visitor may do on these pages, and whose words they may hear."""
    who = visitor_of(request).who
    return {
        "may_write": may(who, "POST", "/voice/research/sessions"),
        "audience": audience,
        "audiences": tuple(Audience) if who in LEADERS else (Audience.CUSTOMER,),
        "done": request.query_params.get("done", ""),
    }


def write_down(tx: Connection, request: Request, verb: str, thing: str) -> None:
    """Who did what; never what was said."""
    audit.record(tx, who=visitor_of(request).name, verb=verb, thing=thing, now=parts_of(request).clock())


def state_of(one: Session, now: datetime) -> str:
    """Where a session stands: open, without consent, over, or why it is gone."""
    if one.gone is not None:
        return one.gone.value
    if one.consent_at is None:
        return "no_consent"
    return "open" if one.is_open(now) else "expired"


def session_as_data(one: Session, now: datetime, turns: int = 0) -> dict[str, Any]:
    """A session; of one that is not open no more than its title, its day, and why."""
    told: dict[str, Any] = dict.fromkeys(SESSION_HEAD)
    told |= {"id": one.id, "title": one.title, "held_at": one.held_at, "audience": one.audience}
    told |= {"state": state_of(one, now), "ends_at": one.ends_at}
    if one.is_open(now):
        names = ("person", "participant", "interviewer", "consent_to", "consent_how", "consent_until")
        told |= {name: getattr(one, name) for name in names} | {"turns": turns}
    return told


def insight_as_data(one: Rests) -> dict[str, Any]:
    """An insight with what it rests on."""
    insight = one.insight
    return {
        "id": insight.id,
        "audience": insight.audience,
        "statement": insight.statement,
        "note": insight.note,
        "standing": insight.standing,
        "for": one.weight(Side.FOR),
        "against": one.weight(Side.AGAINST),
        "gone": one.gone,
        "evidence": [piece_as_data(piece) for piece in one.pieces],
        "by": insight.by,
        "created_at": insight.created_at,
        "changed_at": insight.changed_at,
    }


def piece_as_data(one: Piece) -> dict[str, Any]:
    """A piece of evidence; of one that is gone why, and nothing else."""
    if one.gone:
        return {"id": one.id, "side": one.side, "gone": one.gone}
    names = ("id", "side", "text", "person", "session_id", "highlight_id", "signal_id", "channel", "said_at")
    return {name: getattr(one, name) for name in (*names, "note", "tags")}


def insight_row(one: Rests) -> Sequence[Any]:
    """An insight as the columns of INSIGHT_HEAD."""
    yes, no, insight = one.weight(Side.FOR), one.weight(Side.AGAINST), one.insight
    return [
        insight.id, insight.statement, insight.standing, insight.note, yes.quotes, yes.people, yes.sessions,
        no.quotes, no.people, sum(one.gone.values()), insight.by, insight.changed_at,
    ]  # fmt: skip
