"""What the tests of the desk share: an instant, a password, and many threads at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from emptychair.desk import passwords
from emptychair.desk.passwords import Hashed, Strength

T = TypeVar("T")

NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
PASSWORD = "correct horse battery"
WEAK = Strength(passes=1, memory_kib=64)


@cache
def made_hash(password: str = PASSWORD) -> Hashed:
    """A stored password that costs little to check."""
    return passwords.hashed(password, email="somebody@example.com", strength=WEAK)


def at_once(work: Callable[[int], T], threads: int = 8) -> list[T]:
    """What each of so many threads gets when all begin at the same moment."""
    gate = threading.Barrier(threads)

    def run(number: int) -> T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))
