"""Studies: who is to be interviewed about what, how they were chosen, and what they will be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused

LONGEST_TITLE, LONGEST_GUIDE, LONGEST_WELCOME, LONGEST_WHERE = 140, 20_000, 4_000, 300


class About(StrEnum):
    """What a study begins with."""

    NEED = "need"
    THEME = "theme"
    NOTHING = "nothing"


class Course(StrEnum):
    """Where a study stands: people are invited while it is open."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study. `themes` are those whose people are asked; `method` says how they were drawn.

    With the `seed`, and what was known by `as_of`, the same people are drawn again. `framed` has how many
    could have been drawn and how many could not be contacted, and why.
    """

    id: str
    title: str
    about: About
    about_id: str
    about_name: str
    themes: tuple[str, ...]
    method: Mapping[str, Any]
    seed: str
    as_of: datetime
    framed: Mapping[str, Any]
    guide: str
    welcome: str
    place: str
    minutes: int
    course: Course
    by: str
    created_at: datetime


studies = Table(
    "studies",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Words(LONGEST_TITLE), nullable=False),
    Column("about", Choice(About), nullable=False),
    Column("about_id", Words(80), nullable=False),
    Column("about_name", Words(200), nullable=False),
    Column("themes", Json, nullable=False),
    Column("method", Json, nullable=False),
    Column("seed", Words(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("framed", Json, nullable=False),
    Column("guide", Text, nullable=False),
    Column("welcome", Text, nullable=False),
    Column("place", Words(LONGEST_WHERE), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("course", Choice(Course), nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
)


def add(
    tx: Connection,
    *,
    title: str,
    about: About,
    about_id: str,
    about_name: str,
    themes: tuple[str, ...],
    method: Mapping[str, Any],
    seed: str,
    framed: Mapping[str, Any],
    guide: str,
    by: str,
    now: datetime,
) -> Study:
    """The new study, a draft whose people were drawn from what is known now."""
    row: dict[str, Any] = {"id": new_id("stu"), "title": _title(title), "about": about, "about_id": about_id}
    row |= {"about_name": about_name, "themes": list(themes), "method": dict(method), "seed": seed}
    row |= {"as_of": now, "framed": dict(framed), "guide": whole(guide, LONGEST_GUIDE), "welcome": ""}
    row |= {"place": "", "minutes": 45, "course": Course.DRAFT, "by": by, "created_at": now}
    tx.execute(studies.insert().values(**row))
    return Study(**{**row, "themes": themes})


def change(
    tx: Connection, study_id: str, *, title: str, guide: str, welcome: str, place: str, minutes: int
) -> bool:
    """True when there is such a study: it is prepared so from now on."""
    told: dict[str, Any] = {"title": _title(title), "guide": whole(guide, LONGEST_GUIDE), "minutes": minutes}
    told |= {"welcome": whole(welcome, LONGEST_WELCOME), "place": place}
    return tx.execute(update(studies).where(studies.c.id == study_id).values(**told)).rowcount == 1


def move(tx: Connection, study_id: str, course: Course) -> bool:
    """True when it stood elsewhere until now."""
    other = (studies.c.id == study_id) & (studies.c.course != course)
    return tx.execute(update(studies).where(other).values(course=course)).rowcount == 1


def find(tx: Connection, study_id: str) -> Study | None:
    """The study with this id, or None."""
    row = tx.execute(select(*columns(studies, Study)).where(studies.c.id == study_id)).mappings().first()
    return None if row is None else _made(row)


def every(tx: Connection) -> list[Study]:
    """All studies, newest first."""
    query = select(*columns(studies, Study)).order_by(studies.c.created_at.desc(), studies.c.id)
    return [_made(row) for row in tx.execute(query).mappings()]


def _made(row: Any) -> Study:
    return made(Study, {**row, "themes": tuple(row["themes"])})  # type: ignore[arg-type]


def _title(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(Reason.NAME_IS_EMPTY, "say in a few words what the study is about")
    return whole(text, LONGEST_TITLE)
