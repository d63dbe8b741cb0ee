"""Signing in with a password: the one door, with its limits and the same answer for everybody."""

from dataclasses import dataclass
from datetime import datetime

from emptychair.desk import attempts, passwords, sessions, users
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import STRENGTH, Hashed, Strength
from emptychair.desk.sessions import LIFETIME, Lifetime, Session
from emptychair.desk.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Too many attempts: the next may be made in so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The token for the cookie and its session."""

    token: str
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a request comes from: its address, user agent, and the session token it carried (None: none)."""

    address: str
    agent: str | None = None
    token: str | None = None


def sign_in(
    desk: Desk,
    email: str,
    password: str,
    visit: Visit,
    now: datetime,
    *,
    strength: Strength = STRENGTH,
    lifetime: Lifetime = LIFETIME,
) -> SignedIn | Wait | None:
    """The session; how long to wait; or None when address and password do not belong together.

    It takes the desk and not a transaction, because the password takes some 60 ms and nobody should wait for
    it. The answer and its time are the same for a wrong password, an unknown and a disabled account.
    """
    with desk.begin() as tx:
        if wait := attempts.take(tx, email, visit.address, now):
            return Wait(seconds=wait)
    user = authenticate(desk, email, password, strength)
    if user is None:
        return None
    with desk.begin() as tx:
        attempts.succeeded(tx, email, visit.address)
        token, session = sessions.start(
            tx,
            user,
            now=now,
            address=visit.address,
            agent=visit.agent,
            replacing=visit.token,
            lifetime=lifetime,
        )
    return SignedIn(token=token, session=session)


def authenticate(desk: Desk, email: str, password: str, strength: Strength = STRENGTH) -> User | None:
    """The person whose password this is, or None. Renews a password that was stored with another strength.

    It counts no attempts: use it alone only to ask somebody who is signed in for the password again.
    """
    with desk.read() as tx:
        user = users.find_by_email(tx, email)
        stored = None if user is None else users.password_of(tx, user.id)
    right = passwords.is_right(password, stored, strength)
    if user is None or stored is None or not right or user.disabled_at is not None:
        return None
    if passwords.is_outdated(stored, strength):
        _renew(desk, user, stored, password, strength)
    return user


def _renew(desk: Desk, user: User, stored: Hashed, password: str, strength: Strength) -> None:
    renewed = passwords.renewed(password, strength)
    with desk.begin() as tx:
        users.renew_password(tx, user.id, stored, renewed)
