"""When people are settled: soon after something was told, but never for most of the time."""

import time

from emptychair.ledger import people
from emptychair.ledger.stores import Stores

# Moving rows takes a look at all of them. When that takes longer than QUICK seconds, what is told meanwhile
# waits PATIENCE times as long.
QUICK, PATIENCE = 0.25, 20


def settle(stores: Stores) -> int:
    """Let questions see who is who by all that was told and decided; how many are called otherwise now."""
    with stores.projection.reading() as cursor:
        behind = people.is_behind(cursor, stores.decisions)
        if not behind and not people.is_unsettled(cursor):
            return 0
    with stores.projection.transaction() as connection:
        return people.settle(connection, stores.decisions, anew=behind)


class Settling:
    """Settles what the loader learned, without keeping it from loading."""

    def __init__(self) -> None:
        self._next = 0.0

    def settle(self, stores: Stores) -> int:
        """As `settle`, unless the last time was long and only just now."""
        begin = time.monotonic()
        if begin < self._next:
            return 0
        moved = settle(stores)
        end = time.monotonic()
        self._next = end + PATIENCE * (end - begin) if end - begin > QUICK else 0.0
        return moved
