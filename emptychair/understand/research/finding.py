"""Words looked for in everything that research holds: interviews, what stands out in them, insights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from emptychair.desk import research_highlights, research_insights, research_sessions, research_turns
from emptychair.desk.research_highlights import Highlight
from emptychair.desk.research_insights import Insight
from emptychair.desk.research_sessions import Session
from emptychair.desk.research_turns import Utterance
from emptychair.domain.signal import Audience
from emptychair.understand.research.evidence import words_of

MOST_WORDS, LONGEST = 8, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A highlight with its words, and the session that it is of."""

    highlight: Highlight
    text: str
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What has all the words; of turns, `limit` at most, with the sessions that they are of."""

    insights: tuple[Insight, ...]
    highlights: tuple[Marked, ...]
    turns: tuple[tuple[Session, Utterance], ...]
    sessions: tuple[Session, ...]

    @property
    def total(self) -> int:
        """How much was found."""
        return len(self.insights) + len(self.highlights) + len(self.turns) + len(self.sessions)


NOTHING = Found(insights=(), highlights=(), turns=(), sessions=())


def words_in(text: str) -> list[str]:
    """The words that are looked for, in small letters.

    >>> words_in("  Set-up of the GRINDER ")
    ['set-up', 'of', 'the', 'grinder']
    """
    return text[:LONGEST].replace("\0", " ").casefold().split()[:MOST_WORDS]


def find(
    tx: Connection, audience: Audience, text: str, now: datetime, *, tag: str = "", limit: int = 50
) -> Found:
    """What has all of these words; with a `tag` the highlights that have it, and nothing else.

    O(sessions + insights + highlights), and a scan of all turns. Material that is not open is not looked at.
    """
    words = words_in(text)
    marked = _marked(tx, audience, words, tag, now) if words or tag else []
    if not words or tag:
        return Found(insights=(), highlights=tuple(marked), turns=(), sessions=())
    every = research_sessions.every(tx, audience)
    by_id = {one.id: one for one in every}
    turns = research_turns.having(tx, audience, words, now, limit)
    return Found(
        insights=tuple(
            one for one in research_insights.every(tx, audience) if _has(f"{one.statement} {one.note}", words)
        ),
        highlights=tuple(marked),
        turns=tuple((by_id[turn.session_id], turn) for turn in turns),
        sessions=tuple(one for one in every if one.gone is None and _has(_told(one, now), words)),
    )


def marked(tx: Connection, audience: Audience, now: datetime) -> list[Marked]:
    """Every highlight of open interviews, with its words."""
    found = research_highlights.every(tx, audience, now)
    ids = sorted({one.session_id for one in found})
    sessions, turns = research_sessions.these(tx, ids), research_highlights.marked_turns(tx, ids)
    return [
        Marked(
            highlight=one,
            text=words_of(one, turns.get((one.session_id, one.place))),
            session=sessions[one.session_id],
        )
        for one in found
        if (one.session_id, one.place) in turns and one.end > 0
    ]


def _marked(
    tx: Connection, audience: Audience, words: Sequence[str], tag: str, now: datetime
) -> list[Marked]:
    own = tag.casefold()
    return [
        one
        for one in marked(tx, audience, now)
        if (not tag or own in {each.casefold() for each in one.highlight.tags})
        and _has(" ".join((one.text, one.highlight.note, *one.highlight.tags)), words)
    ]


def _told(one: Session, now: datetime) -> str:
    """What a session is found by: its title, and who was there while it is open."""
    return f"{one.title} {one.participant} {one.interviewer}" if one.is_open(now) else one.title


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
