"""Who had what on which day, as numbers: people, items and days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from emptychair.anticipate.need.things import MOST_ITEMS

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histories:
    """Rows of `who` (a place in `people`), `what` (a place in `items`), `day` (of Unix time) and `times`.

    All days are before `end`. Items are in the order of how many people had them, the commonest first.
    """

    people: tuple[str, ...]
    items: tuple[str, ...]
    who: Numbers
    what: Numbers
    day: Numbers
    times: Numbers
    end: int

    def weights(self, halving: float | None) -> sparse.csr_matrix:
        """People by items: 1 for what they had, half of it for what they had last `halving` days ago."""
        newest = _newest(self)
        if halving is None:
            newest.data = np.ones_like(newest.data)
        else:
            newest.data = 0.5 ** ((self.end - newest.data) / halving)
        return newest

    def counts(self) -> sparse.csr_matrix:
        """People by items: on how many days they had it."""
        ones = np.ones(len(self.who))
        return sparse.csr_matrix((ones, (self.who, self.what)), shape=self.shape)

    def recent(self, days: int) -> Numbers:
        """How many people had each item in the last so many days."""
        late = self.day >= self.end - days
        pairs = np.unique(self.who[late] * len(self.items) + self.what[late]) % max(len(self.items), 1)
        return np.bincount(pairs, minlength=len(self.items)).astype(np.int64)

    @property
    def what_had(self) -> tuple[Numbers, Numbers]:
        """The rows and columns of what people had, as an index."""
        return self.who, self.what

    @property
    def shape(self) -> tuple[int, int]:
        """How many people, and how many items."""
        return len(self.people), len(self.items)

    def of(self, rows: Numbers) -> "Histories":
        """The same of some people, in this order."""
        place = np.full(len(self.people), -1, np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.who] >= 0
        return Histories(
            people=tuple(self.people[row] for row in rows),
            items=self.items,
            who=place[self.who[kept]],
            what=self.what[kept],
            day=self.day[kept],
            times=self.times[kept],
            end=self.end,
        )


def histories(
    table: pa.Table, end: int, items: Sequence[str] | None = None, people: Sequence[str] = ()
) -> Histories:
    """The rows of a table (person, item, day, times) before the day `end`.

    `items` are those that count, in their order (None: the 4,000 commonest). `people` are in it whether they
    have rows or not; others follow.
    """
    days = table["day"].to_numpy()
    told = table.filter(pa.array(days < end))
    chosen = tuple(items) if items is not None else commonest(told)
    number = {item: at for at, item in enumerate(chosen)}
    coded = told["item"].combine_chunks().dictionary_encode()
    own = np.array([number.get(one, -1) for one in coded.dictionary.to_pylist()], np.int64)
    what = _taken(own, coded)
    everybody = dict.fromkeys(people)
    names = told["person"].combine_chunks().dictionary_encode()
    everybody |= dict.fromkeys(names.dictionary.to_pylist())
    place = {person: at for at, person in enumerate(everybody)}
    who = _taken(np.array([place[one] for one in names.dictionary.to_pylist()], np.int64), names)
    kept = what >= 0
    return Histories(
        people=tuple(everybody),
        items=chosen,
        who=who[kept],
        what=what[kept],
        day=told["day"].to_numpy()[kept].astype(np.int64),
        times=told["times"].to_numpy()[kept].astype(np.int64),
        end=end,
    )


def commonest(table: pa.Table) -> tuple[str, ...]:
    """The 4,000 items that most people had, by that number and then by name."""
    pairs = table.group_by(["item", "person"]).aggregate([]).group_by("item").aggregate([([], "count_all")])
    rows = zip(pairs["item"].to_pylist(), pairs["count_all"].to_pylist(), strict=True)
    found = sorted(rows, key=lambda row: (-row[1], row[0]))
    return tuple(item for item, _ in found[:MOST_ITEMS])


def day_of(at: datetime) -> int:
    """The number of a day since that of Unix time."""
    return int(at.timestamp() // 86_400)


def _taken(values: Numbers, coded: pa.DictionaryArray) -> Numbers:
    if not len(values):
        return np.zeros(0, np.int64)
    found: Numbers = values[coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)]
    return found


def _newest(told: Histories) -> sparse.csr_matrix:
    """People by items: the day on which they had it last."""
    if not len(told.who):
        return sparse.csr_matrix(told.shape)
    key = told.who * len(told.items) + told.what
    order = np.lexsort((told.day, key))
    last = np.append(np.flatnonzero(np.diff(key[order])), len(key) - 1)
    rows = order[last]
    return sparse.csr_matrix(
        (told.day[rows].astype(np.float64), (told.who[rows], told.what[rows])), shape=told.shape
    )
