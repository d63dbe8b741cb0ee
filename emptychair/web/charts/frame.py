"""The frame of a larger chart: axes whose words keep their size while the drawing is stretched."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from emptychair.web.charts.paths import number


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at a place, 0..100 from the left or from the top."""

    place: float
    label: str


def framed(drawing: Markup, *, title: str, across: Sequence[Tick], up: Sequence[Tick]) -> Markup:
    """`drawing` (SVG elements in a 100 by 100 box) with a grid, an axis at the left and one below."""
    grid = Markup("").join(
        Markup('<line class="grid" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>').format(number(tick.place))
        for tick in up
    )
    return Markup(
        '<div class="plot"><svg aria-hidden="true">{}</svg><svg role="img" aria-label="{}">{}'
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">'
        '{}</svg></svg><svg class="xax" aria-hidden="true">{}</svg></div>'
    ).format(_left(up), title, grid, drawing, _below(across))


def _left(ticks: Sequence[Tick]) -> Markup:
    return Markup("").join(
        Markup('<text x="30" y="{}%" dy=".35em" text-anchor="end">{}</text>').format(
            number(tick.place), tick.label
        )
        for tick in ticks
    )


def _below(ticks: Sequence[Tick]) -> Markup:
    parts = []
    for tick in ticks:
        anchor = "start" if tick.place < 2 else "end" if tick.place > 98 else "middle"
        parts.append(
            Markup('<text x="{}%" y="16" text-anchor="{}">{}</text>').format(
                number(tick.place), anchor, tick.label
            )
        )
    return Markup("").join(parts)


def spread(labels: Sequence[str], most: int = 4) -> list[Tick]:
    """At most about `most` evenly chosen labels of a series, always with the last one.

    >>> [tick.label for tick in spread(["Jan", "Feb", "Mar", "Apr", "May"], most=3)]
    ['Jan', 'Mar', 'May']
    """
    last = len(labels) - 1
    if last < 1:
        return [Tick(50.0, label) for label in labels]
    step = max(1, -(-last // (most - 1)))
    return [Tick(round(100 * index / last, 2), labels[index]) for index in range(last, -1, -step)][::-1]
