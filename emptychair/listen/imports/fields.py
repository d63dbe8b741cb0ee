"""Which column is which field: by what it is called and by what its values look like."""

import re
from collections.abc import Callable, Mapping, Sequence

from emptychair.listen.imports.dates import Order
from emptychair.listen.imports.plan import Shape
from emptychair.listen.imports.profile import Column, Found, states
from emptychair.listen.imports.words import name_score, words

FIELDS: Mapping[Shape, tuple[str, ...]] = {
    Shape.ORDERS: (
        "time",
        "person",
        "amount",
        "quantity",
        "price",
        "currency",
        "order",
        "product",
        "channel",
    ),
    Shape.CONTRACTS: ("person", "start", "end", "tenure", "flag", "reason", "channel"),
    Shape.EMPLOYEES: ("person", "start", "end", "tenure", "flag", "reason", "channel"),
    Shape.ANSWERS: ("score", "time", "person", "text", "channel"),
    Shape.REVIEWS: ("score", "time", "title", "text", "person", "channel"),
    Shape.MESSAGES: ("text", "time", "person", "title", "channel"),
    Shape.EVENTS: ("time", "person", "name", "channel"),
    Shape.TRAITS: ("person", "time"),
}
EXTRA = ("id", "as_of")
_NUMERIC = (Found.WHOLE, Found.NUMBER, Found.FLAG)
_WORDY = (Found.TEXT, Found.CATEGORY, Found.CODE)


def _is_person(column: Column) -> bool:
    if column.found not in (Found.WHOLE, Found.CODE, Found.CATEGORY, Found.TEXT, Found.NUMBER):
        return False
    return column.mean_length <= 64


def _is_date(column: Column) -> bool:
    return column.date is not None and (column.found is Found.DATE or column.date.order is Order.EXCEL)


def _is_amount(column: Column) -> bool:
    return column.number is not None and column.found in (*_NUMERIC, Found.CODE)


def _is_score(column: Column) -> bool:
    low, high = column.low, column.high
    if column.found not in _NUMERIC:
        return bool(column.examples) and all(GRADED.match(value) for value in column.examples)
    return low is not None and high is not None and low >= 0 and high <= 10 and column.distinct <= 101


GRADED = re.compile(
    r"\d+([.,]\d+)?( ?(/|out of|of|von|sur|de) ?\d+| ?(stars?|sterne|étoiles))", re.IGNORECASE
)

VALUES: Mapping[str, Callable[[Column], bool]] = {
    "person": _is_person,
    "time": _is_date,
    "start": _is_date,
    "end": lambda column: _is_date(column) or column.found is Found.BLANK,
    "as_of": lambda column: _is_date(column) and column.distinct == 1,
    "amount": _is_amount,
    "price": _is_amount,
    "quantity": lambda column: column.found in _NUMERIC,
    "tenure": lambda column: column.found in _NUMERIC and (column.low or 0) >= 0,
    "flag": lambda column: column.found is Found.FLAG and states(column.examples) is not None,
    "score": _is_score,
    "text": lambda column: column.found in _WORDY,
    "title": lambda column: column.found in _WORDY,
    "reason": lambda column: column.found in _WORDY,
    "currency": lambda column: column.found in (Found.CATEGORY, Found.CODE) and column.mean_length <= 4,
    "order": lambda column: column.found not in (Found.BLANK, Found.DATE, Found.FLAG),
    "product": lambda column: column.found not in (Found.BLANK, Found.DATE, Found.FLAG),
    "channel": lambda column: column.found in (Found.CATEGORY, Found.CODE) and column.distinct <= 50,
    "name": lambda column: column.found in (Found.CATEGORY, Found.CODE, Found.TEXT),
}


def score(field: str, column: Column, *, nameless: bool = False) -> float:
    """How well a column fits a field: 0 not at all, about 3.5 a known name with fitting values."""
    if not VALUES[field](column):
        return 0.0
    named = name_score(field, column.name)
    if field == "text" and column.found is Found.TEXT:
        return named + min(1.0, column.mean_length / 100) + 0.5
    if field == "text" and named < 3:
        return 0.0
    if field == "time" and not named:
        return 0.5
    if nameless:
        return max(named, _by_values(field, column))
    if field == "person":
        return _person_score(column, named)
    return named


def _person_score(column: Column, named: float) -> float:
    """A bare "id" may be the person; texts and decimals hardly are one, whatever they are called."""
    cut = words(column.name)
    if not named and cut == ("id",):
        return 1.0
    return named - (1.0 if column.found in (Found.TEXT, Found.NUMBER) else 0.0)


def _by_values(field: str, column: Column) -> float:
    """For columns without names: a repeated code is a person, decimals are an amount."""
    if field == "person" and column.found in (Found.WHOLE, Found.CODE):
        return 1.0 if column.filled > 1.2 * column.distinct and column.distinct > 20 else 0.0
    if field == "amount" and column.found is Found.NUMBER:
        return 1.0
    return 0.0


def assigned(
    shape: Shape, columns: Sequence[Column], stated: Mapping[str, Column | None], *, nameless: bool
) -> dict[str, tuple[Column, float]]:
    """The best column of each field and its score; each column serves one field, stated ones first."""
    taken = {column.place for column in stated.values() if column is not None}
    fits = [
        (score(field, column, nameless=nameless), -column.place, field, column)
        for field in FIELDS[shape]
        if field not in stated
        for column in columns
        if column.place not in taken
    ]
    chosen: dict[str, tuple[Column, float]] = {}
    # The best fit of all is settled first, so that a column goes to the field it names best.
    for fit, _, field, column in sorted(fits, key=lambda each: each[:2], reverse=True):
        if fit > 0 and field not in chosen and column.place not in taken:
            chosen[field] = (column, fit)
            taken.add(column.place)
    return chosen
