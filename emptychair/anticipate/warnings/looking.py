"""The daily look: trouble is counted, and warnings are raised, followed and ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import Connection

from emptychair.anticipate.warnings import gathering
from emptychair.anticipate.warnings.kinds import Cell, Kind, Series
from emptychair.anticipate.warnings.panel import Panel, course, panel
from emptychair.anticipate.warnings.scene import Scene
from emptychair.anticipate.warnings.walking import QUIET, StoppedLooking, Warned, walk
from emptychair.desk import early_warnings, warning_looks, work
from emptychair.desk.desk import Desk
from emptychair.desk.early_warnings import SYSTEM, KeptWarning, Standing
from emptychair.desk.warning_looks import Look
from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.stats.surge import GAP, SHORTEST, Side, Surge, surge
from emptychair.understand import tenure

KIND = "warnings"
HOLD = timedelta(minutes=30)
# A day is looked at when it is over for so long: what comes late is there then.
LATE = timedelta(hours=6)
# Before anything could be compared, it is tried again so often.
AGAIN = timedelta(hours=1)
NEEDED = SHORTEST + GAP + 1
FEWEST_PEOPLE = 30
COURSE = 84
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_due(desk: Desk, now: datetime) -> bool:
    """Whether it is time to look: another day is over, somebody asked for it, or nothing could be told."""
    with desk.read() as tx:
        last = warning_looks.last(tx)
        asked = any(one.kind == KIND for one in work.open_work(tx))
    if last is None or asked or (last.reason and now - last.looked_at >= AGAIN):
        return True
    return _over(last.looked_at) < _over(now)


def ask(tx: Connection, *, by: str, now: datetime) -> None:
    """Somebody wants it looked at now."""
    work.ask(tx, KIND, Audience.CUSTOMER.value, {}, by=by, now=now)


def run(
    ledger: Ledger, desk: Desk, now: datetime, is_stopping: Callable[[], bool] = lambda: False
) -> Look | None:
    """Look, and finish what was asked for; None while the ledger is being prepared, or when all is to end."""
    taken = []
    with desk.begin() as tx:
        while (one := work.take(tx, [KIND], now, HOLD)) is not None:
            taken.append(one)
    try:
        looked = look(ledger, desk, now, is_stopping)
    except (LedgerDegradedError, StoppedLooking):
        return None
    with desk.begin() as tx:
        for one in taken:
            work.finish(tx, one, now)
    return looked


def look(ledger: Ledger, desk: Desk, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> Look:
    """Look at the days since the last look (at most a year): what came of it is in the desk.

    Everything is written at once when all is looked at: killed before, the next look does it again.
    """
    end = tenure.end_of_data(ledger, Audience.CUSTOMER, now - LATE)
    as_of = midnight((end or now).date())
    with desk.read() as tx:
        last = warning_looks.last(tx)
    since = as_of - timedelta(days=gathering.REPLAYED)
    if last is not None and not last.reason:
        since = max(since, min(last.as_of, as_of - timedelta(days=1)))
    with desk.read() as tx:
        held = early_warnings.going_on(tx, as_of - timedelta(days=gathering.HISTORY))
    cells = [cell_of(one.cell) for one in held if one.ended_at is None]
    scene = gathering.gathered(ledger, gathering.window(as_of, (as_of - since).days), wanted=cells)
    counted = panel(scene)
    told = Look(
        looked_at=now,
        as_of=as_of,
        days=gathering.days_of(scene),
        cells=len(counted.rows),
        people=gathering.active_people(scene, 28),
        reason=_reason(scene),
    )
    known = [_warned(one) for one in held]
    found = walk(scene, counted, _day(since), counted.last, known, is_stopping)
    changed = [one for one in found if one not in known]
    figures = {one.id: one.figures for one in held}
    rows = [_kept(one, scene, counted, now, figures.get(one.id)) for one in changed]
    with desk.begin() as tx:
        for one in rows:
            early_warnings.follow(tx, one) if one.id else early_warnings.raise_new(tx, one)
        warning_looks.add(tx, told)
    return told


def _over(now: datetime) -> datetime:
    """The midnight at which the last day that is over for long enough ended."""
    return midnight((now - LATE).date())


def _reason(scene: Scene) -> str:
    days, people = gathering.days_of(scene), gathering.active_people(scene, 28)
    if days == 0:
        return "Nobody whose name is known has done anything yet."
    if people < FEWEST_PEOPLE:
        return (
            f"In the last four weeks {people} people did something: not enough for anything to stand out. "
            f"{FEWEST_PEOPLE} are needed."
        )
    if days < NEEDED:
        return (
            f"There are {days} days of history, and {NEEDED} are needed before anything can be compared with "
            f"them: {NEEDED - days} more."
        )
    return ""


def cell_of(pairs: Sequence[Sequence[str]]) -> Cell:
    """A cell as the desk keeps it."""
    return Cell(tuple((name, value) for name, value in pairs))


def series_of(kept: KeptWarning) -> Series:
    """The series that a kept warning is of."""
    return Series(Kind(kept.kind), kept.key)


def _warned(kept: KeptWarning) -> Warned:
    figures = dict(kept.figures)
    clear = figures.pop("root")
    return Warned(
        id=kept.id,
        series=series_of(kept),
        cell=cell_of(kept.cell),
        since=_day(kept.since_at),
        raised=_day(kept.raised_at),
        last=_day(kept.last_at),
        clearest=figures["clearest"],
        surge=Surge(**clear),
        adjusted_p=figures["adjusted_p"],
        also=tuple((Series(Kind(one["kind"]), one["key"]), cell_of(one["cell"])) for one in kept.also),
        is_over=kept.ended_at is not None,
    )


def _kept(
    one: Warned, scene: Scene, counted: Panel, now: datetime, before: Mapping[str, Any] | None
) -> KeptWarning:
    """A warning as the desk keeps it: without anybody's name."""
    return KeptWarning(
        id=one.id,
        kind=one.series.kind.value,
        key=one.series.key,
        cell=[list(term) for term in one.cell.terms],
        standing=Standing.NEW,
        since_at=_instant(one.since),
        raised_at=_instant(one.raised),
        last_at=_instant(one.last),
        ended_at=_instant(one.last + QUIET) if one.is_over else None,
        people=len(scene.touched(one.series, one.cell, one.since, one.last)),
        also=[
            {"kind": series.kind.value, "key": series.key, "cell": [list(term) for term in cell.terms]}
            for series, cell in one.also
        ],
        figures=_figures(one, scene, counted, before),
        reason="",
        changed_by=SYSTEM,
        changed_at=now,
    )


def _figures(one: Warned, scene: Scene, counted: Panel, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """How clear it is in its own cell, in that in which it was seen (`root`), and its course by day."""
    root = {name: _finite(value) for name, value in asdict(one.surge).items()}
    if one.series.kind is not Kind.USAGE and one.series not in scene.shown:
        return dict(before or {}) | {"root": root}
    # A new release has no past: its picture is that of the same people before it.
    seen, exposed = course(scene, one.series, one.cell.without(scene.release), is_daily=True)
    own = _own(one, scene, counted)
    told = root if own is None else {name: _finite(value) for name, value in asdict(own).items()}
    if before is not None and before["root"] == root:
        # The history that it was told by may be out of sight by now.
        told = {name: before[name] for name in root}
    days = [[int(n), int(of)] for n, of in zip(seen.tolist(), exposed.tolist(), strict=True)]
    end = min(one.last + QUIET, scene.last)
    begin = max(0, end - scene.first + 1 - COURSE)
    return {
        **told,
        "root": root,
        "adjusted_p": one.adjusted_p,
        "clearest": one.clearest,
        "course": days[begin : end - scene.first + 1],
        "course_ends": end,
    }


def _own(one: Warned, scene: Scene, counted: Panel) -> Surge | None:
    """The cell of a warning on its clearest day, against its own history, or that of all releases."""
    end = min(one.clearest + 1, scene.last + 1) - scene.first
    if end <= 0 or end > counted.counts.shape[1]:
        return None
    seen, exposed = course(scene, one.series, one.cell)
    usual = course(scene, one.series, one.cell.without(scene.release)) if scene.release else (seen, exposed)
    return surge(
        seen[:end],
        exposed[:end],
        days=one.surge.days,
        side=Side.LESS if one.series.kind is Kind.USAGE else Side.MORE,
        usual=(usual[0][:end], usual[1][:end]),
    )


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value


def _day(at: datetime) -> int:
    return (at - _EPOCH).days


def _instant(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)
