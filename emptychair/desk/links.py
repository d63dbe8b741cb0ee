"""Links that work once: to set up, to sign in, to accept an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Table, UniqueConstraint, select, update

from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made
from emptychair.desk.ids import Id, Key, key, new_id, new_token
from emptychair.desk.users import Role, address


class Purpose(StrEnum):
    """What a link is for; it works for nothing else."""

    SETUP = "setup"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: one to sign in names its person (`user_id`), an invitation the `email` and `role` it offers."""

    id: str
    purpose: Purpose
    user_id: str | None
    email: str | None
    role: Role | None
    by: str
    created_at: datetime
    expires_at: datetime
    claimed_at: datetime | None
    withdrawn_at: datetime | None


LIFETIMES = {
    Purpose.SETUP: timedelta(hours=24),
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.INVITATION: timedelta(days=7),
}

links = Table(
    "links",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", Key, nullable=False),
    Column("purpose", Choice(Purpose), nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("email", Words(254)),
    Column("role", Choice(Role)),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("withdrawn_at", Instant),
    UniqueConstraint("key"),
)


def for_setup(tx: Connection, now: datetime, *, by: str = "system") -> str:
    """The token of the only set-up link that works; those made before are withdrawn."""
    _withdraw(tx, links.c.purpose == Purpose.SETUP, now)
    return _issue(tx, Purpose.SETUP, now, by=by)


def for_sign_in(tx: Connection, user_id: str, now: datetime, *, by: str) -> str:
    """The token of the only link that signs this person in; those made before are withdrawn."""
    _withdraw(tx, (links.c.purpose == Purpose.SIGN_IN) & (links.c.user_id == user_id), now)
    return _issue(tx, Purpose.SIGN_IN, now, by=by, user_id=user_id)


def for_invitation(tx: Connection, email: str, role: Role, now: datetime, *, by: str) -> str:
    """The token of the only invitation of this address that works; those made before are withdrawn."""
    email = address(email)
    _withdraw(tx, (links.c.purpose == Purpose.INVITATION) & (links.c.email == email), now)
    return _issue(tx, Purpose.INVITATION, now, by=by, email=email, role=role)


def find(tx: Connection, token: str, purpose: Purpose, now: datetime) -> Link | None:
    """The link if it would work now, left unclaimed: for the page on which the person confirms. Else None."""
    query = select(*columns(links, Link)).where(
        links.c.key == key(token), _works(now), links.c.purpose == purpose
    )
    row = tx.execute(query).mappings().first()
    return None if row is None else made(Link, row)


def claim(tx: Connection, token: str, purpose: Purpose, now: datetime) -> Link | None:
    """The link, which is used up from now on; None when it is unknown, expired, withdrawn, or was claimed.

    Of any number who claim at once, exactly one gets it.
    """
    mine = (links.c.key == key(token)) & (links.c.purpose == purpose) & _works(now)
    if tx.execute(update(links).where(mine).values(claimed_at=now)).rowcount != 1:
        return None
    row = tx.execute(select(*columns(links, Link)).where(links.c.key == key(token))).mappings().one()
    return made(Link, row)


def withdraw(tx: Connection, link_id: str, now: datetime) -> bool:
    """True when the link worked until now."""
    return _withdraw(tx, links.c.id == link_id, now) == 1


def pending(tx: Connection, purpose: Purpose, now: datetime) -> list[Link]:
    """The links of this purpose that would work now, newest first."""
    query = select(*columns(links, Link)).where(links.c.purpose == purpose, _works(now))
    rows = tx.execute(query.order_by(links.c.created_at.desc(), links.c.id)).mappings()
    return [made(Link, row) for row in rows]


def _issue(
    tx: Connection,
    purpose: Purpose,
    now: datetime,
    *,
    by: str,
    user_id: str | None = None,
    email: str | None = None,
    role: Role | None = None,
) -> str:
    token = new_token()
    tx.execute(
        links.insert().values(
            id=new_id("lnk"),
            key=key(token),
            purpose=purpose,
            user_id=user_id,
            email=email,
            role=role,
            by=by,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    return token


def _works(now: datetime) -> ColumnElement[bool]:
    return links.c.claimed_at.is_(None) & links.c.withdrawn_at.is_(None) & (links.c.expires_at > now)


def _withdraw(tx: Connection, which: ColumnElement[bool], now: datetime) -> int:
    return tx.execute(update(links).where(which, _works(now)).values(withdrawn_at=now)).rowcount
