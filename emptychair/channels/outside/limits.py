"""How long an answer may take and how long it may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`connect` and `seconds` in seconds, `most` in bytes, unpacked.

    `seconds` is for all of it: from looking the name up to the last byte.
    """

    connect: float = 10.0
    seconds: float = 60.0
    most: int = 16 << 20
