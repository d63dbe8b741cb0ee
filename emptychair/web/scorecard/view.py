"""What the page of the scorecard consists of, ready to be written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup


class Tone(StrEnum):
    """How a change is coloured: only a change that chance does not explain is good or bad."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A change since the period before: its words, its arrow, its tone, and what it means in full."""

    text: str
    icon: str
    tone: Tone
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table behind a chart: `rows` as written for people, `data` as numbers; `name` is the export's."""

    name: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[str, ...]
    data: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One number. Without enough data `value` is None and `lack` says what is needed.

    `others` are numbers beside it: name, value with interval, definition.
    """

    key: str
    title: str
    aside: str
    value: str | None
    unit: str
    interval: str
    n: str
    chip: Chip | None
    confidence: str
    confidence_css: str
    spark: Markup
    ends: tuple[str, str]
    definition: str
    others: Sequence[tuple[str, str, str]]
    missing: Sequence[tuple[str, str]]
    lack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A larger chart: what it shows, its legend, what stands out, who is not in it, and its data."""

    key: str
    title: str
    about: str
    chart: Markup
    legend: Markup
    note: Markup
    missing: Sequence[tuple[str, str]]
    lack: str
    grid: Grid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page, in the order in which it is read."""

    sentence: Markup
    about: str
    cards: Sequence[Card]
    cohorts: Panel | None
    survival: Panel | None
    trends: Sequence[Panel]
    segments: Grid | None

    @property
    def grids(self) -> dict[str, Grid]:
        """Every table of the page by the name of its export."""
        panels = [panel for panel in (self.cohorts, self.survival, *self.trends) if panel is not None]
        found = [*(panel.grid for panel in panels), self.segments]
        return {grid.name: grid for grid in found if grid is not None}
