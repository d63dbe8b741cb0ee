"""Pictures of a model's card: what was foreseen against what came, and who left in tenths of people."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.stats.ranking import Lift
from emptychair.stats.reliability import Bin
from emptychair.web.charts.frame import Tick, framed
from emptychair.web.charts.paths import area, dot, line, number, whisker
from emptychair.web.charts.scale import Scale, ticks
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

_NARROW = 0.6


def calibration(bins: Sequence[Bin], write: Formats, texts: Texts) -> Markup:
    """Shares that came over chances that were told, in the band in which a perfect model's lie."""
    if not bins:
        return Markup("")
    highs = [one.rate.high if one.rate else one.high for one in bins]
    top = min(1.0, max([one.forecast for one in bins] + [one.high for one in bins] + highs) * 1.05 or 1.0)
    scale = Scale(0.0, top)
    ends = (bins[0], bins[-1])
    upper = [(scale.along(one.forecast), scale.up(min(one.high, top))) for one in bins]
    lower = [(scale.along(one.forecast), scale.up(one.low)) for one in bins]
    parts = [
        Markup('<path class="band" d="{}"/>').format(area(upper, lower)) if len(bins) > 1 else Markup(""),
        Markup('<path class="ln unripe" d="{}"/>').format(
            line([(scale.along(at), scale.up(at)) for at in (0.0, min(top, ends[1].forecast * 1.05))])
        ),
    ]
    for one in bins:
        if one.rate is None:
            continue
        x = scale.along(one.forecast)
        told = texts.gettext(
            "foreseen %(foreseen)s, came %(came)s of %(n)s",
            foreseen=write.percent(one.forecast),
            came=write.percent(one.rate.value),
            n=write.count(one.n),
        )
        mark = whisker(x, scale.up(one.rate.high), scale.up(one.rate.low)) + dot(x, scale.up(one.rate.value))
        hit = Markup('<rect x="{}" y="0" width="3" height="100"/>').format(number(max(0.0, x - 1.5)))
        parts.append(mark + Markup('<g class="hit" data-tip="{}">{}</g>').format(told, hit))
    title = texts.gettext("What came over what was foreseen, in ten groups of equal size")
    marks = ticks(0.0, top)
    return framed(
        Markup("").join(parts),
        title=title,
        across=[Tick(scale.along(value), write.percent(value, 0)) for value in marks],
        up=[Tick(scale.up(value), write.percent(value, 0)) for value in marks],
    )


def deciles(parts: Sequence[Lift], write: Formats, texts: Texts) -> Markup:
    """The share that left in every tenth of people, those with the greatest chance first."""
    if not parts:
        return Markup("")
    top = max(one.rate for one in parts) * 1.05 or 1.0
    scale, width = Scale(0.0, top), 100 / len(parts)
    drawn = []
    for at, one in enumerate(parts):
        told = texts.gettext(
            "%(cases)s of %(n)s left, %(rate)s",
            cases=write.count(one.cases),
            n=write.count(one.people),
            rate=write.percent(one.rate),
        )
        x, y = at * width + width * (1 - _NARROW) / 2, scale.up(one.rate)
        bar = Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>').format(
            number(x), number(y), number(width * _NARROW), number(100 - y)
        )
        drawn.append(Markup('<g data-tip="{}">{}</g>').format(told, bar))
    return framed(
        Markup("").join(drawn),
        title=texts.gettext("The share that left in every tenth of people"),
        across=[Tick((at + 0.5) * width, write.count(at + 1)) for at in range(len(parts))],
        up=[Tick(scale.up(value), write.percent(value, 0)) for value in ticks(0.0, top)],
    )
