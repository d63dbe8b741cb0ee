"""A journey as a drawing: who gets to each step, with the interval, of those whose time is over."""

from markupsafe import Markup

from emptychair.understand.journeys.funnel import Funnel, Stage
from emptychair.web.charts.frame import Tick, framed
from emptychair.web.charts.paths import number, whisker
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
LONGEST = 18


def way(found: Funnel, title: str, write: Formats, text: Texts) -> Markup:
    """The framed chart; empty when nobody's time is over."""
    if not found.ripe:
        return Markup("")
    width = 100 / len(found.stages)
    parts = [_bar(stage, place, width, write, text) for place, stage in enumerate(found.stages)]
    across = [
        Tick(round(width * (place + 0.5), 2), _short(stage.name)) for place, stage in enumerate(found.stages)
    ]
    up = [Tick(round(100 * (1 - share), 2), write.percent(share, 0)) for share in _SHARES]
    return framed(Markup("").join(parts), title=title, across=across, up=up)


def _bar(stage: Stage, place: int, width: float, write: Formats, text: Texts) -> Markup:
    share = stage.of_first
    value = 1.0 if place == 0 else 0.0 if share is None else share.value
    told = text.gettext(
        "%(name)s: %(n)s people whose time is over", name=stage.name, n=write.count(stage.ripe)
    )
    left, middle = width * (place + 0.16), width * (place + 0.5)
    drawn = Markup('<g class="way" data-tip="{}"><rect x="{}" y="{}" width="{}" height="{}"/>{}</g>')
    interval = Markup("") if share is None else whisker(middle, 100 * (1 - share.high), 100 * (1 - share.low))
    return drawn.format(
        told,
        number(left),
        number(100 * (1 - value)),
        number(width * 0.68),
        number(100 * value),
        interval,
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
