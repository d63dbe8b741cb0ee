"""Samples: the last items that really came to a source, for whoever says what they mean."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, ForeignKey, Index, LargeBinary, Table, delete, select

from emptychair.desk.columns import METADATA, Instant, RowNumber, columns, made
from emptychair.desk.ids import Id

# Enough to see what differs, and few: they hold what customers wrote.
MOST = 5
KEPT = timedelta(days=30)
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One item as it came."""

    id: int
    source_id: str
    at: datetime
    raw: bytes


samples = Table(
    "source_samples",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index(None, "source_id", "id"),
    sqlite_autoincrement=True,
)


def keep(tx: Connection, source_id: str, raws: list[bytes], now: datetime) -> None:
    """Keep the newest of these, and no more than five in all; larger ones than 64 kB are not kept."""
    fitting = [raw for raw in raws if len(raw) <= LARGEST][-MOST:]
    for raw in fitting:
        tx.execute(samples.insert().values(source_id=source_id, at=now, raw=raw))
    newest = select(samples.c.id).where(samples.c.source_id == source_id)
    ids = list(tx.execute(newest.order_by(samples.c.id.desc()).offset(MOST)).scalars())
    if ids:
        tx.execute(delete(samples).where(samples.c.id.in_(ids)))


def newest(tx: Connection, source_id: str) -> list[Sample]:
    """What is kept of a source, newest first."""
    query = select(*columns(samples, Sample)).where(samples.c.source_id == source_id)
    return [made(Sample, row) for row in tx.execute(query.order_by(samples.c.id.desc())).mappings()]


def forget(tx: Connection, source_id: str) -> int:
    """Drop all of a source; how many there were."""
    return tx.execute(delete(samples).where(samples.c.source_id == source_id)).rowcount


def purge(tx: Connection, now: datetime) -> int:
    """Drop those that are older than 30 days; how many there were."""
    return tx.execute(delete(samples).where(samples.c.at < now - KEPT)).rowcount
