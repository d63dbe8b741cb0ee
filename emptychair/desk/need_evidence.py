"""What a need card stands on: series that are counted, and words that somebody picked, by their signal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete, select

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, Words, columns, made
from emptychair.desk.ids import Id

# Words that somebody picked, beside the kinds that are counted (theme, search, cue, habit).
SIGNAL = "signal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing that a card stands on: a series by its kind and key, or a signal."""

    need_id: str
    kind: str
    key: str
    added_by: str
    added_at: datetime


need_evidence = Table(
    "need_evidence",
    METADATA,
    Column("need_id", Id, primary_key=True),
    Column("kind", Words(20), primary_key=True),
    Column("key", Words(250), primary_key=True),
    Column("added_by", Id, nullable=False),
    Column("added_at", Instant, nullable=False),
)


def add(tx: Connection, ground: Ground) -> bool:
    """True when the card did not stand on it before."""
    return added(tx, need_evidence, asdict(ground))


def remove(tx: Connection, needs: Sequence[str], kind: str, key: str) -> bool:
    """True when one of these cards stood on it until now."""
    mine = need_evidence.c.need_id.in_(needs) & (need_evidence.c.kind == kind) & (need_evidence.c.key == key)
    return tx.execute(delete(need_evidence).where(mine)).rowcount > 0


def of(tx: Connection, needs: Sequence[str]) -> list[Ground]:
    """What these cards stand on, in the order in which it was added."""
    query = select(*columns(need_evidence, Ground)).where(need_evidence.c.need_id.in_(needs))
    order = (need_evidence.c.added_at, need_evidence.c.kind, need_evidence.c.key)
    return [made(Ground, row) for row in tx.execute(query.order_by(*order)).mappings()]


def keys(tx: Connection, kind: str) -> list[str]:
    """What of this kind any card stands on."""
    mine = need_evidence.c.kind == kind
    return list(tx.execute(select(need_evidence.c.key).where(mine).distinct()).scalars())


def forget(tx: Connection, signals: Sequence[str]) -> int:
    """Take these signals out of all cards; how many times they stood there."""
    mine = (need_evidence.c.kind == SIGNAL) & need_evidence.c.key.in_(signals)
    return tx.execute(delete(need_evidence).where(mine)).rowcount
