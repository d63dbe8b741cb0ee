"""The cards at the top: one number each, with its band, its change and what is certain about it."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.domain.metric import Metric
from emptychair.measure.periods import length
from emptychair.measure.scorecard import Standing
from emptychair.measure.trend import Trend
from emptychair.stats.trend import Change
from emptychair.web.charts.point import Point
from emptychair.web.charts.spark import spark
from emptychair.web.scorecard.view import Card, Chip, Tone
from emptychair.web.scorecard.words import LEAST, Pen

HEADLINE = ("retention_rate", "nps", "enps", "csat", "ces", "stars")
BESIDE = {"retention_rate": ("retention_rate_net", "survival_12m")}
SPARK_MONTHS = 13


def cards(standing: Standing, pen: Pen, segment: tuple[str, str] | None = None) -> list[Card]:
    """The headline numbers of an audience, of one segment when it is named; in the order of importance."""
    by_name = {metric.name: metric for metric in standing.metrics if metric.segment == segment}
    return [card(standing, by_name[name], pen, by_name) for name in HEADLINE if name in by_name]


def card(standing: Standing, metric: Metric, pen: Pen, beside: dict[str, Metric]) -> Card:
    """One number as a card; a segment has neither change nor line, which are told of everybody only."""
    change = standing.changes.get(metric.name) if metric.segment is None else None
    trends = standing.pictures.trends if standing.pictures and metric.segment is None else ()
    trend = next((one for one in trends if one.name == metric.name), None)
    value, unit = pen.value(metric.value, metric.unit) if metric.value is not None else (None, "")
    points = series(trend, pen)[-SPARK_MONTHS:] if trend else []
    confidence, css = _confidence(change, pen)
    return Card(
        key=f"{metric.audience.value}-{metric.name}",
        title=pen.title(metric.name, metric.audience),
        aside=metric.segment[1] if metric.segment else pen.texts.gettext(length(metric.period)),
        value=value,
        unit=unit,
        interval=pen.interval(metric, metric.unit),
        n=_people(metric, pen),
        chip=_chip(change, metric, pen) if metric.value is not None else None,
        confidence=confidence if metric.value is not None else pen.texts.gettext("Nothing is claimed"),
        confidence_css=css if metric.value is not None else "none",
        spark=_spark(metric, points, pen),
        ends=(points[0].label, points[-1].label) if points else ("", ""),
        definition=metric.definition,
        others=_others(metric, beside, pen),
        missing=[(pen.write.count(gap.count), gap.why) for gap in metric.missing],
        lack=metric.reason or "",
    )


def series(trend: Trend, pen: Pen) -> list[Point]:
    """The months of a trend as points of a chart; the running month says that it is not over."""
    found = []
    for one in trend.points:
        label = pen.write.month(one.month)
        shown = label if one.is_whole else pen.texts.gettext("%(month)s so far", month=label)
        known = one.estimate
        found.append(
            Point(
                label=label,
                text=pen.reading(shown, known, trend.unit, one.n),
                value=known.value if known else None,
                low=known.low if known else None,
                high=known.high if known else None,
            )
        )
    return found


def _spark(metric: Metric, points: Sequence[Point], pen: Pen) -> Markup:
    if sum(point.value is not None for point in points) < 2:
        return Markup("")
    title = pen.texts.gettext("%(name)s, month by month", name=pen.title(metric.name, metric.audience))
    return spark(points, title=title, least=LEAST.get(metric.unit, 0.5))


def _people(metric: Metric, pen: Pen) -> str:
    n = pen.write.count(metric.n)
    if metric.name.startswith("retention"):
        return pen.texts.ngettext("%(n)s person", "%(n)s people", metric.n, n=n)
    return pen.texts.ngettext("%(n)s answer", "%(n)s answers", metric.n, n=n)


def _is_sure(change: Change) -> bool:
    return change.low > 0 or change.high < 0


def _chip(change: Change | None, metric: Metric, pen: Pen) -> Chip | None:
    if change is None:
        return None
    rose = change.value > 0
    tone = (Tone.GOOD if rose else Tone.BAD) if _is_sure(change) else Tone.NEUTRAL
    icon = ("arrow-up-right" if rose else "arrow-down-right") if _is_sure(change) else "minus"
    about = pen.texts.gettext(
        "Against the %(length)s before: %(change)s, %(interval)s. What changed it is not said by this.",
        length=pen.texts.gettext(length(metric.period)),
        change=pen.change(change, metric.unit),
        interval=pen.change_interval(change, metric.unit),
    )
    return Chip(text=pen.change(change, metric.unit), icon=icon, tone=tone, about=about)


def _confidence(change: Change | None, pen: Pen) -> tuple[str, str]:
    """How sure it is that there was a change at all, never more than the numbers say."""
    if change is None:
        return pen.texts.gettext("No earlier period to compare"), "none"
    # Never 100 %: that would round a doubt away.
    sure = (
        "> 99%" if change.direction_confidence > 0.99 else pen.write.percent(change.direction_confidence, 0)
    )
    if not _is_sure(change):
        return pen.texts.gettext("The change may be chance"), ""
    words = "%(sure)s sure that it rose" if change.value > 0 else "%(sure)s sure that it fell"
    return pen.texts.gettext(words, sure=sure), "strong"


def _others(metric: Metric, beside: dict[str, Metric], pen: Pen) -> list[tuple[str, str, str]]:
    found = []
    for name in BESIDE.get(metric.name, ()):
        other = beside.get(name)
        if other is not None and other.value is not None:
            value = f"{pen.whole(other.value, other.unit)} ({pen.interval(other, other.unit)})"
            found.append((pen.title(name, other.audience), value, other.definition))
    return found
