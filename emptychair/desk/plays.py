"""Plays: what is done for whom and why, who was left alone to compare with, and what it should change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Double, Index, Integer, Table, Text, delete, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.contact import Purpose

LONGEST_TITLE, LONGEST_DEED, LONGEST_NAME = 140, 4_000, 200


class About(StrEnum):
    """What a play begins with."""

    WARNING = "warning"
    NEED = "need"
    SEGMENT = "segment"
    RISK = "risk"  # those with whom most is to be expected to be lost


class Goal(StrEnum):
    """What a play should change, told by the ledger for everybody alike, whether they were called or not."""

    STAYING = "staying"  # their relationship is still open
    DOING = "doing"  # they did what `goal_name` names


class Course(StrEnum):
    """Where a play stands: people are called while it is open. How it ended is seen on its day either way."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One play. `deed` is what whoever calls is to do; `purpose` None: it is owed, a service message.

    `share` of those who could be called were held out by lots that the id gives. `framed` has how many were
    meant, and how many could not be in it, by reason. The goal is looked at `days` after the start.
    """

    id: str
    title: str
    about: About
    about_id: str
    about_name: str
    deed: str
    purpose: Purpose | None
    share: float
    goal: Goal
    goal_name: str
    days: int
    framed: Mapping[str, Any]
    course: Course
    by: str
    started_at: datetime
    closed_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        """The instant of which the goal is looked at."""
        return self.started_at + timedelta(days=self.days)


plays = Table(
    "plays",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Words(LONGEST_TITLE), nullable=False),
    Column("about", Choice(About), nullable=False),
    Column("about_id", Id, nullable=False),
    Column("about_name", Words(LONGEST_NAME), nullable=False),
    Column("deed", Text, nullable=False),
    Column("purpose", Choice(Purpose)),
    Column("share", Double, nullable=False),
    Column("goal", Choice(Goal), nullable=False),
    Column("goal_name", Words(LONGEST_NAME), nullable=False),
    Column("days", Integer, nullable=False),
    Column("framed", Json, nullable=False),
    Column("course", Choice(Course), nullable=False),
    Column("by", Id, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index(None, "course"),
    Index(None, "started_at"),
    Index(None, "about_id"),
)


def new_play_id() -> str:
    """The id of a play to come: lots are drawn with it before it starts."""
    return new_id("ply")


def start(tx: Connection, play: Play) -> Play:
    """The play, open from now on. Raises `Refused` for a title without letters or a text that is too long."""
    title = " ".join(play.title.split())
    if not title:
        raise Refused(Reason.NAME_IS_EMPTY, "say in a few words what the play is")
    values: dict[str, Any] = {column.name: getattr(play, column.name) for column in columns(plays, Play)}
    values |= {"title": whole(title, LONGEST_TITLE), "deed": whole(play.deed, LONGEST_DEED)}
    values |= {"framed": dict(play.framed)}
    tx.execute(plays.insert().values(**values))
    return Play(**values)


def close(tx: Connection, play_id: str, now: datetime) -> bool:
    """True when it was open until now: nobody is called for it any more."""
    mine = (plays.c.id == play_id) & (plays.c.course == Course.OPEN)
    return tx.execute(update(plays).where(mine).values(course=Course.CLOSED, closed_at=now)).rowcount == 1


def reopen(tx: Connection, play_id: str) -> bool:
    """True when it was closed until now: people are called again."""
    mine = (plays.c.id == play_id) & (plays.c.course == Course.CLOSED)
    return tx.execute(update(plays).where(mine).values(course=Course.OPEN, closed_at=None)).rowcount == 1


def remove(tx: Connection, play_id: str) -> bool:
    """True when it was there; those who were drawn for it have to be removed before."""
    return tx.execute(delete(plays).where(plays.c.id == play_id)).rowcount == 1


def find(tx: Connection, play_id: str) -> Play | None:
    """The play with this id, or None."""
    row = tx.execute(select(*columns(plays, Play)).where(plays.c.id == play_id)).mappings().first()
    return None if row is None else made(Play, row)


def every(tx: Connection) -> list[Play]:
    """All plays: those that are open first, then the newest first."""
    order = (plays.c.course.desc(), plays.c.started_at.desc(), plays.c.id)
    return [made(Play, row) for row in tx.execute(select(*columns(plays, Play)).order_by(*order)).mappings()]


def of(tx: Connection, about_ids: Sequence[str]) -> list[Play]:
    """The plays that began with one of these, newest first."""
    query = select(*columns(plays, Play)).where(plays.c.about_id.in_(list(about_ids)))
    rows = tx.execute(query.order_by(plays.c.started_at.desc(), plays.c.id)).mappings()
    return [made(Play, row) for row in rows]


def current(tx: Connection, since: datetime, now: datetime) -> list[Play]:
    """The plays that are open, and those whose day came since an instant; the newest first."""
    found = [one for one in every(tx) if one.course is Course.OPEN or since <= one.ends_at <= now]
    return sorted(found, key=lambda one: one.started_at, reverse=True)


def undecided(tx: Connection, now: datetime) -> list[str]:
    """The ids of plays that are open, or whose day has not come yet: nobody of theirs may be in another."""
    return [one.id for one in every(tx) if one.course is Course.OPEN or one.ends_at > now]
