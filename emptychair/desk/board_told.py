"""Who was told that what they asked for is there: once for each person and post, for ever."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, PrimaryKeyConstraint, Table, select

from emptychair.desk.adding import add_new
from emptychair.desk.board_voters import one_person, voters
from emptychair.desk.columns import METADATA, Instant
from emptychair.desk.ids import Id

told = Table(
    "board_told",
    METADATA,
    Column("post_id", Id, nullable=False),
    Column("voter_id", Id, nullable=False),
    Column("message_id", Id),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("post_id", "voter_id"),
)


def people(tx: Connection, post_ids: Sequence[str]) -> frozenset[str]:
    """Everybody (`Voter.who`) who was told of one of these posts, whichever post spoke for it then."""
    query = select(one_person).select_from(told.join(voters, voters.c.id == told.c.voter_id))
    return frozenset(tx.execute(query.where(told.c.post_id.in_(post_ids))).scalars())


def write(
    tx: Connection, post_ids: Sequence[str], voter_id: str, message_id: str | None, now: datetime
) -> None:
    """They were told of all these posts with this message."""
    add_new(
        tx,
        told,
        [{"post_id": one, "voter_id": voter_id, "message_id": message_id, "at": now} for one in post_ids],
    )
