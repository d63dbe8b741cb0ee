"""Where and when words were said, as they travel to the process that reads."""

from typing import NamedTuple


class Origin(NamedTuple):
    """Where words were said, and when, in microseconds of Unix time."""

    kind: str = ""
    channel: str = ""
    source: str = ""
    occurred_at: int = 0


NOWHERE = Origin()
