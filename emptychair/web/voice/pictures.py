"""Small pictures of themes: their course over the months, and the tones of their texts."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.understand.voice.counts import Spoken
from emptychair.understand.voice.course import Month
from emptychair.understand.voice.praised import Aspect, Praised
from emptychair.web.charts.point import Point
from emptychair.web.charts.spark import spark
from emptychair.web.charts.trend import trend
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

# The least height of a scale, so that noise of a small theme does not look like a storm.
LEAST = 0.05


def points(months: Sequence[Month], write: Formats, text: Texts) -> list[Point]:
    """The share of those who spoke in each month that spoke of a theme, with the words shown on it."""
    found = []
    for month in months:
        told = text.gettext(
            "%(month)s: %(people)s of %(speakers)s people who spoke",
            month=write.month(month.begins_at),
            people=write.count(month.people),
            speakers=write.count(month.speakers),
        )
        share = month.share
        found.append(
            Point(
                label=write.short_month(month.begins_at),
                text=told,
                value=None if share is None else share.value,
                low=None if share is None else share.low,
                high=None if share is None else share.high,
            )
        )
    return found


def small_course(months: Sequence[Month], title: str, write: Formats, text: Texts) -> Markup:
    """The course as a line for a row of a table; empty without enough people in any month."""
    return spark(points(months, write, text), title=title, least=LEAST)


def large_course(months: Sequence[Month], title: str, write: Formats, text: Texts) -> Markup:
    """The course with its axes; empty with fewer than two months that have enough people."""
    found = points(months, write, text)
    if sum(point.value is not None for point in found) < 2:
        return Markup("")
    return trend(found, title=title, least=LEAST, tick=lambda value: write.percent(value, 0))


def tones(spoken: Spoken, write: Formats, text: Texts) -> Markup:
    """Negative, neutral, positive and untold as parts of one bar."""
    parts = (
        ("negative", spoken.negative, text.gettext("%(n)s negative", n=write.count(spoken.negative))),
        ("neutral", spoken.neutral, text.gettext("%(n)s neutral", n=write.count(spoken.neutral))),
        ("positive", spoken.positive, text.gettext("%(n)s positive", n=write.count(spoken.positive))),
        (
            "untold",
            spoken.toneless,
            text.gettext("%(n)s without a sure tone", n=write.count(spoken.toneless)),
        ),
    )
    return _bar(parts, spoken.texts)


def bars_of(told: Praised | None, write: Formats, text: Texts) -> dict[str, Markup]:
    """Of each aspect, by its key, those who blame it, do both, praise it or neither as parts of a bar."""
    return {} if told is None else {one.key: _sides(one, write, text) for one in told.aspects}


def _sides(aspect: Aspect, write: Formats, text: Texts) -> Markup:
    parts = (
        ("negative", aspect.bad, text.gettext("%(n)s blame it", n=write.count(aspect.bad))),
        ("neutral", aspect.mixed, text.gettext("%(n)s do both", n=write.count(aspect.mixed))),
        ("positive", aspect.good, text.gettext("%(n)s praise it", n=write.count(aspect.good))),
        ("untold", aspect.unclear, text.gettext("%(n)s neither clearly", n=write.count(aspect.unclear))),
    )
    return _bar(parts, aspect.voices)


def _bar(parts: Sequence[tuple[str, int, str]], whole: int) -> Markup:
    at, drawn = 0.0, []
    for css, n, _ in parts:
        width = 100 * n / max(1, whole)
        rect = Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="10"/>')
        drawn.append(rect.format(css, at, width))
        at += width
    words = ", ".join(told for _, n, told in parts if n)
    return Markup(
        '<svg class="tones" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{0}"'
        ' data-tip="{0}">{1}</svg>'
    ).format(words, Markup("").join(drawn))
