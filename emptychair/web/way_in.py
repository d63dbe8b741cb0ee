"""Ways in without a password: links that work once, on the configured address only."""

from datetime import datetime

from emptychair.desk import links, users
from emptychair.desk.desk import Desk
from emptychair.desk.users import Role


class NobodyToSignIn(Exception):
    """There is no such person, or the person may not sign in."""


def first_link(desk: Desk, base_url: str, now: datetime) -> str | None:
    """The link that creates the owner, or None once somebody is there. Earlier links stop working."""
    with desk.begin() as tx:
        if not users.is_empty(tx):
            return None
        return f"{base_url}/setup?token={links.for_setup(tx, now)}"


def sign_in_link(desk: Desk, base_url: str, now: datetime, email: str | None = None) -> str:
    """A link that signs this person in, once; the first owner without a name. Raises `NobodyToSignIn`."""
    with desk.begin() as tx:
        person = _first_owner(users.everyone(tx)) if email is None else users.find_by_email(tx, email)
        if person is None or person.disabled_at is not None:
            raise NobodyToSignIn(
                f"nobody who may sign in has the address {email}" if email else "there is no owner"
            )
        return f"{base_url}/sign-in/link?token={links.for_sign_in(tx, person.id, now, by='system')}"


def _first_owner(people: list[users.User]) -> users.User | None:
    owners = [person for person in people if person.role is Role.OWNER and person.disabled_at is None]
    return min(owners, key=lambda person: person.created_at, default=None)
