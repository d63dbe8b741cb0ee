"""Turns of interviews: who said what, and whether the ledger has it; a transcript's words are here alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Choice, Words, columns, made
from emptychair.desk.ids import Id
from emptychair.desk.research_sessions import Session, open_at, sessions
from emptychair.domain.signal import Audience

LONGEST_SPEAKER = 80
AT_ONCE = 500


class Speaks(StrEnum):
    """Who speaks: somebody who is asked, somebody who asks, nobody knows; or it is taken back."""

    PARTICIPANT = "participant"
    INTERVIEWER = "interviewer"
    UNKNOWN = "unknown"
    REMOVED = "removed"


class Told(StrEnum):
    """Whether the ledger has it. What was `BEGUN` may be there: who died in between did not say."""

    NO = "no"
    BEGUN = "begun"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One turn of a session; `place` counts its turns and is never given twice. Times are milliseconds."""

    session_id: str
    place: int
    speaker: str
    speaks: Speaks
    begins_ms: int | None
    ends_ms: int | None
    text: str
    told: Told


turns = Table(
    "research_turns",
    METADATA,
    Column("session_id", Id, ForeignKey("research_sessions.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("speaker", Words(LONGEST_SPEAKER), nullable=False),
    Column("speaks", Choice(Speaks), nullable=False),
    Column("begins_ms", Integer),
    Column("ends_ms", Integer),
    Column("text", Text, nullable=False),
    # The same in small letters of every alphabet, which SQLite does not make.
    Column("folded", Text, nullable=False),
    Column("told", Choice(Told), nullable=False),
    Index(None, "told", "speaks"),
)
_THERE: ColumnElement[bool] = turns.c.speaks != Speaks.REMOVED


def add(tx: Connection, said: Sequence[Utterance]) -> None:
    """Keep these turns of a session; their places come from `next_place`."""
    rows = [
        {name: getattr(one, name) for name in Utterance.__dataclass_fields__}
        | {"folded": one.text.casefold()}
        for one in said
    ]
    for begin in range(0, len(rows), AT_ONCE):
        tx.execute(turns.insert(), rows[begin : begin + AT_ONCE])


def next_place(tx: Connection, session_id: str) -> int:
    """The place of the next turn: those that are being taken back keep theirs until they are gone."""
    query = select(func.max(turns.c.place)).where(turns.c.session_id == session_id)
    last = tx.execute(query).scalar_one_or_none()
    return 0 if last is None else int(last) + 1


def of_session(tx: Connection, session_id: str) -> list[Utterance]:
    """What was said, in order."""
    return _many(tx, (turns.c.session_id == session_id) & _THERE)


def find(tx: Connection, session_id: str, place: int) -> Utterance | None:
    """One turn, or None."""
    found = _many(tx, (turns.c.session_id == session_id) & (turns.c.place == place) & _THERE)
    return found[0] if found else None


def assign(tx: Connection, session_id: str, roles: Mapping[str, Speaks]) -> int:
    """Let these speakers be who they are said to be; how many turns that changes."""
    changed = 0
    for speaker, speaks in roles.items():
        mine = (turns.c.session_id == session_id) & (turns.c.speaker == speaker) & _THERE
        other = mine & (turns.c.speaks != speaks)
        changed += tx.execute(update(turns).where(other).values(speaks=speaks)).rowcount
    return changed


def blank(tx: Connection, session_id: str) -> int:
    """Take all turns back: their words are gone at once, the rest when the ledger has let them go."""
    mine = turns.c.session_id == session_id
    tx.execute(delete(turns).where(mine & (turns.c.told == Told.NO)))
    nothing = {"speaker": "", "text": "", "folded": "", "speaks": Speaks.REMOVED}
    return tx.execute(update(turns).where(mine).values(**nothing, begins_ms=None, ends_ms=None)).rowcount


def counts(tx: Connection, audience: Audience) -> dict[str, int]:
    """How many turns each session has that has some."""
    joined = turns.join(sessions, sessions.c.id == turns.c.session_id)
    query = select(turns.c.session_id, func.count()).select_from(joined)
    rows = tx.execute(query.where(sessions.c.audience == audience, _THERE).group_by(turns.c.session_id))
    return {session_id: int(n) for session_id, n in rows}


def to_tell(tx: Connection, now: datetime, limit: int) -> list[tuple[Session, Utterance]]:
    """What participants said with a consent that holds and the ledger does not surely have."""
    joined = turns.join(sessions, sessions.c.id == turns.c.session_id)
    which = (turns.c.speaks == Speaks.PARTICIPANT) & (turns.c.told != Told.YES) & open_at(now)
    query = select(*columns(turns, Utterance)).select_from(joined).where(which)
    rows = tx.execute(query.order_by(turns.c.session_id, turns.c.place).limit(limit)).mappings()
    said = [made(Utterance, row) for row in rows]
    asked = {one.id: one for one in _sessions(tx, {turn.session_id for turn in said})}
    return [(asked[turn.session_id], turn) for turn in said]


def to_take_back(tx: Connection, limit: int) -> list[tuple[str, int]]:
    """Session and place of what the ledger may have and is not to have."""
    joined = turns.join(sessions, sessions.c.id == turns.c.session_id)
    wrong = (turns.c.speaks != Speaks.PARTICIPANT) | sessions.c.gone.is_not(None)
    query = select(turns.c.session_id, turns.c.place).select_from(joined)
    rows = tx.execute(query.where(wrong, turns.c.told != Told.NO).limit(limit))
    return [(session_id, int(place)) for session_id, place in rows]


def mark(tx: Connection, places: Sequence[tuple[str, int]], told: Told) -> None:
    """Note whether the ledger has these; what was taken back and is told no more is gone."""
    for session_id, place in places:
        mine = (turns.c.session_id == session_id) & (turns.c.place == place)
        if told is Told.NO:
            tx.execute(delete(turns).where(mine & ~_THERE))
        tx.execute(update(turns).where(mine).values(told=told))


def having(
    tx: Connection, audience: Audience, words: Sequence[str], now: datetime, limit: int
) -> list[Utterance]:
    """The turns of open sessions that have all of these words, of the latest interview first."""
    joined = turns.join(sessions, sessions.c.id == turns.c.session_id)
    which = open_at(now) & (sessions.c.audience == audience) & _THERE
    for word in words:
        which &= turns.c.folded.contains(word.casefold(), autoescape=True)
    query = select(*columns(turns, Utterance)).select_from(joined).where(which)
    order = (sessions.c.held_at.desc(), turns.c.session_id, turns.c.place)
    return [made(Utterance, row) for row in tx.execute(query.order_by(*order).limit(limit)).mappings()]


def _sessions(tx: Connection, ids: set[str]) -> list[Session]:
    query = select(*columns(sessions, Session)).where(sessions.c.id.in_(sorted(ids)))
    return [made(Session, row) for row in tx.execute(query).mappings()]


def _many(tx: Connection, which: ColumnElement[bool]) -> list[Utterance]:
    order = (turns.c.session_id, turns.c.place)
    rows = tx.execute(select(*columns(turns, Utterance)).where(which).order_by(*order)).mappings()
    return [made(Utterance, row) for row in rows]
