"""How many people showed each of many things on each day, out of how many who could have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.float64]

# Somebody counts again for the same thing after so many days, so that nobody can make it grow alone.
AGAIN = 28
EVERYBODY = ""


class Kind(StrEnum):
    """In what a need shows: words of a theme, or alike ones under none, vain searches, cues, and habits."""

    THEME = "theme"
    GROUP = "group"
    SEARCH = "search"
    CUE = "cue"
    HABIT = "habit"


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One thing that is counted by day: its key within its kind, and of whom (`field=value` or all)."""

    kind: Kind
    key: str
    segment: str = EVERYBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Who showed what on which day: rows of `key` (an index of `keys`), `who` (any number) and `day`."""

    kind: Kind
    keys: Sequence[str]
    key: Numbers
    who: Numbers
    day: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Who could have shown something of these kinds on which day: spoke, searched, or did anything."""

    kinds: frozenset[Kind]
    who: Numbers
    day: Numbers


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Rows of `counts` by day from `first` (a day number), one per series; `exposure` by kind and segment."""

    first: int
    series: tuple[Series, ...]
    counts: npt.NDArray[np.float32]
    exposure: Mapping[tuple[Kind, str], Counts]

    @property
    def last(self) -> int:
        """The last day."""
        return self.first + int(self.counts.shape[1]) - 1

    @cached_property
    def families(self) -> Sequence[npt.NDArray[np.bool_]]:
        """Which series are looked at together: whole ones, groups of alike words, and parts of the whole."""
        is_group = np.array([one.kind is Kind.GROUP for one in self.series], dtype=np.bool_)
        is_whole = np.array([one.segment == EVERYBODY for one in self.series], dtype=np.bool_)
        return is_whole & ~is_group, is_group, ~is_whole & ~is_group

    def totals(self, start: int, end: int) -> tuple[Counts, Counts]:
        """Of each series, what was counted in the days [start, end) of the panel, and their exposure."""
        start = max(0, start)
        seen = (self._counted[:, end] - self._counted[:, start]).astype(np.float64)
        exposed = np.array([own[start:end].sum() for own in self.exposure.values()])
        return seen, exposed[self._places]

    @cached_property
    def _places(self) -> Numbers:
        place = {name: number for number, name in enumerate(self.exposure)}
        return np.array([place[one.kind, one.segment] for one in self.series], dtype=np.int64)

    @cached_property
    def _counted(self) -> npt.NDArray[np.float32]:
        whole = np.zeros((self.counts.shape[0], self.counts.shape[1] + 1), dtype=np.float32)
        np.cumsum(self.counts, axis=1, out=whole[:, 1:])
        return whole

    def of(self, row: int) -> tuple[Counts, Counts]:
        """The counts and the exposure of one series."""
        own = self.series[row]
        return self.counts[row].astype(np.float64), self.exposure[own.kind, own.segment]


def panel(
    shown: Iterable[Shown],
    streams: Sequence[Stream],
    *,
    first: int,
    last: int,
    segments: Mapping[str, Numbers] | None = None,
) -> Panel:
    """The panel of the days [first, last]; `segments` names groups of people by their numbers.

    A person counts for a series on a day when they had not shown it in the four weeks before.
    O(rows log rows).
    """
    days = last - first + 1
    groups: dict[str, Numbers | None] = {EVERYBODY: None, **(segments or {})}
    exposure = {
        (kind, name): _exposure(stream, members, first, days)
        for stream in streams
        for kind in stream.kinds
        for name, members in groups.items()
        if kind is not Kind.GROUP or name == EVERYBODY
    }
    series: list[Series] = []
    counts: list[npt.NDArray[np.float32]] = []
    for one in shown:
        key, who, day = fresh(one)
        for name, members in groups.items():
            # Of groups there are thousands, and each of their parts would be one more to look at.
            if one.kind is Kind.GROUP and name != EVERYBODY:
                continue
            mine = _within(who, day, members, first, days)
            table = np.zeros((len(one.keys), days), dtype=np.float32)
            np.add.at(table, (key[mine], day[mine] - first), 1)
            for row in np.flatnonzero(table.any(axis=1)).tolist():
                series.append(Series(one.kind, one.keys[row], name))
                counts.append(table[row])
    return Panel(
        first=first,
        series=tuple(series),
        counts=np.array(counts, dtype=np.float32).reshape(len(counts), days),
        exposure=exposure,
    )


def fresh(shown: Shown) -> tuple[Numbers, Numbers, Numbers]:
    """The rows (key, who, day) of those who had not shown the same thing in the four weeks before."""
    order = np.lexsort((shown.day, shown.who, shown.key))
    key, who, day = shown.key[order], shown.who[order], shown.day[order]
    if not key.size:
        return key, who, day
    is_same = (key[1:] == key[:-1]) & (who[1:] == who[:-1])
    is_new = np.concatenate([[True], ~is_same | (day[1:] - day[:-1] > AGAIN)])
    return key[is_new], who[is_new], day[is_new]


def _exposure(stream: Stream, members: Numbers | None, first: int, days: int) -> Counts:
    mine = _within(stream.who, stream.day, members, first, days)
    pairs = np.unique(stream.who[mine] * days + (stream.day[mine] - first)) % days
    counted: Counts = np.bincount(pairs, minlength=days).astype(np.float64)
    return counted


def _within(
    who: Numbers, day: Numbers, members: Numbers | None, first: int, days: int
) -> npt.NDArray[np.bool_]:
    mine: npt.NDArray[np.bool_] = (day >= first) & (day < first + days)
    return mine if members is None else mine & np.isin(who, members)
