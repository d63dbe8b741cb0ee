"""What the marks of a chart mean, as small drawings with words."""

from collections.abc import Mapping

from markupsafe import Markup


def ramp(low: str, high: str, *, marks: Mapping[str, str]) -> Markup:
    """The shades from palest to darkest between two values as written; `marks` are classes with words."""
    told = Markup("").join(
        Markup('<span><i class="swatch hc {}" aria-hidden="true"></i>{}</span>').format(css, words)
        for css, words in marks.items()
    )
    return Markup(
        '<p class="lg end">{}<span>{} <i class="ramp" aria-hidden="true"></i> {}</span></p>'
    ).format(told, low, high)


def keys(*, band: str, unripe: str | None = None) -> Markup:
    """A line in its band, and a dotted line where the chart cannot be relied upon yet."""
    parts = [_key(_BAND, band)]
    if unripe is not None:
        parts.append(_key(_UNRIPE, unripe))
    return Markup('<p class="lg">{}</p>').format(Markup("").join(parts))


def points(*, came: str, line: str, dotted: str) -> Markup:
    """What came as dots in their intervals, beside a line and a dotted line that foresaw it."""
    drawn = ((_POINT, came), (_LINE, line), (_DOTTED, dotted))
    return Markup('<p class="lg">{}</p>').format(Markup("").join(_key(*one) for one in drawn))


_POINT = Markup('<path class="whisker" d="M9 0V10"/><path class="pt" d="M9 5h0"/>')
_LINE = Markup('<path class="ln" d="M0 5h18"/>')
_DOTTED = Markup('<path class="ln unripe" d="M1 5h17"/>')
_BAND = Markup('<rect class="band" width="18" height="10"/><path class="ln" d="M0 5h18"/>')
_UNRIPE = Markup('<rect class="unripe-area" width="18" height="10"/><path class="ln unripe" d="M1 5h17"/>')


def _key(drawing: Markup, words: str) -> Markup:
    return Markup('<span><svg class="key" aria-hidden="true">{}</svg>{}</span>').format(drawing, words)
