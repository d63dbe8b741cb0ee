"""Write keys: what a client shows to be listened to. Public, since browsers carry them: they append."""

from dataclasses import dataclass
from datetime import datetime
from secrets import choice

from sqlalchemy import Column, Connection, ForeignKey, Index, Table, select, update

from emptychair.desk.columns import METADATA, Instant, Words, columns, made
from emptychair.desk.ids import Id

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """One key of a source; `revoked_at` is None while it works."""

    key: str
    source_id: str
    by: str
    created_at: datetime
    revoked_at: datetime | None


# Not hashed, as secrets are: it is in the page of every visitor, and people look it up to copy it.
write_keys = Table(
    "write_keys",
    METADATA,
    Column("key", Words(40), primary_key=True),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index(None, "source_id"),
)


def issue(tx: Connection, source_id: str, *, by: str, now: datetime) -> WriteKey:
    """A new key: 130 random bits, so that none is guessed."""
    key = "wk_" + "".join(choice(_LETTERS) for _ in range(26))
    tx.execute(write_keys.insert().values(key=key, source_id=source_id, by=by, created_at=now))
    return WriteKey(key=key, source_id=source_id, by=by, created_at=now, revoked_at=None)


def of_source(tx: Connection, source_id: str) -> list[WriteKey]:
    """The keys of a source, newest first, with those that were revoked."""
    query = select(*columns(write_keys, WriteKey)).where(write_keys.c.source_id == source_id)
    rows = tx.execute(query.order_by(write_keys.c.created_at.desc(), write_keys.c.key)).mappings()
    return [made(WriteKey, row) for row in rows]


def working(tx: Connection) -> list[WriteKey]:
    """Every key that works, of whichever source."""
    query = select(*columns(write_keys, WriteKey)).where(write_keys.c.revoked_at.is_(None))
    return [made(WriteKey, row) for row in tx.execute(query).mappings()]


def revoke(tx: Connection, key: str, now: datetime) -> bool:
    """True when it worked until now."""
    mine = (write_keys.c.key == key) & write_keys.c.revoked_at.is_(None)
    return tx.execute(update(write_keys).where(mine).values(revoked_at=now)).rowcount == 1
