"""The cohort heat map: an HTML table whose cells take their shade from a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

SHADES = 20


class Ripeness(StrEnum):
    """Whether a cell may be compared: unripe ones had too little time, few ones too few people."""

    RIPE = "ripe"
    UNRIPE = "unripe"
    FEW = "few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A share (0..1) or None when nothing can be said; `stands_out` outlines it; `text` says it in words."""

    share: float | None
    shown: str
    text: str
    ripeness: Ripeness
    stands_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cohort: its name, its size as written, and its cells from the youngest age on."""

    label: str
    size: str
    cells: tuple[Cell, ...]


def cohort(rows: Sequence[Row], *, caption: str, head: tuple[str, str], ages: Sequence[str]) -> Markup:
    """The table. `head` names the first two columns; `ages` the others."""
    low, high = extent(rows)
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in (*head, *ages))
    body = Markup("").join(_row(row, low, high) for row in rows)
    return Markup(
        '<table class="heat"><caption class="sr">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(caption, top, body)


def extent(rows: Sequence[Row]) -> tuple[float, float]:
    """The least and the greatest comparable share, for the shades and the legend; (0, 1) without any."""
    shares = [
        cell.share
        for row in rows
        for cell in row.cells
        if cell.share is not None and cell.ripeness is Ripeness.RIPE
    ]
    return (min(shares), max(shares)) if shares else (0.0, 1.0)


def shade(share: float, low: float, high: float) -> int:
    """Which of the 21 shades, 0 the palest.

    >>> shade(0.5, 0.5, 0.85), shade(0.85, 0.5, 0.85), shade(0.9, 0.5, 0.85)
    (0, 20, 20)
    """
    part = (share - low) / (high - low) if high > low else 0.5
    return round(SHADES * min(1.0, max(0.0, part)))


def _row(row: Row, low: float, high: float) -> Markup:
    cells = Markup("").join(_cell(cell, low, high) for cell in row.cells)
    return Markup('<tr><th scope="row">{}</th><td class="sz">{}</td>{}</tr>').format(
        row.label, row.size, cells
    )


def _cell(cell: Cell, low: float, high: float) -> Markup:
    if cell.share is None:
        return Markup("<td></td>")
    css = ["hc"]
    if cell.ripeness is Ripeness.RIPE:
        css.append(f"v{shade(cell.share, low, high)}")
    else:
        css.append(cell.ripeness.value)
    if cell.stands_out:
        css.append("flag")
    return Markup('<td class="{}" data-tip="{}">{}<span class="sr"> {}</span></td>').format(
        " ".join(css), cell.text, cell.shown, _aside(cell)
    )


def _aside(cell: Cell) -> str:
    return "" if cell.ripeness is Ripeness.RIPE and not cell.stands_out else cell.text
