"""A small line with its band, for a card: the shape of the last months and where it stands now."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.web.charts.paths import area, dot, line, number, whisker
from emptychair.web.charts.point import Point, Read, runs
from emptychair.web.charts.scale import Scale, around


def spark(points: Sequence[Point], *, title: str, least: float) -> Markup:
    """An SVG of the series; empty when no point has a value. `least` is the smallest height of the scale."""
    stretches = runs(points)
    if not stretches:
        return Markup("")
    scale = around((edge for run in stretches for read in run for edge in (read.low, read.high)), least=least)
    across = Scale(0, max(1, len(points) - 1))
    drawn = Markup("").join(
        [*(stretch(run, across, scale) for run in stretches), last_dot(stretches, across, scale)]
    )
    return Markup(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>'
    ).format(title, drawn, hits(points, across, scale))


def stretch(run: Sequence[Read], across: Scale, scale: Scale) -> Markup:
    """An unbroken line in its band; a point alone has its interval as a whisker."""
    upper = [(across.along(read.index), scale.up(read.high)) for read in run]
    lower = [(across.along(read.index), scale.up(read.low)) for read in run]
    middle = [(across.along(read.index), scale.up(read.value)) for read in run]
    if len(run) == 1:
        return whisker(upper[0][0], upper[0][1], lower[0][1]) + dot(*middle[0])
    return Markup('<path class="band" d="{}"/><path class="ln" d="{}"/>').format(
        area(upper, lower), line(middle)
    )


def last_dot(stretches: Sequence[Sequence[Read]], across: Scale, scale: Scale) -> Markup:
    """Where the series stands now."""
    read = stretches[-1][-1]
    place = across.along(read.index), scale.up(read.value)
    return dot(*place, "pt ring") + dot(*place)


def hits(points: Sequence[Point], across: Scale, scale: Scale) -> Markup:
    """Invisible columns, one per point, that carry the words shown when they are pointed at."""
    half = 50 / max(1, len(points) - 1)
    parts = []
    for index, point in enumerate(points):
        x = across.along(index)
        left, right = max(0.0, x - half), min(100.0, x + half)
        mark = dot(x, scale.up(point.value)) if point.value is not None else Markup("")
        parts.append(
            Markup('<g class="hit" data-tip="{}"><rect x="{}" width="{}" height="100"/>{}</g>').format(
                point.text, number(left), number(right - left), mark
            )
        )
    return Markup("").join(parts)
