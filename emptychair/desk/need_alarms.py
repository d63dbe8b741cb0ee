"""Alarms of what emerges: since when, how clearly, and what people make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, shown
from emptychair.desk.ids import Id, new_id

LONGEST_NAME, LONGEST_REASON = 140, 500


class Standing(StrEnum):
    """What people make of an alarm. NEED: a card was made of it."""

    NEW = "new"
    WATCHING = "watching"
    DISMISSED = "dismissed"
    NEED = "need"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAlarm:
    """One alarm of a series (`kind`, `key`, `segment`), raised on a day and seen last on another.

    `figures` has the newest growth. `ended_at` is None while it goes on. `need_id` is the card made of it.
    """

    id: str
    kind: str
    key: str
    segment: str
    name: str
    standing: Standing
    raised_at: datetime
    last_at: datetime
    ended_at: datetime | None
    figures: Mapping[str, Any]
    reason: str
    need_id: str | None
    changed_by: str
    changed_at: datetime


need_alarms = Table(
    "need_alarms",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("kind", Words(20), nullable=False),
    Column("key", Words(200), nullable=False),
    Column("segment", Words(250), nullable=False),
    Column("name", Words(LONGEST_NAME), nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("figures", Json, nullable=False),
    Column("reason", Words(LONGEST_REASON), nullable=False),
    Column("need_id", Id),
    Column("changed_by", Id, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "ended_at", "raised_at"),
    Index(None, "need_id"),
)
SYSTEM = "system"


def raise_new(tx: Connection, alarm: KeptAlarm) -> KeptAlarm:
    """The alarm under an id of its own, new from now on."""
    row = asdict(alarm) | {"id": new_id("nal"), "name": shown(alarm.name, LONGEST_NAME)}
    tx.execute(need_alarms.insert().values(**row))
    return KeptAlarm(**row)


def follow(
    tx: Connection, alarm_id: str, *, last_at: datetime, ended_at: datetime | None, figures: Mapping[str, Any]
) -> None:
    """What was seen of it last, and whether it is over. What people made of it stays."""
    values = {"last_at": last_at, "ended_at": ended_at, "figures": dict(figures)}
    tx.execute(update(need_alarms).where(need_alarms.c.id == alarm_id).values(values))


def become(tx: Connection, alarm_id: str, kind: str, key: str, name: str) -> None:
    """What raised it is known as another series from now on, with what people made of it."""
    values = {"kind": kind, "key": key, "name": shown(name, LONGEST_NAME)}
    tx.execute(update(need_alarms).where(need_alarms.c.id == alarm_id).values(values))


def stand(
    tx: Connection,
    alarm_id: str,
    standing: Standing,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    need_id: str | None = None,
) -> bool:
    """True when it stands there from now on and did not before."""
    other = (need_alarms.c.id == alarm_id) & (need_alarms.c.standing != standing)
    values: dict[str, object] = {"standing": standing, "reason": reason, "need_id": need_id}
    statement = update(need_alarms).where(other).values(**values, changed_by=by, changed_at=now)
    return tx.execute(statement).rowcount == 1


def find(tx: Connection, alarm_id: str) -> KeptAlarm | None:
    """The alarm with this id, or None."""
    query = select(*columns(need_alarms, KeptAlarm)).where(need_alarms.c.id == alarm_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(KeptAlarm, row)


def going_on(tx: Connection) -> list[KeptAlarm]:
    """The alarms that are not over, newest first."""
    return _found(tx, need_alarms.c.ended_at.is_(None))


def every(tx: Connection, limit: int = 1_000) -> list[KeptAlarm]:
    """All alarms, newest first."""
    return _found(tx, None)[:limit]


def of_need(tx: Connection, needs: Sequence[str]) -> list[KeptAlarm]:
    """The alarms that these cards were made of."""
    return _found(tx, need_alarms.c.need_id.in_(needs))


def keys(tx: Connection, kind: str) -> list[str]:
    """The series of this kind that ever raised an alarm."""
    return list(tx.execute(select(need_alarms.c.key).where(need_alarms.c.kind == kind).distinct()).scalars())


def names(tx: Connection, kind: str, keys: Sequence[str]) -> Mapping[str, str]:
    """What these series were called when they raised an alarm."""
    mine = (need_alarms.c.kind == kind) & need_alarms.c.key.in_(keys)
    rows = tx.execute(select(need_alarms.c.key, need_alarms.c.name).where(mine))
    return {row.key: row.name for row in rows}


def _found(tx: Connection, which: Any) -> list[KeptAlarm]:
    query = select(*columns(need_alarms, KeptAlarm)).order_by(
        need_alarms.c.raised_at.desc(), need_alarms.c.id
    )
    if which is not None:
        query = query.where(which)
    return [made(KeptAlarm, row) for row in tx.execute(query).mappings()]
