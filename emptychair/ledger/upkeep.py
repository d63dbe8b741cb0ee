"""Who changes the stores, alone, and how the projection is mended while signals are taken in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import duckdb

from emptychair.ledger import following, rebuilding
from emptychair.ledger.errors import LedgerDegradedError, LedgerError
from emptychair.ledger.opening import is_damage
from emptychair.ledger.projection import Place
from emptychair.ledger.rebuilding import Condition
from emptychair.ledger.stores import Stores

# A rebuild that failed, for lack of space say, is tried again by the loader, but not all the time.
RETRY_AFTER = timedelta(seconds=30)


class Upkeep:
    """The one lock for changes, and the state of the projection: `degraded` says why questions have to wait.

    `alone` is that lock: held while lake and projection change, and while files of the lake must not go.
    """

    def __init__(self, stores: Stores, place: Place) -> None:
        self.alone = threading.RLock()
        self.degraded: str | None = "starting"
        self._stores, self._place = stores, place
        self._restoring: threading.Thread | None = None
        self._tried_at: datetime | None = None

    def wait(self) -> None:
        """Return when the projection is not being prepared any more."""
        if self._restoring is not None:
            self._restoring.join()

    def refuse_when_degraded(self) -> None:
        """Raise LedgerDegradedError while the projection is being prepared."""
        if self.degraded is not None:
            raise LedgerDegradedError(f"the ledger is being prepared: {self.degraded}; signals are taken in")

    def catch_up(self) -> None:
        """Let the next question see what was let in. Cheap when it is seen already."""
        self.refuse_when_degraded()
        if self._stores.projection.batch() != self._stores.lake.head.number:
            with self.changing():
                """The projection followed on the way in."""

    def mend(self, now: datetime) -> None:
        """Try again to prepare a projection that could not be prepared, unless that was just now."""
        if not self._place.path.exists() and self.degraded is None:
            self.restore(Condition.DAMAGED)
        elif self.degraded is not None and (self._tried_at is None or now >= self._tried_at + RETRY_AFTER):
            self._tried_at = now
            self.restore(Condition.DOUBTFUL)

    @contextmanager
    def changing(self, *, behind: bool = False) -> Iterator[Stores]:
        """The stores for one change, alone; after a failure lake and projection are brought in line again.

        The projection may be `behind` for a change that does not need it.
        """
        self.refuse_when_degraded()
        with self.alone:
            try:
                if not behind:
                    following.follow(self._stores)
                yield self._stores
            except BaseException as error:
                self._stores.lake.recover()
                if isinstance(error, duckdb.Error) and is_damage(error, self._place.path):
                    self.restore(condition(error))
                elif not following.is_in_line(self._stores):
                    self.restore(Condition.DOUBTFUL)
                raise

    def restore(self, found: Condition) -> None:
        """Bring the projection up to date on a thread of its own, unless one is at it."""
        if self._restoring is None or not self._restoring.is_alive():
            self.degraded = self.degraded or "the projection is damaged and is being rebuilt"
            self._restoring = threading.Thread(target=self._restored, args=(found,), name="restoring")
            self._restoring.start()

    def _restored(self, found: Condition) -> None:
        with self.alone:
            try:
                rebuilding.restore(self._stores, self._place, found)
            except (duckdb.Error, OSError, LedgerError) as error:
                self.degraded = f"the projection could not be rebuilt: {error}"
            else:
                self.degraded = None


def condition(error: duckdb.Error) -> Condition:
    """A fatal error says that the connection is done for, as after a full disk; the file may be sound."""
    return Condition.DOUBTFUL if isinstance(error, duckdb.FatalException) else Condition.DAMAGED
