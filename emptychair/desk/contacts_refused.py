"""Contacts that were wished for and did not take place, counted by day, channel, kind and reason."""

from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, Column, Connection, Date, Table, func, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice
from emptychair.domain.contact import Channel, Contact, What, WhyNot

contacts_refused = Table(
    "contacts_refused",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("channel", Choice(Channel), primary_key=True),
    Column("what", Choice(What), primary_key=True),
    Column("reason", Choice(WhyNot), primary_key=True),
    Column("n", BigInteger, nullable=False),
)


def count(tx: Connection, contact: Contact, reason: WhyNot, now: datetime) -> None:
    """One more of this day (in UTC)."""
    key = {"day": now.astimezone(UTC).date(), "channel": contact.channel, "what": contact.what}
    key["reason"] = reason
    added(tx, contacts_refused, {**key, "n": 0})
    mine = [contacts_refused.c[name] == value for name, value in key.items()]
    tx.execute(update(contacts_refused).where(*mine).values(n=contacts_refused.c.n + 1))


def since(tx: Connection, day: date) -> dict[tuple[Channel, What, WhyNot], int]:
    """How many there were from a day on."""
    keys = (contacts_refused.c.channel, contacts_refused.c.what, contacts_refused.c.reason)
    query = select(*keys, func.sum(contacts_refused.c.n)).where(contacts_refused.c.day >= day)
    rows = tx.execute(query.group_by(*keys))
    return {(channel, what, reason): int(n) for channel, what, reason, n in rows}
