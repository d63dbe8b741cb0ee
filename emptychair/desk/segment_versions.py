"""Versions of segments: what each said since when, kept for ever."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, select

from emptychair.desk.columns import METADATA, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a segment said since `at`."""

    segment_id: str
    version: int
    name: str
    description: str
    definition: Mapping[str, Any]
    by: str
    at: datetime


segment_versions = Table(
    "segment_versions",
    METADATA,
    Column("segment_id", Id, ForeignKey("segments.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Words(80), nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
)


def add(
    tx: Connection,
    segment_id: str,
    version: int,
    name: str,
    description: str,
    definition: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep what it says from now on."""
    told = {"name": name, "description": description, "definition": dict(definition)}
    row = {"segment_id": segment_id, "version": version, **told, "by": by, "at": now}
    tx.execute(segment_versions.insert().values(**row))


def find(tx: Connection, segment_id: str, version: int) -> Version | None:
    """What it said in this version, or None."""
    mine = (segment_versions.c.segment_id == segment_id) & (segment_versions.c.version == version)
    row = tx.execute(select(*columns(segment_versions, Version)).where(mine)).mappings().first()
    return None if row is None else made(Version, row)


def every(tx: Connection, segment_id: str) -> list[Version]:
    """All versions, the newest first."""
    query = select(*columns(segment_versions, Version)).where(segment_versions.c.segment_id == segment_id)
    rows = tx.execute(query.order_by(segment_versions.c.version.desc())).mappings()
    return [made(Version, row) for row in rows]
