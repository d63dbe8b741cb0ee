"""Return paths that name their message, so that what comes back is known whatever is written in it (VERP)."""

from emptychair.channels.email.signing import signed, told

USE = "return path"


def return_path(bounces: str, secret: str, message_id: str) -> str:
    """The address to which the failure of this message comes back: `bounces+<message>-<signature>@...`.

    `bounces` is the mailbox for it, whose server delivers what stands behind a plus to the same box.

    >>> len(return_path("bounces@example.com", "0" * 64, "msg_0123456789abcdef").partition("@")[0]) <= 64
    True
    """
    local, _, domain = bounces.rpartition("@")
    return f"{local}+{signed(secret, USE, message_id.removeprefix('msg_'))}@{domain}"


def returned(secret: str, address: str) -> str | None:
    """The id of the message that a return path names; None when it is none of ours.

    >>> returned("0" * 64, return_path("bounces@example.com", "0" * 64, "msg_0123456789abcdef").upper())
    'msg_0123456789abcdef'
    """
    local = address.strip().strip("<>").lower().rpartition("@")[0]
    thing = told(secret, USE, local.rpartition("+")[2])
    return None if thing is None else f"msg_{thing}"
