"""Asking a system of others, with refusals put so that a person knows what to do."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from emptychair.channels.outside import Answer, Answered
from emptychair.listen.sources.system import Errand, SourceTrouble

_HINTS = {
    401: "It does not know the password or token that was given: give it anew.",
    403: "What was given does not have the right to read this.",
    404: "There is nothing there, or not any more: correct what this source looks at.",
    410: "It is gone for good: remove this source, or correct what it looks at.",
}


def asked(
    errand: Errand, method: str, url: str, *, hints: Mapping[int, str] | None = None, **more: Any
) -> Answer:
    """What is answered. Raises SourceTrouble for a refusal, with what to do; other trouble as it is.

    `hints` say for a status what it means here.
    """
    try:
        return errand.means.outside.ask(method, url, **more)
    except Answered as refusal:
        raise trouble(refusal, hints or {}) from None


def trouble(refusal: Answered, hints: Mapping[int, str]) -> SourceTrouble:
    """A refusal with what to do about it."""
    hint = hints.get(refusal.status) or _HINTS.get(refusal.status, "")
    told = str(refusal)
    told += "" if told.endswith((".", "!", "?", "…")) else "."
    return SourceTrouble(
        f"{told} {hint}".strip(), is_temporary=refusal.is_temporary, retry_after=refusal.retry_after
    )


def wait_of(left: str | None, seconds: str | None) -> timedelta | None:
    """How long to wait where an answer says how many requests are left, and in how many seconds they renew.

    >>> wait_of("0.0", "42"), wait_of("12", "42"), wait_of(None, None)
    (datetime.timedelta(seconds=42), None, None)
    """
    try:
        if left is not None and seconds is not None and float(left) < 1:
            return timedelta(seconds=min(max(float(seconds), 1.0), 3600.0))
    except ValueError:
        return None
    return None
