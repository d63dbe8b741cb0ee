"""A series over time with its band, its axes, and words for every point."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from emptychair.web.charts.frame import Tick, framed, spread
from emptychair.web.charts.point import Point, runs
from emptychair.web.charts.scale import Scale, around, ticks
from emptychair.web.charts.spark import hits, last_dot, stretch


def trend(points: Sequence[Point], *, title: str, least: float, tick: Callable[[float], str]) -> Markup:
    """The framed chart; empty when no point has a value. `tick` writes a value of the left axis."""
    stretches = runs(points)
    if not stretches:
        return Markup("")
    scale = around((edge for run in stretches for read in run for edge in (read.low, read.high)), least=least)
    across = Scale(0, max(1, len(points) - 1))
    parts = [stretch(run, across, scale) for run in stretches]
    parts.append(last_dot(stretches, across, scale))
    up = [Tick(scale.up(value), tick(value)) for value in ticks(scale.low, scale.high)]
    drawing = Markup("").join([*parts, hits(points, across, scale)])
    return framed(drawing, title=title, across=spread([point.label for point in points]), up=up)
