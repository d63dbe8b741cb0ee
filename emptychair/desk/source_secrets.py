"""Secrets of sources: passwords and tokens for systems of others, given once and never shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, delete, select

from emptychair.desk.columns import METADATA, Instant, Words, whole
from emptychair.desk.ids import Id

LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """That a secret is there: by whom it was given, and when; never the secret itself."""

    name: str
    by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of one source by their names; they are not in its text."""

    values: Mapping[str, str] = field(repr=False)


source_secrets = Table(
    "source_secrets",
    METADATA,
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True),
    Column("name", Words(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("by", Id, nullable=False),
    Column("set_at", Instant, nullable=False),
)


def keep(tx: Connection, source_id: str, name: str, value: str, *, by: str, now: datetime) -> None:
    """Let this be the secret from now on. Raises `Refused` for one that cannot be kept."""
    forget(tx, source_id, name)
    row = {"source_id": source_id, "name": name, "value": whole(value, LONGEST), "by": by, "set_at": now}
    tx.execute(source_secrets.insert().values(**row))


def forget(tx: Connection, source_id: str, name: str | None = None) -> int:
    """Drop one secret, or all of a source; how many there were."""
    mine = source_secrets.c.source_id == source_id
    if name is not None:
        mine &= source_secrets.c.name == name
    return tx.execute(delete(source_secrets).where(mine)).rowcount


def known(tx: Connection, source_id: str) -> dict[str, Known]:
    """Which secrets are there, for pages."""
    secret = source_secrets.c
    query = select(secret.name, secret.by, secret.set_at).where(secret.source_id == source_id)
    return {row["name"]: Known(**row) for row in tx.execute(query).mappings()}


def reveal(tx: Connection, source_id: str) -> Secrets:
    """The secrets themselves, for whoever shows them to the system that they belong to, and nobody else."""
    secret = source_secrets.c
    query = select(secret.name, secret.value).where(secret.source_id == source_id)
    return Secrets({row.name: row.value for row in tx.execute(query)})
