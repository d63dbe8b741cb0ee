"""How many people met each trouble on each day in each cell, out of how many who could have."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emptychair.anticipate.warnings.kinds import EVERYBODY, STREAM_OF, Cell, Kind, Series
from emptychair.anticipate.warnings.scene import KNOWN, Numbers, Rows, Scene, distinct

Counts = npt.NDArray[np.float64]

# Somebody counts again for the same trouble after so many days: no window counts anybody twice.
AGAIN = 7
# Below so many who could be expected elsewhere, usage is compared with its own history alone.
FEWEST_ELSEWHERE = 30
# More values than a field has.
SPREAD = 4_096


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A row per series and cell: `counts` and `exposure` by day; `whole` is the row of everybody."""

    first: int
    rows: tuple[tuple[Series, Cell], ...]
    counts: Counts
    exposure: Counts
    whole: Numbers

    @property
    def last(self) -> int:
        """The last day."""
        return self.first + int(self.counts.shape[1]) - 1

    def row_of(self, series: Series, cell: Cell) -> int | None:
        """The row of this series in this cell, or None."""
        return self._places.get((series, cell))

    @property
    def _places(self) -> dict[tuple[Series, Cell], int]:
        return {one: row for row, one in enumerate(self.rows)}


def panel(scene: Scene) -> Panel:
    """The panel of a scene. O(rows x fields)."""
    rows: list[tuple[Series, Cell]] = []
    counts: list[Counts] = []
    exposure: list[Counts] = []
    whole: list[int] = []
    # Usage has an exposure of its own.
    needed = {STREAM_OF[series.kind] for series in scene.shown}
    exposures = {stream: dict(_by_cell(scene, scene.streams[stream])) for stream in needed}
    for series, shown in sorted(scene.shown.items()):
        begin, exposed = len(rows), exposures[STREAM_OF[series.kind]]
        for cell, counted in _by_cell(scene, fresh(shown)):
            if cell.terms and not counted.any():
                continue
            rows.append((series, cell))
            counts.append(counted)
            exposure.append(exposed[cell])
            whole.append(begin)
    begin = len(rows)
    for cell, counted, expected in _usage(scene):
        rows.append((Series(Kind.USAGE), cell))
        counts.append(counted)
        exposure.append(expected)
        whole.append(begin)
    return Panel(
        first=scene.first,
        rows=tuple(rows),
        counts=np.array(counts).reshape(len(rows), scene.days),
        exposure=np.array(exposure).reshape(len(rows), scene.days),
        whole=np.array(whole, dtype=np.int64),
    )


def course(scene: Scene, series: Series, cell: Cell, *, is_daily: bool = False) -> tuple[Counts, Counts]:
    """The counts and the exposure of any cell by day, fields as many as it has.

    `is_daily`: everybody on every day on which they met it, and not once a week.
    """
    could = scene.stream_of(series)
    could = could.taken(scene.within(could, cell))
    if series.kind is Kind.USAGE:
        return next(_by_cell(scene, could))[1], next(_known(scene, could))[1]
    shown = scene.shown[series]
    mine = shown.taken(scene.within(shown, cell))
    met = mine if is_daily else fresh(mine)
    return next(_by_cell(scene, met))[1], next(_by_cell(scene, could))[1]


def fresh(rows: Rows) -> Rows:
    """The first row of everybody, and then the first at least a week after the one that was taken last."""
    order = np.lexsort((rows.day, rows.who))
    who, day = rows.who[order].tolist(), rows.day[order].tolist()
    taken, last_who, last_day = [], -1, 0
    for place, (one, at) in enumerate(zip(who, day, strict=True)):
        if one != last_who or at - last_day >= AGAIN:
            taken.append(place)
            last_who, last_day = one, at
    which = np.zeros(len(order), dtype=np.bool_)
    which[order[taken]] = True
    return rows.taken(which)


def _by_cell(scene: Scene, rows: Rows) -> Iterator[tuple[Cell, Counts]]:
    """People by day, in everybody and in every value of every field."""
    rows = rows.during(scene.first, scene.last)
    days = scene.days
    key = rows.who * days + rows.day - scene.first
    once = distinct(key)
    yield EVERYBODY, np.bincount(once % days, minlength=days).astype(np.float64)
    for name, values in scene.values.items():
        own = scene.traits.get(name)
        if own is not None:
            code, at = own[once // days], once % days
        else:
            # Somebody may have several of these on a day, and counts once for each.
            each = distinct(key * SPREAD + rows.codes[name] + 1)
            code, at = each % SPREAD - 1, each // SPREAD % days
        known = code >= 0
        table = np.bincount(code[known] * days + at[known], minlength=len(values) * days)
        for place, value in enumerate(values):
            yield Cell(((name, value),)), table[place * days : (place + 1) * days].astype(np.float64)


def _usage(scene: Scene) -> Iterator[tuple[Cell, Counts, Counts]]:
    """Who was active by day, out of those who could be expected: who was active in the four weeks before.

    In a part, as many are expected of these as came elsewhere on the same days: what happens to everybody,
    as on a holiday, is nobody's own.
    """
    rows = scene.streams[STREAM_OF[Kind.USAGE]]
    active, known = dict(_by_cell(scene, rows)), dict(_known(scene, rows))
    everybody = EVERYBODY
    yield everybody, active[everybody], known[everybody]
    for cell, expected in known.items():
        if cell == everybody:
            continue
        elsewhere = known[everybody] - expected
        came = active[everybody] - active[cell]
        share = np.where(elsewhere >= FEWEST_ELSEWHERE, came / np.maximum(elsewhere, 1), 1.0)
        yield cell, active[cell], expected * share


def _known(scene: Scene, rows: Rows) -> Iterator[tuple[Cell, Counts]]:
    """People by day who did something in the four weeks before it; none in the first four weeks."""
    rows = rows.during(scene.first, scene.last)
    days = scene.days
    once = distinct(rows.who * days + rows.day - scene.first)
    who, at = once // days, once % days
    begin, end = at + 1, np.minimum(at + KNOWN, days)
    is_same = who[1:] == who[:-1]
    # Known by one day until the next day on which they came.
    end[:-1] = np.where(is_same, np.minimum(end[:-1], at[1:]), end[:-1])
    groups = [(Cell(), np.zeros(len(who), dtype=np.int64), 1)]
    cells = [Cell()]
    for name, own in scene.traits.items():
        groups.append((Cell(), own[who], len(scene.values[name])))
        cells += [Cell(((name, value),)) for value in scene.values[name]]
    found = []
    for _, code, many in groups:
        steps = np.zeros((many, days + 2))
        mine = code >= 0
        np.add.at(steps, (code[mine], np.minimum(begin[mine], days)), 1)
        np.add.at(steps, (code[mine], np.minimum(end[mine] + 1, days + 1)), -1)
        found += list(np.cumsum(steps, axis=1)[:, :days])
    for cell, counted in zip(cells, found, strict=True):
        counted[:KNOWN] = 0
        yield cell, counted
