"""The course of an alarm's series, week by week."""

from datetime import datetime, timedelta

from markupsafe import Markup

from emptychair.desk.need_alarms import KeptAlarm
from emptychair.stats.intervals import wilson
from emptychair.web.charts.point import Point
from emptychair.web.charts.spark import spark
from emptychair.web.charts.trend import trend
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

# The least height of a scale: needs begin small.
LEAST = 0.005


def weeks(alarm: KeptAlarm) -> list[tuple[datetime, int, int]]:
    """The first day of each of the last weeks, who showed it, and who could have."""
    told = alarm.figures["weeks"]
    end = alarm.last_at + timedelta(days=1)
    return [
        (end - timedelta(days=7 * (len(told) - number)), min(people, of), of)
        for number, (people, of) in enumerate(told)
    ]


def points(alarm: KeptAlarm, write: Formats, words: Texts) -> list[Point]:
    """Shares of all who could have shown it, with their intervals."""
    found = []
    for begins_at, people, of in weeks(alarm):
        share = wilson(people, of)
        told = words.gettext(
            "Week of %(day)s: %(people)s of %(all)s",
            day=write.day(begins_at),
            people=write.count(people),
            all=write.count(of),
        )
        found.append(
            Point(
                label=write.short_day(begins_at),
                text=told,
                value=None if share is None else share.value,
                low=None if share is None else share.low,
                high=None if share is None else share.high,
            )
        )
    return found


def small_course(alarm: KeptAlarm, title: str, write: Formats, words: Texts) -> Markup:
    """The course as a line for a row of a table; empty without enough people in any week."""
    return spark(points(alarm, write, words), title=title, least=LEAST)


def large_course(alarm: KeptAlarm, title: str, write: Formats, words: Texts) -> Markup:
    """The course with its axes; empty with fewer than two weeks that have enough people."""
    found = points(alarm, write, words)
    if sum(point.value is not None for point in found) < 2:
        return Markup("")
    return trend(found, title=title, least=LEAST, tick=lambda value: write.percent(value, 1))
