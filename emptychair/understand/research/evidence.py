"""What an insight rests on: each piece in the words of who said it, how many people, and what is gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from emptychair.desk import research_highlights, research_insights, research_sessions
from emptychair.desk.research_highlights import Highlight
from emptychair.desk.research_insights import Evidence, Insight, Side
from emptychair.desk.research_sessions import Gone, Session
from emptychair.desk.research_turns import Utterance
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.sentences import sentences

# Why a piece of evidence has no words any more.
EXPIRED, WITHDRAWN, REMOVED = (one.value for one in Gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence. `text` is what is quoted of it, "" when it is gone, and `gone` says why.

    `who` tells people apart: an id of the ledger, or the session where nobody is known. `session_id` is ""
    for words of the ledger, `highlight_id` too; `signal_id` is "" for those of an interview.
    """

    id: str
    side: Side
    text: str
    gone: str
    who: str
    person: str | None
    session_id: str
    highlight_id: str
    signal_id: str
    channel: str
    said_at: datetime | None
    note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """How much speaks on one side: quotes that are there, the people behind them, their interviews."""

    quotes: int
    people: int
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """An insight with all that it rests on, oldest first."""

    insight: Insight
    pieces: tuple[Piece, ...]

    def on(self, side: Side) -> list[Piece]:
        """What is there on one side."""
        return [one for one in self.pieces if one.side is side and not one.gone]

    def weight(self, side: Side) -> Weight:
        """How much speaks on one side; words of nobody known count as a quote, and not as a person."""
        there = self.on(side)
        return Weight(
            quotes=len(there),
            people=len({one.who for one in there if one.who}),
            sessions=len({one.session_id for one in there if one.session_id}),
        )

    @property
    def gone(self) -> Mapping[str, int]:
        """How many pieces are gone, by why."""
        whys = [one.gone for one in self.pieces if one.gone]
        return {why: whys.count(why) for why in sorted(set(whys))}


def rests(tx: Connection, ledger: Ledger, insights: Sequence[Insight], now: datetime) -> list[Rests]:
    """These insights with their evidence; the words are read where they stand, and stand nowhere else."""
    found = research_insights.evidence_of(tx, [one.id for one in insights])
    marked = research_highlights.these(tx, [one.highlight_id for one in found if one.highlight_id])
    asked = research_sessions.these(tx, sorted({one.session_id for one in marked.values()}))
    turns = research_highlights.marked_turns(tx, [one.id for one in asked.values() if one.is_open(now)])
    said = _said(ledger, insights, found)
    people = _people(ledger, asked.values())
    pieces: dict[str, list[Piece]] = {one.id: [] for one in insights}
    for one in found:
        highlight = marked.get(one.highlight_id)
        if one.highlight_id and highlight is not None:
            session = asked[highlight.session_id]
            piece = _of_interview(one, highlight, session, turns, people, now)
        else:
            piece = _of_ledger(one, said.get(one.signal_id))
        pieces[one.insight_id].append(piece)
    return [Rests(insight=one, pieces=tuple(pieces[one.id])) for one in insights]


def words_of(highlight: Highlight, turn: Utterance | None) -> str:
    """What a highlight quotes."""
    return "" if turn is None else turn.text[highlight.begin : highlight.end]


def _of_interview(
    one: Evidence,
    highlight: Highlight,
    session: Session,
    turns: Mapping[tuple[str, int], Utterance],
    people: Mapping[str, str],
    now: datetime,
) -> Piece:
    turn = turns.get((session.id, highlight.place))
    gone = _why_gone(highlight, session, turn, now)
    at = session.held_at + timedelta(milliseconds=(turn.begins_ms or 0) if turn else 0)
    return Piece(
        id=one.id,
        side=one.side,
        text="" if gone else words_of(highlight, turn),
        gone=gone,
        who=people.get(session.person or "", "") or session.id,
        person=None if gone else session.person,
        session_id=session.id,
        highlight_id=highlight.id,
        signal_id="",
        channel="interview",
        said_at=at,
        note="" if gone else highlight.note,
        tags=() if gone else highlight.tags,
    )


def _why_gone(highlight: Highlight, session: Session, turn: Utterance | None, now: datetime) -> str:
    if session.gone is not None:
        return session.gone.value
    if session.consent_at is None:
        return WITHDRAWN
    if not session.is_open(now):
        return EXPIRED
    return REMOVED if highlight.removed_at is not None or turn is None or highlight.end == 0 else ""


def _of_ledger(one: Evidence, row: Mapping[str, Any] | None) -> Piece:
    parts = sentences(row["text"]) if row is not None else []
    text = parts[one.place].text if one.place < len(parts) else ""
    return Piece(
        id=one.id,
        side=one.side,
        text=text,
        gone="" if text else WITHDRAWN,
        who=(row["person"] or "") if row is not None else "",
        person=row["person"] if row is not None else None,
        session_id="",
        highlight_id="",
        signal_id=one.signal_id,
        channel=row["channel"] if row is not None else "",
        said_at=one.said_at,
    )


def _said(
    ledger: Ledger, insights: Sequence[Insight], found: Sequence[Evidence]
) -> dict[str, Mapping[str, Any]]:
    """The signals that are cited, by their id, as far as the ledger still has them."""
    whose = {one.id: one.audience for one in insights}
    rows: dict[str, Mapping[str, Any]] = {}
    for audience in Audience:
        cited = [one for one in found if one.signal_id and one.said_at and whose[one.insight_id] is audience]
        if cited:
            # The ledger's instants have no zone.
            instants = [one.said_at.astimezone(UTC).replace(tzinfo=None) for one in cited if one.said_at]
            told = ledger.readings.said(audience.value, [one.signal_id for one in cited], instants)
            rows |= {row["id"]: row for row in told.to_pylist()}
    return rows


def _people(ledger: Ledger, sessions: Any) -> dict[str, str]:
    """Who the people of these sessions are by now: two ids may be one person."""
    named = sorted({one.person for one in sessions if one.person and one.audience is Audience.CUSTOMER})
    if not named:
        return {}
    means = ledger.who.resolve(Audience.CUSTOMER.value, named)
    return {one: means[one] or one for one in named}
