"""Lines, bands and dots as SVG path data."""

from collections.abc import Sequence

from markupsafe import Markup

Pair = tuple[float, float]


def number(value: float) -> str:
    """The shortest way to write a coordinate.

    >>> number(12.50), number(3.0), number(-0.0)
    ('12.5', '3', '0')
    """
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def line(pairs: Sequence[Pair]) -> str:
    """A path through the pairs, in order."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in pairs)


def area(upper: Sequence[Pair], lower: Sequence[Pair]) -> str:
    """A closed path along the upper edge and back along the lower one."""
    return line([*upper, *reversed(lower)]) + "Z"


def steps(pairs: Sequence[Pair]) -> list[Pair]:
    """The corners of a staircase that keeps each height until the next pair."""
    corners: list[Pair] = []
    for x, y in pairs:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def whisker(x: float, high: float, low: float) -> Markup:
    """The interval of a point that stands alone, from its high to its low end."""
    return Markup('<path class="whisker" d="M{} {}V{}"/>').format(number(x), number(high), number(low))


def dot(x: float, y: float, css: str = "pt") -> Markup:
    """A round dot that stays round while its drawing is stretched."""
    return Markup('<path class="{}" d="M{} {}h0"/>').format(css, number(x), number(y))
