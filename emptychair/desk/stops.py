"""Stops: addresses that are not written to, whoever has them: unsubscribed, complained, or undeliverable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, or_, select, update

from emptychair.desk.addresses import Address, address_key
from emptychair.desk.columns import METADATA, Choice, Instant, RowNumber, Words, columns, made, shown
from emptychair.desk.ids import Id
from emptychair.domain.contact import Purpose


class Cause(StrEnum):
    """Why an address is stopped."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One address that is not written to for one purpose, or for any (None).

    Only one that `BOUNCED` holds service messages back too: there is nobody to read them. `lifted_at` is None
    while it holds.
    """

    id: int
    address: str
    purpose: Purpose | None
    cause: Cause
    evidence: str
    by: str
    at: datetime
    lifted_by: str | None
    lifted_at: datetime | None


stops = Table(
    "address_stops",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("address", Address, nullable=False),
    Column("address_key", Address, nullable=False),
    Column("purpose", Choice(Purpose)),
    Column("cause", Choice(Cause), nullable=False),
    Column("evidence", Words(500), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_by", Id),
    Column("lifted_at", Instant),
    Index(None, "address_key"),
    sqlite_autoincrement=True,
)


def stop(
    tx: Connection,
    address: str,
    cause: Cause,
    *,
    purpose: Purpose | None = None,
    evidence: str,
    by: str,
    now: datetime,
) -> bool:
    """True when it was not stopped for this cause and purpose before. An address needs not be a good one."""
    same = _held(address) & (stops.c.cause == cause) & _is(purpose)
    if tx.execute(select(stops.c.id).where(same).limit(1)).first() is not None:
        return False
    row = {"address": shown(address, 254), "address_key": _key(address), "purpose": purpose, "cause": cause}
    tx.execute(stops.insert().values(**row, evidence=shown(evidence, 500), by=by, at=now))
    return True


def of_address(tx: Connection, address: str) -> list[Stop]:
    """What holds for this address, whatever its capitals, newest first."""
    query = select(*columns(stops, Stop)).where(_held(address)).order_by(stops.c.id.desc())
    return [made(Stop, row) for row in tx.execute(query).mappings()]


def lift(tx: Connection, stop_id: int, *, by: str, now: datetime) -> bool:
    """True when it held until now."""
    mine = (stops.c.id == stop_id) & stops.c.lifted_at.is_(None)
    return tx.execute(update(stops).where(mine).values(lifted_by=by, lifted_at=now)).rowcount == 1


def lift_purpose(tx: Connection, address: str, purpose: Purpose, *, by: str, now: datetime) -> int:
    """Write to this address again for one purpose, as its owner asked; how many stops were lifted.

    A stop for every purpose becomes one for each of the others. What bounced stays stopped.
    """
    wide = [
        found
        for found in of_address(tx, address)
        if found.purpose is None and found.cause is not Cause.BOUNCED
    ]
    for found in wide:
        for other in set(Purpose) - {purpose}:
            stop(tx, address, found.cause, purpose=other, evidence=found.evidence, by=found.by, now=found.at)
    mine = _held(address) & (stops.c.cause != Cause.BOUNCED) & or_(_is(purpose), _is(None))
    return tx.execute(update(stops).where(mine).values(lifted_by=by, lifted_at=now)).rowcount


def page(
    tx: Connection,
    *,
    search: str = "",
    cause: Cause | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Stop]:
    """One page of what holds, newest first, where the address has `search`; the next is `before` its last."""
    query = select(*columns(stops, Stop)).where(stops.c.lifted_at.is_(None)).order_by(stops.c.id.desc())
    if search:
        query = query.where(
            stops.c.address_key.contains(address_key(search).removeprefix("@"), autoescape=True)
        )
    if cause is not None:
        query = query.where(stops.c.cause == cause)
    if before is not None:
        query = query.where(stops.c.id < before)
    return [made(Stop, row) for row in tx.execute(query.limit(limit)).mappings()]


def find(tx: Connection, stop_id: int) -> Stop | None:
    """The stop with this number, lifted or not; or None."""
    row = tx.execute(select(*columns(stops, Stop)).where(stops.c.id == stop_id)).mappings().first()
    return None if row is None else made(Stop, row)


def _key(address: str) -> str:
    return shown(address_key(address), 254)


def _held(address: str) -> ColumnElement[bool]:
    return (stops.c.address_key == _key(address)) & stops.c.lifted_at.is_(None)


def _is(purpose: Purpose | None) -> ColumnElement[bool]:
    return stops.c.purpose.is_(None) if purpose is None else stops.c.purpose == purpose
