"""Sources: where signals come from, by the name that people gave them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience

COLLECTOR = "collector"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that signals come from; its id is the `source` of every signal it brought.

    `kind` says which code listens to it, `terms` what was said of it, in words of that code. `paused_at` is
    None while it is listened to, `removed_at` while it is there; its signals stay.
    """

    id: str
    kind: str
    name: str
    audience: Audience
    terms: Mapping[str, Any]
    by: str
    created_at: datetime
    paused_at: datetime | None
    removed_at: datetime | None


sources = Table(
    "sources",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", Words(40), nullable=False),
    Column("name", Words(120), nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("terms", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("removed_at", Instant),
    Index(None, "kind"),
)


def create(
    tx: Connection,
    *,
    kind: str,
    name: str,
    audience: Audience = Audience.CUSTOMER,
    terms: Mapping[str, Any] | None = None,
    by: str,
    now: datetime,
) -> Source:
    """The new source. Raises `Refused` without a name."""
    source_id = new_id("src")
    row = {"id": source_id, "kind": kind, "name": _name(name), "audience": audience}
    tx.execute(sources.insert().values(**row, terms=dict(terms or {}), by=by, created_at=now))
    return _one(tx, source_id)


def find(tx: Connection, source_id: str) -> Source | None:
    """The source with this id, removed or not; or None."""
    query = select(*columns(sources, Source)).where(sources.c.id == source_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Source, row)


def every(tx: Connection, *, kind: str | None = None, with_removed: bool = False) -> list[Source]:
    """All sources, or those of one kind, in the order in which they were made."""
    query = select(*columns(sources, Source)).order_by(sources.c.created_at, sources.c.id)
    if kind is not None:
        query = query.where(sources.c.kind == kind)
    if not with_removed:
        query = query.where(sources.c.removed_at.is_(None))
    return [made(Source, row) for row in tx.execute(query).mappings()]


def rename(tx: Connection, source_id: str, name: str) -> bool:
    """True when it has this name now."""
    return _changed(tx, source_id, name=_name(name))


def change_terms(tx: Connection, source_id: str, **members: Any) -> bool:
    """True when its terms have these members now; one that is None is gone, the others stay as they are."""
    terms = _locked(tx, source_id)
    return terms is not None and _changed(tx, source_id, terms=_with(terms, members))


def say(tx: Connection, source_id: str, member: str, name: str, value: Any) -> bool:
    """True when this member of its terms, an object, says so under this name; None: nothing any more."""
    terms = _locked(tx, source_id)
    if terms is None:
        return False
    told = _with(terms.get(member) or {}, {name: value})
    return _changed(tx, source_id, terms=_with(terms, {member: told or None}))


def pause(tx: Connection, source_id: str, now: datetime) -> bool:
    """True when it was listened to until now."""
    running = (sources.c.id == source_id) & sources.c.paused_at.is_(None) & sources.c.removed_at.is_(None)
    return tx.execute(update(sources).where(running).values(paused_at=now)).rowcount == 1


def resume(tx: Connection, source_id: str) -> bool:
    """True when it was paused until now."""
    paused = (sources.c.id == source_id) & sources.c.paused_at.is_not(None) & sources.c.removed_at.is_(None)
    return tx.execute(update(sources).where(paused).values(paused_at=None)).rowcount == 1


def remove(tx: Connection, source_id: str, now: datetime) -> bool:
    """True when it was there until now; what it brought stays in the ledger."""
    return _changed(tx, source_id, removed_at=now)


def _locked(tx: Connection, source_id: str) -> dict[str, Any] | None:
    """Its terms, which nobody else changes before this transaction ends (PostgreSQL); None without it."""
    mine = (sources.c.id == source_id) & sources.c.removed_at.is_(None)
    found: dict[str, Any] | None = tx.execute(select(sources.c.terms).where(mine).with_for_update()).scalar()
    return found


def _with(members: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**members, **news}.items() if value is not None}


def _changed(tx: Connection, source_id: str, **values: Any) -> bool:
    mine = (sources.c.id == source_id) & sources.c.removed_at.is_(None)
    return tx.execute(update(sources).where(mine).values(**values)).rowcount == 1


def _one(tx: Connection, source_id: str) -> Source:
    query = select(*columns(sources, Source)).where(sources.c.id == source_id)
    return made(Source, tx.execute(query).mappings().one())


def _name(name: str) -> str:
    if not name.strip():
        raise Refused(Reason.NAME_IS_EMPTY, "a source needs a name")
    return whole(name.strip(), 120)
