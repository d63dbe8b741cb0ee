"""Those who were drawn for a study: why, whether they were asked, and how far each has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, Key, key, new_id
from emptychair.desk.invitations import Sending
from emptychair.desk.outbox import State, outbox

AT_ONCE = 500


class Stage(StrEnum):
    """How far somebody has come: drawn, asked, agreed to a time or at all, interviewed; or they said no."""

    DRAWN = "drawn"
    ASKED = "asked"
    AGREED = "agreed"
    HELD = "held"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person of a study. `why` has ids and numbers, never words; `sending` is that of a letter.

    `person` is None for somebody who took everything back: that one was drawn is all that is known.
    """

    id: str
    study_id: str
    person: str | None
    stratum: str
    probability: float
    why: Mapping[str, Any]
    stage: Stage
    sending: Sending | None
    reason: str
    by: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Somebody who was drawn, of which stratum, with which probability, and why they are asked."""

    person: str
    stratum: str
    probability: float
    why: Mapping[str, Any]


people = Table(
    "study_people",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("study_id", Id, ForeignKey("studies.id"), nullable=False),
    Column("person", Person),
    Column("stratum", Words(200), nullable=False),
    Column("probability", Double, nullable=False),
    Column("why", Json, nullable=False),
    Column("stage", Choice(Stage), nullable=False),
    Column("sending", Choice(Sending)),
    Column("reason", Words(40), nullable=False),
    Column("key", Key),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("study_id", "person"),
    UniqueConstraint("key"),
    Index(None, "sending"),
    Index(None, "person"),
)


def add(tx: Connection, study_id: str, drawn: Sequence[Drawn], *, by: str, now: datetime) -> None:
    """These were drawn."""
    rows = [
        {"id": new_id("prt"), "study_id": study_id, "person": one.person, "stratum": one.stratum,
         "probability": one.probability, "why": dict(one.why), "stage": Stage.DRAWN, "reason": "", "by": by,
         "created_at": now, "changed_at": now}
        for one in drawn
    ]  # fmt: skip
    for begin in range(0, len(rows), AT_ONCE):
        tx.execute(people.insert(), rows[begin : begin + AT_ONCE])


def find(tx: Connection, participant_id: str) -> Participant | None:
    """The participant with this id, or None."""
    return _first(_many(tx, people.c.id == participant_id))


def find_by_token(tx: Connection, token: str) -> Participant | None:
    """The participant whose personal link has this token, or None."""
    return _first(_many(tx, (people.c.key == key(token)) & people.c.person.is_not(None)))


def of_study(tx: Connection, study_id: str) -> list[Participant]:
    """Everybody who was drawn, by stratum."""
    return _many(tx, people.c.study_id == study_id)


def stages(tx: Connection) -> dict[str, list[Stage]]:
    """How far the people of each study have come."""
    found: dict[str, list[Stage]] = {}
    for study_id, stage in tx.execute(select(people.c.study_id, people.c.stage)):
        found.setdefault(study_id, []).append(stage)
    return found


def ask(tx: Connection, participant_id: str, now: datetime) -> bool:
    """True when a letter to them waits from now on, which never was before: nobody is asked twice."""
    mine = (people.c.id == participant_id) & (people.c.stage == Stage.DRAWN) & people.c.sending.is_(None)
    return _changed(tx, mine, sending=Sending.WAITING, changed_at=now)


def ask_elsewhere(tx: Connection, participant_id: str, way: str, now: datetime) -> bool:
    """True when they were drawn and nothing else until now: they are asked in another way from now on."""
    mine = (people.c.id == participant_id) & (people.c.stage == Stage.DRAWN) & people.c.sending.is_(None)
    return _changed(tx, mine, stage=Stage.ASKED, reason=way, changed_at=now)


def handed(tx: Connection, participant_id: str, token: str) -> bool:
    """True when their letter waited until now: it lies in the outbox, with a link that this token opens."""
    mine = (people.c.id == participant_id) & (people.c.sending == Sending.WAITING)
    return _changed(tx, mine, sending=Sending.HANDED_OVER, key=key(token))


def settle(tx: Connection, participant_id: str, sending: Sending, reason: str, now: datetime) -> bool:
    """True when it was not known until now what became of the letter; who got it is asked."""
    underway = people.c.sending.in_((Sending.WAITING, Sending.HANDED_OVER))
    done = _changed(
        tx, (people.c.id == participant_id) & underway, sending=sending, reason=reason, changed_at=now
    )
    if done and sending is Sending.SENT:
        _changed(tx, (people.c.id == participant_id) & (people.c.stage == Stage.DRAWN), stage=Stage.ASKED)
    return done


def move(tx: Connection, participant_id: str, stage: Stage, now: datetime) -> bool:
    """True when they were elsewhere until now."""
    other = (people.c.id == participant_id) & (people.c.stage != stage)
    return _changed(tx, other, stage=stage, changed_at=now)


def waiting(tx: Connection, limit: int) -> list[Participant]:
    """Those whose letters are to be written, oldest first."""
    return _many(tx, people.c.sending == Sending.WAITING)[:limit]


def under_way(tx: Connection, limit: int) -> list[Participant]:
    """Those of whose letters in the outbox something has become."""
    settled = outbox.c.state.not_in((State.WAITING, State.SENDING))
    letters = select(outbox.c.thing).where(outbox.c.thing == people.c.id, settled)
    return _many(tx, (people.c.sending == Sending.HANDED_OVER) & people.c.id.in_(letters))[:limit]


def forget(tx: Connection, persons: Sequence[str], now: datetime) -> list[str]:
    """Forget who these were, and why they were drawn; the ids under which they took part."""
    mine = people.c.person.in_(list(persons))
    ids = list(tx.execute(select(people.c.id).where(mine)).scalars())
    tx.execute(update(people).where(mine).values(person=None, why={}, stratum="", key=None, changed_at=now))
    return ids


def _changed(tx: Connection, which: ColumnElement[bool], **values: Any) -> bool:
    return tx.execute(update(people).where(which).values(**values)).rowcount == 1


def _many(tx: Connection, which: ColumnElement[bool]) -> list[Participant]:
    order = (people.c.stratum, people.c.created_at, people.c.id)
    rows = tx.execute(select(*columns(people, Participant)).where(which).order_by(*order)).mappings()
    return [made(Participant, row) for row in rows]


def _first(found: list[Participant]) -> Participant | None:
    return found[0] if found else None
