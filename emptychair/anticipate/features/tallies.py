"""How often things happened in spans that end at an instant, several counts in one whole number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from emptychair.anticipate.features.seen import Numbers, Whole

# The spans that things are counted in end at the instant and begin so many days before it.
SPANS = (7, 30, 60, 90, 180, 365)
# What an engine sums without overflowing.
_BITS_OF_A_SUM = 62
_ROWS = ("", 0)


class TooManyError(ValueError):
    """Somebody has more signals than a count holds: `most`, at least."""

    def __init__(self, most: int) -> None:
        super().__init__(f"somebody has {most} signals")
        self.most = most


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of the rows that are `which`: each in the first of `days` (ascending) that holds it."""

    name: str
    days: tuple[int, ...]
    which: str = "true"


@dataclass(frozen=True, slots=True)
class Packing:
    """Where counts lie in sums of whole numbers. A row is in at most one tally of a family.

    Behind them all lies how many rows there are, on which it shows when somebody has too many for the bits.
    """

    families: Sequence[Sequence[Tally]]
    bits: int

    @classmethod
    def for_most(cls, families: Sequence[Sequence[Tally]], most: int) -> "Packing":
        """With counts wide enough for anybody, if nobody has more than `most` signals."""
        return cls(families, max(most.bit_length(), 1))

    def columns(self) -> Iterator[str]:
        """The sums as SQL, named packed_0, packed_1 and so on; `:day_30` is the instant 30 days before."""
        for number, places in enumerate(self._sums()):
            weights = {key: 1 << shift for key, shift in places.items()}
            cases = [_case(family, weights) for family in self.families if _is_in(family, weights)]
            rows = [str(weights[_ROWS])] if _ROWS in weights else []
            yield f"sum({' + '.join([*cases, *rows])}) as packed_{number}"

    def names(self) -> list[str]:
        """What the sums are called."""
        return [f"packed_{number}" for number, _ in enumerate(self._sums())]

    def counts(self, sums: Mapping[str, Whole]) -> "Counts":
        """What the sums hold; raises TooManyError when they do not hold it."""
        places = {
            key: (sums[name], shift)
            for name, inside in zip(self.names(), self._sums(), strict=True)
            for key, shift in inside.items()
        }
        whole, shift = places.pop(_ROWS)
        rows, highest = whole >> shift, (1 << self.bits) - 1
        # A count that overflowed raised the one above it, and there are at least as many rows.
        if ((rows < 0) | (rows > highest)).any():
            raise TooManyError(max(int(rows.max()), 2 * highest))
        return Counts(places, highest, rows)

    def _sums(self) -> Iterator[dict[tuple[str, int], int]]:
        """The counts of each sum, and where they begin in it; a family that fits in one is in one."""
        in_a_sum = max(_BITS_OF_A_SUM // self.bits, 1)
        found: list[list[tuple[str, int]]] = [[]]
        for family in (
            *([(one.name, days) for one in family for days in one.days] for family in self.families),
            [_ROWS],
        ):
            if found[-1] and len(family) > in_a_sum - len(found[-1]):
                found.append([])
            for key in family:
                if len(found[-1]) == in_a_sum:
                    found.append([])
                found[-1].append(key)
        for keys in found:
            yield {key: place * self.bits for place, key in enumerate(keys)}


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Where counts lie, by tally and days, each without those of fewer days; and how many rows there are."""

    places: Mapping[tuple[str, int], tuple[Whole, int]]
    highest: int
    rows: Whole
    _taken_out: dict[tuple[str, int], Numbers] = field(default_factory=dict)

    def between(self, name: str, far: int, near: int = 0) -> Numbers:
        """How many of a tally are at most `far` and more than `near` days ago. Not to be written to."""
        spans = [self._of(key) for key in self.places if key[0] == name and near < key[1] <= far]
        return reduce(np.add, spans) if spans else np.zeros(len(self.rows))

    def _of(self, key: tuple[str, int]) -> Numbers:
        if key not in self._taken_out:
            whole, shift = self.places[key]
            self._taken_out[key] = ((whole >> shift) & self.highest).astype(np.float64)
        return self._taken_out[key]


def _is_in(family: Sequence[Tally], weights: Mapping[tuple[str, int], int]) -> bool:
    return any((one.name, days) in weights for one in family for days in one.days)


def _case(family: Sequence[Tally], weights: Mapping[tuple[str, int], int]) -> str:
    """What a row adds to a sum by this family."""
    branches = [f"when {one.which} then {_by_days(one, weights)}" for one in family if _is_in([one], weights)]
    return f"case {' '.join(branches)} else 0 end"


def _by_days(one: Tally, weights: Mapping[tuple[str, int], int]) -> str:
    """The oldest first: they are the most, and take one comparison."""
    near, *further = [weights.get((one.name, days), 0) for days in one.days]
    edges = zip(reversed(one.days), reversed([*further, 0]), strict=True)
    cases = " ".join(f"when occurred_at < :day_{days} then {weight}" for days, weight in edges)
    return f"case {cases} else {near} end"
