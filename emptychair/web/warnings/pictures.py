"""The course of a warning, day by day."""

from datetime import datetime, timedelta

from markupsafe import Markup

from emptychair.desk.early_warnings import KeptWarning
from emptychair.stats.intervals import wilson
from emptychair.web.charts.point import Point
from emptychair.web.charts.spark import spark
from emptychair.web.charts.trend import trend
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

# The least height of a scale, and how many days a small picture has.
LEAST, SMALL = 0.005, 42
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def days(warning: KeptWarning) -> list[tuple[datetime, int, int]]:
    """Each of the last days, who met it, and who could have."""
    told = warning.figures["course"]
    end = _EPOCH + timedelta(days=warning.figures["course_ends"])
    return [
        (end - timedelta(days=len(told) - 1 - number), min(people, of), of)
        for number, (people, of) in enumerate(told)
    ]


def points(warning: KeptWarning, write: Formats, words: Texts) -> list[Point]:
    """Shares of all who could have met it, with their intervals."""
    found = []
    for at, people, of in days(warning):
        share = wilson(people, of)
        told = words.gettext(
            "%(day)s: %(people)s of %(all)s",
            day=write.day(at),
            people=write.count(people),
            all=write.count(of),
        )
        found.append(
            Point(
                label=write.short_day(at),
                text=told,
                value=None if share is None else share.value,
                low=None if share is None else share.low,
                high=None if share is None else share.high,
            )
        )
    return found


def small_course(warning: KeptWarning, title: str, write: Formats, words: Texts) -> Markup:
    """The course as a line for a row of a table; empty without enough people on any day."""
    return spark(points(warning, write, words)[-SMALL:], title=title, least=LEAST)


def large_course(warning: KeptWarning, title: str, write: Formats, words: Texts) -> Markup:
    """The course with its axes; empty with fewer than two days that have enough people."""
    found = points(warning, write, words)
    if sum(point.value is not None for point in found) < 2:
        return Markup("")
    return trend(found, title=title, least=LEAST, tick=lambda value: write.percent(value, 1))
