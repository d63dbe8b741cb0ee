"""What the codes of mail servers say of an address (RFC 3463), as far as it decides what we do."""

import re

# No such mailbox, no such domain, no such form, moved away, "null MX", disabled: writing again helps nobody.
# Full (5.2.2), policy (5.7) and content (5.6) say nothing of whether somebody is there.
NOBODY = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def status_in(text: str) -> str | None:
    """The first enhanced status in a server's words, or None.

    >>> status_in("550 5.1.1 <ada@example.com>: no such user"), status_in("550 no")
    ('5.1.1', None)
    """
    found = _STATUS.search(text)
    return found[1] if found else None


def says_nobody_is_there(text: str) -> bool:
    """Whether a refusal says that nobody has this address."""
    return status_in(text) in NOBODY
