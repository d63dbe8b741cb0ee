"""People who use the product: who they are, what they may do, and whether they still may."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Select,
    Table,
    UniqueConstraint,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Words, columns, made, whole
from emptychair.desk.ids import Id, new_id
from emptychair.desk.passwords import Hashed
from emptychair.desk.refusal import Reason, Refused


class Role(StrEnum):
    """What a person may do, from least to most."""

    VIEWER = "viewer"
    AGENT = "agent"
    ANALYST = "analyst"
    LEAD = "lead"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person. `disabled_at` is None while the person may sign in.

    `epoch` grows when password, role or standing change; a session of an earlier epoch is dead.
    """

    id: str
    email: str
    name: str
    role: Role
    epoch: int
    created_at: datetime
    disabled_at: datetime | None


users = Table(
    "users",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("email", Words(254), nullable=False),
    Column("email_key", Words(254), nullable=False),
    Column("name", Words(200), nullable=False),
    Column("role", Choice(Role), nullable=False),
    Column("password", Words(255), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    UniqueConstraint("email_key"),
)

_ADDRESS = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@.\x00-\x1f\x7f][^\s@\x00-\x1f\x7f]*")


def email_key(email: str) -> str:
    """What an address is looked up by: trimmed, with small letters for A to Z only.

    Not `casefold`: it would take the Kelvin sign for a k and `ß` for `ss`, and let one person in as another.
    """
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in email.strip())


def address(email: str) -> str:
    """The address, trimmed. Raises `Refused` when it is none."""
    email = whole(email.strip(), 254)
    if not _ADDRESS.fullmatch(email):
        raise Refused(Reason.EMAIL_IS_NOT_ONE, "this is no email address; expected one like ada@example.com")
    return email


def create(tx: Connection, *, email: str, name: str, role: Role, password: Hashed, now: datetime) -> User:
    """The new person. Raises `Refused` when the address is none, or is taken (whatever its capitals)."""
    email, name = address(email), _name(name)
    user = User(
        id=new_id("usr"), email=email, name=name, role=role, epoch=1, created_at=now, disabled_at=None
    )
    row = {field.name: getattr(user, field.name) for field in columns(users, User)}
    row |= {"email_key": email_key(email), "password": password.text}
    if not added(tx, users, row):
        raise Refused(Reason.EMAIL_IS_TAKEN, f"{email} is taken; this person has an account already")
    return user


def find(tx: Connection, user_id: str) -> User | None:
    """The person with this id, or None."""
    return _one(tx.execute(_people().where(users.c.id == user_id)).mappings().first())


def find_by_email(tx: Connection, email: str) -> User | None:
    """The person with this address, whatever its capitals, or None."""
    try:
        key = email_key(address(email))
    except Refused:
        return None
    return _one(tx.execute(_people().where(users.c.email_key == key)).mappings().first())


def everyone(tx: Connection) -> list[User]:
    """Everybody who has or had an account, by name."""
    people = [made(User, row) for row in tx.execute(_people()).mappings()]
    # Sorted here: each database has an order of text of its own.
    return sorted(people, key=lambda user: (user.name.casefold(), user.id))


def is_empty(tx: Connection) -> bool:
    """True until the first person is there: only then may set-up run."""
    return tx.execute(select(users.c.id).limit(1)).first() is None


def password_of(tx: Connection, user_id: str) -> Hashed | None:
    """The stored password, for `passwords.is_right`; None for nobody."""
    text = tx.execute(select(users.c.password).where(users.c.id == user_id)).scalar()
    return None if text is None else Hashed(text)


def rename(tx: Connection, user_id: str, name: str) -> bool:
    """True when the person has this name now."""
    return tx.execute(update(users).where(users.c.id == user_id).values(name=_name(name))).rowcount == 1


def change_role(tx: Connection, user_id: str, role: Role) -> bool:
    """True when it changed; the person's sessions are then dead. Raises `Refused` for the last owner."""
    if role is not Role.OWNER:
        _keep_an_owner(tx, user_id)
    return _changed(tx, user_id, users.c.role != role, role=role)


def change_password(tx: Connection, user_id: str, password: Hashed) -> bool:
    """True when the person is known; every session of theirs is then dead, the one in use included."""
    return _changed(tx, user_id, password=password.text)


def renew_password(tx: Connection, user_id: str, before: Hashed, after: Hashed) -> bool:
    """Store the same password with another strength; sessions live on. False when it changed meanwhile."""
    same = (users.c.id == user_id) & (users.c.password == before.text)
    return tx.execute(update(users).where(same).values(password=after.text)).rowcount == 1


def disable(tx: Connection, user_id: str, now: datetime) -> bool:
    """True when the person could sign in until now. Raises `Refused` for the last owner."""
    _keep_an_owner(tx, user_id)
    return _changed(tx, user_id, users.c.disabled_at.is_(None), disabled_at=now)


def enable(tx: Connection, user_id: str) -> bool:
    """True when the person could not sign in until now."""
    return _changed(tx, user_id, users.c.disabled_at.is_not(None), disabled_at=None)


def _people() -> Select[Any]:
    return select(*columns(users, User))


def _one(row: RowMapping | None) -> User | None:
    return None if row is None else made(User, row)


def _changed(tx: Connection, user_id: str, *unless_so: ColumnElement[bool], **values: Any) -> bool:
    statement = update(users).where(users.c.id == user_id, *unless_so)
    return tx.execute(statement.values(epoch=users.c.epoch + 1, **values)).rowcount == 1


def _keep_an_owner(tx: Connection, user_id: str) -> None:
    # FOR UPDATE (PostgreSQL): two owners who demote each other at once must not both succeed. By id: no
    # deadlock.
    active = (users.c.role == Role.OWNER) & users.c.disabled_at.is_(None)
    owners = (
        tx.execute(select(users.c.id).where(active).order_by(users.c.id).with_for_update()).scalars().all()
    )
    if list(owners) == [user_id]:
        raise Refused(Reason.LAST_OWNER, "this is the last owner; make somebody else an owner first")


def _name(name: str) -> str:
    if not name.strip():
        raise Refused(Reason.NAME_IS_EMPTY, "a person needs a name")
    return whole(name.strip(), 200)
