"""Items as they are kept, and which of them came before."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

import msgspec
from msgspec import Raw

# The ids that a cursor remembers: those of the last looks, so that what is found again is not sent again.
REMEMBERED = 2_000
Seen = TypeVar("Seen")


def compact(raw: Raw | bytes) -> bytes:
    """The JSON as it came, without line breaks; numbers and letters stay as they were written."""
    return msgspec.json.format(bytes(raw), indent=-1)


def remember(seen: Sequence[str] | None, found: Iterable[tuple[str, bytes]]) -> tuple[list[bytes], list[str]]:
    """The items whose ids are new, each once, and the ids to remember: the newest come last.

    >>> remember(["a"], [("b", b"1"), ("a", b"2"), ("b", b"1")])
    ([b'1'], ['a', 'b'])
    """
    known: dict[str, None] = dict.fromkeys(seen or ())
    fresh: list[bytes] = []
    for key, item in found:
        if key not in known:
            fresh.append(item)
        else:
            del known[key]  # it is remembered anew, as the newest
        known[key] = None
    return fresh, list(known)[-REMEMBERED:]


def looked_at(raw: Raw, decoder: msgspec.json.Decoder[Seen], odd: Callable[[str], Seen]) -> Seen:
    """What is needed of an item to go on; of one that is odd what `odd` makes of its content's hash.

    It is kept all the same, and parked when it is understood: one odd item must not stop a source.
    """
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return odd(f"?{blake2b(bytes(raw), digest_size=12).hexdigest()}")
