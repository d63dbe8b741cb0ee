"""Who is touched by a warning, what they paid, and the segment that says the same, asked of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from emptychair.anticipate.warnings import gathering
from emptychair.anticipate.warnings.heard import IN_VAIN, OFTEN
from emptychair.anticipate.warnings.kinds import Kind
from emptychair.anticipate.warnings.looking import cell_of, series_of
from emptychair.anticipate.warnings.scene import KNOWN
from emptychair.desk.early_warnings import KeptWarning
from emptychair.domain.period import Period
from emptychair.domain.signal import Kind as SignalKind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.needs.evidence import Spent, worth
from emptychair.understand.needs.heard import RESULTS
from emptychair.understand.segments.definition import All, Condition, Not, Span, Times, Trait
from emptychair.understand.signs import Range, Sign, Test

# So many people are listed and counted with what they paid; more is said in a number.
MOST_LISTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Somebody who is touched: how often they met it, and when last; of usage, when they were last here."""

    person: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Everybody who is touched (`total`), of whom at most 10,000 are in `people`, those hit last first.

    `payers` of those paid `spent` in the year before.
    """

    total: int
    people: tuple[Touched, ...]
    payers: int
    spent: tuple[Spent, ...]


def scope(ledger: Ledger, warning: KeptWarning) -> Scope:
    """Who is touched from the first day of a warning to its newest. O(signals of these days)."""
    series, cell = series_of(warning), cell_of(warning.cell)
    until = warning.last_at + timedelta(days=1)
    period = Period(start=warning.since_at - timedelta(days=KNOWN), end=until)
    scene = gathering.gathered(ledger, period, only=series, wanted=[cell])
    first = scene.first + KNOWN
    touched = scene.touched(series, cell, first, scene.last)
    rows = scene.stream_of(series) if series.kind is Kind.USAGE else scene.shown.get(series)
    if rows is None or not touched.size:
        return Scope(total=0, people=(), payers=0, spent=())
    if series.kind is not Kind.USAGE:
        rows = rows.during(first, scene.last)
        rows = rows.taken(scene.within(rows, cell))
    rows = rows.taken(np.isin(rows.who, touched))
    size = len(scene.people)
    times = np.bincount(rows.who, rows.times, minlength=size)
    last = np.zeros(size, dtype=np.int64)
    np.maximum.at(last, rows.who, rows.last)
    order = touched[np.lexsort((touched, -last[touched]))][:MOST_LISTED].tolist()
    people = tuple(
        Touched(person=scene.people[one], times=round(times[one]), last_at=_instant(int(last[one])))
        for one in order
    )
    payers, spent = worth(ledger, [one.person for one in people], until)
    return Scope(total=len(touched), people=people, payers=payers, spent=spent)


def definition(warning: KeptWarning, known: Collection[str]) -> Condition | None:
    """The segment of those who are touched, from its first day on; None where no condition can say it.

    `known` are the keys of properties. What goes on fills it further; what is over does not.
    """
    series, cell = series_of(warning), cell_of(warning.cell)
    since = Span(
        first=warning.since_at.date(), last=None if warning.ended_at is None else warning.last_at.date()
    )
    of_signals = (gathering.CHANNEL, *gathering.RELEASES)
    where = tuple((name, Test(among=(value,))) for name, value in cell.terms if name in of_signals)
    traits: tuple[Condition, ...] = tuple(
        Trait(name=name, test=Test(among=(value,))) for name, value in cell.terms if name not in of_signals
    )
    if series.kind in (Kind.FAILURE, Kind.PAYMENT):
        sign = Sign(names=(series.key,), where=where)
        return All((*traits, Times(sign=sign, times=Range(least=Decimal(1)), span=since)))
    if series.kind is Kind.RAGE:
        sign = Sign(kind=SignalKind.DID, names=(series.key,), where=where)
        return All((*traits, Times(sign=sign, times=Range(least=Decimal(OFTEN)), span=since)))
    results = next((name for name in RESULTS if name in known), None)
    if series.kind is Kind.SEARCH and results is not None:
        none = (results, Test(within=Range(least=Decimal(0), most=Decimal(0))))
        sign = Sign(kind=SignalKind.DID, where=(none, *where))
        return All((*traits, Times(sign=sign, times=Range(least=Decimal(IN_VAIN)), span=since)))
    if series.kind is Kind.USAGE:
        return All((*traits, *_stayed_away(warning)))
    return None


def _stayed_away(warning: KeptWarning) -> tuple[Condition, ...]:
    begin = warning.since_at.date()
    done = Sign(kind=SignalKind.DID)
    once = Range(least=Decimal(1))
    before = Span(first=begin - timedelta(days=KNOWN), last=begin - timedelta(days=1))
    now = Span(first=begin, last=warning.last_at.date())
    return Times(sign=done, times=once, span=before), Not(Times(sign=done, times=once, span=now))


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
