"""What kind of values a column holds, found from a sample of its rows, with the evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from emptychair.listen.imports import dates, numbers
from emptychair.listen.imports.dates import DateStyle, Order
from emptychair.listen.imports.numbers import NumberStyle
from emptychair.listen.imports.words import PASSIVE_WORDS, listed, name_score, words

BLANKS = ("", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "#n/a", "(null)", "nat", "?")
_BLANK = pa.array(BLANKS)
_WHOLE = re.compile(r"[-+]?\d+(\.0+)?")
_DISTINCT = 1_000
_LEFT = frozenset(
    listed("""
        churned, churn, left, attrited, exited, terminated, cancelled, canceled, resigned, inactive, closed,
        lost, gone, former, quit, departed, leaver, leavers, fired, retired, ausgetreten, gekuendigt,
        resilie, parti, baja, uscito
    """)
)
_STAYED = frozenset(
    listed("""
        stayed, active, existing, current, retained, open, employed, staying, loyal, member, subscribed,
        new, joined, aktiv, actif, activo, attivo
    """)
)
YES = frozenset(listed("yes, y, true, t, 1, ja, oui, si, sim, j, x"))
NO = frozenset(listed("no, n, false, f, 0, nein, non, nao, nee"))


class Found(StrEnum):
    """What the values of a column look like."""

    BLANK = "blank"
    WHOLE = "whole numbers"
    NUMBER = "numbers"
    DATE = "dates"
    FLAG = "two states"
    CODE = "codes"  # short, no blanks: identifiers
    CATEGORY = "categories"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file: its place, name, and what the sampled rows say about it.

    `filled` and `distinct` count sampled rows with a value and different values; `examples` are at most 1,000
    different values in the order of the file; `evidence` is a sentence.
    """

    place: int
    name: str
    found: Found
    evidence: str
    filled: int
    distinct: int
    examples: tuple[str, ...]
    date: DateStyle | None
    number: NumberStyle | None
    low: float | None = None
    high: float | None = None
    has_edges: bool = False

    @property
    def sql(self) -> str:
        """The column's name in the relation of a part."""
        return f"c{self.place}"

    @property
    def mean_length(self) -> float:
        """Letters per example, on average."""
        return sum(map(len, self.examples)) / max(1, len(self.examples))


def profiled(place: int, name: str, values: pa.ChunkedArray) -> Column:
    """The column found in a sample of its values (text, null where blank)."""
    counted = pc.value_counts(values)  # in the order of the file
    written, times = counted.field("values"), counted.field("counts")
    trimmed = pc.utf8_trim_whitespace(written)
    is_filled = pc.invert(pc.is_in(pc.utf8_lower(trimmed), value_set=_BLANK))
    is_filled = pc.and_(is_filled, pc.is_valid(trimmed))
    filled = pc.sum(times.filter(is_filled)).as_py() or 0
    different = pc.unique(trimmed.filter(is_filled))
    examples = tuple(str(value) for value in different[:_DISTINCT].to_pylist())
    timely = max(name_score(field, name) for field in ("time", "start", "end", "as_of"))
    numeric = max(name_score(field, name) for field in ("amount", "quantity", "price", "score", "tenure"))
    # Half the values are enough where the name says what they should be: the others are parked, with reason.
    date = dates.style_of(examples, may_be_number=timely > 0, least=0.5 if timely >= 3 else 0.9)
    number = numbers.style_of(examples, least=0.5 if numeric >= 3 else 0.9)
    found = _found(examples, date, number, filled, len(different))
    low, high = _range(different) if found in (Found.WHOLE, Found.NUMBER, Found.FLAG) else (None, None)
    return Column(
        place=place,
        name=name,
        found=found,
        evidence=_evidence(found, date, number, filled, len(values), len(different), low, high),
        filled=filled,
        distinct=len(different),
        examples=examples,
        date=date,
        number=number,
        low=low,
        high=high,
        has_edges=not trimmed.equals(written),
    )


def _found(
    examples: Sequence[str], date: DateStyle | None, number: NumberStyle | None, filled: int, distinct: int
) -> Found:
    if not examples:
        return Found.BLANK
    if distinct <= 12 and states(examples) is not None:
        return Found.FLAG
    if date is not None and date.order is not Order.EXCEL:
        return Found.DATE
    if number is not None:
        whole = all(value.isdecimal() or _WHOLE.fullmatch(value) for value in examples)
        return Found.WHOLE if whole else Found.NUMBER
    spaces = sum(value.count(" ") >= 3 for value in examples)
    if distinct <= 50 and filled > 10 * distinct:
        return Found.CATEGORY
    if spaces > 0.3 * len(examples) or (spaces and max(map(len, examples)) > 80):
        return Found.TEXT
    if distinct > 0.5 * filled or distinct > 50:
        return Found.CODE if not any(" " in value for value in examples[:50]) else Found.CATEGORY
    return Found.CATEGORY


def states(examples: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The values that say yes or gone, and those that say no or stayed; None when one says neither."""
    yes, no = [], []
    for value in dict.fromkeys(example.lower() for example in examples):
        plain = value.removesuffix(".0")
        cut = set(words(plain))
        if plain in YES or cut & _LEFT or {"not", "active"} <= cut:
            yes.append(value)
        elif plain in NO or cut & _STAYED:
            no.append(value)
        else:
            return None
    return tuple(yes), tuple(no)


def is_turned(name: str, examples: Sequence[str]) -> bool:
    """Whether yes means still here: the column is called "active" and says yes or no."""
    plain = all(example.lower().removesuffix(".0") in YES | NO for example in examples)
    return plain and bool(PASSIVE_WORDS & set(words(name)))


def _range(different: pa.Array) -> tuple[float | None, float | None]:
    plain = different.filter(pc.match_substring_regex(different, r"^[-+]?[0-9]+(\.[0-9]*)?$"))
    if len(plain) == 0:
        return None, None
    ends = pc.min_max(plain.cast(pa.float64())).as_py()
    return ends["min"], ends["max"]


def _evidence(
    found: Found,
    date: DateStyle | None,
    number: NumberStyle | None,
    filled: int,
    rows: int,
    distinct: int,
    low: float | None,
    high: float | None,
) -> str:
    blank = f", {rows - filled:,} of {rows:,} blank" if filled < rows else ""
    if found is Found.BLANK:
        return "no values"
    if found is Found.DATE and date is not None:
        return f"dates written {date.label}{blank}"
    span = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
    comma = ", decimal comma" if number is NumberStyle.COMMA else ""
    return f"{found}{span}{comma}, {distinct:,} different{blank}"
