"""How many stay, and for how long, as numbers of the scorecard."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.domain.metric import Metric, Missing
from emptychair.domain.period import Period, first_of, midnight, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.measure.choices import Choices
from emptychair.measure.number import Kind, number, too_few
from emptychair.measure.periods import candidates, days_needed, last_year, length
from emptychair.measure.trend import Point, Trend
from emptychair.stats.survival import Survival
from emptychair.understand.absent import absent
from emptychair.understand.fields import Division, Field, largest, values_of_people
from emptychair.understand.retention import (
    EMPTY,
    Retention,
    people_present,
    retention,
    retention_by,
    retention_by_month,
)
from emptychair.understand.spells import Tenure
from emptychair.understand.survival import Unwatched, reported_ages, survival, unwatched
from emptychair.understand.tenure import Chosen, Evidence

RATE = Kind(name="retention_rate", unit="share", counts="people who were there when the period began")
NET = Kind(name="retention_rate_net", unit="share", counts=RATE.counts)
# Ages in months at which survival is told, as far as the data carry; twelve always.
AGES = (1, 3, 6, 12, 24, 36, 48, 60, 72)
TREND_MONTHS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """The relationships of one audience over a period; without a tenure in `chosen` nothing is known."""

    chosen: Chosen
    seen: Evidence
    period: Period
    is_shortened: bool
    counts: Retention
    early: Unwatched | None


def loyalty(
    ledger: Ledger, chosen: Chosen, seen: Evidence, as_of: datetime, period: Period | None, minimum_n: int
) -> Loyalty:
    """The counts over `period`, or over the longest of up to 12 months with enough people at its start."""
    tenure = chosen.tenure
    found, counts = period, EMPTY
    if tenure is not None:
        found = period or _longest(ledger, tenure, seen, minimum_n)
        counts = EMPTY if found is None else retention(ledger, tenure, found)
    found = found or last_year(as_of)
    return Loyalty(
        chosen=chosen,
        seen=seen,
        period=found,
        is_shortened=period is None and found != last_year(as_of),
        counts=counts,
        early=None if tenure is None else unwatched(ledger, tenure),
    )


def _longest(ledger: Ledger, tenure: Tenure, seen: Evidence, minimum_n: int) -> Period | None:
    """The longest period with enough people at its start, or else that with the most; None without any."""
    if seen.began_at is None:
        return None
    tried = list(candidates(tenure, seen.began_at))
    people = people_present(ledger, tenure, [period.start for period in tried])
    enough = [period for period, count in zip(tried, people, strict=True) if count >= minimum_n]
    if enough:
        return enough[0]
    return max(zip(people, tried, strict=True), key=lambda pair: pair[0])[1] if any(people) else None


def retention_metrics(ledger: Ledger, found: Loyalty, audience: Audience, minimum_n: int) -> list[Metric]:
    """The retention rate and (E - N)/S, with who is missing from them."""
    tenure, counts = found.chosen.tenure, found.counts
    missing: tuple[Missing, ...] = ()
    reason = found.chosen.reason if tenure is None else _too_short(found, minimum_n)
    if tenure is not None:
        missing = absent(ledger, tenure, found.period, counts, found.seen, found.early)
    elif found.seen.unnamed:
        missing = (Missing(count=found.seen.unnamed, why="rows that name nobody"),)
    return [
        number(
            kind,
            audience,
            estimate,
            n=counts.at_start,
            period=found.period,
            definition=definition,
            minimum_n=minimum_n,
            missing=missing,
            reason=reason,
        )
        for kind, estimate, definition in (
            (RATE, counts.rate, rate_definition(found, audience)),
            (NET, counts.net, net_definition(found)),
        )
    ]


def rate_definition(found: Loyalty, audience: Audience) -> str:
    """What the rate is of, over which period and why that one, as sentences."""
    those = "employees" if audience is Audience.EMPLOYEE else "customers"
    tenure = found.chosen.tenure
    told = "" if tenure is None else f"; {tenure.definition} ({found.chosen.reason})"
    over = f" Over {length(found.period)}"
    if found.is_shortened:
        over += ", the longest up to 12 for which the data reach back far enough"
    return (
        f"Share of the {those} with an open relationship when the period began whose same relationship was "
        f"still open when it ended{told}.{over}; Wilson 95 % interval."
    )


def net_definition(found: Loyalty) -> str:
    """(E - N)/S in words, and why it differs from the share who stayed when it does."""
    why = found.counts.difference or "equal to the share who stayed, as nobody both joined and left inside"
    return (
        "(E − N)/S: those there at the end less those who joined inside, over those there at the start; "
        f"{why}. 95 % interval by combining those of both parts."
    )


def _too_short(found: Loyalty, minimum_n: int) -> str | None:
    """Why nobody can be followed: the data do not reach back. None when the number of people says it."""
    tenure, began_at = found.chosen.tenure, found.seen.began_at
    if tenure is None or began_at is None or found.counts.at_start or not tenure.gap_days:
        return None
    there, needed = (tenure.as_of - began_at).days, days_needed(tenure)
    if needed is None:
        return f"Not enough data: a gap of {tenure.gap_days} days is longer than the periods that are tried."
    if there >= needed:
        return None
    return (
        f"Not enough data: with a gap of {tenure.gap_days} days retention needs {needed:,} days of data; "
        f"there are {there:,}, so {needed - there:,} more."
    )


def retention_segments(
    ledger: Ledger, found: Loyalty, audience: Audience, by: Field | Division, minimum_n: int
) -> list[Metric]:
    """The retention rate of each of the largest segments; they add up to everybody."""
    tenure = found.chosen.tenure
    if tenure is None:
        return []
    values = values_of_people(by, audience, found.period.start, tenure.as_of)
    counts = retention_by(ledger, tenure, found.period, values)
    return [
        number(
            RATE,
            audience,
            part.rate,
            n=part.at_start,
            period=found.period,
            definition=rate_definition(found, audience),
            minimum_n=minimum_n,
            missing=merged(by, segment.merged),
            segment=(by.name, segment.label),
        )
        for segment, part in largest(counts, lambda part: part.at_start, lambda one, two: one + two)
        if part.at_start
    ]


def merged(by: Field | Division, count: int) -> tuple[Missing, ...]:
    """What "(other)" stands for."""
    return (Missing(count=count, why=f"smaller values of {by.name}, counted together here"),) if count else ()


def seen_since(found: Loyalty) -> datetime:
    """The instant from which endings can be seen at all, for an audience with a tenure and a beginning."""
    began_at, tenure = found.seen.began_at, found.chosen.tenure
    if began_at is None or tenure is None:
        raise ValueError("without relationships no ending can be seen")
    since = began_at + timedelta(days=tenure.gap_days or 0)
    return since if found.early is None else max(since, found.early.since)


def retention_trend(ledger: Ledger, found: Loyalty, audience: Audience) -> Trend | None:
    """The share who stayed through each single month; None before there is a whole month to tell of."""
    tenure = found.chosen.tenure
    if tenure is None or found.seen.began_at is None:
        return None
    # Before the first instant from which endings can be seen, nobody seems to leave.
    end, since = month_number(tenure.as_of), seen_since(found)
    first = month_number(since) if since == first_of(month_number(since)) else month_number(since) + 1
    months = range(max(first, end - TREND_MONTHS), end)
    counts = retention_by_month(ledger, tenure, months)
    points = tuple(
        Point(month=first_of(month), estimate=part.rate, n=part.at_start, is_whole=True)
        for month, part in counts.items()
    )
    if not points:
        return None
    definition = (
        "Of those there when a month began, the share whose same relationship was open when it ended: rates "
        "of single months, which are higher than those of a year."
    )
    return Trend(name=RATE.name, audience=audience, unit=RATE.unit, definition=definition, points=points)


def survival_curve(ledger: Ledger, tenure: Tenure, choices: Choices) -> Survival | None:
    """How long relationships last, with observation since the day that was chosen, if one was."""
    since = choices.observed_since.get(tenure.audience)
    return survival(ledger, tenure, None if since is None else midnight(since))


def survival_metrics(
    found: Loyalty, curve: Survival | None, audience: Audience, choices: Choices
) -> list[Metric]:
    """The share of relationships that outlive each age; twelve months always, the others where data carry."""
    tenure = found.chosen.tenure
    if tenure is None or found.seen.began_at is None:
        return []
    since = choices.observed_since.get(audience)
    start = found.seen.began_at if since is None else midnight(since)
    if start >= tenure.as_of:
        return []
    supported = set(reported_ages(curve, AGES))
    missing: tuple[Missing, ...] = ()
    if found.early is not None and (since is None or midnight(since) < found.early.since):
        missing = (Missing(count=found.early.begun, why=found.early.warning),)
    return [
        number(
            Kind(name=f"survival_{age}m", unit="share", counts="relationships"),
            audience,
            curve.interval_at(age) if curve is not None and age in supported else None,
            n=0 if curve is None else curve.n,
            period=Period(start, tenure.as_of),
            definition=_survival_definition(age, tenure, since is not None),
            minimum_n=choices.minimum_n,
            missing=missing,
            reason=_too_young(curve, age, choices.minimum_n),
        )
        for age in AGES
        if age == 12 or age in supported
    ]


def _survival_definition(age: int, tenure: Tenure, is_truncated: bool) -> str:
    months = "1 month" if age == 1 else f"{age} months"
    late = "; earlier ones enter at the age they had when observation began" if is_truncated else ""
    return (
        f"Share of relationships that last longer than {months} (Kaplan-Meier, open ones censored{late}); "
        f"{tenure.definition}. Log-log 95 % interval."
    )


def _too_young(curve: Survival | None, age: int, minimum_n: int) -> str:
    if curve is None or curve.n < minimum_n:
        return too_few(0 if curve is None else curve.n, minimum_n, "relationships")
    until = curve.sure_until(minimum_n)
    reached = "none" if until is None else f"{int(until)}"
    return (
        f"Not enough data: {minimum_n} relationships must have been under observation at {age} months; "
        f"so many were until {reached}."
    )
