"""Answers kept while the ledger and the settings behind them stay as they are."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

Answer = TypeVar("Answer")

MOST = 64
# An audience that is active today is seen up to the present instant, so its numbers move on by themselves.
FRESH = timedelta(minutes=5)


class Kept:
    """The answers asked for last; thread-safe. Two who ask the same at once may both compute it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()

    def get(
        self,
        key: Hashable,
        compute: Callable[[], Answer],
        is_lasting: Callable[[Answer], bool] = lambda answer: False,
    ) -> Answer:
        """The answer under this key, which names everything it depends on, computed if it is not there.

        One that `is_lasting` does not grow old.
        """
        now = self._clock()
        with self._lock:
            found = self._answers.get(key)
            if found is not None and (now - found[0] < FRESH or is_lasting(found[1])):
                self._answers.move_to_end(key)
                answer: Answer = found[1]
                return answer
        computed = compute()
        with self._lock:
            self._answers[key] = (now, computed)
            self._answers.move_to_end(key)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return computed
