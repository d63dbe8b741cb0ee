"""Passwords: Argon2id, the same time for every answer, and no more at once than memory allows."""

import threading
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from emptychair.desk.refusal import Reason, Refused

SHORTEST = 12
LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How much work one guess costs. The defaults are above OWASP's least for Argon2id (46 MiB, one pass)."""

    passes: int = 2
    memory_kib: int = 46 * 1024
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password as it is stored; never shown in a log."""

    text: str = field(repr=False)


STRENGTH = Strength()
# Each hash takes 46 MiB: two at once keep a burst of sign-ins within 100 MB.
_few = threading.BoundedSemaphore(2)


def hashed(password: str, *, email: str, name: str = "", strength: Strength = STRENGTH) -> Hashed:
    """The password made fit to be stored; takes some 60 ms, so call it outside of transactions.

    Raises `Refused` when it is shorter than 12 characters, longer than 1,000, or can be guessed from who it
    is for.
    """
    _check(password, email, name)
    with _few:
        return Hashed(_hasher(strength).hash(_normal(password)))


def is_right(password: str, stored: Hashed | None, strength: Strength = STRENGTH) -> bool:
    """True when it is the password. With nothing stored (an unknown account) as much work is done."""
    stand_in = _stand_in(strength)
    possible = stored is not None and len(password) <= LONGEST
    against = stored.text if stored is not None and possible else stand_in
    with _few:
        try:
            return _hasher(strength).verify(against, _normal(password[:LONGEST])) and possible
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(stored: Hashed, strength: Strength = STRENGTH) -> bool:
    """True when it was made with another strength than the one in use, so that the next sign-in renews it."""
    return _hasher(strength).check_needs_rehash(stored.text)


def renewed(password: str, strength: Strength = STRENGTH) -> Hashed:
    """A password that was right just now, stored with the strength in use."""
    with _few:
        return Hashed(_hasher(strength).hash(_normal(password)))


def _check(password: str, email: str, name: str) -> None:
    if len(password) < SHORTEST:
        raise Refused(Reason.PASSWORD_IS_TOO_SHORT, f"a password needs at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise Refused(Reason.PASSWORD_IS_TOO_LONG, f"a password has at most {LONGEST:,} characters")
    told = {word.casefold() for word in (email, email.partition("@")[0], name) if word}
    if password.casefold() in told or len(set(password)) < 4:
        raise Refused(
            Reason.PASSWORD_IS_GUESSABLE, "this password is easy to guess; take a few words instead"
        )


def _normal(password: str) -> bytes:
    # NFC: the same letters typed on another keyboard must be the same password (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


@cache
def _hasher(strength: Strength) -> PasswordHasher:
    return PasswordHasher(
        time_cost=strength.passes, memory_cost=strength.memory_kib, parallelism=strength.lanes
    )


@cache
def _stand_in(strength: Strength) -> str:
    return _hasher(strength).hash(b"nobody has this password")
