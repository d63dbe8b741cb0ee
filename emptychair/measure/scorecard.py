"""The scorecard: who stays, for how long, and what they say, for customers and employees alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.metric import Metric
from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.measure.choices import Choices
from emptychair.measure.loyalty import (
    RATE,
    Loyalty,
    loyalty,
    retention_metrics,
    retention_segments,
    retention_trend,
    seen_since,
    survival_curve,
    survival_metrics,
)
from emptychair.measure.opinion import (
    kind_of,
    quiet_people,
    score_counts,
    score_metric,
    score_segments,
    score_trend,
)
from emptychair.measure.periods import before, checked, last_year, length
from emptychair.measure.sentence import Sentence, sentences
from emptychair.measure.trend import Trend
from emptychair.stats.intervals import Estimate
from emptychair.stats.survival import Survival
from emptychair.stats.trend import Change, change
from emptychair.understand.cohorts import CohortTable, cohorts_active, cohorts_in_spell
from emptychair.understand.fields import Division, Field, field
from emptychair.understand.retention import retention
from emptychair.understand.satisfaction import scores_given
from emptychair.understand.scores import estimate
from emptychair.understand.spells import Rule, Tenure
from emptychair.understand.tenure import choose, end_of_data, evidence

NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What charts are drawn from: None or empty where there is nothing to draw."""

    trends: tuple[Trend, ...]
    cohorts: CohortTable | None
    survival: Survival | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One audience as of an instant.

    `metrics` of everybody come first, those of segments after them. `changes` has, by name of metric, the
    change since the period of equal length before; without an entry it cannot be told. `tenure` says how
    relationships are told, None when nothing tells them.
    """

    audience: Audience
    as_of: datetime
    tenure: Tenure | None
    metrics: tuple[Metric, ...]
    changes: Mapping[str, Change]
    pictures: Pictures | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All audiences that anything is known of, customers first, and what to say first."""

    standings: tuple[Standing, ...]
    opening: tuple[Sentence, ...]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every number, in the order in which it is shown."""
        return tuple(metric for standing in self.standings for metric in standing.metrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked of the scorecard."""

    period: Period | None
    as_of: datetime | None
    by: Field | Division | None
    choices: Choices
    now: datetime
    with_pictures: bool


def scorecard(
    ledger: Ledger,
    *,
    now: datetime,
    audience: Audience | None = None,
    period: Period | None = None,
    as_of: datetime | None = None,
    by: str | Division | None = None,
    choices: Choices = NO_CHOICES,
    with_pictures: bool = False,
) -> Scorecard:
    """The numbers of one audience, or of each that anything is known of.

    Without `as_of` an audience is seen up to the midnight after its last signal, or up to the end of `period`
    when that is later; without `period` over the year before. `by` names a field to split by, or tells
    people apart itself. Raises UnknownFieldError when there is none of that name,
    PeriodNotOverError when the period ends too late.
    """
    asked = _Asked(
        period=period,
        as_of=as_of,
        by=field(ledger, by) if isinstance(by, str) else by,
        choices=choices,
        now=now,
        with_pictures=with_pictures,
    )
    wanted = tuple(Audience) if audience is None else (audience,)
    found = [_standing(ledger, one, asked, is_named=audience is not None) for one in wanted]
    standings = tuple(standing for standing in found if standing is not None)
    return Scorecard(standings=standings, opening=_opening(standings))


def _standing(ledger: Ledger, audience: Audience, asked: _Asked, *, is_named: bool) -> Standing | None:
    """One audience; None when nothing is known of it and nobody asked for it by name."""
    end = end_of_data(ledger, audience, asked.now)
    if end is None and not is_named:
        return None
    as_of = _seen_until(end or asked.now, asked)
    period = None if asked.period is None else checked(asked.period, as_of)
    seen = evidence(ledger, audience, as_of)
    chosen = choose(ledger, audience, as_of, seen, gap_days=asked.choices.gap_days.get(audience))
    least = asked.choices.minimum_n
    found = loyalty(ledger, chosen, seen, as_of, period, least)
    said = period or last_year(as_of)
    scores = _scores(ledger, audience)
    curve = None if chosen.tenure is None else survival_curve(ledger, chosen.tenure, asked.choices)
    quiet = quiet_people(ledger, chosen.tenure, scores, said)
    metrics = [
        *retention_metrics(ledger, found, audience, least),
        *survival_metrics(found, curve, audience, asked.choices),
        *(score_metric(ledger, audience, score, said, quiet.get(score, 0), least) for score in scores),
        *_segments(ledger, found, audience, scores, said, asked),
    ]
    return Standing(
        audience=audience,
        as_of=as_of,
        tenure=chosen.tenure,
        metrics=tuple(metrics),
        changes=_changes(ledger, found, audience, scores, said, metrics),
        pictures=_pictures(ledger, found, audience, scores, said, curve) if asked.with_pictures else None,
    )


def _seen_until(end: datetime, asked: _Asked) -> datetime:
    if asked.as_of is not None:
        return asked.as_of
    return end if asked.period is None else max(end, min(asked.period.end, asked.now))


def _scores(ledger: Ledger, audience: Audience) -> list[Score]:
    """NPS always, as what is missing is worth saying; the others when they were ever asked for."""
    given = scores_given(ledger, audience)
    return [score for score in Score if score is Score.NPS or score in given]


def _segments(
    ledger: Ledger, found: Loyalty, audience: Audience, scores: list[Score], said: Period, asked: _Asked
) -> list[Metric]:
    if asked.by is None:
        return []
    least = asked.choices.minimum_n
    metrics = retention_segments(ledger, found, audience, asked.by, least)
    for score in scores:
        metrics += score_segments(ledger, audience, score, said, asked.by, least)
    return metrics


def _changes(
    ledger: Ledger,
    found: Loyalty,
    audience: Audience,
    scores: list[Score],
    said: Period,
    metrics: list[Metric],
) -> Mapping[str, Change]:
    """The change since the period of equal length before, of every number that both periods have."""
    earlier: dict[str, Estimate | None] = {RATE.name: _rate_before(ledger, found)}
    for score in scores:
        counts = score_counts(ledger, audience, score, before(said))
        earlier[kind_of(score, audience).name] = estimate(score, counts)
    moved = {
        metric.name: change(earlier[metric.name], _estimate(metric))
        for metric in metrics
        if metric.segment is None and metric.name in earlier
    }
    return {name: one for name, one in moved.items() if one is not None}


def _estimate(metric: Metric) -> Estimate | None:
    if metric.value is None or metric.low is None or metric.high is None:
        return None
    return Estimate(value=metric.value, low=metric.low, high=metric.high, n=metric.n)


def _rate_before(ledger: Ledger, found: Loyalty) -> Estimate | None:
    """The retention rate over the period before; None where endings could not be seen in it."""
    tenure = found.chosen.tenure
    if tenure is None or found.seen.began_at is None:
        return None
    earlier = before(found.period)
    return retention(ledger, tenure, earlier).rate if earlier.start >= seen_since(found) else None


def _pictures(
    ledger: Ledger,
    found: Loyalty,
    audience: Audience,
    scores: list[Score],
    said: Period,
    curve: Survival | None,
) -> Pictures:
    tenure = found.chosen.tenure
    trends = [retention_trend(ledger, found, audience)]
    trends += [score_trend(ledger, audience, score, said) for score in scores]
    return Pictures(
        trends=tuple(trend for trend in trends if trend is not None),
        cohorts=None if tenure is None else _cohorts(ledger, tenure),
        survival=curve,
    )


def _cohorts(ledger: Ledger, tenure: Tenure) -> CohortTable:
    """By contract who is still in it; without one who was active, as the cards know that without history."""
    return (
        cohorts_in_spell(ledger, tenure) if tenure.rule is Rule.CONTRACT else cohorts_active(ledger, tenure)
    )


def _opening(standings: tuple[Standing, ...]) -> tuple[Sentence, ...]:
    metrics = [metric for standing in standings for metric in standing.metrics]
    changes = {
        (standing.audience, name): one for standing in standings for name, one in standing.changes.items()
    }
    lengths = {
        metric.audience: length(metric.period)
        for metric in metrics
        if metric.name == RATE.name and metric.segment is None
    }
    return sentences(metrics, changes, lengths)
