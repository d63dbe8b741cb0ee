"""Which cells had more trouble on a day, or less usage, than their history explains, with few false."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from emptychair.anticipate.warnings.kinds import Kind, Series
from emptychair.anticipate.warnings.panel import Counts, Panel
from emptychair.anticipate.warnings.scene import Numbers
from emptychair.stats.compare import benjamini_hochberg
from emptychair.stats.surge import GAP, LONGEST, SHORTEST, Side, Surge, surge

# What breaks shows in a day, what is rarer in three, what is rare in a week.
WINDOWS = (1, 3, 7)
# Fewer people are no pattern, and less than twice as many as expected is none that is worth a look.
FEWEST, LEAST_RATIO = 5, 2.0
# Of usage: so many fewer, and a quarter less than expected.
FEWEST_FEWER, MOST_RATIO = 10, 0.75
# With nothing to be found one day in a year has a warning (Benjamini-Hochberg over the cells of the day).
FALSE_SHARE = 1 / 365
# A new release is compared with the others of the same days where they have such a share of its exposure.
OTHERS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A row of the panel that stands out on a day; `adjusted_p` counts all that were looked at."""

    row: int
    day: int
    surge: Surge
    adjusted_p: float

    @property
    def excess(self) -> float:
        """How many people more than expected, or fewer (below 0)."""
        return self.surge.observed - self.surge.expected


class Memory:
    """The panel as history: days of trouble that is known already are no part of what is usual."""

    def __init__(self, panel: Panel) -> None:
        self.counts, self.exposure = panel.counts.copy(), panel.exposure.copy()
        self._panel = panel
        self._before: dict[Series, int] = {}
        self._rows: dict[Series, list[int]] = {}
        for row, (series, _) in enumerate(panel.rows):
            self._rows.setdefault(series, []).append(row)

    def forget(self, series: Series, first: int, last: int) -> None:
        """The days [first, last] were no usual ones for this trouble."""
        begin, end = max(0, first - self._panel.first), max(0, last - self._panel.first + 1)
        rows = self._rows.get(series, [])
        self.counts[rows, begin:end] = 0
        self.exposure[rows, begin:end] = 0

    def hold(self, begun: Iterable[tuple[Series, int]]) -> None:
        """What goes on since a day is compared with what was before it."""
        self._before = {}
        for series, day in begun:
            place = day - GAP - self._panel.first
            self._before[series] = min(place, self._before.get(series, place))

    def before(self, series: Series) -> int | None:
        """The index at which the history of this trouble ends; None for the usual."""
        return self._before.get(series)


def findings(panel: Panel, memory: Memory, day: int) -> list[Finding]:
    """The rows that stand out on a day as it is seen then, the clearest first. O(rows x days of history)."""
    end = day - panel.first + 1
    if not panel.rows or end < SHORTEST:
        return []
    family, could = _likely(panel, memory, end)
    found = {row: one for row in could if (one := _clearest(panel, memory, row, end)) is not None}
    adjusted = benjamini_hochberg([found[row].p if row in found else 1.0 for row in family])
    told = [
        Finding(row=row, day=day, surge=found[row], adjusted_p=p)
        for row, p in zip(family, adjusted, strict=True)
        if row in found and p <= FALSE_SHARE and is_worth(panel.rows[row][0], found[row])
    ]
    return sorted(told, key=lambda one: (one.surge.p, -abs(one.excess), one.row))


def is_worth(series: Series, one: Surge) -> bool:
    """Whether so many people, and so much more or less, are worth a look."""
    if series.kind is Kind.USAGE:
        return one.expected - one.observed >= FEWEST_FEWER and (one.ratio or 0) <= MOST_RATIO
    return one.observed >= FEWEST and (one.ratio is None or one.ratio >= LEAST_RATIO)


def again(panel: Panel, memory: Memory, one: Finding, fewer: float, of: float) -> Surge | None:
    """A finding without some people: `fewer` of what was counted, and `of` the share of its exposure."""
    end, days = one.day - panel.first + 1, one.surge.days
    counts, exposure = panel.counts[one.row].copy(), panel.exposure[one.row].copy()
    seen = counts[end - days : end]
    seen *= max(0.0, seen.sum() - fewer) / max(seen.sum(), 1)
    exposure[end - days : end] *= max(0.0, 1 - of)
    return _against(panel, memory, one.row, end, days, counts, exposure)


def _likely(panel: Panel, memory: Memory, end: int) -> tuple[list[int], list[int]]:
    """The rows that count as looked at, and those that would stand out if nothing but chance varied."""
    usual, exposed = _history(panel, memory, end)
    is_usage = np.array([series.kind is Kind.USAGE for series, _ in panel.rows])
    could = np.zeros(len(panel.rows), dtype=np.bool_)
    for days in WINDOWS:
        seen = panel.counts[:, end - days : end].sum(axis=1)
        of = panel.exposure[:, end - days : end].sum(axis=1)
        share = of / np.maximum(of + exposed, 1e-9)
        more = betainc(np.maximum(seen, 1), usual + 1, share)
        less = betainc(usual + 1, seen + 1, 1 - share)
        clear = np.where(is_usage, less, np.where(seen >= FEWEST, more, 1.0)) <= FALSE_SHARE
        could |= clear & (exposed > 0) & (of > 0)
    family = np.flatnonzero((usual > 0) | could)
    return family.tolist(), np.flatnonzero(could).tolist()


def _history(panel: Panel, memory: Memory, end: int) -> tuple[Counts, Counts]:
    """What was counted in the history of each row, and out of how many; of the new ones, of everybody."""
    rows = len(panel.rows)
    usual, exposed, known = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    last = max(0, end - GAP)
    for ends, chosen in _ends(panel, memory, last).items():
        begin = max(0, ends - LONGEST)
        usual[chosen] = memory.counts[chosen, begin:ends].sum(axis=1)
        own = memory.exposure[chosen, begin:ends]
        exposed[chosen], known[chosen] = own.sum(axis=1), (own > 0).sum(axis=1)
    is_new = known < SHORTEST
    return np.where(is_new, usual[panel.whole], usual), np.where(is_new, exposed[panel.whole], exposed)


def _ends(panel: Panel, memory: Memory, last: int) -> dict[int, Numbers]:
    ends = np.array([min(last, memory.before(series) or last) for series, _ in panel.rows])
    return {int(one): np.flatnonzero(ends == one) for one in np.unique(ends) if one > 0}


def _clearest(panel: Panel, memory: Memory, row: int, end: int) -> Surge | None:
    """The clearest of the windows, its p value times three for having looked three times."""
    tried = [
        _against(panel, memory, row, end, days, panel.counts[row], panel.exposure[row]) for days in WINDOWS
    ]
    told = [one for one in tried if one is not None and is_worth(panel.rows[row][0], one)]
    best = min(told, key=lambda one: one.p, default=None)
    return None if best is None else replace(best, p=min(1.0, best.p * len(WINDOWS)))


def _against(
    panel: Panel, memory: Memory, row: int, end: int, days: int, counts: Counts, exposure: Counts
) -> Surge | None:
    series, _ = panel.rows[row]
    before, whole = memory.before(series), int(panel.whole[row])
    past = _past(memory, row, end, before)
    is_new = (past[1] > 0).sum() < SHORTEST
    if is_new and series.kind is Kind.USAGE:
        return None
    if is_new:
        past = memory.counts[whole, :end], memory.exposure[whole, :end]
    side = Side.LESS if series.kind is Kind.USAGE else Side.MORE
    found = surge(counts[:end], exposure[:end], days=days, side=side, before=before, usual=past)
    if found is None or not is_new or whole == row:
        return found
    return replace(found, p=max(found.p, _beside(panel, row, end, days, found)))


def _past(memory: Memory, row: int, end: int, before: int | None) -> tuple[Counts, Counts]:
    last = end if before is None else max(0, min(before, end))
    own = memory.counts[row, :end].copy(), memory.exposure[row, :end].copy()
    # Whether there is enough of it is told by its last sixteen weeks.
    own[1][: max(0, last - LONGEST - GAP)] = 0
    own[1][last:] = 0
    return own


def _beside(panel: Panel, row: int, end: int, days: int, found: Surge) -> float:
    """How probable so many are in a new cell, given how many there were beside it in the same days."""
    whole = int(panel.whole[row])
    others = float(panel.counts[whole, end - days : end].sum()) - found.observed
    of = float(panel.exposure[whole, end - days : end].sum()) - found.of
    if found.observed == 0 or of < OTHERS * found.of:
        return 0.0
    chance: npt.NDArray[np.float64] = betainc(found.observed, max(others, 0) + 1, found.of / (found.of + of))
    return float(chance)
