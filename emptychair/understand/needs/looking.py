"""The daily look: cues are read, everything is counted, and alarms are raised, followed and ended."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from emptychair.desk import (
    need_alarms,
    need_cues,
    need_evidence,
    need_groups,
    need_looks,
    theme_fits,
    themes,
    work,
)
from emptychair.desk.desk import Desk
from emptychair.desk.ids import new_id
from emptychair.desk.need_alarms import SYSTEM, KeptAlarm, Standing
from emptychair.desk.need_looks import Look
from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience
from emptychair.ledger.errors import LedgerDegradedError
from emptychair.ledger.ledger import Ledger
from emptychair.stats.growth import Growth
from emptychair.understand import tenure
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.needs import emerging, gathering, reading
from emptychair.understand.needs.emerging import NEEDED, Alarm, Finding
from emptychair.understand.needs.gathering import Gathered, cue_of
from emptychair.understand.needs.grouping import Grouped
from emptychair.understand.needs.panel import EVERYBODY, Kind, Panel, Series
from emptychair.understand.needs.phrases import Embed

KIND = "needs"
HOLD = timedelta(minutes=30)
EVERY = timedelta(days=1)
# Below so many who spoke or searched in the last four weeks nothing can stand out.
FEWEST_PEOPLE = 30
WEEKS = 52
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_due(desk: Desk, now: datetime) -> bool:
    """Whether it is time to look: a day passed, somebody asked for it, or themes were found since."""
    with desk.read() as tx:
        last, fit = need_looks.last(tx), theme_fits.last(tx, Audience.CUSTOMER)
        asked = any(one.kind == KIND for one in work.open_work(tx))
    if last is None or asked or now - last.looked_at >= EVERY:
        return True
    return fit is not None and fit.fitted_at > last.looked_at


def ask(tx: Connection, *, by: str, now: datetime) -> None:
    """Somebody wants it looked at now."""
    work.ask(tx, KIND, "customer", {}, by=by, now=now)


def run(
    ledger: Ledger,
    desk: Desk,
    now: datetime,
    embed: Embed | None,
    is_stopping: Callable[[], bool] = lambda: False,
    seen: SeenVectors | None = None,
) -> Look | None:
    """Look, and finish what was asked for; None while the ledger is being prepared, or when all is to end."""
    taken = []
    with desk.begin() as tx:
        while (one := work.take(tx, [KIND], now, HOLD)) is not None:
            taken.append(one)
    try:
        looked = look(ledger, desk, now, embed, is_stopping, seen)
    except (LedgerDegradedError, emerging.StoppedLooking):
        return None
    with desk.begin() as tx:
        for one in taken:
            work.finish(tx, one, now)
    return looked


def look(
    ledger: Ledger,
    desk: Desk,
    now: datetime,
    embed: Embed | None,
    is_stopping: Callable[[], bool] = lambda: False,
    seen: SeenVectors | None = None,
) -> Look:
    """Look at the days since the last look (at most a year): what came of it is in the desk.

    A day that was looked at is looked at again when its data came late. Safe to run again at any time.
    """
    end = tenure.end_of_data(ledger, Audience.CUSTOMER, now)
    as_of = midnight((end or now).date())
    period = gathering.window(as_of)
    with desk.read() as tx:
        last = need_looks.last(tx)
    if end is not None:
        reading.read(ledger, desk, period)
    with desk.read() as tx:
        going_on = need_alarms.going_on(tx)
    of_groups = [one.key for one in going_on if one.kind == Kind.GROUP]
    found = gathering.gathered(ledger, desk, period, embed, seen, of_groups)
    counted, groups = found.panel, found.groups
    if groups is not None:
        _hand_over(desk, groups, going_on)
    told = Look(
        looked_at=now,
        as_of=as_of,
        days=emerging.days_known(counted),
        series=len(counted.series),
        people=_people(counted),
        cues=_cues(desk, period.start),
        reason=_reason(counted),
    )
    with desk.read() as tx:
        held = need_alarms.going_on(tx)
    since = as_of - timedelta(days=gathering.REPLAYED)
    if last is not None and not last.reason:
        since = max(since, min(last.as_of, as_of - timedelta(days=1)))
    known = [_alarm(one) for one in held]
    is_told = emerging.untold if groups is None else groups.is_told
    alarms = emerging.walk(counted, (since - _EPOCH).days, counted.last, known, is_stopping, is_told)
    with desk.begin() as tx:
        _keep(tx, alarms, {_series(one): one for one in held}, now, found)
        need_groups.keep_only(tx, [*need_alarms.keys(tx, Kind.GROUP), *need_evidence.keys(tx, Kind.GROUP)])
        need_looks.add(tx, told)
    return told


def _hand_over(desk: Desk, groups: Grouped, alarms: Iterable[KeptAlarm]) -> None:
    """Alarms of groups that are a theme by now go on as those of the theme, unless it has its own."""
    going_on = {(one.kind, one.key) for one in alarms if one.segment == EVERYBODY}
    by_key = {one.key: one.id for one in alarms if one.kind == Kind.GROUP}
    with desk.begin() as tx:
        names = {one.id: one.name for one in themes.every(tx, Audience.CUSTOMER)}
        for group, theme in sorted(groups.became(by_key).items()):
            if (Kind.THEME.value, theme) not in going_on:
                going_on.add((Kind.THEME.value, theme))
                need_alarms.become(tx, by_key[group], Kind.THEME.value, theme, names[theme])


def _people(counted: Panel) -> int:
    """Person-days of the last four weeks, of words and of searches."""
    own = [counted.exposure.get((kind, EVERYBODY)) for kind in (Kind.THEME, Kind.SEARCH)]
    return int(sum(one[-28:].sum() for one in own if one is not None))


def _cues(desk: Desk, start: datetime) -> int:
    with desk.read() as tx:
        return sum(need_cues.counts(tx, start).values())


def _reason(counted: Panel) -> str:
    days = emerging.days_known(counted)
    if days == 0:
        return "Nobody has said anything or searched for anything yet."
    people = _people(counted)
    if people < FEWEST_PEOPLE:
        return (
            f"In the last four weeks {people} people spoke or searched (each day counts): not enough for "
            f"anything to stand out. {FEWEST_PEOPLE} are needed."
        )
    if days < NEEDED:
        return (
            f"There are {days} days of history, and {NEEDED} are needed before anything can be compared with "
            f"them: {NEEDED - days} more."
        )
    return ""


def _series(kept: KeptAlarm) -> Series:
    return Series(Kind(kept.kind), kept.key, kept.segment)


def _alarm(kept: KeptAlarm) -> Alarm:
    figures = dict(kept.figures)
    adjusted = figures.pop("adjusted_p")
    figures.pop("weeks")
    found = Finding(
        series=_series(kept),
        day=(kept.last_at - _EPOCH).days,
        growth=Growth(**figures),
        adjusted_p=adjusted,
    )
    return Alarm(series=found.series, raised=(kept.raised_at - _EPOCH).days, last=found)


def _keep(
    tx: Connection, alarms: Iterable[Alarm], held: dict[Series, KeptAlarm], now: datetime, found: Gathered
) -> None:
    names = {one.id: one.name for one in themes.every(tx, Audience.CUSTOMER, with_gone=True)}
    for alarm in alarms:
        figures = asdict(alarm.last.growth) | {"adjusted_p": alarm.last.adjusted_p}
        figures["weeks"] = _weeks(found.panel, alarm.series)
        last_at = _instant(alarm.last.day)
        ended_at = _instant(alarm.last.day + emerging.QUIET) if alarm.is_over else None
        known = held.get(alarm.series)
        # One that ended and began anew since the last look has the same series, and is another.
        if known is not None and (known.raised_at - _EPOCH).days == alarm.raised:
            need_alarms.follow(tx, known.id, last_at=last_at, ended_at=ended_at, figures=figures)
            _keep_group(tx, found.groups, alarm.series, known.key)
            continue
        key, name = alarm.series.key, named(alarm.series, names)
        if alarm.series.kind is Kind.GROUP and found.groups is not None:
            key, name = new_id("ngr"), found.groups.name(alarm.series.key)
            _keep_group(tx, found.groups, alarm.series, key)
        need_alarms.raise_new(
            tx,
            KeptAlarm(
                id="",
                kind=alarm.series.kind.value,
                key=key,
                segment=alarm.series.segment,
                name=name,
                standing=Standing.NEW,
                raised_at=_instant(alarm.raised),
                last_at=last_at,
                ended_at=ended_at,
                figures=figures,
                reason="",
                need_id=None,
                changed_by=SYSTEM,
                changed_at=now,
            ),
        )


def _keep_group(tx: Connection, groups: Grouped | None, series: Series, group_id: str) -> None:
    """The sentences of a group as they are now, where this look knows them."""
    if series.kind is Kind.GROUP and groups is not None and series.key in groups.keys:
        need_groups.keep(tx, group_id, groups.belongs(series.key, group_id))


def _weeks(counted: Panel, series: Series) -> list[list[int]]:
    """The last year of a series, week by week: who showed it, and who could have (in person-days)."""
    if series not in counted.series:
        return []
    seen, exposed = counted.of(counted.series.index(series))
    weeks = min(WEEKS, len(seen) // 7)
    parts = (one[-7 * weeks :].reshape(weeks, 7).sum(axis=1).astype(int).tolist() for one in (seen, exposed))
    return [list(pair) for pair in zip(*parts, strict=True)]


def named(series: Series, themes_by_id: dict[str, str]) -> str:
    """What a series is called: its theme, its phrase, or the theme that a cue is about."""
    if series.kind is Kind.THEME:
        return themes_by_id.get(series.key, series.key)
    if series.kind is Kind.CUE:
        _, theme = cue_of(series.key)
        return themes_by_id.get(theme, theme)
    return series.key


def _instant(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)
