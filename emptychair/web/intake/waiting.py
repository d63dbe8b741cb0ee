"""Requests that wait for the disk: the journal's thread wakes all of them at once."""

import asyncio
from collections import deque

from emptychair.ledger.journal import Done


class Waiting:
    """Futures of one event loop that another thread settles; one wake for as many as are ready."""

    def __init__(self) -> None:
        self._settled: deque[tuple[asyncio.Future[None], Exception | None]] = deque()
        self._is_woken = False

    def begin(self) -> tuple["asyncio.Future[None]", Done]:
        """A future of the running loop, and what settles it from any thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def done(failure: Exception | None) -> None:
            self._settled.append((future, failure))
            if not self._is_woken:
                self._is_woken = True
                loop.call_soon_threadsafe(self._wake)

        return future, done

    def _wake(self) -> None:
        self._is_woken = False  # before looking: what is settled from here on wakes us again
        while self._settled:
            future, failure = self._settled.popleft()
            if future.done():
                continue  # its client has gone
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
