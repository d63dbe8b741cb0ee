"""A series over time with its band, its axes, and words for every point."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from emptychair.web.charts.frame import Tick, framed, spread
from emptychair.web.charts.paths import area, dot, line
from emptychair.web.charts.point import Point, runs
from emptychair.web.charts.scale import Scale, around, ticks
from emptychair.web.charts.spark import hits


def trend(points: Sequence[Point], *, title: str, least: float, tick: Callable[[float], str]) -> Markup:
    """The framed chart; empty when no point has a value. `tick` writes a value of the left axis."""
    stretches = runs(points)
    if not stretches:
        return Markup("")
    scale = around((edge for run in stretches for read in run for edge in (read.low, read.high)), least=least)
    across = Scale(0, max(1, len(points) - 1))
    parts = []
    for run in stretches:
        middle = [(across.along(read.index), scale.up(read.value)) for read in run]
        upper = [(across.along(read.index), scale.up(read.high)) for read in run]
        lower = [(across.along(read.index), scale.up(read.low)) for read in run]
        parts.append(Markup('<path class="band" d="{}"/>').format(area(upper, lower)))
        parts.append(
            Markup('<path class="ln" d="{}"/>').format(line(middle)) if len(run) > 1 else dot(*middle[0])
        )
    last = stretches[-1][-1]
    parts.append(dot(across.along(last.index), scale.up(last.value), "pt ring"))
    parts.append(dot(across.along(last.index), scale.up(last.value)))
    up = [Tick(scale.up(value), tick(value)) for value in ticks(scale.low, scale.high)]
    drawing = Markup("").join([*parts, hits(points, across, scale)])
    return framed(drawing, title=title, across=spread([point.label for point in points]), up=up)
