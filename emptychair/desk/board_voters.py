"""Voters of the board: somebody at a confirmed address, somebody known in the ledger, or both."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Table, UniqueConstraint, func, select, update

from emptychair.desk.adding import added
from emptychair.desk.addresses import Address, address_key, fit
from emptychair.desk.columns import METADATA, Instant, columns, made
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """One voter. `confirmed_at` is None until they opened a link that was sent to their address."""

    id: str
    address: str | None
    person: str | None
    confirmed_at: datetime | None
    created_at: datetime

    @property
    def who(self) -> str:
        """One name for all voters that are one person."""
        return self.person or self.id


voters = Table(
    "board_voters",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("address", Address),
    Column("address_key", Address),
    Column("person", Person),
    Column("confirmed_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("address_key"),
    Index(None, "person"),
)
# Two voters who turn out to be one person count once: by the person, where one is known.
one_person = func.coalesce(voters.c.person, voters.c.id)


def at(tx: Connection, address: str, now: datetime) -> Voter:
    """The voter at this address, whatever its capitals. Raises `Refused` for what is no address."""
    row = {"id": new_id("vtr"), "address": fit(address), "address_key": address_key(fit(address))}
    added(tx, voters, {**row, "created_at": now})
    query = select(*columns(voters, Voter)).where(voters.c.address_key == row["address_key"])
    return made(Voter, tx.execute(query).mappings().one())


def of_person(tx: Connection, person: str, now: datetime) -> Voter:
    """The voter who is this person of the ledger; of several the one with an address."""
    query = select(*columns(voters, Voter)).where(voters.c.person == person)
    row = tx.execute(query.order_by(voters.c.address.is_(None), voters.c.id)).mappings().first()
    if row is not None:
        return made(Voter, row)
    voter_id = new_id("vtr")
    tx.execute(voters.insert().values(id=voter_id, person=person, created_at=now))
    return _the(tx, voter_id)


def find(tx: Connection, voter_id: str) -> Voter | None:
    """The voter with this id, or None."""
    row = tx.execute(select(*columns(voters, Voter)).where(voters.c.id == voter_id)).mappings().first()
    return None if row is None else made(Voter, row)


def confirm(tx: Connection, voter_id: str, now: datetime) -> Voter:
    """The voter, who opened a link that was sent to their address."""
    unconfirmed = (voters.c.id == voter_id) & voters.c.confirmed_at.is_(None)
    tx.execute(update(voters).where(unconfirmed).values(confirmed_at=now))
    return _the(tx, voter_id)


def link(tx: Connection, voter_id: str, person: str) -> bool:
    """True when it is known from now on which person of the ledger this voter is."""
    unknown = (voters.c.id == voter_id) & voters.c.person.is_(None)
    return tx.execute(update(voters).where(unknown).values(person=person)).rowcount == 1


def unlinked(tx: Connection, after: str, limit: int) -> list[Voter]:
    """Voters with an address of whom no person is known, in the order of their ids."""
    query = select(*columns(voters, Voter)).where(voters.c.person.is_(None), voters.c.address.is_not(None))
    rows = tx.execute(query.where(voters.c.id > after).order_by(voters.c.id).limit(limit)).mappings()
    return [made(Voter, row) for row in rows]


def _the(tx: Connection, voter_id: str) -> Voter:
    voter = find(tx, voter_id)
    if voter is None:
        raise RuntimeError(f"the voter {voter_id} is gone while it is asked for")
    return voter
