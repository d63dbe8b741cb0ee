"""Research sessions: interviews, what was consented to, and until when their material may be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, or_, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, new_id
from emptychair.domain.signal import Audience

LONGEST_TITLE, LONGEST_NAME, LONGEST_HOW = 140, 120, 400


class Gone(StrEnum):
    """Why the material of a session is gone: its time was over, consent was withdrawn, or it was removed."""

    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One interview. `person` is an id of the ledger; `participant` a name where it knows nobody.

    `consent_how` is how we know of the consent, `consent_to` what for; without, `consent_at` is None.
    Its material is gone at `expires_at` at the latest.
    """

    id: str
    audience: Audience
    title: str
    held_at: datetime
    person: str | None
    participant: str
    interviewer: str
    study_id: str | None
    consent_to: str
    consent_how: str
    consent_by: str | None
    consent_at: datetime | None
    consent_until: datetime | None
    expires_at: datetime
    by: str
    created_at: datetime
    gone: Gone | None
    gone_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        """When its material goes: at the end of the consent, or of the time for which it is kept."""
        return self.expires_at if self.consent_until is None else min(self.consent_until, self.expires_at)

    def is_open(self, now: datetime) -> bool:
        """Whether more than its title may be seen: with consent, and before it ends."""
        return self.gone is None and self.consent_at is not None and now < self.ends_at


sessions = Table(
    "research_sessions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("title", Words(LONGEST_TITLE), nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("person", Person),
    Column("participant", Words(LONGEST_NAME), nullable=False),
    Column("interviewer", Words(LONGEST_NAME), nullable=False),
    Column("study_id", Id),
    Column("consent_to", Words(LONGEST_HOW), nullable=False),
    Column("consent_how", Words(LONGEST_HOW), nullable=False),
    Column("consent_by", Id),
    Column("consent_at", Instant),
    Column("consent_until", Instant),
    Column("expires_at", Instant, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("gone", Choice(Gone)),
    Column("gone_at", Instant),
    Index(None, "audience", "held_at"),
    Index(None, "gone", "expires_at"),
    Index(None, "person"),
)


def add(
    tx: Connection,
    *,
    audience: Audience,
    title: str,
    held_at: datetime,
    person: str | None,
    participant: str,
    interviewer: str,
    expires_at: datetime,
    study_id: str | None = None,
    by: str,
    now: datetime,
) -> Session:
    """The new session, without a consent."""
    row: dict[str, Any] = {"id": new_id("int"), "audience": audience, "title": title, "held_at": held_at}
    row |= {"person": person, "participant": participant, "interviewer": interviewer, "study_id": study_id}
    row |= {"consent_to": "", "consent_how": "", "expires_at": expires_at, "by": by, "created_at": now}
    tx.execute(sessions.insert().values(**row))
    never = ("consent_by", "consent_at", "consent_until", "gone", "gone_at")
    return Session(**row | dict.fromkeys(never))


def find(tx: Connection, session_id: str) -> Session | None:
    """The session with this id, or None."""
    row = (
        tx.execute(select(*columns(sessions, Session)).where(sessions.c.id == session_id)).mappings().first()
    )
    return None if row is None else made(Session, row)


def every(tx: Connection, audience: Audience) -> list[Session]:
    """The sessions of an audience, gone or not, the latest first."""
    return _many(tx, sessions.c.audience == audience)


def these(tx: Connection, ids: Sequence[str]) -> dict[str, Session]:
    """The sessions with these ids, by their id."""
    return {one.id: one for one in _many(tx, sessions.c.id.in_(list(ids)))} if ids else {}


def of_people(tx: Connection, audience: Audience, people: Sequence[str]) -> list[Session]:
    """The sessions with one person, by all the ids that they have."""
    return _many(tx, (sessions.c.audience == audience) & sessions.c.person.in_(list(people)))


def of_study(tx: Connection, study_id: str) -> list[Session]:
    """The sessions that a study led to."""
    return _many(tx, sessions.c.study_id == study_id)


def describe(
    tx: Connection,
    session_id: str,
    *,
    title: str,
    held_at: datetime,
    participant: str,
    interviewer: str,
    expires_at: datetime,
) -> bool:
    """True when it is called so from now on; not when it is gone."""
    told = {"title": title, "held_at": held_at, "participant": participant}
    return _changed(tx, session_id, **told, interviewer=interviewer, expires_at=expires_at)


def consent(
    tx: Connection, session_id: str, *, to: str, how: str, until: datetime | None, by: str, now: datetime
) -> bool:
    """True when this is the consent from now on; not when the session is gone."""
    told = {"consent_to": to, "consent_how": how, "consent_until": until, "consent_by": by, "consent_at": now}
    return _changed(tx, session_id, **told)


def end(tx: Connection, session_id: str, gone: Gone, now: datetime) -> bool:
    """True when it was not gone until now. Nothing stays that tells who was asked; its number does."""
    nobody = {"title": "", "person": None, "participant": "", "consent_to": "", "consent_how": ""}
    return _changed(tx, session_id, **nobody, gone=gone, gone_at=now)


def over(tx: Connection, now: datetime) -> list[Session]:
    """The sessions whose time is over and whose material is still there."""
    return _many(tx, sessions.c.gone.is_(None) & ~in_time(now))


def in_time(now: datetime) -> ColumnElement[bool]:
    """SQL: whether neither the consent nor the time for which it is kept has ended."""
    until = sessions.c.consent_until
    return (sessions.c.expires_at > now) & or_(until.is_(None), until > now)


def open_at(now: datetime) -> ColumnElement[bool]:
    """SQL: whether `Session.is_open`."""
    return sessions.c.gone.is_(None) & sessions.c.consent_at.is_not(None) & in_time(now)


def _changed(tx: Connection, session_id: str, **values: Any) -> bool:
    there = (sessions.c.id == session_id) & sessions.c.gone.is_(None)
    return tx.execute(update(sessions).where(there).values(**values)).rowcount == 1


def _many(tx: Connection, which: ColumnElement[bool]) -> list[Session]:
    order = (sessions.c.held_at.desc(), sessions.c.id)
    rows = tx.execute(select(*columns(sessions, Session)).where(which).order_by(*order)).mappings()
    return [made(Session, row) for row in rows]
