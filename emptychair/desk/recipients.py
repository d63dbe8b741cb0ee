"""Recipients: whom mail went to, so that a link in it or an answer to it is known to be theirs."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Table, UniqueConstraint, select

from emptychair.desk.adding import added
from emptychair.desk.addresses import Address, address_key
from emptychair.desk.columns import METADATA, Choice, Instant, columns, made
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, Key, new_id
from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person at one address; `person` is None where only the address is known."""

    id: str
    audience: Audience
    person: str | None
    address: str


recipients = Table(
    "recipients",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", Key, nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("person", Person),
    Column("address", Address, nullable=False),
    Column("address_key", Address, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("key"),
    Index(None, "address_key"),
    Index(None, "person"),
)


def at(tx: Connection, audience: Audience, person: str | None, address: str, now: datetime) -> Recipient:
    """The recipient, made when mail goes there for the first time."""
    key = _key(audience, person, address)
    row = {"id": new_id("rcp"), "key": key, "audience": audience, "person": person, "address": address}
    added(tx, recipients, {**row, "address_key": address_key(address), "created_at": now})
    query = select(*columns(recipients, Recipient)).where(recipients.c.key == key)
    return made(Recipient, tx.execute(query).mappings().one())


def find(tx: Connection, recipient_id: str) -> Recipient | None:
    """The recipient with this id, or None."""
    query = select(*columns(recipients, Recipient)).where(recipients.c.id == recipient_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Recipient, row)


def _key(audience: Audience, person: str | None, address: str) -> str:
    # A hash, since NULL is equal to nothing and the three together are longer than an index takes.
    parts = (audience.value, person or "", address_key(address))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
