"""Versions of surveys: what was asked, kept for ever, and the edits of the draft that can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Table, delete, select

from emptychair.desk.columns import METADATA, Instant, Json, RowNumber, Words, columns, made, shown
from emptychair.desk.ids import Id

# So many edits of a survey can be undone.
KEPT_EDITS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was asked of those who began on it."""

    survey_id: str
    version: int
    definition: Mapping[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of a draft: what it was `before`, and in words `what` was done."""

    id: int
    survey_id: str
    before: Mapping[str, Any]
    what: str
    by: str
    at: datetime


survey_versions = Table(
    "survey_versions",
    METADATA,
    Column("survey_id", Id, ForeignKey("surveys.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
)
survey_edits = Table(
    "survey_edits",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("before", Json, nullable=False),
    Column("what", Words(200), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "survey_id", "id"),
    sqlite_autoincrement=True,
)


def add(
    tx: Connection, survey_id: str, version: int, definition: Mapping[str, Any], *, by: str, now: datetime
) -> None:
    """Keep what is asked from now on."""
    row = {"survey_id": survey_id, "version": version, "definition": dict(definition), "by": by, "at": now}
    tx.execute(survey_versions.insert().values(**row))


def find(tx: Connection, survey_id: str, version: int) -> Version | None:
    """What was asked in this version, or None."""
    mine = (survey_versions.c.survey_id == survey_id) & (survey_versions.c.version == version)
    row = tx.execute(select(*columns(survey_versions, Version)).where(mine)).mappings().first()
    return None if row is None else made(Version, row)


def every(tx: Connection, survey_id: str) -> list[Version]:
    """All versions of a survey, oldest first."""
    query = select(*columns(survey_versions, Version)).where(survey_versions.c.survey_id == survey_id)
    rows = tx.execute(query.order_by(survey_versions.c.version)).mappings()
    return [made(Version, row) for row in rows]


def remember(
    tx: Connection, survey_id: str, before: Mapping[str, Any], what: str, *, by: str, now: datetime
) -> None:
    """Keep what a draft was before an edit; the oldest beyond the last 100 are forgotten."""
    row = {"survey_id": survey_id, "before": dict(before), "what": shown(what, 200), "by": by, "at": now}
    tx.execute(survey_edits.insert().values(**row))
    mine = survey_edits.c.survey_id == survey_id
    newest = select(survey_edits.c.id).where(mine).order_by(survey_edits.c.id.desc())
    oldest_kept = tx.execute(newest.offset(KEPT_EDITS - 1).limit(1)).scalar()
    if oldest_kept is not None:
        tx.execute(delete(survey_edits).where(mine, survey_edits.c.id < oldest_kept))


def last_edit(tx: Connection, survey_id: str) -> Edit | None:
    """The newest edit that can be undone, or None."""
    query = select(*columns(survey_edits, Edit)).where(survey_edits.c.survey_id == survey_id)
    row = tx.execute(query.order_by(survey_edits.c.id.desc()).limit(1)).mappings().first()
    return None if row is None else made(Edit, row)


def forget(tx: Connection, edit: Edit) -> bool:
    """True when the edit was there until now: it has been undone."""
    return tx.execute(delete(survey_edits).where(survey_edits.c.id == edit.id)).rowcount == 1
