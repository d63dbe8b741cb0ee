"""Sessions: who is signed in, on which device, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Select,
    Table,
    UniqueConstraint,
    and_,
    delete,
    or_,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Instant, Words, columns, shown
from emptychair.desk.ids import Id, Key, key, new_id, new_token
from emptychair.desk.users import User, users


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long a session lives: without use, and at most. `touch` is how exactly its last use is known."""

    idle: timedelta = timedelta(days=3)
    absolute: timedelta = timedelta(days=30)
    touch: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in device of `user`. `address` and `agent` are what the browser's request said."""

    id: str
    user: User
    created_at: datetime
    seen_at: datetime
    idle_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None


LIFETIME = Lifetime()

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", Key, nullable=False),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("idle_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("address", Words(64)),
    Column("agent", Words(300)),
    UniqueConstraint("key"),
    Index(None, "user_id"),
)


def start(
    tx: Connection,
    user: User,
    *,
    now: datetime,
    address: str | None = None,
    agent: str | None = None,
    replacing: str | None = None,
    lifetime: Lifetime = LIFETIME,
) -> tuple[str, Session]:
    """The token for the cookie, which is nowhere stored, and the session. The token it replaces is dead.

    The session belongs to `user` as read: when password, role or standing changed since, it is dead from the
    start.
    """
    if replacing:
        end(tx, replacing)
    token = new_token()
    session = Session(
        id=new_id("ses"),
        user=user,
        created_at=now,
        seen_at=now,
        idle_at=now + lifetime.idle,
        expires_at=now + lifetime.absolute,
        address=None if address is None else shown(address, 64),
        agent=None if agent is None else shown(agent, 300),
    )
    row = {name: getattr(session, name) for name in _OWN}
    row |= {"key": key(token), "user_id": user.id, "epoch": user.epoch}
    tx.execute(sessions.insert().values(**row))
    return token, session


def find(tx: Connection, token: str, now: datetime) -> Session | None:
    """The living session of this token with its person; None: unknown, expired, ended, disabled, changed."""
    row = tx.execute(_living(now).where(sessions.c.key == key(token))).mappings().first()
    return None if row is None else _session(row)


def is_due_to_touch(session: Session, now: datetime, lifetime: Lifetime = LIFETIME) -> bool:
    """True when its last use is worth writing down: not on every request, since each is a commit."""
    return now - session.seen_at >= lifetime.touch


def touch(tx: Connection, session: Session, now: datetime, lifetime: Lifetime = LIFETIME) -> None:
    """Write down that the session is in use, which keeps it from going idle."""
    # Never backwards: a request that was slow must not undo what a later one wrote.
    later = (sessions.c.id == session.id) & (sessions.c.seen_at < now)
    tx.execute(update(sessions).where(later).values(seen_at=now, idle_at=now + lifetime.idle))


def living(tx: Connection, user_id: str, now: datetime) -> list[Session]:
    """The living sessions of one person, last used first."""
    query = _living(now).where(sessions.c.user_id == user_id)
    rows = tx.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id)).mappings()
    return [_session(row) for row in rows]


def end(tx: Connection, token: str) -> bool:
    """Sign out: True when the token was a session's."""
    return tx.execute(delete(sessions).where(sessions.c.key == key(token))).rowcount == 1


def end_one(tx: Connection, user_id: str, session_id: str) -> bool:
    """Sign one device of this person out: True when it was signed in. It never ends another person's."""
    mine = (sessions.c.user_id == user_id) & (sessions.c.id == session_id)
    return tx.execute(delete(sessions).where(mine)).rowcount == 1


def end_all(tx: Connection, user_id: str, *, besides: str | None = None) -> int:
    """Sign all devices of this person out, `besides` (a session's id) excepted; how many there were."""
    theirs = delete(sessions).where(sessions.c.user_id == user_id)
    if besides is not None:
        theirs = theirs.where(sessions.c.id != besides)
    return tx.execute(theirs).rowcount


def purge(tx: Connection, now: datetime) -> int:
    """Remove dead sessions; how many. They were refused before: this only makes room."""
    outdated = (
        select(users.c.id)
        .where(users.c.id == sessions.c.user_id)
        .where(or_(users.c.epoch != sessions.c.epoch, users.c.disabled_at.is_not(None)))
    )
    dead = or_(sessions.c.idle_at <= now, sessions.c.expires_at <= now, outdated.exists())
    return tx.execute(delete(sessions).where(dead)).rowcount


_OWN = ("id", "created_at", "seen_at", "idle_at", "expires_at", "address", "agent")


def _living(now: datetime) -> Select[Any]:
    person = [column.label(f"user_{column.name}") for column in columns(users, User)]
    return (
        select(*(sessions.c[name] for name in _OWN), *person)
        .join(users, _same_person())
        .where(sessions.c.idle_at > now, sessions.c.expires_at > now)
    )


def _same_person() -> ColumnElement[bool]:
    return and_(
        users.c.id == sessions.c.user_id, users.c.epoch == sessions.c.epoch, users.c.disabled_at.is_(None)
    )


def _session(row: RowMapping) -> Session:
    person = {column.name: row[f"user_{column.name}"] for column in columns(users, User)}
    return Session(user=User(**person), **{name: row[name] for name in _OWN})
