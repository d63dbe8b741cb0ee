"""What an import will do, in full, before it does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from emptychair.domain.scale import SCALES, Score
from emptychair.domain.signal import Audience
from emptychair.listen.imports.dates import DateStyle
from emptychair.listen.imports.numbers import NumberStyle
from emptychair.listen.imports.problem import ImportRefused, PlanIncomplete, Problem
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.reading import Options, Reading


class Shape(StrEnum):
    """What one row of the file is."""

    ORDERS = "orders"
    CONTRACTS = "contracts"
    ANSWERS = "answers"
    MESSAGES = "messages"
    REVIEWS = "reviews"
    EMPLOYEES = "employees"
    EVENTS = "events"
    TRAITS = "traits"


class Scale(StrEnum):
    """What a score means; it becomes the name of the signal."""

    NPS = "nps"  # 0 to 10
    CSAT = "csat"  # 1 to 5
    CES = "ces"  # 1 to 7
    STARS = "stars"  # 1 to 5

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and highest score."""
        scale = SCALES[Score(self)]
        return scale.lowest, scale.highest


class Unit(StrEnum):
    """What a tenure is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """Where one field of the shape comes from: a column or a constant, how it is written, and why.

    For exports of known systems: `known_by` begins the ids of rows, rows with other than the `allowed` values
    are parked, `sign` -1 turns an amount round, `zone` is the time zone of dates without an offset.
    """

    field: str
    column: Column | None = None
    constant: str | None = None
    date: DateStyle | None = None
    number: NumberStyle | None = None
    unit: Unit | None = None
    scale: Scale | None = None
    reason: str
    known_by: str = ""
    allowed: tuple[str, ...] = ()
    sign: int = 1
    zone: str = ""

    @property
    def written(self) -> str:
        """How the values are written, as shown to people; empty for plain text."""
        found = [str(self.unit or ""), str(self.scale or ""), self.date.label if self.date else ""]
        found.append("decimal comma" if self.number is NumberStyle.COMMA else "")
        return ", ".join(part for part in found if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides what is stored.

    `shape` is None when none fits (then there is a problem that says so). `kept` are the columns that stay
    in the properties of the signals. `reasons` and `warnings` are sentences; `problems` must be answered
    first.
    """

    reading: Reading
    shape: Shape | None
    audience: Audience
    fields: Mapping[str, FieldPlan]
    kept: tuple[Column, ...]
    as_of: date | None
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.problems

    def ready_shape(self) -> Shape:
        """The shape of a plan without questions; raises PlanIncomplete with all of them otherwise."""
        if self.problems or self.shape is None:
            raise PlanIncomplete(" ".join(str(problem) for problem in self.problems))
        return self.shape


def options_and_mapping(pairs: Sequence[str]) -> tuple[Options, dict[str, str]]:
    """What `--map` states: about the file (sheet, encoding, delimiter, header) and about fields."""
    stated: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise ImportRefused(f"--map takes FIELD=COLUMN, not {pair!r}")
        stated[name.strip().lower()] = value
    header = stated.pop("header", None)
    if header not in (None, "yes", "no"):
        raise ImportRefused("--map header= takes yes or no")
    delimiter = stated.pop("delimiter", None)
    options = Options(
        sheet=stated.pop("sheet", None),
        encoding=stated.pop("encoding", None),
        delimiter=_delimiter(delimiter) if delimiter is not None else None,
        header=None if header is None else header == "yes",
    )
    return options, stated


def _delimiter(stated: str) -> str:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "space": " "}
    sign = named.get(stated.lower(), stated)
    if sign in ("blanks", "aligned"):
        return "aligned"
    if len(sign) != 1 or sign in "\"\n\r'":
        raise ImportRefused("--map delimiter= takes one character, or tab, comma, semicolon, bar, blanks")
    return sign
