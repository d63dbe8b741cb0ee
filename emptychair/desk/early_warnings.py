"""Early warnings: what goes wrong, where, since when, how clearly, and what people make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, or_, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, new_id

LONGEST_REASON = 500
LONGEST_KEY = 200
SYSTEM = "system"


class Standing(StrEnum):
    """What people make of a warning."""

    NEW = "new"
    WATCHING = "watching"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWarning:
    """One warning of a trouble (`kind`, `key`) in a `cell` ([field, value] pairs; none: everybody).

    It began on the day of `since_at`, was seen on that of `raised_at` and last on that of `last_at`;
    `ended_at` is None while it goes on. `people` were touched as of the last look. `also` is what else they
    explain. `figures` tells how clear it is, and its course.
    """

    id: str
    kind: str
    key: str
    cell: Sequence[Sequence[str]]
    standing: Standing
    since_at: datetime
    raised_at: datetime
    last_at: datetime
    ended_at: datetime | None
    people: int
    also: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Any]
    reason: str
    changed_by: str
    changed_at: datetime


early_warnings = Table(
    "early_warnings",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", Words(20), nullable=False),
    Column("key", Words(LONGEST_KEY), nullable=False),
    Column("cell", Json, nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("people", Integer, nullable=False),
    Column("also", Json, nullable=False),
    Column("figures", Json, nullable=False),
    Column("reason", Words(LONGEST_REASON), nullable=False),
    Column("changed_by", Id, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "ended_at", "raised_at"),
)


def raise_new(tx: Connection, warning: KeptWarning) -> KeptWarning:
    """The warning under an id of its own."""
    row = asdict(warning) | {"id": new_id("wrn")}
    tx.execute(early_warnings.insert().values(**row))
    return KeptWarning(**row)


def follow(tx: Connection, warning: KeptWarning) -> None:
    """What was seen of it last. What people made of it stays."""
    seen = asdict(warning)
    names = ("cell", "last_at", "ended_at", "people", "also", "figures")
    values = {name: seen[name] for name in names}
    tx.execute(update(early_warnings).where(early_warnings.c.id == warning.id).values(values))


def stand(
    tx: Connection, warning_id: str, standing: Standing, *, by: str, now: datetime, reason: str = ""
) -> bool:
    """True when it stands there from now on and did not before."""
    other = (early_warnings.c.id == warning_id) & (early_warnings.c.standing != standing)
    values: dict[str, object] = {
        "standing": standing,
        "reason": reason,
        "changed_by": by,
        "changed_at": now,
    }
    return tx.execute(update(early_warnings).where(other).values(values)).rowcount == 1


def find(tx: Connection, warning_id: str) -> KeptWarning | None:
    """The warning with this id, or None."""
    query = select(*columns(early_warnings, KeptWarning)).where(early_warnings.c.id == warning_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(KeptWarning, row)


def going_on(tx: Connection, since: datetime | None = None) -> list[KeptWarning]:
    """The warnings that are not over, or were seen `since` an instant; newest first."""
    is_on = early_warnings.c.ended_at.is_(None)
    return _found(tx, is_on if since is None else or_(is_on, early_warnings.c.last_at >= since))


def every(tx: Connection, limit: int = 1_000) -> list[KeptWarning]:
    """All warnings, newest first."""
    return _found(tx, None)[:limit]


def _found(tx: Connection, which: Any) -> list[KeptWarning]:
    query = select(*columns(early_warnings, KeptWarning)).order_by(
        early_warnings.c.raised_at.desc(), early_warnings.c.id
    )
    if which is not None:
        query = query.where(which)
    return [made(KeptWarning, row) for row in tx.execute(query).mappings()]
