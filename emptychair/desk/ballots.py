"""Ballots: links that answer an anonymous survey once, and know nobody."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Index, Table, func, select, update

from emptychair.desk.columns import METADATA, Json, columns, made
from emptychair.desk.ids import Id, Key, key, new_id, new_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One link. `group` are values that at least so many invited people share as a combination.

    There is no instant, no order and no person in it, on purpose: whoever reads the
    database learns that some ballot was used, and not whose it was.
    """

    id: str
    survey_id: str
    group: Mapping[str, str]
    is_used: bool


ballots = Table(
    "ballots",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("key", Key, nullable=False, unique=True),
    Column("group", Json, nullable=False),
    Column("is_used", Boolean, nullable=False),
    Index(None, "survey_id", "is_used"),
)


def issue(tx: Connection, survey_id: str, groups: Sequence[Mapping[str, str]]) -> list[str]:
    """Tokens, one for each of the groups in their order. The rows are written in another, random order."""
    tokens = [new_token() for _ in groups]
    rows = [
        {
            "id": new_id("bal"),
            "survey_id": survey_id,
            "key": key(token),
            "group": dict(group),
            "is_used": False,
        }
        for token, group in zip(tokens, groups, strict=True)
    ]
    secrets.SystemRandom().shuffle(rows)
    if rows:
        tx.execute(ballots.insert(), rows)
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


def counts(tx: Connection, survey_id: str) -> tuple[int, int]:
    """How many ballots there are, and how many of them were used."""
    used = func.count().filter(ballots.c.is_used)
    row = tx.execute(select(func.count(), used).where(ballots.c.survey_id == survey_id)).one()
    return int(row[0]), int(row[1])


def by_id(tx: Connection, ballot_id: str) -> Ballot | None:
    """The ballot with this id, or None."""
    query = select(*columns(ballots, Ballot)).where(ballots.c.id == ballot_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Ballot, row)
