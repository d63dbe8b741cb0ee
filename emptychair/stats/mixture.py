"""How many purchases each customer will make, what is not known of the parameters mixed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from emptychair.stats.ascent import Convergence
from emptychair.stats.betageometric import BetaGeometric
from emptychair.stats.beyond import longest
from emptychair.stats.buying import Buying
from emptychair.stats.lifetable import Counts, Floats
from emptychair.stats.pareto import Pareto
from emptychair.stats.purchases import Purchases, coded

# Numbers in a table of counts at once, for each of the points that stand for the parameters.
_ROOM = 1_000_000
# Fewer purchases than this are none, and no chance to buy is smaller than this.
_NEXT_TO_NONE, _TINY = 1e-30, 1e-300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beyond:
    """For some customers: the chance of more than y purchases, parameters averaged over their points."""

    table: Floats
    """(points, pairs, counts), of those who may still buy."""
    pair: Counts
    alive: Floats
    """(points, customers)."""

    def at(self, count: Counts) -> Floats:
        """Of each customer, the chance of more than `count`."""
        flat = self.table.reshape(len(self.table), -1)
        place = self.pair * self.table.shape[2] + count
        found = self.alive[0] * flat[0][place]
        for alive, row in zip(self.alive[1:], flat[1:], strict=True):
            found += alive * row[place]
        mean: Floats = found / len(self.alive)
        return mean

    def first_at_most(self, chance: float) -> Counts:
        """Of each customer, the least count that is passed with at most this chance."""
        low = np.zeros(len(self.pair), dtype=np.int64)
        high = np.full(len(self.pair), self.table.shape[2] - 1, dtype=np.int64)
        for _ in range(int(self.table.shape[2]).bit_length()):
            middle = (low + high) // 2
            is_enough = self.at(middle) <= chance
            high = np.where(is_enough, middle, high)
            low = np.where(is_enough, low, np.minimum(middle + 1, high))
        return high

    def mean_of(self, scores: Callable[[Floats], Floats]) -> Floats:
        """(customers, scores): the means of scores over each one's number of purchases, 0 for none."""
        values = scores(np.arange(1.0, self.table.shape[2]))
        found = np.zeros((len(self.pair), values.shape[1]))
        for alive, table in zip(self.alive, self.table, strict=True):
            # A count is y where it is more than y - 1 and not more than y.
            by_pair = (table[:, :-1] - table[:, 1:]) @ values
            found += alive[:, None] * by_pair[self.pair]
        mean: Floats = found / len(self.alive)
        return mean


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """What the outlook is made of: the points that stand for the parameters, and the pairs that differ."""

    shape: BetaGeometric | Pareto
    points: Floats
    horizon: float
    frequency: Counts
    age: Floats
    of: Counts
    alive: Floats
    points_alive: Floats
    pairs_expected: Floats
    is_sure: bool

    def spreads(self) -> tuple[Floats, Floats]:
        """The variance, by the parameters, of the logarithm of what is expected; and if all are alive."""
        certain = np.ones_like(self.points_alive)
        return self._spread(self.alive, self.points_alive), self._spread(certain[0], certain)

    def _spread(self, alive: Floats, points_alive: Floats) -> Floats:
        middle = np.log(np.maximum(alive * self.pairs_expected[self.of], _NEXT_TO_NONE))
        found = np.zeros_like(middle)
        for values, each in zip(self.points, points_alive, strict=True):
            expected = self.shape.expected(values, self.frequency, self.age, self.horizon)[self.of]
            found += (np.log(np.maximum(each * expected, _NEXT_TO_NONE)) - middle) ** 2
        return found / len(self.points)

    def tables(self) -> Iterator[tuple[Counts, Beyond]]:
        """(rows of customers, the chances of theirs), pairs of about the same frequency at once."""
        order = np.argsort(self.of, kind="stable")
        ends = np.searchsorted(self.of[order], np.arange(len(self.age) + 1))
        longest_of, begin = self._longest(), 0
        while begin < len(self.age):
            room = np.maximum.accumulate(longest_of[begin:]) * np.arange(1, len(self.age) - begin + 1)
            end = begin + max(int(np.searchsorted(room, _ROOM, side="right")), 1)
            most = int(longest_of[begin:end].max())
            rows = order[ends[begin] : ends[end]]
            table = np.array(
                [
                    self.shape.beyond(
                        values, self.frequency[begin:end], self.age[begin:end], self.horizon, most
                    )
                    for values in self.points
                ]
            )
            yield (
                rows,
                Beyond(table=table, pair=self.of[rows] - begin, alive=self.points_alive[:, rows]),
            )
            begin = end

    def _longest(self) -> Counts:
        """By pair, a count that is passed next to never at any of the points."""
        most = np.zeros(len(self.age))
        for values in self.points:
            z = self.horizon / (values[1] + self.age + self.horizon)
            most = np.maximum(most, longest(values[0] + self.frequency, z))
        return np.minimum(np.ceil(most), _ROOM).astype(np.int64)


def mixture(model: Buying, known: Purchases, horizon: float) -> Mixture:
    """The parts of an outlook over `horizon`, computed once for customers who are alike.

    >>> from emptychair.stats.buying import buying
    >>> from emptychair.stats.purchases import purchases
    >>> rng = np.random.default_rng(0)
    >>> x = rng.poisson(rng.gamma(0.5, 1 / 5, 3000) * 40)
    >>> rows = purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0))
    >>> mixture(buying(rows), rows, 10).points.shape
    (8, 4)
    """
    if not horizon > 0:
        raise ValueError("a horizon is positive")
    fit, shape = model.fit, model.shape
    ages, place = coded(known.age)
    key, of = np.unique(known.frequency * len(ages) + place, return_inverse=True)
    frequency, row = np.divmod(key, len(ages))
    age = ages[row]
    points = fit.spread()
    return Mixture(
        shape=shape,
        points=points,
        horizon=horizon,
        frequency=frequency,
        age=age,
        of=of,
        alive=np.maximum(shape.alive(fit.values, known), _TINY),
        points_alive=np.maximum([shape.alive(values, known) for values in points], _TINY),
        pairs_expected=shape.expected(fit.values, frequency, age, horizon),
        is_sure=fit.convergence is Convergence.REACHED,
    )
