"""What is shown by more people than its history and season explain; false alarms: about one a year."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from emptychair.stats.compare import benjamini_hochberg
from emptychair.stats.growth import GAP, LONGEST, SHORTEST, Growth, growth
from emptychair.understand.needs.panel import EVERYBODY, Kind, Panel, Series

# What breaks out shows in a week, what grows in four, what grows slowly in twelve.
WINDOWS = (7, 28, 84)
# Fewer people are no emergence, and less than half as much again is none that is worth a look.
FEWEST, LEAST_RATIO = 5, 1.5
# With none to be found, one day in a year has an alarm: a third of that for each family of series.
FALSE_SHARE = 1 / 365 / 3
# An alarm is over when so many days went by without it; what begins anew then is a new one.
QUIET = 28
NEEDED = SHORTEST + GAP


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A series that stands out on a day; `adjusted_p` counts how many were looked at (Benjamini-Hochberg)."""

    series: Series
    day: int
    growth: Growth
    adjusted_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A series that stands out since `raised`; `last` is the newest finding. Days are counted from 1970."""

    series: Series
    raised: int
    last: Finding
    is_over: bool = False


def days_known(panel: Panel) -> int:
    """How many days there are from the first on which anybody could have shown anything to the last."""
    begun = [int(np.argmax(own > 0)) for own in panel.exposure.values() if own.any()]
    return panel.counts.shape[1] - min(begun) if begun else 0


# Whether what stands out is what one of other series is about already.
IsTold = Callable[[Finding, Collection[Series]], bool]


def untold(_found: Finding, _others: Collection[Series]) -> bool:
    """Everything is about something else."""
    return False


def findings(
    panel: Panel, day: int, raised: Mapping[Series, int] | None = None, is_told: IsTold = untold
) -> list[Finding]:
    """What stands out on a day, seen from that day, each matter once.

    Left out are segments of what stands out as a whole, and groups that another series tells of (`is_told`).
    `raised` has the series with an alarm already, and its day: for a year they are compared with what was
    before it. O(series x days of history).
    """
    held = raised or {}
    whole, groups, parts = (_significant(panel, day, held, family) for family in panel.families)
    known = {(one.series.kind, one.series.key) for one in whole} | {
        (one.kind, one.key) for one in held if one.segment == EVERYBODY
    }
    parts = [one for one in parts if (one.series.kind, one.series.key) not in known]
    return whole + _news(groups, [*(one.series for one in whole), *held], held, is_told) + parts


def _news(
    groups: Iterable[Finding], known: Sequence[Series], held: Collection[Series], is_told: IsTold
) -> list[Finding]:
    """The groups of which no other series tells, the clearest first."""
    told, found = list(known), []
    for one in sorted(groups, key=lambda each: (each.growth.p, each.series)):
        # Of two that are held neither may silence the other; a theme silences both.
        others = [
            each
            for each in told
            if each != one.series and not (one.series in held and each.kind is Kind.GROUP)
        ]
        if not is_told(one, others):
            found.append(one)
            told.append(one.series)
    return found


class StoppedLooking(Exception):
    """Everything is to end before all days were looked at."""


def walk(
    panel: Panel,
    first: int,
    last: int,
    held: Iterable[Alarm] = (),
    is_stopping: Callable[[], bool] = lambda: False,
    is_told: IsTold = untold,
) -> list[Alarm]:
    """The alarms after looking at each of the days [first, last] in turn, with those held before.

    An alarm comes back over when it was quiet for four weeks; of a series there is one at a time. Raises
    StoppedLooking.
    """
    current: dict[Series, Alarm] = {alarm.series: alarm for alarm in held}
    over: list[Alarm] = []
    for day in range(max(first, panel.first), min(last, panel.last) + 1):
        if is_stopping():
            raise StoppedLooking
        for found in findings(panel, day, {one.series: one.raised for one in current.values()}, is_told):
            before = current.get(found.series)
            raised = day if before is None else before.raised
            current[found.series] = Alarm(series=found.series, raised=raised, last=found)
        quiet = [one for one in current.values() if day - one.last.day >= QUIET]
        over += [replace(current.pop(one.series), is_over=True) for one in quiet]
    return [*over, *current.values()]


def _significant(
    panel: Panel, day: int, raised: Mapping[Series, int], which: npt.NDArray[np.bool_]
) -> list[Finding]:
    """Those of a family that stand out; all of it that was seen counts as looked at."""
    end = day - panel.first + 1
    seen, _ = panel.totals(end - max(WINDOWS) - LONGEST, end)
    family = np.flatnonzero((seen > 0) & which)
    before = {row: _before(panel, row, day, raised) for row in family.tolist()}
    could = _likely(panel, end) | np.isin(
        np.arange(len(panel.series)), [row for row in before if before[row]]
    )
    tried = {row: _grown(panel, row, end, last) for row, last in before.items() if could[row]}
    grown = {row: one for row, one in tried.items() if one is not None}
    adjusted = benjamini_hochberg([grown[row].p if row in grown else 1.0 for row in before])
    return [
        Finding(series=panel.series[row], day=day, growth=grown[row], adjusted_p=p)
        for row, p in zip(before, adjusted, strict=True)
        if row in grown and p <= FALSE_SHARE and (grown[row].ratio or np.inf) >= LEAST_RATIO
    ]


def _before(panel: Panel, row: int, day: int, raised: Mapping[Series, int]) -> int | None:
    """The index at which the history of a series with an alarm ends; None for the usual.

    Before the longest window that may have raised it, where there is enough history before that.
    """
    since = raised.get(panel.series[row])
    if since is None or day - since > LONGEST:
        return None
    _, exposure = panel.of(row)
    end = since - panel.first + 1
    begun = int(np.argmax(exposure > 0))
    return end - max(WINDOWS) if end - max(WINDOWS) - begun >= SHORTEST else end - GAP


def _likely(panel: Panel, end: int) -> npt.NDArray[np.bool_]:
    """Those that would stand out if nothing but chance varied: the others cannot."""
    found = np.zeros(len(panel.series), dtype=np.bool_)
    for days in WINDOWS:
        last = max(0, end - max(GAP, days))
        usual, exposed = panel.totals(last - LONGEST, last)
        seen, of = panel.totals(end - days, end)
        chance = betainc(np.maximum(seen, 1), usual + 1, of / np.maximum(of + exposed, 1))
        # Three times what can be told of, since there are three windows: weekdays are left out here.
        found |= (seen >= FEWEST) & (chance <= FALSE_SHARE)
    return found


def _grown(panel: Panel, row: int, end: int, before: int | None) -> Growth | None:
    """The clearest of the windows, its p value times three for having looked three times."""
    counts, exposure = panel.of(row)
    tried = [growth(counts[:end], exposure[:end], days=days, before=before) for days in WINDOWS]
    told = [one for one in tried if one is not None and one.observed >= FEWEST]
    best = min(told, key=lambda one: one.p, default=None)
    return None if best is None else replace(best, p=min(1.0, best.p * len(WINDOWS)))
