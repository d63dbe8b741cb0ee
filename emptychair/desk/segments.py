"""Segments as they stand: a name, a description and a definition, of one audience."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select, update

from emptychair.desk import segment_versions
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, new_id
from emptychair.domain.signal import Audience

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment. `version` counts its contents, 1 the first; `archived_at` is None while it is in use."""

    id: str
    audience: Audience
    name: str
    description: str
    definition: Mapping[str, Any]
    version: int
    by: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None


segments = Table(
    "segments",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("name", Words(LONGEST_NAME), nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Index(None, "audience", "name"),
)


def create(
    tx: Connection,
    *,
    audience: Audience,
    name: str,
    description: str,
    definition: Mapping[str, Any],
    by: str,
    now: datetime,
) -> Segment:
    """A new segment in its first version."""
    new = Segment(
        id=new_id("seg"),
        audience=audience,
        name=name,
        description=description,
        definition=dict(definition),
        version=1,
        by=by,
        created_at=now,
        changed_at=now,
        archived_at=None,
    )
    tx.execute(segments.insert().values(asdict(new)))
    segment_versions.add(tx, new.id, 1, name, description, definition, by=by, now=now)
    return new


def change(
    tx: Connection,
    segment: Segment,
    *,
    name: str,
    description: str,
    definition: Mapping[str, Any],
    by: str,
    now: datetime,
) -> bool:
    """True when it has these contents as its next version; False when somebody was faster."""
    same = (segments.c.id == segment.id) & (segments.c.version == segment.version)
    told = {"name": name, "description": description, "definition": dict(definition)}
    row = {**told, "version": segment.version + 1, "changed_at": now}
    if tx.execute(update(segments).where(same).values(row)).rowcount != 1:
        return False
    segment_versions.add(tx, segment.id, segment.version + 1, name, description, definition, by=by, now=now)
    return True


def archive(tx: Connection, segment_id: str, now: datetime) -> bool:
    """True when it was in use until now. Whoever named it keeps what it says."""
    mine = (segments.c.id == segment_id) & segments.c.archived_at.is_(None)
    return tx.execute(update(segments).where(mine).values(archived_at=now)).rowcount == 1


def unarchive(tx: Connection, segment_id: str) -> bool:
    """True when it was archived until now."""
    mine = (segments.c.id == segment_id) & segments.c.archived_at.is_not(None)
    return tx.execute(update(segments).where(mine).values(archived_at=None)).rowcount == 1


def every(tx: Connection, audience: Audience, *, with_archived: bool = False) -> list[Segment]:
    """The segments of an audience by name."""
    query = select(*columns(segments, Segment)).where(segments.c.audience == audience)
    if not with_archived:
        query = query.where(segments.c.archived_at.is_(None))
    rows = tx.execute(query.order_by(segments.c.name, segments.c.id)).mappings()
    return [made(Segment, row) for row in rows]


def find(tx: Connection, segment_id: str) -> Segment | None:
    """The segment with this id, archived or not, or None."""
    query = select(*columns(segments, Segment)).where(segments.c.id == segment_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Segment, row)
