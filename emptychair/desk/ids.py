"""Names of things and secrets of people: ids are public, tokens are not and are kept only as a hash."""

import hashlib
import secrets

from emptychair.desk.columns import Words

Id = Words(40)
Key = Words(64)
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: none that are taken for another when read aloud


def new_id(prefix: str) -> str:
    """`<prefix>_` and 16 random letters (80 bits): two never meet, and nothing is read from it."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(16))}"


def new_slug() -> str:
    """10 random letters (50 bits) for an address that is given away and should not be met by chance."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def new_token() -> str:
    """A secret of 256 bits from the system's generator, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def key(token: str) -> str:
    """What is stored of a token: its SHA-256. Enough, since a token of 256 bits cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
