"""Research: interviews, what stands out in them, and what follows; one page to begin at, and one search."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from emptychair.desk import research_insights, research_sessions, research_turns, users
from emptychair.desk.research_insights import Side, Standing
from emptychair.desk.research_sessions import Session
from emptychair.understand.research import finding, material
from emptychair.understand.research.evidence import Rests, rests
from emptychair.understand.research.finding import Found, Marked
from emptychair.web import shell
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.research import seen
from emptychair.web.routes.theme_edits import audience_of
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

SOON = timedelta(days=30)
MOST_FOUND, MOST_SHOWN, MOST = 30, 100, 1_000
INSIGHTS, SESSIONS, HIGHLIGHTS = "insights", "sessions", "highlights"
HIGHLIGHT_HEAD = ("id", "session_id", "title", "place", "text", "tags", "note", "by", "made_at")


@router.get("/voice/research")
def overview(request: Request, audience: str = "customer", what: str = INSIGHTS) -> Response:
    """Insights and interviews about an `audience`; CSV has one table of them, `what` says which: `insights`,
    `sessions` or `highlights`.
    """
    whose, parts = audience_of(request, audience), parts_of(request)
    now, form = parts.clock(), wanted_form(request)
    with parts.desk.read() as tx:
        sessions = research_sessions.every(tx, whose)
        turns = research_turns.counts(tx, whose)
        found = rests(tx, parts.ledger, research_insights.every(tx, whose), now)
        marked = finding.marked(tx, whose, now)
        by = {user.id: user.name for user in users.everyone(tx)}
    told = [seen.session_as_data(one, now, turns.get(one.id, 0)) for one in sessions]
    if form is Form.CSV:
        return _table(what, found, told, marked)
    if form is Form.JSON:
        return as_json(
            {
                INSIGHTS: [seen.insight_as_data(one) for one in found],
                SESSIONS: told,
                HIGHLIGHTS: [_highlight(one) for one in marked],
            }
        )
    return shell.page(
        request,
        "research/page.html",
        opening=_opening(request, found, sessions, now),
        insights=found[:MOST_SHOWN],
        sessions=[(one, seen.state_of(one, now), turns.get(one.id, 0)) for one in sessions[:MOST_SHOWN]],
        is_cut=max(len(found), len(sessions)) > MOST_SHOWN,
        most=MOST_SHOWN,
        tags=Counter(tag for one in marked for tag in one.highlight.tags).most_common(20),
        sides=Side,
        by=by,
        now=now,
        **seen.rights(request, whose),
    )


@router.get("/voice/research/search")
def search(request: Request, q: str = "", tag: str = "", audience: str = "customer") -> Response:
    """What has all the words of `q` in it: insights, highlights, turns of open interviews, and titles. With a
    `tag` the highlights that have it. CSV has the highlights.
    """
    whose, parts, form = audience_of(request, audience), parts_of(request), wanted_form(request)
    now, limit = parts.clock(), MOST_FOUND if form is Form.HTML else MOST
    with parts.desk.read() as tx:
        found = finding.find(tx, whose, q, now, tag=tag[:80], limit=limit)
    if form is Form.CSV:
        rows = [list(_highlight(one).values()) for one in found.highlights]
        return as_csv(HIGHLIGHTS, HIGHLIGHT_HEAD, rows)
    if form is Form.JSON:
        return as_json(_found(found, now))
    return shell.page(
        request,
        "research/search.html",
        found=found,
        most=MOST_FOUND,
        q=q[: finding.LONGEST],
        tag=tag[:80],
        states={one.id: seen.state_of(one, now) for one in found.sessions},
        **seen.rights(request, whose),
    )


@router.post("/voice/research/withdrawals")
def withdraw(request: Request, fields: SentFields) -> Response:
    """Take back all that a customer (`person`, any id) said in interviews: words, names, notes; for good."""
    parts, person = parts_of(request), fields.text("person")
    whose = audience_of(request, "customer")
    if not 0 < len(person) <= 200:
        raise refused({"person": "Name a customer by an id."})
    ended = material.withdraw(parts.desk, parts.ledger, whose, person, parts.clock())
    with parts.desk.begin() as tx:
        for session_id in ended:
            seen.write_down(tx, request, "withdraw_interview", session_id)
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/voice/research?done=withdrawn", 303)
    return as_json({"sessions": ended})


def _table(what: str, found: list[Rests], sessions: list[dict[str, Any]], marked: list[Marked]) -> Response:
    if what == SESSIONS:
        rows = [[one[name] for name in seen.SESSION_HEAD] for one in sessions]
        return as_csv(SESSIONS, seen.SESSION_HEAD, rows)
    if what == HIGHLIGHTS:
        return as_csv(HIGHLIGHTS, HIGHLIGHT_HEAD, [list(_highlight(one).values()) for one in marked])
    return as_csv(INSIGHTS, seen.INSIGHT_HEAD, [seen.insight_row(one) for one in found])


def _found(found: Found, now: datetime) -> dict[str, Any]:
    return {
        INSIGHTS: [
            {"id": one.id, "statement": one.statement, "standing": one.standing} for one in found.insights
        ],
        HIGHLIGHTS: [_highlight(one) for one in found.highlights],
        "turns": [
            {"session_id": session.id, "title": session.title, "place": turn.place, "text": turn.text}
            for session, turn in found.turns
        ],
        SESSIONS: [seen.session_as_data(one, now) for one in found.sessions],
    }


def _highlight(one: Marked) -> dict[str, Any]:
    mark = one.highlight
    return {
        "id": mark.id,
        "session_id": mark.session_id,
        "title": one.session.title,
        "place": mark.place,
        "text": one.text,
        "tags": ", ".join(mark.tags),
        "note": mark.note,
        "by": mark.by,
        "made_at": mark.made_at,
    }


def _opening(request: Request, found: list[Rests], sessions: list[Session], now: datetime) -> Markup:
    """The sentence that the page begins with."""
    write, words = pens(request)
    standing = [one for one in found if one.insight.standing is Standing.STANDS]
    people = {piece.who for one in standing for piece in one.on(Side.FOR) if piece.who}
    quotes = sum(one.weight(Side.FOR).quotes for one in standing)
    closed = sum(one.gone is None and one.consent_at is None for one in sessions)
    ending = sum(one.is_open(now) and one.ends_at - now <= SOON for one in sessions)
    parts = []
    if standing:
        parts.append(
            Markup("<strong>{}</strong> {}").format(
                words.ngettext(
                    "%(n)s insight stands",
                    "%(n)s insights stand",
                    len(standing),
                    n=write.count(len(standing)),
                ),
                words.gettext(
                    "on %(quotes)s of %(people)s.",
                    quotes=words.ngettext("%(n)s quote", "%(n)s quotes", quotes, n=write.count(quotes)),
                    people=words.ngettext(
                        "%(n)s person", "%(n)s people", len(people), n=write.count(len(people))
                    ),
                ),
            )
        )
    if closed:
        parts.append(
            Markup("<strong>{}</strong> {}").format(
                words.ngettext(
                    "%(n)s interview has no consent:", "%(n)s interviews have no consent:", closed,
                    n=write.count(closed),
                ),
                words.gettext("nobody can open it before."),
            )
        )  # fmt: skip
    if ending:
        told = words.ngettext(
            "%(n)s interview is deleted within 30 days.",
            "%(n)s interviews are deleted within 30 days.",
            ending,
            n=write.count(ending),
        )
        parts.append(Markup("{}").format(told))
    if not parts:
        told = words.gettext("What customers say when they are asked, and what follows from it.")
        parts.append(Markup("{}").format(told))
    return Markup(" ").join(parts)


def back(request: Request, path: str, told: dict[str, Any], status: int = 200) -> Response:
    """The way back to a page, or what was done as JSON."""
    return RedirectResponse(path, 303) if wanted_form(request) is Form.HTML else as_json(told, status)


def signed(request: Request) -> dict[str, Any]:
    """By whom and when, for what is written now."""
    return {"by": visitor_of(request).name, "now": parts_of(request).clock()}
