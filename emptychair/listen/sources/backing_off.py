"""How long to wait after trouble: longer each time, at least as long as was asked, and not all at once."""

from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)

# A number from 0 to 1, another one each time.
Chance = Callable[[], float]


def wait_after(failures: int, retry_after: timedelta | None, chance: Chance) -> timedelta:
    """The wait after so many failures in a row (at least one).

    It doubles from one minute to six hours, and is shortened by up to a half at random, so that sources that
    failed together do not come back together (https://aws.amazon.com/builders-library/timeouts-retries-and-
    backoff-with-jitter/). What the other side asks for is never shortened.

    >>> wait_after(1, None, lambda: 0.0), wait_after(3, timedelta(minutes=10), lambda: 0.5)
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=660))
    """
    full: timedelta = min(LONGEST, FIRST * 2 ** min(max(failures, 1) - 1, 20))
    if retry_after is not None:
        # A little later than asked, by up to a fifth of it.
        return max(full * (1 - chance() / 2), retry_after * (1 + chance() / 5))
    return full * (1 - chance() / 2)


def next_look(every: timedelta, chance: Chance) -> timedelta:
    """The time to the next look when all went well: about as often as was told, give or take a twentieth.

    >>> next_look(timedelta(minutes=20), lambda: 0.5)
    datetime.timedelta(seconds=1200)
    """
    return every * (0.95 + chance() / 10)
