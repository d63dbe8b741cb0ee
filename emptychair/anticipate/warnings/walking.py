"""Day after day: warnings are raised, go on while their trouble stands out, and are over when it is quiet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from emptychair.anticipate.warnings.explaining import Cause, causes, is_explained
from emptychair.anticipate.warnings.kinds import Cell, Kind, Series
from emptychair.anticipate.warnings.panel import Panel
from emptychair.anticipate.warnings.scene import Numbers, Scene
from emptychair.anticipate.warnings.unusual import Finding, Memory, findings
from emptychair.stats.surge import Surge

# A warning is over when so many days went by without it; what begins anew then is a new one.
QUIET = 7
# What lasts so long is compared with itself from then on: it is how things are.
LASTING = 84
# In its first days the cell may be told better than on the day it was raised.
SETTLING = 7
# Two causes of the same trouble are one when so many of the people of the smaller one are in the other.
SHARED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """One warning: since when (`since`, the first day of it; `raised`, the day on which it was seen), `last`
    the newest day on which it stood out; `surge` how, on the day on which it was `clearest`. Days are counted
    from 1970. `also` is what else the
    same people explain. `id` is empty until it is kept.
    """

    id: str = ""
    series: Series
    cell: Cell
    since: int
    raised: int
    last: int
    clearest: int
    surge: Surge
    adjusted_p: float
    also: tuple[tuple[Series, Cell], ...] = field(default=())
    is_over: bool = False


class StoppedLooking(Exception):
    """Everything is to end before all days were looked at."""


def walk(
    scene: Scene,
    panel: Panel,
    first: int,
    last: int,
    held: Iterable[Warned] = (),
    is_stopping: Callable[[], bool] = lambda: False,
) -> list[Warned]:
    """The warnings after looking at each of the days [first, last] in turn, with those held before.

    What lately was over belongs to `held` too: its days are no history. Raises StoppedLooking.
    """
    memory = Memory(panel)
    current = [one for one in held if not one.is_over]
    over = [one for one in held if one.is_over]
    for one in (*current, *over):
        memory.forget(one.series, one.since, one.last)
    for day in range(max(first, panel.first), min(last, panel.last) + 1):
        if is_stopping():
            raise StoppedLooking
        memory.hold((one.series, one.since) for one in current if day - one.since <= LASTING)
        found = findings(panel, memory, day)
        if found:
            current = _followed(scene, panel, memory, current, found)
        for one in current:
            if one.last == day:
                memory.forget(one.series, one.since, day)
        over += [replace(one, is_over=True) for one in current if day - one.last >= QUIET]
        current = [one for one in current if day - one.last < QUIET]
    return [*over, *current]


def _followed(
    scene: Scene, panel: Panel, memory: Memory, current: list[Warned], found: list[Finding]
) -> list[Warned]:
    """The warnings after the findings of a day: what they explain is theirs, the rest is new."""
    day = found[0].day
    left = found
    known = {place: _people(scene, one, day) for place, one in enumerate(current)}
    for place, one in enumerate(current):
        other = [each for each in left if panel.rows[each.row][0] != one.series]
        mine = [each for each in other if is_explained(scene, panel, memory, each, known[place])]
        current[place] = replace(one, also=_joined(one.also, (panel.rows[each.row] for each in mine)))
        left = [each for each in left if each not in mine]
    for cause in causes(scene, panel, memory, left):
        same = [at for at in known if _is_same(current[at], cause, known[at], scene.release)]
        if same:
            current[same[0]] = _gone_on(current[same[0]], cause)
        else:
            current.append(_raised(scene, cause))
    return current


def _people(scene: Scene, one: Warned, day: int) -> Numbers:
    return scene.touched(one.series, one.cell, one.since, day)


def _is_same(one: Warned, cause: Cause, people: Numbers, release: str) -> bool:
    if one.series != cause.series:
        return False
    # What the next release still has is the same trouble.
    own, other = one.cell.without(release), cause.cell.without(release)
    if own.is_in(other) or other.is_in(own):
        return True
    fewest = min(len(people), len(cause.people))
    return bool(fewest) and len(np.intersect1d(people, cause.people)) >= SHARED * fewest


def _raised(scene: Scene, cause: Cause) -> Warned:
    root = cause.root
    begin = root.day - root.surge.days + 1
    if cause.series.kind is not Kind.USAGE:
        rows = scene.shown[cause.series].during(begin, root.day)
        mine = rows.day[scene.within(rows, cause.cell)]
        begin = int(mine.min()) if mine.size else begin
    return Warned(
        series=cause.series, cell=cause.cell, since=begin, raised=root.day, last=root.day, clearest=root.day,
        surge=root.surge, adjusted_p=root.adjusted_p, also=cause.also,
    )  # fmt: skip


def _gone_on(one: Warned, cause: Cause) -> Warned:
    """The warning with its newest day, and as clear as it ever was; at first, told better."""
    told = replace(one, last=cause.root.day, also=_joined(one.also, cause.also))
    if cause.root.day - one.raised > SETTLING or cause.root.surge.p > one.surge.p:
        return told
    root = cause.root
    return replace(told, cell=cause.cell, clearest=root.day, surge=root.surge, adjusted_p=root.adjusted_p)


def _joined(
    before: tuple[tuple[Series, Cell], ...], more: Iterable[tuple[Series, Cell]]
) -> tuple[tuple[Series, Cell], ...]:
    return tuple(dict.fromkeys((*before, *more)))
