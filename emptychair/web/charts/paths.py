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
    """A path through the pairs, in order; what keeps its height or its place says only what changes.

    >>> line([(0, 1), (2, 1), (2, 3), (2, 3), (4, 5)])
    'M0 1H2V3L4 5'
    """
    told = [(number(x), number(y)) for x, y in pairs]
    if not told:
        return ""
    written = [f"M{told[0][0]} {told[0][1]}"]
    for (x, y), (was_x, was_y) in zip(told[1:], told, strict=False):
        if x != was_x and y != was_y:
            written.append(f"L{x} {y}")
        elif x != was_x:
            written.append(f"H{x}")
        elif y != was_y:
            written.append(f"V{y}")
    return "".join(written)


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
