"""Insights: what follows from what was said, what it rests on, and what speaks against it."""

from datetime import UTC
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from emptychair.desk import research_insights, research_sessions, users
from emptychair.desk.research_insights import LONGEST_SIGNAL, Insight, Side, Standing
from emptychair.domain.signal import Audience, Kind
from emptychair.understand.language.sentences import sentences
from emptychair.understand.research import finding
from emptychair.understand.research.evidence import Rests, rests
from emptychair.understand.research.hearing import SOURCE
from emptychair.understand.search.finding import Hit
from emptychair.understand.search.words import Among
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.research import seen
from emptychair.web.research.markdown import as_markdown
from emptychair.web.routes.research import back, signed
from emptychair.web.routes.theme_edits import audience_of
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

FOUND = 6
_PIECE = (
    "id", "side", "gone", "text", "person", "session_id", "highlight_id", "signal_id", "channel", "said_at",
    "note",
)  # fmt: skip


@router.post("/voice/research/insights")
def create(request: Request, fields: SentFields) -> Response:
    """Write an insight down: a `statement` about an `audience`, and a `note`. It is a draft."""
    whose = audience_of(request, fields.text("audience", Audience.CUSTOMER.value))
    with parts_of(request).desk.begin() as tx:
        made = research_insights.add(
            tx, whose, fields.text("statement"), fields.text("note"), **signed(request)
        )
        seen.write_down(tx, request, "create_insight", made.id)
    return back(request, f"/voice/research/insights/{made.id}", {"id": made.id}, HTTPStatus.CREATED.value)


@router.get("/voice/research/insights/{id}")
def one(request: Request, id: str, q: str = "") -> Response:  # noqa: A002
    """One insight with its evidence for and against it; with words in `q`, what else it could rest on. CSV
    has the evidence.
    """
    parts, form = parts_of(request), wanted_form(request)
    found = _with_evidence(request, id)
    if form is Form.JSON:
        return as_json(seen.insight_as_data(found))
    if form is Form.CSV:
        rows = [["" if one.gone and name == "text" else getattr(one, name) for name in _PIECE]
                for one in found.pieces]  # fmt: skip
        return as_csv("evidence", _PIECE, rows)
    insight, now = found.insight, parts.clock()
    with parts.desk.read() as tx:
        by = {user.id: user.name for user in users.everyone(tx)}
        marked = finding.find(tx, insight.audience, q, now).highlights if q else ()
        ids = [one.session_id for one in found.pieces if one.session_id]
        titles = {one.id: one.title for one in research_sessions.these(tx, ids).values()}
    used = {one.highlight_id for one in found.pieces} | {
        one.signal_id for one in found.pieces if one.signal_id
    }
    return shell.page(
        request,
        "research/insight.html",
        found=found,
        insight=insight,
        sides=Side,
        standings=tuple(Standing),
        titles=titles,
        q=q[: finding.LONGEST],
        marked=[one for one in marked if one.highlight.id not in used][:FOUND],
        hits=[(hit, _sentences(hit)) for hit in _hits(request, insight, q) if hit.id not in used],
        by=by,
        may_request=may(visitor_of(request).who, "POST", "/requests"),
        **seen.rights(request, insight.audience),
    )


@router.get("/voice/research/insights/{id}/markdown")
def markdown(request: Request, id: str) -> Response:  # noqa: A002
    """The insight with its evidence as Markdown, for a document or a ticket."""
    text = as_markdown(_with_evidence(request, id), parts_of(request).base_url)
    headers = {"Content-Disposition": 'attachment; filename="insight.md"'}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.post("/voice/research/insights/{id}")
def change(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say it otherwise (`statement`, `note`), or let it stand or be dropped (`standing`: `draft`, `stands`,
    `dropped`). It stands only on something that speaks for it.
    """
    found = _with_evidence(request, id)
    insight, named = found.insight, fields.text("standing", found.insight.standing.value)
    if named not in set(Standing):
        raise refused({"standing": f"This is one of {', '.join(Standing)}."})
    if named == Standing.STANDS and not found.on(Side.FOR):
        raise refused({"standing": "Nothing speaks for it: an insight stands on at least one quote."})
    with parts_of(request).desk.begin() as tx:
        statement, note = fields.text("statement", insight.statement), fields.text("note", insight.note)
        research_insights.change(tx, insight.id, statement, note, Standing(named), **signed(request))
        seen.write_down(tx, request, "change_insight", insight.id)
    return _done(request, id)


@router.post("/voice/research/insights/{id}/evidence")
def rest(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let it rest on a sentence of the ledger: `signal` and `place` (counted from 0), on a `side` (`for` or
    `against`). Interviews are cited by what was highlighted in them.
    """
    parts, signal = parts_of(request), fields.text("signal")[:LONGEST_SIGNAL]
    place = fields.text("place", "0")
    with parts.desk.read() as tx:
        insight = seen.insight_of(request, tx, id)
    if insight.audience is not Audience.CUSTOMER:
        raise refused({"signal": "Words of employees are told in groups, and cited from interviews alone."})
    found = parts.search.quote(signal, insight.audience)
    is_place = place.isascii() and place.isdecimal() and len(place) < 6
    if found is None or not is_place or int(place) >= len(sentences(found.text)):
        raise refused({"signal": "There are no such words."})
    if found.kind == Kind.MET:
        raise refused({"signal": "We wrote this ourselves: it is no word of theirs."})
    if found.source == SOURCE:
        raise refused({"signal": "This was said in an interview: highlight it there."})
    side = Side.AGAINST if fields.text("side") == Side.AGAINST else Side.FOR
    with parts.desk.begin() as tx:
        research_insights.rest(
            tx,
            insight.id,
            side,
            signal_id=signal,
            place=int(place),
            said_at=found.occurred_at.astimezone(UTC),
            **signed(request),
        )
        seen.write_down(tx, request, "rest_insight", insight.id)
    return _done(request, id, fields.text("q"))


@router.post("/voice/research/insights/{id}/evidence/{piece}/removal")
def let_go(request: Request, id: str, piece: str) -> Response:  # noqa: A002
    """Let it rest on this piece of evidence no more."""
    with parts_of(request).desk.begin() as tx:
        insight = seen.insight_of(request, tx, id)
        if not research_insights.let_go(tx, insight.id, piece[:40]):
            raise not_found("The insight does not rest on this.")
        seen.write_down(tx, request, "let_evidence_go", insight.id)
    return _done(request, id)


def _with_evidence(request: Request, insight_id: str) -> Rests:
    parts = parts_of(request)
    with parts.desk.read() as tx:
        insight = seen.insight_of(request, tx, insight_id)
        (found,) = rests(tx, parts.ledger, [insight], parts.clock())
    return found


def _hits(request: Request, insight: Insight, q: str) -> list[Hit]:
    """What customers said that has these words, or means the same; interviews are cited otherwise."""
    if not q or insight.audience is not Audience.CUSTOMER:
        return []
    found = parts_of(request).search.find(q, Among(audience=insight.audience.value), limit=4 * FOUND)
    return [hit for hit in found.hits if hit.source != SOURCE and hit.kind != Kind.MET][:FOUND]


def _sentences(hit: Hit) -> list[tuple[int, str, bool]]:
    """The sentences of what was said, and which of them tells."""
    marked = [part.text for part in hit.parts if part.is_marked]
    told = [(place, one.text) for place, one in enumerate(sentences(hit.text))]
    best = max(told, key=lambda pair: sum(mark in pair[1] for mark in marked), default=(0, ""))[0]
    return [(place, text, place == best) for place, text in told]


def _done(request: Request, insight_id: str, q: str = "") -> Response:
    return back(
        request,
        f"/voice/research/insights/{insight_id}" + (f"?q={quote(q)}" if q else ""),
        {"id": insight_id},
    )
