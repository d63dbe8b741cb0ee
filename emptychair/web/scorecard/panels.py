"""The larger charts, each with its legend, who is not in it, and its data as a table."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.domain.metric import Metric, Missing
from emptychair.measure.scorecard import Standing
from emptychair.measure.trend import Trend
from emptychair.stats.survival import Survival
from emptychair.web.charts import legend
from emptychair.web.charts.survival import Step, survival
from emptychair.web.charts.trend import trend as drawn_trend
from emptychair.web.scorecard.cards import series
from emptychair.web.scorecard.view import Grid, Panel
from emptychair.web.scorecard.words import LEAST, Pen

MOST_ROWS = 60


def trend_panel(standing: Standing, trend: Trend, pen: Pen) -> Panel:
    """A number month by month."""
    points, text = series(trend, pen), pen.texts.gettext
    name = pen.title(trend.name, trend.audience)
    title = text("%(name)s by month", name=name)
    chart = Markup("")
    if sum(point.value is not None for point in points) > 1:
        least = LEAST.get(trend.unit, 0.5)
        chart = drawn_trend(
            points, title=title, least=least, tick=lambda value: _tick(pen, value, trend.unit)
        )
    rows = [(one, point) for one, point in zip(trend.points, points, strict=True)]
    return Panel(
        key=f"trend-{trend.name}",
        title=title,
        about=text(trend.definition),
        chart=chart,
        legend=legend.keys(band=text("95% interval")) if chart else Markup(""),
        note=Markup(""),
        missing=told_missing(_missing_of(standing, trend.name), pen),
        lack="" if chart else text("A line needs two months with enough answers."),
        grid=Grid(
            name=f"trend-{trend.name}",
            caption=title,
            head=(text("Month"), name, text("Low"), text("High"), text("n")),
            rows=tuple(
                (
                    point.label if one.is_whole else text("%(month)s so far", month=point.label),
                    *(_cell(pen, value, trend.unit) for value in (point.value, point.low, point.high)),
                    pen.write.count(one.n),
                )
                for one, point in rows
            ),
            keys=("month", "value", "low", "high", "n"),
            data=tuple((one.month.date(), point.value, point.low, point.high, one.n) for one, point in rows),
        ),
    )


def survival_panel(standing: Standing, curve: Survival, minimum_n: int, pen: Pen) -> Panel:
    """How long relationships last, dotted where fewer than `minimum_n` are left under observation."""
    text = pen.texts.gettext
    until = float(curve.times[-1]) if len(curve.times) else 0.0
    sure = curve.sure_until(minimum_n)
    steps = _steps(curve, sure if sure is not None else -1.0, pen) if until > 0 else []
    title = text("How long relationships last")
    half = curve.median()
    note = Markup("")
    if half is not None and sure is not None and half <= sure:
        note = Markup("<strong>{}</strong> {}").format(
            text("Half last longer than %(n)s months.", n=pen.write.decimal(half, 1)),
            text("The other half ended earlier."),
        )
    few = text("fewer than %(n)s still observed", n=pen.write.count(minimum_n))
    has_unripe = any(not step.ripe for step in steps)
    return Panel(
        key="survival",
        title=title,
        about=pen.texts.ngettext(
            "Share of %(n)s relationship that lasts longer than each age in months",
            "Share of %(n)s relationships that last longer than each age in months",
            curve.n,
            n=pen.write.count(curve.n),
        ),
        chart=survival(steps, title=title, until=until, time=lambda value: pen.write.decimal(value, 0)),
        legend=legend.keys(band=text("95% interval"), unripe=few if has_unripe else None)
        if steps
        else Markup(""),
        note=note,
        missing=told_missing(_missing_of(standing, "survival_12m"), pen),
        lack="" if steps else text("No relationship has lasted long enough to be followed."),
        grid=_survival_grid(curve, title, pen),
    )


def _steps(curve: Survival, sure_until: float, pen: Pen) -> list[Step]:
    start = Step(
        time=curve.since, share=1.0, low=1.0, high=1.0, ripe=True, text=pen.texts.gettext("At the start: all")
    )
    found = [start]
    for time, share, low, high, at_risk in zip(
        curve.times.tolist(),
        curve.share.tolist(),
        curve.low.tolist(),
        curve.high.tolist(),
        curve.at_risk.tolist(),
        strict=True,
    ):
        words = pen.texts.gettext(
            "%(age)s months: %(share)s (%(low)s to %(high)s), n = %(n)s",
            age=pen.write.decimal(time, 1),
            share=pen.write.percent(share),
            low=pen.write.percent(low),
            high=pen.write.percent(high),
            n=pen.write.count(at_risk),
        )
        found.append(Step(time=time, share=share, low=low, high=high, ripe=time <= sure_until, text=words))
    return found


def _survival_grid(curve: Survival, title: str, pen: Pen) -> Grid:
    """One row per whole month of age, so that the table can be read; the export has every step."""
    text = pen.texts.gettext
    last = int(curve.times[-1]) if len(curve.times) else 0
    stride = max(1, -(-last // MOST_ROWS))
    rows = []
    for age in range(0, last + 1, stride):
        one = curve.interval_at(float(age))
        if one is not None:
            rows.append(
                (
                    pen.write.count(age),
                    *(pen.write.percent(value) for value in (one.value, one.low, one.high)),
                )
            )
    data = zip(
        curve.times.tolist(),
        curve.share.tolist(),
        curve.low.tolist(),
        curve.high.tolist(),
        curve.at_risk.tolist(),
        curve.events.tolist(),
        strict=True,
    )
    return Grid(
        name="survival",
        caption=title,
        head=(text("Months"), text("Share"), text("Low"), text("High")),
        rows=tuple(rows),
        keys=("months", "share", "low", "high", "at_risk", "ended"),
        data=tuple(data),
    )


def segment_grid(metrics: Sequence[Metric], by: str, pen: Pen) -> Grid | None:
    """One row per value of a field, its numbers side by side."""
    mine = [metric for metric in metrics if metric.segment is not None]
    if not mine:
        return None
    names = list(dict.fromkeys(metric.name for metric in mine))
    values = list(dict.fromkeys(metric.segment[1] for metric in mine if metric.segment))
    found = {(metric.segment[1], metric.name): metric for metric in mine if metric.segment}
    text = pen.texts.gettext
    head = [by]
    for name in names:
        head += [pen.title(name, mine[0].audience), text("95% CI"), text("n")]
    rows = []
    for value in values:
        row = [value]
        for name in names:
            row += _segment_cells(found.get((value, name)), pen)
        rows.append(tuple(row))
    keys = ("field", "value", "metric", "estimate", "low", "high", "n", "reason")
    data = [
        (by, one.segment[1], one.name, one.value, one.low, one.high, one.n, one.reason)
        for one in mine
        if one.segment
    ]
    caption = text("Everybody by %(field)s", field=by)
    return Grid(
        name="segments", caption=caption, head=tuple(head), rows=tuple(rows), keys=keys, data=tuple(data)
    )


def _segment_cells(metric: Metric | None, pen: Pen) -> list[str]:
    if metric is None:
        return ["–", "", "0"]
    if metric.value is None:
        return [pen.texts.gettext("not enough data"), "", pen.write.count(metric.n)]
    low, high = (pen.value(edge, metric.unit)[0] for edge in (metric.low or 0.0, metric.high or 0.0))
    return [pen.whole(metric.value, metric.unit), f"{low} – {high}", pen.write.count(metric.n)]


def told_missing(missing: Sequence[Missing], pen: Pen) -> list[tuple[str, str]]:
    """Who is not in it: how many, and why."""
    return [(pen.write.count(gap.count), gap.why) for gap in missing]


def _missing_of(standing: Standing, name: str) -> Sequence[Missing]:
    return next((one.missing for one in standing.metrics if one.name == name and one.segment is None), ())


def _cell(pen: Pen, value: float | None, unit: str) -> str:
    return "–" if value is None else pen.whole(value, unit)


def _tick(pen: Pen, value: float, unit: str) -> str:
    if unit == "share":
        digits = 0 if round(100 * value, 6).is_integer() else 1
        return pen.write.percent(value, digits)
    return pen.write.decimal(value, 0 if float(value).is_integer() else 1)
