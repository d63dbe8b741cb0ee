"""Charts: plain points in, drawings out that a strict content policy lets through."""

import doctest
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from babel import Locale
from markupsafe import Markup

from emptychair.web.charts import cohort, legend
from emptychair.web.charts.cohort import Cell, Ripeness, Row
from emptychair.web.charts.point import Point
from emptychair.web.charts.spark import spark
from emptychair.web.charts.survival import Step, survival
from emptychair.web.charts.trend import trend
from emptychair.web.formats import Formats

DOCTESTED = ("charts.scale", "charts.paths", "charts.frame", "charts.cohort", "render")


@pytest.mark.parametrize("name", DOCTESTED)
def test_the_examples_in_the_documentation_hold(name: str) -> None:
    assert doctest.testmod(import_module(f"emptychair.web.{name}")).failed == 0


def points(*values: float | None) -> list[Point]:
    return [
        Point(
            label=f"m{index}",
            text=f"m{index}: <{value}>",
            value=value,
            low=None if value is None else value - 1,
            high=None if value is None else value + 1,
        )
        for index, value in enumerate(values)
    ]


def drawn(*values: float | None) -> list[Markup]:
    series = points(*values)
    return [spark(series, title="a & b", least=1), trend(series, title="a & b", least=1, tick=str)]


def test_a_gap_is_never_drawn_over() -> None:
    for chart in drawn(1, 2, None, 3, 4):
        assert chart.count('class="ln"') == 2
        assert chart.count('class="band"') == 2


def test_a_point_alone_is_a_dot_with_its_interval() -> None:
    for chart in drawn(None, 2, None, 3, 4):
        assert chart.count('class="whisker"') == 1


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn() == drawn(None, None) == ["", ""]


def test_charts_have_neither_styles_nor_scripts_and_escape_what_they_say() -> None:
    for chart in [*drawn(1, 2, 3), curve(ripe_until=3), table()]:
        assert not re.search(r"style=|<script|<style|\son\w+=", chart)
        assert "<1>" not in chart
        assert " & " not in chart


def curve(ripe_until: float) -> Markup:
    steps = [
        Step(time=t, share=1 - t / 10, low=0.9 - t / 10, high=1.0, ripe=t <= ripe_until, text="<1>")
        for t in range(6)
    ]
    return survival(steps, title="a & b", until=6, time=str)


def test_a_curve_is_dotted_where_few_are_left() -> None:
    assert 'class="ln unripe"' in curve(ripe_until=3)
    assert "unripe" not in curve(ripe_until=5)
    assert 'class="ln"' not in curve(ripe_until=-1)


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    steps = [Step(time=t, share=1 - t / 1e5, low=0, high=1, ripe=True, text="x") for t in range(50_000)]
    chart = survival(steps, title="t", until=50_000, time=str)
    assert len(chart) < 20_000
    assert "H100V50" in chart  # at the edge on the right, at half


def table() -> Markup:
    cells = (
        Cell(share=0.9, shown="90", text="<1>", ripeness=Ripeness.RIPE),
        Cell(share=0.5, shown="50", text="b & c", ripeness=Ripeness.RIPE, stands_out=True),
        Cell(share=0.1, shown="10", text="early", ripeness=Ripeness.UNRIPE),
        Cell(share=None, shown="", text="", ripeness=Ripeness.UNRIPE),
    )
    row = Row(label="Mar", size="412", cells=cells)
    return cohort.cohort([row], caption="a & b", head=("Month", "Size"), ages=["M1", "M2", "M3", "M4"])


def test_shades_span_what_can_be_compared_and_unripe_cells_have_none() -> None:
    html = table()
    assert 'class="hc v20"' in html
    assert 'class="hc v0 flag"' in html
    assert 'class="hc unripe"' in html
    assert "<td></td>" in html
    assert cohort.extent([]) == (0.0, 1.0)


def test_a_legend_tells_only_the_marks_there_are() -> None:
    assert "unripe" not in legend.ramp("1%", "2%", marks={})
    assert "later" in legend.ramp("1%", "2%", marks={"unripe": "later"})


@pytest.mark.parametrize(
    ("locale", "number", "percent", "day"),
    [
        ("en-US", "\u22121,234.5", "87.4%", "Nov 22, 2026"),
        ("en-GB", "\u22121,234.5", "87.4%", "22 Nov 2026"),
        ("de", "\u22121.234,5", "87,4\xa0%", "22.11.2026"),
    ],
)
def test_values_are_written_as_a_locale_writes_them(locale: str, number: str, percent: str, day: str) -> None:
    write = Formats(Locale.parse(locale, sep="-"))
    assert write.decimal(-1234.5) == number
    assert write.percent(0.8743) == percent
    assert write.day(datetime(2026, 11, 22, tzinfo=UTC)) == day


def test_changes_have_their_sign_and_zero_has_none() -> None:
    write = Formats(Locale("en"))
    assert [write.signed(value) for value in (3.21, -1.1, 0.01, -0.01)] == ["+3.2", "\u22121.1", "0.0", "0.0"]
    assert (
        write.since(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=3))
        == "3 hours ago"
    )
    assert write.size(44_400_000) == "44.4 MB"
