"""Who is being watched, and what came of them: one look at the ledger a second for all who watch."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person.arriving import Arrived, arrived

# Every watcher holds a connection: in all, and of one who is signed in.
MOST, MOST_OF_ONE = 200, 8
# How long after it was received a signal may be loaded and still be told.
LOOKBACK = timedelta(minutes=15)
# A browser that lost its connection is told what came meanwhile, as far back as this.
GONE = timedelta(hours=1)
MOST_TOLD = 1_000
FORGOTTEN = timedelta(minutes=2)
PAUSE = timedelta(milliseconds=900)


@dataclass(slots=True)
class Watch:
    """Somebody watching a person; `missed` is to be told at once, `seen` need not be told any more.

    `asked_at` is when it was asked for news last: one that broke before it began never ends itself.
    """

    by: str
    person: str
    asked_at: datetime
    missed: list[Arrived] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


class Live:
    """The watches of one site; thread-safe. It costs nothing while nobody watches."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger, self._clock = ledger, clock
        self._lock = threading.Lock()
        self._watches: list[Watch] = []
        self._found: dict[str, list[Arrived]] = {}
        self._version: str | None = None
        self.is_ended = False
        self._looked_at = datetime.min.replace(tzinfo=UTC)

    def open(self, by: str, person: str, after: tuple[datetime, str] | None = None) -> Watch | None:
        """A watch that tells what comes from now on, or `after` a place; None when too many watch."""
        now = self._clock()
        since = now - LOOKBACK if after is None else min(max(after[0], now - GONE), now - LOOKBACK)
        with self._lock:
            self._watches = [watch for watch in self._watches if now - watch.asked_at < FORGOTTEN]
            of_one = sum(watch.by == by for watch in self._watches)
            if self.is_ended or len(self._watches) >= MOST or of_one >= MOST_OF_ONE:
                return None
            watch = Watch(by=by, person=person, asked_at=now)
            self._watches.append(watch)
            self._version = None
        try:
            before = arrived(self._ledger, Audience.CUSTOMER, [person], since, limit=MOST_TOLD)
        except BaseException:
            self.close(watch)
            raise
        watch.seen = {one.it.id for one in before}
        watch.missed = [one for one in before if after is not None and one.place > after]
        return watch

    def end(self) -> None:
        """Let every watch end within a second or two, and none begin."""
        self.is_ended = True

    def close(self, watch: Watch) -> None:
        """End a watch. Safe to call again."""
        with self._lock:
            if watch in self._watches:
                self._watches.remove(watch)
                self._version = None

    def news(self, watch: Watch) -> Sequence[Arrived]:
        """What came of the watched person and was not told yet, oldest first; nothing while it is rebuilt."""
        with self._lock:
            watch.asked_at = self._clock()
            self._look()
            found = self._found.get(watch.person, [])
            fresh = [one for one in found if one.it.id not in watch.seen]
            watch.seen |= {one.it.id for one in fresh}
            missed, watch.missed = watch.missed, []
        return [*missed, *fresh]

    def watching(self) -> int:
        """How many watch."""
        with self._lock:
            return len(self._watches)

    def _look(self) -> None:
        """Look for all who are watched, when anything was loaded since; not more often than once a second."""
        now = self._clock()
        if self._version is not None and timedelta(0) <= now - self._looked_at < PAUSE:
            return
        self._looked_at = now
        try:
            version = self._ledger.state().version
            if version == self._version:
                return
            people = sorted({watch.person for watch in self._watches})
            # Whole minutes: the same question is asked again and again, and is composed once.
            since = (now - LOOKBACK).replace(second=0, microsecond=0)
            came = arrived(self._ledger, Audience.CUSTOMER, people, since, limit=MOST_TOLD)
        except LedgerError:
            return
        self._version = version
        found: dict[str, list[Arrived]] = {}
        for one in came:
            found.setdefault(one.it.person, []).append(one)
        self._found = found
