"""Which people explain what stands out: the smallest cell, and one cause where many cells do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from emptychair.anticipate.warnings import unusual
from emptychair.anticipate.warnings.kinds import Cell, Kind, Series
from emptychair.anticipate.warnings.panel import Panel
from emptychair.anticipate.warnings.scene import KNOWN, Mask, Numbers, Rows, Scene, distinct
from emptychair.anticipate.warnings.unusual import Finding, Memory

# A part explains it when so much of what is too many (or too few) is in it, and it is so much smaller.
KEPT, SMALLER = 0.8, 0.8
# A field more is named only where the cell would have so many more people without it.
NEEDED = 1.25
# A release is new for so many days; it is named when all of it is in the release, however many have it.
NEW, ALL_OF_IT = 14, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Findings of a day that one group of people explains: `root` is the clearest of them, `cell` the
    smallest cell that explains it, `people` who is in it, `also` what else it shows in.
    """

    series: Series
    cell: Cell
    root: Finding
    people: Numbers
    also: tuple[tuple[Series, Cell], ...]


def causes(scene: Scene, panel: Panel, memory: Memory, found: Sequence[Finding]) -> list[Cause]:
    """The causes behind the findings of a day, the clearest first; trouble explains usage, never usage it."""
    told: list[Cause] = []
    left = sorted(found, key=lambda one: panel.rows[one.row][0].kind is Kind.USAGE)
    while left:
        root, left = left[0], left[1:]
        series, wide = panel.rows[root.row]
        cell = smallest(scene, series, wide, root)
        people = scene.touched(series, cell, root.day - root.surge.days + 1, root.day)
        explained = [one for one in left if is_explained(scene, panel, memory, one, people)]
        also = tuple(panel.rows[one.row] for one in explained)
        told.append(Cause(series=series, cell=cell, root=root, people=people, also=also))
        left = [one for one in left if one not in explained]
    return told


def is_explained(scene: Scene, panel: Panel, memory: Memory, one: Finding, people: Numbers) -> bool:
    """Whether nothing stands out any more without these people."""
    series, cell = panel.rows[one.row]
    first = one.day - one.surge.days + 1
    if series.kind is Kind.USAGE:
        here = scene.stream_of(series).during(first - KNOWN, one.day)
        here = here.taken(scene.within(here, cell))
        before, now = here.during(first - KNOWN, first - 1), here.during(first, one.day)
        known = distinct(before.who)
        gone = np.isin(known, people).sum() / max(len(known), 1)
        fewer = float(len(_days(now.taken(np.isin(now.who, people))).who))
    else:
        mine = np.isin(scene.touched(series, cell, first, one.day), people)
        gone, fewer = 0.0, float(mine.sum())
    rest = unusual.again(panel, memory, one, fewer, float(gone))
    if rest is None or not unusual.is_worth(series, rest):
        return True
    # As clear as it has to be by itself, were it the only one that was looked at.
    return rest.p * len(unusual.WINDOWS) > unusual.FALSE_SHARE


def smallest(scene: Scene, series: Series, wide: Cell, root: Finding) -> Cell:
    """The smallest part of a cell that holds nearly all that stands out. O(rows of the window x fields).

    Field by field, the one in which most stands out; then what is not needed is left out again.
    """
    parts = _Parts(scene, series, root)
    cell, whole = wide, parts.excess(wide)
    if whole <= 0:
        return wide
    while (tighter := _tighter(parts, cell, whole)) is not None:
        cell = tighter
    for name, _ in cell.terms:
        wider = cell.without(name)
        if parts.expected(wider) < NEEDED * parts.expected(cell):
            cell = wider
    return _released(parts, cell)


class _Parts:
    """How many met it in any cell in the days of a finding, and how many were to be expected."""

    def __init__(self, scene: Scene, series: Series, root: Finding) -> None:
        self.scene, self.series = scene, series
        self.first = root.day - root.surge.days + 1
        self._seen: dict[Cell, float] = {}
        self._usual: dict[Cell, float] = {}
        self._sign = -1 if series.kind is Kind.USAGE else 1
        if series.kind is Kind.USAGE:
            rows = scene.stream_of(series)
            self._own = _days(rows.during(self.first, root.day))
            self._could = _days(rows.during(self.first - KNOWN, self.first - 1))
        else:
            self._own = scene.shown[series].during(self.first, root.day)
            self._could = scene.stream_of(series).during(self.first, root.day)
        # So that it fits what the root's own history leads to expect.
        self._rate = root.surge.expected / max(self._exposed(Cell()), 1)
        if series.kind is not Kind.USAGE and root.surge.of:
            self._rate = root.surge.expected / root.surge.of

    def terms(self, cell: Cell) -> Iterator[Cell]:
        """Every cell with one field more."""
        taken = {name for name, _ in cell.terms}
        for name, _, value in self.scene.terms():
            is_of_people = name in self.scene.traits
            if name not in taken and (is_of_people or self.series.kind is not Kind.USAGE):
                yield cell.with_term(name, value)

    def observed(self, cell: Cell) -> float:
        if cell not in self._seen:
            mine = self._own.taken(self.scene.within(self._own, cell))
            is_usage = self.series.kind is Kind.USAGE
            self._seen[cell] = float(len(mine.who) if is_usage else len(distinct(mine.who)))
        return self._seen[cell]

    def expected(self, cell: Cell) -> float:
        if cell not in self._usual:
            self._usual[cell] = self._rate * self._exposed(cell)
        return self._usual[cell]

    def excess(self, cell: Cell) -> float:
        """More than expected, or of usage less."""
        return self._sign * (self.observed(cell) - self.expected(cell))

    def share(self, cell: Cell) -> float:
        """How much more than expected, or of usage less: the more, the clearer."""
        expected = max(self.expected(cell), 1e-9)
        return self._sign * self.observed(cell) / expected

    def _exposed(self, cell: Cell) -> float:
        mine = self._could.taken(self.scene.within(self._could, cell))
        return float(len(_days(mine).who))

    def began(self, release: str) -> int:
        """The first day on which anybody had this release."""
        scene = self.scene
        rows = scene.stream_of(self.series)
        mine = rows.day[scene.within(rows, Cell(((scene.release, release),)))]
        return int(mine.min()) if mine.size else scene.first


def _tighter(parts: _Parts, cell: Cell, whole: float) -> Cell | None:
    limit = SMALLER * parts.expected(cell)
    could = [
        one for one in parts.terms(cell) if parts.excess(one) >= KEPT * whole and parts.expected(one) <= limit
    ]
    return max(could, key=lambda one: (parts.share(one), one), default=None)


def _released(parts: _Parts, cell: Cell) -> Cell:
    """The cell with the release that is new in it, where there is one that has all of it."""
    release = parts.scene.release
    if not release or parts.series.kind is Kind.USAGE or release in dict(cell.terms):
        return cell
    for value in parts.scene.values[release]:
        one = cell.with_term(release, value)
        if parts.observed(one) >= ALL_OF_IT * parts.observed(cell) and (
            parts.began(value) >= parts.first - NEW and parts.began(value) > parts.scene.first
        ):
            return one
    return cell


def _days(rows: Rows) -> Rows:
    """Everybody once a day."""
    span = int(rows.day.max(initial=0)) + 1
    which: Mask = np.zeros(len(rows.who), dtype=np.bool_)
    which[np.unique(rows.who * span + rows.day, return_index=True)[1]] = True
    return rows.taken(which)
