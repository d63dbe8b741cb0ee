"""Journeys as they stand: steps that customers go through, declared or found, with the last change's undo."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, Text, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, new_id

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 500


class Origin(StrEnum):
    """Where the steps come from."""

    DECLARED = "declared"
    FOUND = "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One journey. `before` is what the last change replaced: a name, a description and a definition."""

    id: str
    name: str
    description: str
    definition: Mapping[str, Any]
    origin: Origin
    before: Mapping[str, Any] | None
    by: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None

    @property
    def contents(self) -> dict[str, Any]:
        """What a change replaces."""
        return {
            "name": self.name,
            "description": self.description,
            "definition": dict(self.definition),
        }


journeys = Table(
    "journeys",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("name", Words(LONGEST_NAME), nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", Json, nullable=False),
    Column("origin", Choice(Origin), nullable=False),
    Column("before", Json),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("archived_at", Instant),
    Index(None, "name"),
)


def create(
    tx: Connection,
    *,
    name: str,
    description: str,
    definition: Mapping[str, Any],
    origin: Origin,
    by: str,
    now: datetime,
) -> Journey:
    """A new journey."""
    new = Journey(
        id=new_id("jny"),
        name=name,
        description=description,
        definition=dict(definition),
        origin=origin,
        before=None,
        by=by,
        created_at=now,
        changed_at=now,
        archived_at=None,
    )
    tx.execute(journeys.insert().values(asdict(new)))
    return new


def change(
    tx: Connection,
    journey: Journey,
    *,
    name: str,
    description: str,
    definition: Mapping[str, Any],
    now: datetime,
) -> bool:
    """True when it says this now; False when somebody changed it since `journey` was read."""
    same = (journeys.c.id == journey.id) & (journeys.c.changed_at == journey.changed_at)
    told = {"name": name, "description": description, "definition": dict(definition)}
    row = {**told, "before": journey.contents, "changed_at": now}
    return tx.execute(update(journeys).where(same).values(row)).rowcount == 1


def archive(tx: Connection, journey_id: str, at: datetime | None) -> bool:
    """True when it was in use until now; with None, when it was archived until now."""
    is_now = journeys.c.archived_at.is_(None) if at is not None else journeys.c.archived_at.is_not(None)
    mine = (journeys.c.id == journey_id) & is_now
    return tx.execute(update(journeys).where(mine).values(archived_at=at)).rowcount == 1


def every(tx: Connection, *, archived: bool = False) -> list[Journey]:
    """The journeys in use, or those archived, by name."""
    is_now = journeys.c.archived_at.is_not(None) if archived else journeys.c.archived_at.is_(None)
    query = select(*columns(journeys, Journey)).where(is_now).order_by(journeys.c.name, journeys.c.id)
    return [made(Journey, row) for row in tx.execute(query).mappings()]


def find(tx: Connection, journey_id: str) -> Journey | None:
    """The journey with this id, archived or not, or None."""
    query = select(*columns(journeys, Journey)).where(journeys.c.id == journey_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Journey, row)
