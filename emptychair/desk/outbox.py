"""The outbox: every message that is to be sent, was sent, or was not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    tuple_,
)

from emptychair.desk.adding import added
from emptychair.desk.addresses import Address, address_key, domain_of
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, shown
from emptychair.desk.consents import Person
from emptychair.desk.ids import Id, new_id
from emptychair.domain.contact import Contact, MessageClass, Purpose, What, WhyNot, class_of
from emptychair.domain.signal import Audience

USEFUL = timedelta(days=14)  # what could not be sent by then is old news


class State(StrEnum):
    """Where a message stands.

    `UNCERTAIN`: it was handed over and nobody knows whether it arrived, because the process or the connection
    ended before the answer came.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one recipient.

    `id` is also its Message-ID, whatever the number of tries. `reason` says why a waiting message waits, or
    why it was refused; `error` what went wrong at the last try; `reply` what the mail server said when it
    took it. `tries` tells its holder from an earlier one; `troubles` counts tries that failed for now.
    `settled_at`: a person has looked at an uncertain or failed one and left it. `may_repeat`: it may
    rather arrive twice than not at all.
    """

    id: str
    dedupe_key: str
    message_class: MessageClass
    purpose: Purpose | None
    what: What
    thing: str
    audience: Audience
    person: str | None
    address: str
    zone: str | None
    subject: str
    html: str
    text: str
    unsubscribe: str | None
    may_repeat: bool
    state: State
    reason: WhyNot | None
    error: str | None
    reply: str | None
    touch_id: str | None
    tries: int
    troubles: int
    due_at: datetime
    expires_at: datetime
    held_until: datetime | None
    handed_at: datetime | None
    ended_at: datetime | None
    settled_by: str | None
    settled_at: datetime | None
    by: str
    created_at: datetime


outbox = Table(
    "outbox",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("dedupe_key", Words(200), nullable=False),
    Column("message_class", Choice(MessageClass), nullable=False),
    Column("purpose", Choice(Purpose)),
    Column("what", Choice(What), nullable=False),
    Column("thing", Words(80), nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("person", Person),
    Column("address", Address, nullable=False),
    Column("address_key", Address, nullable=False),
    Column("domain", Address, nullable=False),
    Column("zone", Words(64)),
    Column("subject", Words(400), nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("unsubscribe", Words(500)),
    Column("may_repeat", Boolean, nullable=False),
    Column("state", Choice(State), nullable=False),
    Column("reason", Choice(WhyNot)),
    Column("error", Words(2_000)),
    Column("reply", Words(500)),
    Column("touch_id", Id),
    Column("tries", Integer, nullable=False),
    Column("troubles", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("held_until", Instant),
    Column("handed_at", Instant),
    Column("ended_at", Instant),
    Column("settled_by", Id),
    Column("settled_at", Instant),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("dedupe_key"),
    Index(None, "state", "due_at", "id"),
    Index(None, "domain", "handed_at"),
    Index(None, "created_at", "id"),
    Index(None, "address_key"),
    Index(None, "thing"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be written. Of two with the same `dedupe_key` there is one, for ever.

    It is sent from `due_at` on, and not any more at `expires_at`. `unsubscribe` is the address of the page on
    which its reader unsubscribes. `touch_id`: the contact was claimed already, and counts once.
    """

    dedupe_key: str
    contact: Contact
    subject: str
    html: str
    text: str
    unsubscribe: str | None
    due_at: datetime
    expires_at: datetime | None = None
    may_repeat: bool = False
    touch_id: str | None = None


def write(tx: Connection, draft: Draft, *, by: str, now: datetime) -> Message | None:
    """The message that waits from now on; None when one of this key was written before.

    An address that is none is taken too: it is refused when it would be sent, with its reason.
    """
    contact = draft.contact
    address = shown(contact.address or "", 254)
    row: dict[str, object] = {
        "id": new_id("msg"),
        "dedupe_key": draft.dedupe_key,
        "message_class": class_of(contact.purpose),
        "purpose": contact.purpose,
        "what": contact.what,
        "thing": contact.thing,
        "audience": contact.audience,
        "person": contact.people[0] if contact.people else None,
        "address": address,
        "address_key": shown(address_key(address), 254),
        "domain": shown(domain_of(address), 254),
        "zone": None if contact.zone is None else shown(contact.zone, 64),
        "subject": draft.subject,
        "html": draft.html,
        "text": draft.text,
        "unsubscribe": draft.unsubscribe,
        "may_repeat": draft.may_repeat,
        "touch_id": draft.touch_id,
        "due_at": draft.due_at,
        "expires_at": draft.expires_at or draft.due_at + USEFUL,
        "by": by,
        "created_at": now,
    }
    if not added(tx, outbox, row | {"state": State.WAITING, "tries": 0, "troubles": 0}):
        return None
    return find(tx, str(row["id"]))


def find(tx: Connection, message_id: str) -> Message | None:
    """The message with this id, or None."""
    return _one(tx, outbox.c.id == message_id)


def find_by_key(tx: Connection, dedupe_key: str) -> Message | None:
    """The message with this key, or None."""
    return _one(tx, outbox.c.dedupe_key == dedupe_key)


def of_thing(tx: Connection, thing: str) -> list[Message]:
    """All messages about one thing (a survey, a post), oldest first."""
    query = select(*columns(outbox, Message)).where(outbox.c.thing == thing)
    rows = tx.execute(query.order_by(outbox.c.created_at, outbox.c.id)).mappings()
    return [made(Message, row) for row in rows]


def page(
    tx: Connection,
    *,
    state: State | None = None,
    search: str = "",
    after: str | None = None,
    limit: int = 50,
) -> list[Message]:
    """One page, newest first, where address, subject or thing have `search`; the next is `after` its last."""
    query = select(*columns(outbox, Message))
    if state is not None:
        query = query.where(outbox.c.state == state)
    if search:
        in_address = outbox.c.address_key.contains(address_key(search).removeprefix("@"), autoescape=True)
        in_subject = func.lower(outbox.c.subject).contains(search.lower(), autoescape=True)
        query = query.where(or_(in_address, in_subject, outbox.c.thing == search))
    if after is not None:
        place = tuple_(outbox.c.created_at, outbox.c.id)
        last = select(outbox.c.created_at, outbox.c.id).where(outbox.c.id == after)
        query = query.where(place < last.scalar_subquery())
    order = (outbox.c.created_at.desc(), outbox.c.id.desc())
    return [made(Message, row) for row in tx.execute(query.order_by(*order).limit(limit)).mappings()]


def counts(tx: Connection, since: datetime | None = None) -> Mapping[State, int]:
    """How many messages stand where, of all or of those written since an instant; only states that occur."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    if since is not None:
        query = query.where(outbox.c.created_at >= since)
    return {row[0]: row[1] for row in tx.execute(query)}


def unsettled(tx: Connection) -> int:
    """How many uncertain messages nobody has decided about."""
    mine = (outbox.c.state == State.UNCERTAIN) & outbox.c.settled_at.is_(None)
    return int(tx.execute(select(func.count()).select_from(outbox).where(mine)).scalar_one())


def _one(tx: Connection, which: ColumnElement[bool]) -> Message | None:
    row = tx.execute(select(*columns(outbox, Message)).where(which)).mappings().first()
    return None if row is None else made(Message, row)
