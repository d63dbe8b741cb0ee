"""What people did on the board, until it is written into the ledger."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Connection, Index, Table, func, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, columns, made
from emptychair.desk.ids import Id, new_id


class Deed(StrEnum):
    """What somebody did; the value is the signal's name in the ledger."""

    ASKED = "request_posted"
    VOTED = "request_voted"
    UNVOTED = "request_unvoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One deed of one voter; `by` is another than the voter where a colleague did it on their behalf."""

    id: str
    deed: Deed
    post_id: str
    voter_id: str
    by: str
    at: datetime


deeds = Table(
    "board_deeds",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("deed", Choice(Deed), nullable=False),
    Column("post_id", Id, nullable=False),
    Column("voter_id", Id, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("is_written", Boolean, nullable=False),
    Index(None, "is_written", "at"),
    Index(None, "voter_id", "at"),
)


def write(tx: Connection, deed: Deed, post_id: str, voter_id: str, *, by: str, now: datetime) -> None:
    """Somebody did this."""
    row = {"id": new_id("ded"), "deed": deed, "post_id": post_id, "voter_id": voter_id, "by": by, "at": now}
    tx.execute(deeds.insert().values(**row, is_written=False))


def waiting(tx: Connection, limit: int) -> list[Done]:
    """The deeds that the ledger does not know yet, oldest first."""
    query = select(*columns(deeds, Done)).where(deeds.c.is_written.is_(False))
    rows = tx.execute(query.order_by(deeds.c.at, deeds.c.id).limit(limit)).mappings()
    return [made(Done, row) for row in rows]


def written(tx: Connection, ids: list[str]) -> None:
    """The ledger has these."""
    tx.execute(update(deeds).where(deeds.c.id.in_(ids)).values(is_written=True))


def done_since(tx: Connection, by: str, since: datetime) -> int:
    """How much somebody did themselves since then."""
    mine = (deeds.c.voter_id == by) & (deeds.c.by == by) & (deeds.c.at > since)
    return int(tx.execute(select(func.count()).select_from(deeds).where(mine)).scalar_one())
