"""What foretells the next need of people, as it was learnt last; nobody is named in it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, delete, select

from emptychair.desk.columns import METADATA, Instant, Words, columns, made


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A model of one goal as text, and when it was learnt. An empty one: there is nothing to foretell."""

    goal: str
    learnt_at: datetime
    model: str


next_needs = Table(
    "next_needs",
    METADATA,
    Column("goal", Words(20), primary_key=True),
    Column("learnt_at", Instant, nullable=False),
    Column("model", Text, nullable=False),
)


def keep(tx: Connection, one: Kept) -> None:
    """Keep the model of a goal in place of the one before."""
    tx.execute(delete(next_needs).where(next_needs.c.goal == one.goal))
    tx.execute(next_needs.insert().values(asdict(one)))


def learnt(tx: Connection) -> dict[str, datetime]:
    """When each goal was learnt last."""
    return {row[0]: row[1] for row in tx.execute(select(next_needs.c.goal, next_needs.c.learnt_at))}


def find(tx: Connection, goal: str) -> Kept | None:
    """The model of a goal, or None."""
    query = select(*columns(next_needs, Kept)).where(next_needs.c.goal == goal)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Kept, row)
