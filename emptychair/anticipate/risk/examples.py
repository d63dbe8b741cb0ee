"""People as they were on some days, and what became of them: what a model learns from and is judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from emptychair.anticipate.features.declared import Feature
from emptychair.anticipate.features.known import features
from emptychair.anticipate.features.vocabulary import Vocabulary
from emptychair.anticipate.risk.endings import Endings
from emptychair.ledger.ledger import Ledger
from emptychair.understand.spells import Tenure

Matrix = NDArray[np.float32]
Flags = NDArray[np.bool_]
# A model learns no more from more than so many rows of one day, and they would fill the memory.
MOST_OF_A_DAY = 25_000


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """A row per person and day: features, whether the relationship ended in time, the place of the day."""

    features: tuple[Feature, ...]
    values: Matrix
    ended: Flags
    day: NDArray[np.int32]
    days: tuple[datetime, ...]

    def __len__(self) -> int:
        return len(self.ended)

    @property
    def cases(self) -> int:
        """How many ended."""
        return int(self.ended.sum())

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Examples":
        """Some of the rows."""
        return replace(self, values=self.values[rows], ended=self.ended[rows], day=self.day[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """Where examples come from. `tenure` is that of now; `rng` draws those who are taken of a large day.

    Nothing more is looked at once `is_stopping` says so.
    """

    ledger: Ledger
    tenure: Tenure
    words: Vocabulary
    ended: Endings
    horizon: int
    rng: np.random.Generator
    is_stopping: Callable[[], bool] = lambda: False


class StoppedLooking(Exception):
    """All is to end before everything was looked at."""


def examples(looking: Looking, days: Sequence[datetime]) -> Examples:
    """Everybody who was in a relationship on one of the days, 25,000 of each at most. O(days · signals).

    Raises StoppedLooking.
    """
    parts = [_on(looking, day) for day in days]
    return Examples(
        features=parts[0][0],
        values=np.concatenate([values for _, values, _ in parts]),
        ended=np.concatenate([ended for _, _, ended in parts]),
        day=np.repeat(np.arange(len(parts), dtype=np.int32), [len(ended) for _, _, ended in parts]),
        days=tuple(days),
    )


def _on(looking: Looking, day: datetime) -> tuple[tuple[Feature, ...], Matrix, Flags]:
    if looking.is_stopping():
        raise StoppedLooking
    found = features(looking.ledger, replace(looking.tenure, as_of=day), looking.words)
    known, ended = looking.ended.within(looking.horizon, found.people, day)
    rows = np.flatnonzero(known)
    if len(rows) > MOST_OF_A_DAY:
        rows = np.sort(looking.rng.choice(rows, MOST_OF_A_DAY, replace=False))
    return found.features, found.values[rows], ended[rows]
