"""Highlights: what stands out in an interview, as a place in its transcript, with tags and a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    exists,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Instant, Json, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.research_sessions import open_at, sessions
from emptychair.desk.research_turns import Speaks, Utterance, turns
from emptychair.domain.signal import Audience

MOST_TAGS, LONGEST_TAG, LONGEST_NOTE = 12, 40, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """The letters `begin` to `end` of one turn. Its words stand in the transcript alone.

    `before` is what a change can be taken back to: None where nothing was changed.
    """

    id: str
    session_id: str
    place: int
    begin: int
    end: int
    note: str
    tags: tuple[str, ...]
    by: str
    made_at: datetime
    changed_by: str | None
    changed_at: datetime | None
    before: dict[str, Any] | None
    removed_by: str | None
    removed_at: datetime | None


highlights = Table(
    "research_highlights",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("session_id", Id, ForeignKey("research_sessions.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("begin", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("note", Words(LONGEST_NOTE), nullable=False),
    Column("tags", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("changed_by", Id),
    Column("changed_at", Instant),
    Column("before", Json),
    Column("removed_by", Id),
    Column("removed_at", Instant),
    Index(None, "session_id", "place"),
)


def add(
    tx: Connection,
    session_id: str,
    place: int,
    begin: int,
    end: int,
    *,
    note: str,
    tags: Sequence[str],
    by: str,
    now: datetime,
) -> Highlight:
    """The new highlight."""
    row: dict[str, Any] = {"id": new_id("hig"), "session_id": session_id, "place": place}
    row |= {"begin": begin, "end": end, "note": whole(note, LONGEST_NOTE), "tags": list(tags)}
    tx.execute(highlights.insert().values(**row, by=by, made_at=now))
    found = find(tx, str(row["id"]))
    assert found is not None  # noqa: S101  # written in this transaction
    return found


def change(
    tx: Connection,
    one: Highlight,
    *,
    begin: int,
    end: int,
    note: str,
    tags: Sequence[str],
    by: str,
    now: datetime,
) -> bool:
    """True when it says something else from now on; what it said before is kept for an undo."""
    told = {"begin": begin, "end": end, "note": whole(note, LONGEST_NOTE), "tags": list(tags)}
    if told == _said(one):
        return False
    return _changed(tx, one.id, _shown(), **told, before=_said(one), changed_by=by, changed_at=now)


def remove(tx: Connection, highlight_id: str, *, by: str, now: datetime) -> bool:
    """True when it was there until now."""
    return _changed(tx, highlight_id, _shown(), removed_by=by, removed_at=now)


def undo(tx: Connection, one: Highlight, *, by: str, now: datetime) -> bool:
    """True when its removal, or else its last change, is taken back; that can be taken back again."""
    if one.removed_at is not None:
        return _changed(tx, one.id, ~_shown(), removed_by=None, removed_at=None)
    if one.before is None:
        return False
    return _changed(tx, one.id, _shown(), **one.before, before=_said(one), changed_by=by, changed_at=now)


def find(tx: Connection, highlight_id: str) -> Highlight | None:
    """The highlight with this id, removed or not, or None."""
    found = _many(tx, highlights.c.id == highlight_id)
    return found[0] if found else None


def of_session(tx: Connection, session_id: str) -> list[Highlight]:
    """The highlights of a session in their order; those removed last come too, for an undo."""
    return _many(tx, highlights.c.session_id == session_id)


def these(tx: Connection, ids: Sequence[str]) -> dict[str, Highlight]:
    """The highlights with these ids, removed or not, by their id."""
    return {one.id: one for one in _many(tx, highlights.c.id.in_(list(ids)))} if ids else {}


def every(tx: Connection, audience: Audience, now: datetime) -> list[Highlight]:
    """The highlights of open sessions of an audience."""
    mine = select(sessions.c.id).where(sessions.c.audience == audience, open_at(now))
    return _many(tx, highlights.c.session_id.in_(mine) & _shown())


def marked_turns(tx: Connection, session_ids: Sequence[str]) -> dict[tuple[str, int], Utterance]:
    """The turns of these sessions in which something is highlighted, by session and place."""
    if not session_ids:
        return {}
    here = (highlights.c.session_id == turns.c.session_id) & (highlights.c.place == turns.c.place)
    mine = turns.c.session_id.in_(list(session_ids)) & exists().where(here)
    query = select(*columns(turns, Utterance)).where(mine, turns.c.speaks != Speaks.REMOVED)
    found = [made(Utterance, row) for row in tx.execute(query).mappings()]
    return {(one.session_id, one.place): one for one in found}


def blank(tx: Connection, session_id: str) -> int:
    """What people wrote beside a transcript goes with it; that there was something stays: it is counted."""
    nothing: dict[str, Any] = {"note": "", "tags": [], "before": None}
    mine = highlights.c.session_id == session_id
    return tx.execute(update(highlights).where(mine).values(**nothing, begin=0, end=0)).rowcount


def tags_of(text: str) -> tuple[str, ...]:
    """The tags that somebody typed, divided by commas, each once whatever its capitals.

    >>> tags_of(" Price,  set up , price,, ")
    ('Price', 'set up')
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        tag = " ".join(part.split())[:LONGEST_TAG]
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


def _said(one: Highlight) -> dict[str, Any]:
    return {"begin": one.begin, "end": one.end, "note": one.note, "tags": list(one.tags)}


def _shown() -> ColumnElement[bool]:
    return highlights.c.removed_at.is_(None)


def _changed(tx: Connection, highlight_id: str, which: ColumnElement[bool], **values: Any) -> bool:
    mine = (highlights.c.id == highlight_id) & which
    return tx.execute(update(highlights).where(mine).values(**values)).rowcount == 1


def _many(tx: Connection, which: ColumnElement[bool]) -> list[Highlight]:
    order = (highlights.c.session_id, highlights.c.place, highlights.c.begin, highlights.c.id)
    rows = tx.execute(select(*columns(highlights, Highlight)).where(which).order_by(*order)).mappings()
    return [made(Highlight, {**row, "tags": tuple(row["tags"])}) for row in rows]  # type: ignore[arg-type]
