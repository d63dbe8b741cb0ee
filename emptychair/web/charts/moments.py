"""Readings at their instants: a dot for each between −1 and 1, and a line through some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from emptychair.web.charts.paths import dot, line, number
from emptychair.web.charts.scale import Scale

SCALE = Scale(-1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One reading: `value` from -1 to 1, a class for its colour, and its words."""

    at: datetime
    value: float
    css: str
    text: str


def moments(
    dots: Sequence[Moment], course: Sequence[tuple[datetime, float]], *, first: datetime, last: datetime
) -> Markup:
    """The drawing in a 100 by 100 box, for `frame.framed`."""
    across = Scale(first.timestamp(), max(last.timestamp(), first.timestamp() + 1))
    parts = []
    if len(course) > 1:
        pairs = [(across.along(at.timestamp()), SCALE.up(value)) for at, value in course]
        parts.append(Markup('<path class="ln" d="{}"/>').format(line(pairs)))
    for one in dots:
        x, y = across.along(one.at.timestamp()), SCALE.up(one.value)
        mark = dot(x, y, f"pt felt {one.css}".strip())
        parts.append(
            Markup('<g data-tip="{}">{}<rect class="reach" x="{}" y="{}" width="3" height="8"/></g>').format(
                one.text, mark, number(max(0.0, x - 1.5)), number(y - 4)
            )
        )
    return Markup("").join(parts)
