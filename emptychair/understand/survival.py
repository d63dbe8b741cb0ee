"""How long relationships last: ages of spells counted where they lie, for the Kaplan-Meier curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import MINIMUM_N
from emptychair.stats.survival import Survival, kaplan_meier_from_counts
from emptychair.understand.spells import Rule, Tenure, spells

# An age is whole calendar months and days beyond them, as months + days/32: 12 months are exactly 12.0
# whatever the lengths of the months, and the order of ages within a month is kept to the day.
PARTS = 32
# Below this many endings expected and none seen, chance can explain it: exp(-5) is less than 1 in 100.
EXPECTED_ENDINGS = 5.0


def ages(tenure: Tenure, observed_since: datetime | None = None) -> Question:
    """One row per age (in 1/32 months): age, ended, censored, entered.

    An ending is counted at the day of age that it completes; a spell that is still open at the last full day
    of age that was seen. What began on the last day of a month is so many months old from its anniversary to
    the end of that month: a tenure of one month on 31 March began on 28 February. With `observed_since`,
    endings before it were not recorded: spells that ended earlier are left out, and those that began earlier
    enter observation at the age they had then. Without it, `entered` is at age 0.
    """
    return question(
        """
        with whole as (
            select started_at, ended_at, left_at, entered_at,
                   months_between_whole(started_at, left_at) as months,
                   months_between_whole(started_at, entered_at) as months_before,
                   month_number(add_days(started_at, 1)) - month_number(started_at) as is_last_day
            from watched
        ), days as (
            select months, months_before, is_last_day,
                   case when ended_at is null then 0 else 1 end as is_ended,
                   month_number(left_at) - month_number(started_at) as turned,
                   month_number(entered_at) - month_number(started_at) as turned_before,
                   micros_between(add_months(started_at, months), left_at) as rest,
                   micros_between(add_months(started_at, months_before), entered_at) as rest_before
            from whole
        ), parts as (
            select is_ended,
                   months * 32 + (case when is_last_day = 1 and months > 0 and turned = months then 0
                                       else rest end + is_ended * 86399999999) // 86400000000 as age,
                   months_before * 32 + (case when is_last_day = 1 and months_before > 0
                                                   and turned_before = months_before then 0
                                              else rest_before end) // 86400000000 as age_before
            from days
        ), moments as (
            select age, is_ended as ended, 1 - is_ended as censored, 0 as entered from parts
            union all
            select case when age_before is null or age = 0 then 0 when age_before < age then age_before
                        else age - 1 end as age,
                   0 as ended, 0 as censored, 1 as entered
            from parts
        )
        select age, sum(ended) as ended, sum(censored) as censored, sum(entered) as entered
        from moments
        group by age
        order by age
        """,
        {"watched": _watched(tenure, observed_since)},
    )


def _watched(tenure: Tenure, observed_since: datetime | None) -> Question:
    """One row per spell under observation: started_at, ended_at, left_at, entered_at (or null)."""
    just_before = timedelta(microseconds=1)
    everybody = question(
        "select started_at, ended_at, coalesce(ended_at, :last_seen) as left_at from spells",
        {"spells": spells(tenure)},
        last_seen=tenure.as_of - just_before,
    )
    if observed_since is None:
        return question(
            "select started_at, ended_at, left_at, cast(null as timestamp) as entered_at from everybody",
            {"everybody": everybody},
        )
    return question(
        """
        select started_at, ended_at, left_at, case when started_at < :since then :entered_at end as entered_at
        from everybody
        where (ended_at is null or ended_at >= :since)
        """,
        {"everybody": everybody},
        since=observed_since,
        entered_at=observed_since - just_before,
    )


def survival(ledger: Ledger, tenure: Tenure, observed_since: datetime | None = None) -> Survival | None:
    """The curve of all spells of an audience, ages in months; None when there are none. O(spells)."""
    return _curve(_counts(ledger, tenure, observed_since))


def _counts(ledger: Ledger, tenure: Tenure, observed_since: datetime | None) -> dict[str, NDArray[np.int64]]:
    table = ledger.ask(ages(tenure, observed_since))
    names = ("age", "ended", "censored", "entered")
    return {name: table.column(name).to_numpy().astype(np.int64) for name in names}


def _curve(counts: dict[str, NDArray[np.int64]]) -> Survival | None:
    if not len(counts["age"]):
        return None
    return kaplan_meier_from_counts(
        counts["age"] / PARTS, counts["ended"], counts["censored"], counts["entered"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A stretch before `since` in which no ending is recorded although `expected` were to be expected."""

    since: datetime
    begun: int
    expected: float
    is_snapshot: bool

    @property
    def warning(self) -> str:
        """What that means, as a sentence."""
        day = f"{self.since:%Y-%m-%d}"
        if self.is_snapshot:
            return (
                f"relationships began before {day}, and every ending lies on that day: the file looks like a "
                "snapshot, and those who left earlier are not in it"
            )
        return (
            f"relationships began before {day}, and none is recorded as ending before it, where about "
            f"{self.expected:,.0f} were to be expected: those who left earlier are probably not in the data "
            f"(observe since {day} to leave that time out)"
        )


def first_endings(tenure: Tenure) -> Question:
    """One row: the first and the last ending (null without any) and the number of endings."""
    return question(
        "select min(ended_at) as first_at, max(ended_at) as last_at, count(ended_at) as endings from spells",
        {"spells": spells(tenure)},
    )


def unwatched(ledger: Ledger, tenure: Tenure) -> Unwatched | None:
    """The time before the first recorded ending, when chance does not explain that nobody left in it.

    What was seen from that ending on says how likely each older spell was to have ended by then; the
    probability that none did is exp(-sum of their hazards). None when endings are recorded all along, when
    there are fewer than five, and for activity, where nothing can end within one gap of the first signal.
    """
    if tenure.rule is Rule.ACTIVITY:
        return None
    ends = ledger.ask(first_endings(tenure)).to_pylist()[0]
    if ends["endings"] < EXPECTED_ENDINGS:
        return None
    first_at, last_at = ends["first_at"].replace(tzinfo=UTC), ends["last_at"].replace(tzinfo=UTC)
    since = first_at.replace(hour=0, minute=0, second=0, microsecond=0)
    counts = _counts(ledger, tenure, since)
    entered = counts["entered"] * (counts["age"] > 0)
    if not entered.sum():
        return None
    is_snapshot = first_at.date() == last_at.date()
    hazard = _hazard_at(counts)
    if not is_snapshot and float((entered * hazard).sum()) < EXPECTED_ENDINGS:
        return None
    expected = float((entered * (1 - np.exp(-hazard))).sum())
    return Unwatched(since=since, begun=int(entered.sum()), expected=expected, is_snapshot=is_snapshot)


def _hazard_at(counts: dict[str, NDArray[np.int64]]) -> NDArray[np.float64]:
    """The cumulative hazard (Nelson-Aalen) up to each age, from ages with enough spells under observation."""
    curve = _curve(counts)
    if curve is None:
        return np.zeros(len(counts["age"]))
    steps = np.where(curve.at_risk >= MINIMUM_N, curve.events / curve.at_risk, 0.0)
    row = np.searchsorted(curve.times, counts["age"] / PARTS, side="right")
    hazard: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(steps)))[row]
    return hazard


def reported_ages(curve: Survival | None, wanted: Sequence[int]) -> list[int]:
    """Those of the wanted ages in months up to which the curve still rests on enough spells."""
    until = None if curve is None else curve.sure_until()
    return [age for age in wanted if until is not None and age <= until]
