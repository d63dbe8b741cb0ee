"""Short signatures in links and addresses of mail: whoever has one was sent it, and it is for one use."""

import base64
import hmac

BYTES = 20  # 160 bits, in 32 letters that survive capitals and every mail system
_LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


def signed(secret: str, use: str, thing: str) -> str:
    """The thing with its signature for this use behind a dash; the thing has no dash.

    >>> signed("0" * 64, "preferences", "rcp_1").partition("-")[0]
    'rcp_1'
    """
    if "-" in thing:
        raise ValueError("what is signed has no dash")
    return f"{thing}-{_mark(secret, use, thing)}"


def told(secret: str, use: str, token: str) -> str | None:
    """The thing of a token that was signed for this use; None for any other.

    >>> told("0" * 64, "preferences", signed("0" * 64, "preferences", "rcp_1"))
    'rcp_1'
    >>> told("0" * 64, "unsubscribe", signed("0" * 64, "preferences", "rcp_1")) is None
    True
    """
    thing, _, mark = token.rpartition("-")
    is_right = hmac.compare_digest(_mark(secret, use, thing).encode(), mark.encode("utf-8", "replace"))
    return thing if is_right else None


def _mark(secret: str, use: str, thing: str) -> str:
    said = f"{use}\0{thing}".encode("utf-8", "replace")
    digest = hmac.digest(bytes.fromhex(secret), said, "sha256")[:BYTES]
    return base64.b32encode(digest).translate(_LETTERS).decode("ascii")
