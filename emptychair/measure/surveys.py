"""The scores of one survey: with interval, trend and segments, by the functions of every other score."""

from collections.abc import Iterable
from dataclasses import dataclass

from emptychair.domain.metric import Metric
from emptychair.domain.period import Period
from emptychair.domain.scale import SCALES, Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.measure.opinion import score_metric, score_segments, score_trend
from emptychair.measure.trend import Trend
from emptychair.understand.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What a survey's answers add up to: one metric and one trend for each score that it asks for."""

    metrics: tuple[Metric, ...]
    trends: tuple[Trend, ...]
    segments: tuple[Metric, ...]


def asked_scores(kinds: Iterable[str]) -> tuple[Score, ...]:
    """The scores that are asked for by questions of these kinds.

    >>> asked_scores(["text", "enps"])
    (<Score.NPS: 'nps'>,)
    """
    names = set(kinds)
    return tuple(score for score, scale in SCALES.items() if names & set(scale.names))


def scores(
    ledger: Ledger,
    survey: str,
    audience: Audience,
    asked: Iterable[Score],
    period: Period,
    minimum_n: int,
    by: Field | None = None,
) -> Scores:
    """The scores of a survey; who was asked and kept quiet is not known here, but told by its funnel."""
    chosen = tuple(asked)
    metrics = [score_metric(ledger, audience, one, period, 0, minimum_n, source=survey) for one in chosen]
    trends = [score_trend(ledger, audience, one, period, source=survey) for one in chosen]
    segments = [
        metric
        for one in chosen
        if by is not None
        for metric in score_segments(ledger, audience, one, period, by, minimum_n, source=survey)
    ]
    return Scores(
        metrics=tuple(metrics),
        trends=tuple(one for one in trends if one is not None),
        segments=tuple(segments),
    )
