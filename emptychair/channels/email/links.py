"""Addresses in letters by which their reader unsubscribes or chooses what to get, without an account."""

from dataclasses import dataclass

from emptychair.channels.email.signing import signed, told
from emptychair.domain.contact import Purpose

PREFERENCES = "preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a token opens: whose it is, and for which purpose; None: all of them."""

    recipient_id: str
    purpose: Purpose | None


def unsubscribe_url(base_url: str, secret: str, recipient_id: str, purpose: Purpose) -> str:
    """The address on which this recipient unsubscribes from one purpose."""
    token = signed(secret, f"unsubscribe:{purpose.value}", f"{recipient_id}.{purpose.value}")
    return f"{base_url}/unsubscribe/{token}"


def preferences_url(base_url: str, secret: str, recipient_id: str) -> str:
    """The address on which this recipient chooses what to get."""
    return f"{base_url}/preferences/{signed(secret, PREFERENCES, recipient_id)}"


def unsubscribing(secret: str, token: str) -> Way | None:
    """What an unsubscribe token opens; None for any other text."""
    purpose = token.rpartition("-")[0].partition(".")[2]
    if purpose not in set(Purpose):
        return None
    thing = told(secret, f"unsubscribe:{purpose}", token)
    if thing is None:
        return None
    return Way(recipient_id=thing.partition(".")[0], purpose=Purpose(purpose))


def choosing(secret: str, token: str) -> Way | None:
    """What a preferences token opens; None for any other text."""
    thing = told(secret, PREFERENCES, token)
    return None if thing is None else Way(recipient_id=thing, purpose=None)
