"""Who met which trouble and who could have, as numbers: what is counted, explained and listed later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from emptychair.anticipate.warnings.kinds import STREAM_OF, Cell, Kind, Series, Stream

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Who did something in so many days before is somebody who could be expected.
KNOWN = 28


def distinct(numbers: Numbers) -> Numbers:
    """Each of these numbers once, in order: by sorting, several times as fast as the library's hashing."""
    ordered = np.sort(numbers)
    if not ordered.size:
        return ordered
    once: Numbers = ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
    return once


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of somebody (`who`, a number) on a `day`; `codes` has the channel and the release of each, -1 for
    none. Rows of trouble tell how many `times`, and when `last` (microseconds since 1970).
    """

    who: Numbers
    day: Numbers
    codes: Mapping[str, Numbers]
    times: Numbers
    last: Numbers

    def taken(self, which: Mask) -> "Rows":
        """Those of these rows."""
        return Rows(
            who=self.who[which],
            day=self.day[which],
            codes={name: own[which] for name, own in self.codes.items()},
            times=self.times[which],
            last=self.last[which],
        )

    def recoded(self, name: str, places: Numbers) -> "Rows":
        """The same with other codes of a field: `places` has the new one of each, and -1 at its end."""
        return replace(self, codes={**self.codes, name: places[self.codes[name]]})

    def during(self, first: int, last: int) -> "Rows":
        """Those of the days [first, last]."""
        return self.taken((self.day >= first) & (self.day <= last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The days [first, last]. `values` are those of each field; `traits` has a code of every person in the
    fields that are of people (-1: none), the other fields are of rows. `release` names that of releases.
    """

    first: int
    last: int
    people: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    traits: Mapping[str, Numbers]
    release: str
    streams: Mapping[Stream, Rows]
    shown: Mapping[Series, Rows]

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.last - self.first + 1

    def code(self, rows: Rows, name: str) -> Numbers:
        """The value of each row in a field, as its place in `values`; -1 for none."""
        own = self.traits.get(name)
        return rows.codes[name] if own is None else own[rows.who]

    def within(self, rows: Rows, cell: Cell) -> Mask:
        """Which rows are of a cell."""
        inside = np.ones(len(rows.who), dtype=np.bool_)
        for name, value in cell.terms:
            known = self.values.get(name, ())
            inside &= self.code(rows, name) == (known.index(value) if value in known else -2)
        return inside

    def terms(self) -> Iterator[tuple[str, int, str]]:
        """Every field with each of its values and the place of it."""
        for name, own in self.values.items():
            for place, value in enumerate(own):
                yield name, place, value

    def stream_of(self, series: Series) -> Rows:
        """Who could have shown it."""
        return self.streams[STREAM_OF[series.kind]]

    def touched(self, series: Series, cell: Cell, first: int, last: int) -> Numbers:
        """Who of a cell met this trouble in the days [first, last]; of usage, who stayed away in them, and
        did something in the four weeks before. In order of numbers.
        """
        if series.kind is not Kind.USAGE:
            rows = self.shown.get(series)
            if rows is None:
                return np.zeros(0, dtype=np.int64)
            rows = rows.during(first, last)
            return distinct(rows.who[self.within(rows, cell)])
        rows = self.stream_of(series)
        before, now = rows.during(first - KNOWN, first - 1), rows.during(first, last)
        return np.setdiff1d(before.who[self.within(before, cell)], now.who)
