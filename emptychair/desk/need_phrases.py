"""Search phrases that found nothing, and under which leader each is counted; not who typed them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, Connection, Index, Integer, Table, delete, select

from emptychair.desk.columns import METADATA, Words

LONGEST_PHRASE = 200

need_phrases = Table(
    "need_phrases",
    METADATA,
    Column("typed", Words(LONGEST_PHRASE), primary_key=True),
    Column("phrase", Words(LONGEST_PHRASE), nullable=False),
    Column("leader", Words(LONGEST_PHRASE), nullable=False),
    Column("people", Integer, nullable=False),
    Index(None, "leader"),
)


def keep(tx: Connection, rows: Sequence[tuple[str, str, str, int]]) -> None:
    """These are the phrases now: as typed, as compared, under which leader, and by how many."""
    tx.execute(delete(need_phrases))
    names = ("typed", "phrase", "leader", "people")
    if rows:
        tx.execute(need_phrases.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def leaders(tx: Connection) -> Mapping[str, str]:
    """The leader of each phrase as it is compared."""
    query = select(need_phrases.c.phrase, need_phrases.c.leader)
    return {row[0]: row[1] for row in tx.execute(query)}


def typed(tx: Connection, leaders: Sequence[str]) -> list[str]:
    """Every spelling that is counted under these leaders, the one that most used first."""
    query = select(need_phrases.c.typed).where(need_phrases.c.leader.in_(leaders))
    return list(tx.execute(query.order_by(need_phrases.c.people.desc(), need_phrases.c.typed)).scalars())
