"""Secrets that the product needs itself: kept, used, and told to nobody over any page or log."""

import secrets as generator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, delete, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, Words
from emptychair.desk.ids import Id


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in the clear; never shown in a log."""

    text: str = field(repr=False)


# In the clear, since it has to be said to others or signed with; the desk is readable by its owner alone.
secrets = Table(
    "secrets",
    METADATA,
    Column("name", Words(80), primary_key=True),
    Column("value", Text, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
)


def keep(tx: Connection, name: str, value: str, *, by: str, now: datetime) -> None:
    """From now on this is the secret of this name."""
    row = {"name": name, "value": value, "by": by, "at": now}
    if not added(tx, secrets, row):
        tx.execute(update(secrets).where(secrets.c.name == name).values(**row))


def told(tx: Connection, name: str) -> Secret | None:
    """The secret of this name, for who has to use it; or None."""
    value = tx.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar()
    return None if value is None else Secret(value)


def kept_at(tx: Connection, name: str) -> datetime | None:
    """Since when there is one, which is all that may be shown of it; None when there is none."""
    return tx.execute(select(secrets.c.at).where(secrets.c.name == name)).scalar()


def drop(tx: Connection, name: str) -> bool:
    """True when there was one until now."""
    return tx.execute(delete(secrets).where(secrets.c.name == name)).rowcount == 1


def own_key(tx: Connection, name: str, now: datetime) -> Secret:
    """A key of 256 bits for signing, made when it is first asked for and then always the same."""
    added(tx, secrets, {"name": name, "value": generator.token_hex(32), "by": "system", "at": now})
    found = told(tx, name)
    if found is None:
        raise RuntimeError(f"the key {name} is gone while it is asked for")
    return found
