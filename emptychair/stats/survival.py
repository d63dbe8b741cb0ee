"""The share of spells still open at each age: Kaplan-Meier, honest about spells that have not ended yet."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.intervals import MINIMUM_N, Estimate, normal_quantile
from emptychair.stats.lifetable import Counts, Floats, LifeTable, counted, life_table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survival:
    """A Kaplan-Meier curve: one row per distinct time at which a spell ended or was last seen, ascending.

    `share[i]` (0..1) is the estimated share of spells that outlive `times[i]`, with [low, high] at
    `confidence`: exponential Greenwood (log-log). `at_risk[i]` spells were under observation then and
    `events[i]` of them ended. `since`: the age at which observation begins; the shares are of those who
    reached it (0: of everybody). `ran_dry_at`: the age at which nobody was left under observation although
    others came later; the curve stops there, because nothing after it can be estimated. None when it reaches
    the last spell.
    """

    times: Floats
    at_risk: Counts
    events: Counts
    share: Floats
    low: Floats
    high: Floats
    n: int
    since: float
    ran_dry_at: float | None
    confidence: float

    def at(self, time: float) -> float | None:
        """The share that outlives `time`; None before observation begins or after the last spell was seen."""
        row = self._row(time)
        if row is None:
            return None
        return 1.0 if row < 0 else float(self.share[row])

    def interval_at(self, time: float, *, minimum_n: int = MINIMUM_N) -> Estimate | None:
        """The share that outlives `time` with its interval; None where `at` is, or below `minimum_n` spells.

        `n` is the number of spells behind the curve.
        """
        row = self._row(time)
        if row is None or self.n < minimum_n:
            return None
        if row < 0:
            low = _certain_low(self.at_risk[:1].astype(np.float64), normal_quantile(self.confidence))
            return Estimate(value=1.0, low=float(low[0]), high=1.0, n=self.n)
        return Estimate(
            value=float(self.share[row]), low=float(self.low[row]), high=float(self.high[row]), n=self.n
        )

    def median(self) -> float | None:
        """The age that half of the spells do not outlive; None when the curve stays above a half."""
        return _first_below(self.times, self.share)

    def median_interval(self) -> tuple[float, float | None] | None:
        """(low, high) of the median: where the band crosses a half; high None when it never does.

        None when not even the lower band does (Brookmeyer and Crowley 1982).
        """
        # Before the first ending the lower band only says how few were watched.
        low = _first_below(self.times, np.where(self.share < 1, self.low, 1.0))
        return None if low is None else (low, _first_below(self.times, self.high))

    def restricted_mean(self, until: float) -> Estimate | None:
        """Mean time open within [since, until], in the unit of the times; None when the curve ends earlier.

        The area under the curve with Greenwood's variance of it, cut at the longest that is possible.
        """
        if until <= self.since or self._row(until) is None:
            return None
        inside = self.times < until
        steps = np.concatenate(([self.since], self.times[inside], [until]))
        areas = np.concatenate(([1.0], self.share[inside])) * np.diff(steps)
        beyond = np.cumsum(areas[::-1])[::-1][1:]
        left = (self.at_risk - self.events)[inside].astype(np.float64)
        terms = self.events[inside] / (self.at_risk[inside] * np.where(left > 0, left, np.inf))
        mean = float(areas.sum())
        half = normal_quantile(self.confidence) * sqrt(float((beyond**2 * terms).sum()))
        return Estimate(
            value=mean, low=max(mean - half, 0.0), high=min(mean + half, until - self.since), n=self.n
        )

    def sure_until(self, minimum_n: int = MINIMUM_N) -> float | None:
        """The last age with at least `minimum_n` spells under observation, where a drawing should end."""
        rows = np.flatnonzero(self.at_risk >= minimum_n)
        return float(self.times[rows[-1]]) if len(rows) else None

    def _row(self, time: float) -> int | None:
        """The last row not after `time`, -1 before the first, None where the curve says nothing."""
        row = int(np.searchsorted(self.times, time, side="right")) - 1
        if time < self.since:
            return None
        if self.ran_dry_at is not None:
            return row if time <= self.times[-1] or time < self.ran_dry_at else None
        return row if time <= self.times[-1] or self.share[-1] == 0 else None


def kaplan_meier(
    durations: ArrayLike,
    ended: ArrayLike,
    entries: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Survival | None:
    """The curve of spells: see `life_table` for the arrays; None when not one was under observation.

    >>> curve = kaplan_meier([1, 2, 2, 3, 4], [True, True, False, True, False])
    >>> curve.times.tolist(), curve.share.round(3).tolist()
    ([1.0, 2.0, 3.0, 4.0], [0.8, 0.6, 0.3, 0.3])
    >>> curve.at(2.5), curve.at(5), curve.median()
    (0.6..., None, 3.0)
    """
    table = life_table(durations, ended, entries, weights)
    return None if table is None else curve(table, confidence=confidence)


def kaplan_meier_from_counts(
    times: ArrayLike,
    ended: ArrayLike,
    censored: ArrayLike,
    entered: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Survival | None:
    """The curve from counts by time: see `counted` for the arrays; None when nobody was under observation.

    >>> kaplan_meier_from_counts([1, 2], [20, 10], [0, 70]).interval_at(1)
    Estimate(value=0.8, low=0.707..., high=0.866..., n=100)
    """
    table = counted(times, ended, censored, entered)
    return None if table is None else curve(table, confidence=confidence)


def curve(table: LifeTable, *, confidence: float = 0.95) -> Survival | None:
    """The Kaplan-Meier curve of a life table; None when nothing can be estimated from it. O(rows).

    >>> curve(life_table([1, 2], [True, False])).share.tolist()
    [0.5, 0.5]
    """
    at_risk = table.at_risk(table.times)
    rows, ran_dry_at = _estimable(table, at_risk)
    if rows == 0:
        return None
    at_risk, events = at_risk[:rows], table.events[:rows]
    population = at_risk.astype(np.float64)
    left = population - events
    share = left / population
    np.cumprod(share, out=share)
    low, high = _band(share, population, left, normal_quantile(confidence))
    return Survival(
        times=table.times[:rows],
        at_risk=at_risk,
        events=events,
        share=share,
        low=low,
        high=high,
        n=table.n,
        since=max(float(table.entry_times[0]), 0.0),
        ran_dry_at=ran_dry_at,
        confidence=confidence,
    )


def _estimable(table: LifeTable, at_risk: Counts) -> tuple[int, float | None]:
    """(rows that can be estimated, age at which observation ran dry or None).

    With late entries the few who are watched early may all leave before the others come. Where they all
    ended, the product would be 0 for ever, against the evidence of those who came later; where they were only
    lost from sight, nothing is known of the ages between. Without late entries neither can happen before the
    last row.
    """
    if not table.has_late_entries:
        return len(table.times), None
    all_ended = (table.events == at_risk)[:-1]
    nobody_left = (table.at_risk(np.nextafter(table.times, np.inf)) == 0)[:-1]
    dry = np.flatnonzero(all_ended | nobody_left)
    if not len(dry):
        return len(table.times), None
    first = int(dry[0])
    return first if all_ended[first] else first + 1, float(table.times[first])


def _band(share: Floats, population: Floats, left: Floats, z: float) -> tuple[Floats, Floats]:
    """The log-log band; where the curve is still 1 or already 0 it has no width, and the counts say more."""
    # The curve only falls: it begins with ones, and only its last row can be 0.
    begin, end = int(np.searchsorted(-share, -1.0, side="right")), len(share) - int(share[-1] == 0)
    low, high = np.empty_like(share), np.ones_like(share)
    low[:begin] = _certain_low(population[:begin], z)
    lower, upper = low[begin:end], high[begin:end]
    # In place: on a million rows, fresh memory costs more than arithmetic.
    reach = population[:end] * left[:end]
    np.divide(population[:end] - left[:end], reach, out=reach)
    np.cumsum(reach, out=reach)
    factor, log_share = reach[begin:], np.log(share[begin:end])
    np.sqrt(factor, out=factor)
    factor *= z
    factor /= log_share
    np.exp(factor, out=factor)
    np.exp(np.divide(log_share, factor, out=lower), out=lower)
    np.exp(np.multiply(log_share, factor, out=upper), out=upper)
    if end < len(share):
        low[end:] = 0.0
        high[end:] = high[end - 1] if end > begin else 1 - _certain_low(population[end:], z)
    return low, high


def _certain_low(n: Floats, z: float) -> Floats:
    """Wilson's lower end of a share of 1 in all `n`: no ending seen yet does not mean that none comes."""
    return n / (n + z * z)


def _first_below(times: Floats, shares: Floats) -> float | None:
    # A product of shares that is a half on paper may miss it by a rounding error.
    rows = np.flatnonzero(shares <= 0.5 + 1e-12)
    return float(times[rows[0]]) if len(rows) else None
