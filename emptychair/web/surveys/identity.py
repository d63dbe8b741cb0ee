"""Who a visitor of the product is: what their page claims, and the proof of it where a source wants one."""

import hmac
from hashlib import sha256

from emptychair.desk.sources import Source
from emptychair.domain.person import LONGEST_ID, is_nobody, visitor
from emptychair.web.fields import Fields

SECRET, ENFORCED = "identity_secret", "identity_is_enforced"


class NoProof(Exception):
    """Somebody claims to be a person, and the source wants a proof that is not there or is wrong."""


def mac_of(secret: str, user_id: str) -> str:
    """The proof of an id: HMAC-SHA256 in hexadecimal, made on the company's own server."""
    return hmac.new(secret.encode(), user_id.encode(), sha256).hexdigest()


def person_of(source: Source, fields: Fields) -> tuple[str, str] | None:
    """The person as the ledger calls them, and their device; None for ids that name nobody.

    Raises NoProof.
    """
    device, user = fields.text("anonymous_id")[:LONGEST_ID], fields.text("user_id")[:LONGEST_ID]
    has_device = not is_nobody(device)
    if is_nobody(user):
        return (visitor(device), device) if has_device else None
    if source.terms.get(ENFORCED):
        expected = mac_of(str(source.terms.get(SECRET, "")), user)
        if not hmac.compare_digest(expected.encode(), fields.text("mac").encode()):
            raise NoProof
    return user, device if has_device else user
