"""Ballots: links that answer an anonymous survey once, and know nobody."""

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Table, func, select, update

from emptychair.desk.columns import METADATA, columns, made
from emptychair.desk.ids import Id, Key, key, new_id, new_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One link. There is no instant, no order and no person in it, on purpose.

    Whoever reads the database learns that some ballot was used, and not whose it was.
    """

    id: str
    survey_id: str
    is_used: bool


ballots = Table(
    "ballots",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("key", Key, nullable=False, unique=True),
    Column("is_used", Boolean, nullable=False),
    Index(None, "survey_id", "is_used"),
)


def issue(tx: Connection, survey_id: str, count: int) -> list[str]:
    """So many new tokens, which are kept nowhere. The rows are written in the order of their random keys."""
    tokens = [new_token() for _ in range(count)]
    for hashed in sorted(map(key, tokens)):
        row = {"id": new_id("bal"), "survey_id": survey_id, "key": hashed, "is_used": False}
        tx.execute(ballots.insert().values(**row))
    return tokens


def find(tx: Connection, survey_id: str, token: str) -> Ballot | None:
    """The ballot of this survey that the token opens, or None."""
    mine = (ballots.c.key == key(token)) & (ballots.c.survey_id == survey_id)
    row = tx.execute(select(*columns(ballots, Ballot)).where(mine)).mappings().first()
    return None if row is None else made(Ballot, row)


def use(tx: Connection, ballot_id: str) -> bool:
    """True when it was not used until now; of any number at once exactly one gets True."""
    fresh = (ballots.c.id == ballot_id) & ballots.c.is_used.is_(False)
    return tx.execute(update(ballots).where(fresh).values(is_used=True)).rowcount == 1


def rewrite(tx: Connection, survey_id: str) -> None:
    """Write all ballots of a survey again as they are.

    PostgreSQL keeps with each row the transaction that wrote it (`xmin`); so it tells nothing of one of them.
    """
    mine = ballots.c.survey_id == survey_id
    tx.execute(update(ballots).where(mine).values(is_used=ballots.c.is_used))


def counts(tx: Connection, survey_id: str) -> tuple[int, int]:
    """How many ballots there are, and how many of them were used."""
    used = func.count().filter(ballots.c.is_used)
    row = tx.execute(select(func.count(), used).where(ballots.c.survey_id == survey_id)).one()
    return int(row[0]), int(row[1])
