"""The cohort table as a heat map: what stands out is outlined, what is unripe is marked."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.stats.cohort import Cell as Counted
from emptychair.stats.cohort import Standing as Against
from emptychair.understand.cohorts import Cohort, CohortTable, Kept
from emptychair.web.charts import cohort, legend
from emptychair.web.charts.cohort import Cell, Ripeness, Row
from emptychair.web.scorecard.view import Grid, Panel
from emptychair.web.scorecard.words import Pen

SHOWN_MONTHS = 12
SHOWN_AGES = 12


def cohort_panel(table: CohortTable, pen: Pen) -> Panel | None:
    """The latest twelve months that people came in; None before a month of age has been reached."""
    aged = [one for one in table.cohorts if any(cell.age > 0 for cell in one.cells)]
    shown = aged[-SHOWN_MONTHS:]
    ages = range(1, 1 + min(SHOWN_AGES, max((cell.age for one in shown for cell in one.cells), default=0)))
    if not ages:
        return None
    text = pen.texts.gettext
    rows = [_row(one, ages, pen) for one in shown]
    title = (
        text("Retention by month of joining")
        if table.kept is Kept.IN_SPELL
        else text("Activity by first month")
    )
    chart = cohort.cohort(
        rows, caption=title, head=(text("Joined"), text("Size")), ages=[f"M{age}" for age in ages]
    )
    low, high = cohort.extent(rows)
    about = (
        text("Share in percent whose relationship still holds, by months since joining")
        if table.kept is Kept.IN_SPELL
        else text("Share in percent who were active, by months since their first")
    )
    return Panel(
        key="cohorts",
        title=title,
        about=about,
        chart=chart,
        legend=legend.ramp(pen.write.percent(low, 0), pen.write.percent(high, 0), marks=_marks(rows, pen)),
        note=_note(shown, ages, pen),
        missing=(),
        lack="",
        grid=_grid(table, title, pen),
    )


def _marks(rows: Sequence[Row], pen: Pen) -> dict[str, str]:
    """What the marks mean that are on this table."""
    cells = [cell for row in rows for cell in row.cells if cell.share is not None]
    marks = {}
    if any(cell.ripeness is Ripeness.UNRIPE for cell in cells):
        marks["unripe"] = pen.texts.gettext("not over yet")
    if any(cell.ripeness is Ripeness.FEW for cell in cells):
        marks["few"] = pen.texts.gettext("too few to say")
    if any(cell.stands_out for cell in cells):
        marks["flag"] = pen.texts.gettext("stands out")
    return marks


def _row(one: Cohort, ages: range, pen: Pen) -> Row:
    by_age = {cell.age: cell for cell in one.cells}
    cells = tuple(_cell(one, by_age.get(age), pen) for age in ages)
    return Row(label=_short(one, pen), size=pen.write.count(one.size), cells=cells)


def _short(one: Cohort, pen: Pen) -> str:
    """The month; January, and so each first of a year, says which year."""
    return pen.write.month(one.month) if one.month.month == 1 else pen.write.short_month(one.month)


def _cell(one: Cohort, cell: Counted | None, pen: Pen) -> Cell:
    if cell is None or not cell.size:
        return Cell(share=None, shown="", text="", ripeness=Ripeness.UNRIPE)
    share = cell.retained / cell.size
    if not cell.is_ripe:
        ripeness = Ripeness.UNRIPE
    else:
        ripeness = Ripeness.RIPE if cell.share is not None else Ripeness.FEW
    return Cell(
        share=share,
        shown=pen.write.decimal(100 * share, 0),
        text=_words(one, cell, pen),
        ripeness=ripeness,
        stands_out=cell.standing in (Against.BELOW, Against.ABOVE),
    )


def _words(one: Cohort, cell: Counted, pen: Pen) -> str:
    text = pen.texts.gettext
    where = text("%(month)s, month %(age)s", month=pen.write.month(one.month), age=cell.age)
    of = text("%(kept)s of %(n)s", kept=pen.write.count(cell.retained), n=pen.write.count(cell.size))
    if not cell.is_ripe:
        return f"{where}: {of}; " + text("not over for everybody yet")
    if cell.share is None:
        return f"{where}: {of}; " + text("too few to say")
    words = f"{where}: {pen.interval(cell.share, 'share')}, {of}"
    if cell.standing is Against.BELOW:
        return f"{words}; " + text("below the other months")
    if cell.standing is Against.ABOVE:
        return f"{words}; " + text("above the other months")
    return words


def _note(shown: list[Cohort], ages: range, pen: Pen) -> Markup:
    """The month that stands out most often, against the other months at the same age."""
    best: tuple[int, Cohort, list[Counted]] | None = None
    for one in shown:
        marked = [
            cell for cell in one.cells if cell.age in ages and cell.standing in (Against.BELOW, Against.ABOVE)
        ]
        if marked and (best is None or len(marked) > best[0]):
            best = (len(marked), one, marked)
    if best is None:
        return Markup("")
    _, one, marked = best
    worst = min(marked, key=lambda cell: cell.adjusted_p if cell.adjusted_p is not None else 1.0)
    others = [
        cell
        for each in shown
        if each is not one
        for cell in each.cells
        if cell.age == worst.age and cell.is_ripe
    ]
    rest = sum(cell.retained for cell in others) / max(1, sum(cell.size for cell in others))
    points = abs(100 * (worst.retained / worst.size - rest))
    words = (
        "It keeps %(points)s points fewer at month %(age)s than the others; chance does not explain it."
        if worst.standing is Against.BELOW
        else "It keeps %(points)s points more at month %(age)s than the others; chance does not explain it."
    )
    return Markup("<strong>{}</strong> {}").format(
        pen.texts.gettext("%(month)s stands out.", month=pen.write.month(one.month)),
        pen.texts.gettext(words, points=pen.write.decimal(points, 0), age=worst.age),
    )


def _grid(table: CohortTable, title: str, pen: Pen) -> Grid:
    """The data of the shown ages, and in the export of all."""
    text = pen.texts.gettext
    shown = [one for one in table.cohorts if one.size][-2 * SHOWN_MONTHS :]
    rows = []
    for one in shown:
        last = max((cell for cell in one.cells if cell.is_ripe), key=lambda cell: cell.age, default=None)
        if last is not None and last.share is not None:
            percents = [
                pen.write.percent(value) for value in (last.share.value, last.share.low, last.share.high)
            ]
            rows.append((pen.write.month(one.month), pen.write.count(one.size), str(last.age), *percents))
    data = [
        (one.month.date(), cell.age, cell.size, cell.retained, cell.is_ripe, cell.standing.value)
        for one in table.cohorts
        for cell in one.cells
    ]
    return Grid(
        name="cohorts",
        caption=title,
        head=(
            text("Joined"),
            text("Size"),
            text("Latest full month"),
            text("Share"),
            text("Low"),
            text("High"),
        ),
        rows=tuple(rows),
        keys=("joined", "age_months", "n", "kept", "is_ripe", "standing"),
        data=tuple(data),
    )
