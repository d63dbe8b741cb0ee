"""Consents: what people allowed or forbade, kept as history; the latest word is in force."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Table, func, select

from emptychair.desk.columns import METADATA, Choice, Instant, RowNumber, Words, columns, made, shown
from emptychair.desk.ids import Id
from emptychair.domain.consent import Consent, Standing, stricter
from emptychair.domain.contact import Channel, Purpose
from emptychair.domain.signal import Audience

# As long as the ledger lets an id be, and the mark of a visitor before it.
Person = Words(210)
AT_ONCE = 500

# Appended to and never changed: the newest row of a person, purpose and channel holds.
consents = Table(
    "consents",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("person", Person, nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("purpose", Choice(Purpose), nullable=False),
    Column("channel", Choice(Channel), nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("evidence", Words(500), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "person", "audience", "purpose", "channel", "id"),
    sqlite_autoincrement=True,
)


def record(
    tx: Connection,
    people: Sequence[str],
    audience: Audience,
    purpose: Purpose,
    standing: Standing,
    *,
    channel: Channel = Channel.EMAIL,
    evidence: str,
    by: str,
    now: datetime,
) -> bool:
    """Write down what a person said; True when something else holds now than before.

    `people` are all ids that are this person: it is written for each, since what one of them forbade would
    otherwise hold on. Saying again what holds already adds nothing.
    """
    if standing is Standing.UNKNOWN:
        raise ValueError("a consent is given or withdrawn")
    row: dict[str, object] = {"audience": audience, "purpose": purpose, "channel": channel, "by": by}
    row |= {"standing": standing, "evidence": shown(evidence, 500), "at": now}
    changed = [
        person
        for person in dict.fromkeys(people)
        if standing_of(tx, [person], audience, purpose, channel) is not standing
    ]
    if changed:
        tx.execute(consents.insert(), [{**row, "person": person} for person in changed])
    return bool(changed)


def standing_of(
    tx: Connection,
    people: Sequence[str],
    audience: Audience,
    purpose: Purpose,
    channel: Channel = Channel.EMAIL,
) -> Standing:
    """What holds for one person of these ids: of several the stricter."""
    latest = (
        select(func.max(consents.c.id))
        .where(consents.c.person.in_(people), consents.c.audience == audience)
        .where(consents.c.purpose == purpose, consents.c.channel == channel)
        .group_by(consents.c.person)
    )
    return stricter(tx.execute(select(consents.c.standing).where(consents.c.id.in_(latest))).scalars())


def standings(
    tx: Connection, people: Sequence[str], audience: Audience, purpose: Purpose
) -> dict[str, Standing]:
    """What holds for each of many people, of all channels the stricter; whoever said nothing is not in it."""
    said: dict[str, list[Standing]] = {}
    for begin in range(0, len(people), AT_ONCE):
        some = consents.c.person.in_(people[begin : begin + AT_ONCE])
        latest = (
            select(func.max(consents.c.id))
            .where(some, consents.c.audience == audience, consents.c.purpose == purpose)
            .group_by(consents.c.person, consents.c.channel)
        )
        query = select(consents.c.person, consents.c.standing).where(consents.c.id.in_(latest))
        for person, standing in tx.execute(query):
            said.setdefault(person, []).append(standing)
    return {person: stricter(found) for person, found in said.items()}


def history(tx: Connection, people: Sequence[str], audience: Audience) -> list[Consent]:
    """Everything that a person of these ids ever said, newest first."""
    mine = consents.c.person.in_(people) & (consents.c.audience == audience)
    query = select(*columns(consents, Consent)).where(mine).order_by(consents.c.id.desc())
    return [made(Consent, row) for row in tx.execute(query).mappings()]


def page(
    tx: Connection, *, person: str | None = None, before: int | None = None, limit: int = 50
) -> list[Consent]:
    """One page of what was said by anybody, or by one id, newest first; the next is `before` its last id."""
    query = select(*columns(consents, Consent)).order_by(consents.c.id.desc()).limit(limit)
    if person is not None:
        query = query.where(consents.c.person == person)
    if before is not None:
        query = query.where(consents.c.id < before)
    return [made(Consent, row) for row in tx.execute(query).mappings()]
