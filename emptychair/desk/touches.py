"""Touches: every time somebody was asked something, or written to unasked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Index, Table, delete, or_, select, update

from emptychair.desk.addresses import Address, address_key
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, new_id
from emptychair.domain.contact import Channel, Contact, Touch, What
from emptychair.domain.signal import Audience

touches = Table(
    "touches",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("person", Person),
    Column("audience", Choice(Audience), nullable=False),
    Column("address", Address),
    Column("address_key", Address),
    Column("channel", Choice(Channel), nullable=False),
    Column("what", Choice(What), nullable=False),
    Column("thing", Words(80), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "person", "at"),
    Index(None, "address_key", "at"),
    Index(None, "at"),
)


def add(tx: Connection, contact: Contact, now: datetime) -> Touch:
    """Write a contact down; `contacts.claim` asks first whether it may be."""
    touch = Touch(
        id=new_id("tch"),
        person=contact.people[0] if contact.people else None,
        audience=contact.audience,
        address=contact.address,
        channel=contact.channel,
        what=contact.what,
        thing=contact.thing,
        at=now,
    )
    row = {column.name: getattr(touch, column.name) for column in columns(touches, Touch)}
    key = None if touch.address is None else address_key(touch.address)
    tx.execute(touches.insert().values(**row, address_key=key))
    return touch


def since(
    tx: Connection,
    people: Sequence[str],
    address: str | None,
    start: datetime,
    *,
    besides: str | None = None,
) -> list[Touch]:
    """The contacts after `start` of one person of these ids, or at this address, newest first.

    Of either audience: somebody who works here and buys here is one person who is written to.
    """
    whose: list[ColumnElement[bool]] = [touches.c.person.in_(people)]
    if address is not None:
        whose.append(touches.c.address_key == address_key(address))
    query = select(*columns(touches, Touch)).where(or_(*whose), touches.c.at > start)
    if besides is not None:
        query = query.where(touches.c.id != besides)
    rows = tx.execute(query.order_by(touches.c.at.desc(), touches.c.id)).mappings()
    return [made(Touch, row) for row in rows]


def move(tx: Connection, touch_id: str, now: datetime) -> Touch | None:
    """The contact, which takes place now and not when it was claimed; None when it was given back."""
    if tx.execute(update(touches).where(touches.c.id == touch_id).values(at=now)).rowcount != 1:
        return None
    query = select(*columns(touches, Touch)).where(touches.c.id == touch_id)
    return made(Touch, tx.execute(query).mappings().one())


def release(tx: Connection, touch_id: str) -> bool:
    """True when it was there: the contact did not take place after all, and counts no more."""
    return tx.execute(delete(touches).where(touches.c.id == touch_id)).rowcount == 1
