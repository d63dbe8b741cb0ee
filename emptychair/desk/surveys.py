"""Surveys: the draft that is edited, the versions that were opened, and where a survey stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    RowMapping,
    Table,
    UniqueConstraint,
    select,
    tuple_,
    update,
)

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id, new_slug
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,58}[a-z0-9])")


class Standing(StrEnum):
    """Where a survey stands; only an open one takes answers."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One survey; its id is the `source` of every signal it brings, its slug stands in its address.

    `draft` is its definition as it is edited, `revision` grows with every edit. `version` is the newest that
    was opened, 0 before the first. `widget` and `mail` say how it is delivered, in words of that code.
    `closes_at` is when it is to close by itself. Archived ones are out of the way, deleted ones can be
    restored.
    """

    id: str
    slug: str
    name: str
    audience: Audience
    standing: Standing
    draft: Mapping[str, Any]
    revision: int
    version: int
    widget: Mapping[str, Any]
    mail: Mapping[str, Any]
    by: str
    created_at: datetime
    changed_at: datetime
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    deleted_at: datetime | None


surveys = Table(
    "surveys",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("slug", Words(60), nullable=False),
    Column("name", Words(120), nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("draft", Json, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("widget", Json, nullable=False),
    Column("mail", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("opened_at", Instant),
    Column("closes_at", Instant),
    Column("closed_at", Instant),
    Column("archived_at", Instant),
    Column("deleted_at", Instant),
    UniqueConstraint("slug"),
    Index(None, "created_at", "id"),
)


def create(
    tx: Connection, *, name: str, audience: Audience, draft: Mapping[str, Any], by: str, now: datetime
) -> Survey:
    """A new draft under an address that nobody guesses. Raises `Refused` without a name."""
    row = {
        "id": new_id("svy"),
        "slug": new_slug(),
        "name": _name(name),
        "audience": audience,
        "standing": Standing.DRAFT,
        "draft": dict(draft),
        "revision": 1,
        "version": 0,
        "widget": {},
        "mail": {},
        "by": by,
        "created_at": now,
        "changed_at": now,
    }
    tx.execute(surveys.insert().values(**row))
    found = find(tx, str(row["id"]))
    assert found is not None  # noqa: S101  # it was inserted in this transaction
    return found


def find(tx: Connection, survey_id: str) -> Survey | None:
    """The survey with this id, deleted or not; or None."""
    return _one(tx, surveys.c.id == survey_id)


def find_by_slug(tx: Connection, slug: str) -> Survey | None:
    """The survey at this address, unless it is deleted; or None."""
    return _one(tx, (surveys.c.slug == slug) & surveys.c.deleted_at.is_(None))


def lock(tx: Connection, survey_id: str) -> Survey | None:
    """As `find`, and until the transaction ends nobody else changes it."""
    query = select(*columns(surveys, Survey)).where(surveys.c.id == survey_id).with_for_update()
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Survey, row)


def page(
    tx: Connection,
    *,
    standing: Standing | None = None,
    is_archived: bool = False,
    is_deleted: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> list[Survey]:
    """One page, newest first; the next begins `after` the id of its last."""
    gone, away = surveys.c.deleted_at, surveys.c.archived_at
    which: ColumnElement[bool] = gone.is_not(None) if is_deleted else gone.is_(None)
    if not is_deleted:
        which &= away.is_not(None) if is_archived else away.is_(None)
    if standing is not None:
        which &= surveys.c.standing == standing
    if after is not None:
        place = tuple_(surveys.c.created_at, surveys.c.id)
        last = select(surveys.c.created_at, surveys.c.id).where(surveys.c.id == after)
        which &= place < last.scalar_subquery()
    order = (surveys.c.created_at.desc(), surveys.c.id.desc())
    rows = tx.execute(select(*columns(surveys, Survey)).where(which).order_by(*order).limit(limit))
    return [made(Survey, row) for row in rows.mappings()]


def open_ones(tx: Connection) -> list[Survey]:
    """The surveys that take answers, oldest first."""
    is_open = (surveys.c.standing == Standing.OPEN) & surveys.c.deleted_at.is_(None)
    query = select(*columns(surveys, Survey)).where(is_open).order_by(surveys.c.created_at, surveys.c.id)
    return [made(Survey, row) for row in tx.execute(query).mappings()]


def edit(tx: Connection, survey_id: str, draft: Mapping[str, Any], *, revision: int, now: datetime) -> bool:
    """True when the draft of this revision is replaced; False when somebody else was faster."""
    same = surveys.c.revision == revision
    return _changed(tx, survey_id, same, draft=dict(draft), revision=revision + 1, changed_at=now)


def rename(tx: Connection, survey_id: str, name: str) -> bool:
    """True when it has this name now. Raises `Refused` without one."""
    return _changed(tx, survey_id, name=_name(name))


def move(tx: Connection, survey_id: str, slug: str) -> bool:
    """True when it lies at this address now. Raises `Refused` for one that cannot be or is taken."""
    slug = slug.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise Refused(
            Reason.SLUG_IS_NOT_ONE,
            "an address has 3 to 60 small letters, digits and hyphens, with none of those at its ends",
        )
    holder = tx.execute(select(surveys.c.id).where(surveys.c.slug == slug)).scalar()
    if holder not in (None, survey_id):
        raise Refused(Reason.SLUG_IS_TAKEN, "another survey lies at this address")
    return _changed(tx, survey_id, slug=slug)


def deliver(
    tx: Connection,
    survey_id: str,
    *,
    widget: Mapping[str, Any] | None = None,
    mail: Mapping[str, Any] | None = None,
) -> bool:
    """True when it is delivered so now; what is None stays."""
    told = {name: dict(value) for name, value in (("widget", widget), ("mail", mail)) if value is not None}
    return bool(told) and _changed(tx, survey_id, **told)


def opened(tx: Connection, survey_id: str, *, version: int, now: datetime) -> bool:
    """True when it takes answers from now on, to this version."""
    values = {"standing": Standing.OPEN, "version": version, "closed_at": None}
    first = surveys.c.opened_at.is_(None)
    _changed(tx, survey_id, first, opened_at=now)
    return _changed(tx, survey_id, **values)


def pause(tx: Connection, survey_id: str) -> bool:
    """True when it was open until now."""
    return _changed(tx, survey_id, surveys.c.standing == Standing.OPEN, standing=Standing.PAUSED)


def resume(tx: Connection, survey_id: str) -> bool:
    """True when it was paused until now."""
    return _changed(tx, survey_id, surveys.c.standing == Standing.PAUSED, standing=Standing.OPEN)


def close(tx: Connection, survey_id: str, now: datetime) -> bool:
    """True when it was open or paused until now."""
    running = surveys.c.standing.in_((Standing.OPEN, Standing.PAUSED))
    return _changed(tx, survey_id, running, standing=Standing.CLOSED, closed_at=now, closes_at=None)


def plan_closing(tx: Connection, survey_id: str, closes_at: datetime | None) -> bool:
    """True when it closes by itself at this instant now (None: it does not)."""
    return _changed(tx, survey_id, closes_at=closes_at)


def due_to_close(tx: Connection, now: datetime) -> list[str]:
    """The ids of those whose time is over."""
    running = surveys.c.standing.in_((Standing.OPEN, Standing.PAUSED))
    query = select(surveys.c.id).where(running, surveys.c.closes_at <= now).order_by(surveys.c.id)
    return list(tx.execute(query).scalars())


def archive(tx: Connection, survey_id: str, now: datetime) -> bool:
    """True when it was not archived until now."""
    return _changed(tx, survey_id, surveys.c.archived_at.is_(None), archived_at=now)


def unarchive(tx: Connection, survey_id: str) -> bool:
    """True when it was archived until now."""
    return _changed(tx, survey_id, surveys.c.archived_at.is_not(None), archived_at=None)


def delete(tx: Connection, survey_id: str, now: datetime) -> bool:
    """True when it was there until now; it takes no answers, and `restore` brings it back."""
    close(tx, survey_id, now)
    return _changed(tx, survey_id, deleted_at=now)


def restore(tx: Connection, survey_id: str) -> bool:
    """True when it was deleted until now; one that was open is closed."""
    gone = (surveys.c.id == survey_id) & surveys.c.deleted_at.is_not(None)
    return tx.execute(update(surveys).where(gone).values(deleted_at=None)).rowcount == 1


def _changed(tx: Connection, survey_id: str, *also: ColumnElement[bool], **values: Any) -> bool:
    mine = (surveys.c.id == survey_id) & surveys.c.deleted_at.is_(None)
    return tx.execute(update(surveys).where(mine, *also).values(**values)).rowcount == 1


def _one(tx: Connection, which: ColumnElement[bool]) -> Survey | None:
    row: RowMapping | None = tx.execute(select(*columns(surveys, Survey)).where(which)).mappings().first()
    return None if row is None else made(Survey, row)


def _name(name: str) -> str:
    if not name.strip():
        raise Refused(Reason.NAME_IS_EMPTY, "a survey needs a name")
    return whole(name.strip(), 120)
