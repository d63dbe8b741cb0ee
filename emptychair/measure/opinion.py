"""What they say when asked for a score, as numbers of the scorecard."""

from collections.abc import Mapping, Sequence

from emptychair.domain.metric import Metric, Missing
from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.measure.loyalty import TREND_MONTHS, merged
from emptychair.measure.number import Kind, number
from emptychair.measure.periods import length
from emptychair.measure.trend import Point, Trend
from emptychair.understand.fields import Division, Field, largest
from emptychair.understand.satisfaction import Unheard, scores_by, scores_by_month, silent, unheard
from emptychair.understand.scores import Counts, added, estimate
from emptychair.understand.spells import Tenure

_UNITS = {Score.NPS: "points", Score.CSAT: "share", Score.CES: "1-7", Score.STARS: "stars"}
_DEFINITIONS = {
    Score.NPS: "100 × (answers 9-10 − answers 0-6) / answers on a scale of 0-10; adjusted Wald 95 % interval",
    Score.CSAT: "Share of answers 4 and 5 on a scale of 1-5; Wilson 95 % interval",
    Score.CES: "Mean of the answers on a scale of 1-7; 95 % interval by t inside the scale",
    Score.STARS: "Mean of 1-5 stars; 95 % interval by t inside the scale",
}


def kind_of(score: Score, audience: Audience) -> Kind:
    """The score as a number: an employee's NPS has its own name."""
    is_own = score is Score.NPS and audience is Audience.EMPLOYEE
    return Kind(name="enps" if is_own else score.value, unit=_UNITS[score], counts="answers")


def definition(score: Score, period: Period) -> str:
    """What the number is of, as sentences."""
    return f"{_DEFINITIONS[score]}. Each person's last answer in the period counts; over {length(period)}."


def score_counts(
    ledger: Ledger, audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Counts:
    """How often each score was given by everybody, or to one source (a survey) alone."""
    return scores_by(ledger, audience, score, period, source=source).get("", {})


def score_metric(
    ledger: Ledger,
    audience: Audience,
    score: Score,
    period: Period,
    quiet: int,
    minimum_n: int,
    *,
    source: str | None = None,
) -> Metric:
    """The score of everybody in the period, with the answers and the (`quiet`) people it cannot speak for."""
    counts = score_counts(ledger, audience, score, period, source=source)
    return number(
        kind_of(score, audience),
        audience,
        estimate(score, counts),
        n=sum(counts.values()),
        period=period,
        definition=definition(score, period),
        minimum_n=minimum_n,
        missing=_missing(unheard(ledger, audience, score, period, source=source), quiet),
    )


def quiet_people(
    ledger: Ledger, tenure: Tenure | None, scores: Sequence[Score], period: Period
) -> Mapping[Score, int]:
    """For each score the people there at the end of the period who did not answer; none without a tenure."""
    if tenure is None or period.end > tenure.as_of:
        return {}
    return silent(ledger, tenure, scores, period)


def _missing(gaps: Unheard, quiet: int) -> tuple[Missing, ...]:
    return (
        Missing(count=quiet, why="people there at the end of the period who did not answer in it"),
        Missing(count=gaps.unnamed, why="answers that name nobody: each counts as a person of its own"),
        Missing(count=gaps.superseded, why="earlier answers of people who answered again"),
        Missing(count=gaps.off_scale, why="answers that are not on the scale: left out"),
    )


def score_segments(
    ledger: Ledger,
    audience: Audience,
    score: Score,
    period: Period,
    by: Field | Division,
    minimum_n: int,
    *,
    source: str | None = None,
) -> list[Metric]:
    """The score of each of the largest segments; their answers add up to everybody's."""
    found = scores_by(ledger, audience, score, period, by, source=source)
    return [
        number(
            kind_of(score, audience),
            audience,
            estimate(score, counts),
            n=sum(counts.values()),
            period=period,
            definition=definition(score, period),
            minimum_n=minimum_n,
            missing=merged(by, segment.merged),
            segment=(by.name, segment.label),
        )
        for segment, counts in largest(found, lambda counts: sum(counts.values()), added)
    ]


def score_trend(
    ledger: Ledger, audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Trend | None:
    """The score of every calendar month of up to two years before the period's end; None without answers."""
    last = month_number(period.end)
    is_cut = period.end != first_of(last)
    start = first_of(last - TREND_MONTHS)
    found = scores_by_month(ledger, audience, score, Period(start, period.end), source=source)
    if not found:
        return None
    kind = kind_of(score, audience)
    points = tuple(
        Point(
            month=first_of(month),
            estimate=estimate(score, found.get(month, {})),
            n=sum(found.get(month, {}).values()),
            is_whole=month < last,
        )
        for month in range(min(found), last + int(is_cut))
    )
    text = f"{_DEFINITIONS[score]}. Each person's last answer in a month counts."
    return Trend(name=kind.name, audience=audience, unit=kind.unit, definition=text, points=points)
