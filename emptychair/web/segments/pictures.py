"""How large a segment was, month by month, as a drawing."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from emptychair.web.charts.point import Point
from emptychair.web.charts.trend import trend
from emptychair.web.formats import Formats
from emptychair.web.segments.looked import Shown


def course(months: Sequence[tuple[datetime, Shown]], title: str, write: Formats) -> Markup:
    """People in it over the months; empty with fewer than two that may be told. Counts have no interval."""
    points = [
        Point(
            label=write.short_month(at),
            text=f"{write.day(at)}: {'–' if shown.people is None else write.count(shown.people)}",
            value=None if shown.people is None else float(shown.people),
            low=None,
            high=None,
        )
        for at, shown in months
    ]
    if sum(point.value is not None for point in points) < 2:
        return Markup("")
    return trend(points, title=title, least=1.0, tick=lambda value: write.count(round(value)))
