"""Places of quotas that were taken: never more than there are, whoever asks at once."""

from collections.abc import Iterable, Mapping

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Table, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Words
from emptychair.desk.ids import Id

survey_quotas = Table(
    "survey_quotas",
    METADATA,
    Column("survey_id", Id, ForeignKey("surveys.id"), primary_key=True),
    Column("quota", Words(40), primary_key=True),
    Column("taken", BigInteger, nullable=False),
)


def taken(tx: Connection, survey_id: str) -> dict[str, int]:
    """How many places of each quota were taken."""
    query = select(survey_quotas.c.quota, survey_quotas.c.taken).where(survey_quotas.c.survey_id == survey_id)
    return {quota: int(count) for quota, count in tx.execute(query)}


def take(tx: Connection, survey_id: str, wanted: Mapping[str, int]) -> str | None:
    """None when a place in every one of these quotas (with its `most`) was taken, else the first full one.

    Of any number who ask at once no more get a place than there are; who is refused takes none at all.
    """
    got: list[str] = []
    # In one order, so that two who want the same quotas never wait for each other.
    for quota, most in sorted(wanted.items()):
        added(tx, survey_quotas, {"survey_id": survey_id, "quota": quota, "taken": 0})
        mine = (survey_quotas.c.survey_id == survey_id) & (survey_quotas.c.quota == quota)
        free = update(survey_quotas).where(mine, survey_quotas.c.taken < most)
        if tx.execute(free.values(taken=survey_quotas.c.taken + 1)).rowcount != 1:
            give_back(tx, survey_id, got)
            return quota
        got.append(quota)
    return None


def give_back(tx: Connection, survey_id: str, quotas: Iterable[str]) -> None:
    """Free a place in each of these quotas."""
    mine = (survey_quotas.c.survey_id == survey_id) & survey_quotas.c.quota.in_(list(quotas))
    held = update(survey_quotas).where(mine, survey_quotas.c.taken > 0)
    tx.execute(held.values(taken=survey_quotas.c.taken - 1))


def exceed(tx: Connection, survey_id: str, quotas: Iterable[str]) -> None:
    """Take a place in each of these, full or not: a person decided that an answer counts after all."""
    for quota in sorted(quotas):
        added(tx, survey_quotas, {"survey_id": survey_id, "quota": quota, "taken": 0})
        mine = (survey_quotas.c.survey_id == survey_id) & (survey_quotas.c.quota == quota)
        tx.execute(update(survey_quotas).where(mine).values(taken=survey_quotas.c.taken + 1))
