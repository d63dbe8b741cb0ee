"""Slots: the times at which somebody can be interviewed, each taken by one participant at most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Table,
    UniqueConstraint,
    delete,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, columns, made
from emptychair.desk.ids import Id, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One time. `sequence` counts its changes, by which calendars tell the newer of two entries."""

    id: str
    study_id: str
    starts_at: datetime
    participant_id: str | None
    sequence: int
    changed_at: datetime


slots = Table(
    "study_slots",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("study_id", Id, ForeignKey("studies.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("participant_id", Id, ForeignKey("study_people.id")),
    Column("sequence", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("study_id", "starts_at"),
    UniqueConstraint("participant_id"),
)


def add(tx: Connection, study_id: str, starts: Sequence[datetime], now: datetime) -> int:
    """Offer these times; how many were not offered before."""
    rows = [
        {"id": new_id("slt"), "study_id": study_id, "starts_at": at, "sequence": 0, "changed_at": now}
        for at in starts
    ]
    return sum(added(tx, slots, row) for row in rows)


def find(tx: Connection, slot_id: str) -> Slot | None:
    """The slot with this id, or None."""
    row = tx.execute(select(*columns(slots, Slot)).where(slots.c.id == slot_id)).mappings().first()
    return None if row is None else made(Slot, row)


def of_study(tx: Connection, study_id: str) -> list[Slot]:
    """All slots of a study in their order."""
    query = select(*columns(slots, Slot)).where(slots.c.study_id == study_id).order_by(slots.c.starts_at)
    return [made(Slot, row) for row in tx.execute(query).mappings()]


def of_participant(tx: Connection, participant_id: str) -> Slot | None:
    """The slot that somebody has taken, or None."""
    query = select(*columns(slots, Slot)).where(slots.c.participant_id == participant_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Slot, row)


def take(tx: Connection, slot_id: str, study_id: str, participant_id: str, now: datetime) -> bool:
    """True when it was free and is theirs from now on; one that they had before is free again."""
    free = (slots.c.id == slot_id) & (slots.c.study_id == study_id) & slots.c.participant_id.is_(None)
    if tx.execute(select(slots.c.id).where(free, slots.c.starts_at > now)).first() is None:
        return False
    leave(tx, participant_id, now)
    theirs = {"participant_id": participant_id, "sequence": slots.c.sequence + 1, "changed_at": now}
    return tx.execute(update(slots).where(free).values(**theirs)).rowcount == 1


def leave(tx: Connection, participant_id: str, now: datetime) -> bool:
    """True when they had one: it is free again."""
    theirs = slots.c.participant_id == participant_id
    free = {"participant_id": None, "sequence": slots.c.sequence + 1, "changed_at": now}
    return tx.execute(update(slots).where(theirs).values(**free)).rowcount == 1


def withdraw(tx: Connection, slot_id: str, study_id: str) -> bool:
    """True when it was offered, and taken by nobody: it is offered no more."""
    free = (slots.c.id == slot_id) & (slots.c.study_id == study_id) & slots.c.participant_id.is_(None)
    return tx.execute(delete(slots).where(free)).rowcount == 1
