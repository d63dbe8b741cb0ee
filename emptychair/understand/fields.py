"""Fields by which a number can be split: columns of a signal, and what is known of a person or an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question

COLUMNS = ("channel", "currency", "name", "source")
# So many segments are shown; the smaller ones are one more.
SHOWN = 12
OTHER = "(other)"
UNKNOWN = "(unknown)"

Counts = TypeVar("Counts")


class UnknownFieldError(ValueError):
    """There is no field of that name; the text lists those that there are."""

    def __init__(self, name: str, available: tuple[str, ...]) -> None:
        self.name = name
        self.available = available
        super().__init__(f"there is no field {name!r}; there are {', '.join(available)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as it is called in the data, and the column of `signals` that holds it."""

    name: str
    column: str

    @property
    def is_of_signals(self) -> bool:
        """Whether every signal has it, so that a person has the one of their first signal."""
        return self.column in COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """People told apart otherwise than by a field: `at` an instant, a row per person (person, value)."""

    name: str
    at: Callable[[datetime], Question]

    @property
    def is_of_signals(self) -> bool:
        """Never: it is of people."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One value of a field; `merged` is how many smaller values it stands for, 0 for a value of its own."""

    label: str
    merged: int = 0


def fields(ledger: Ledger) -> tuple[str, ...]:
    """Every field there is, in order. O(rows), as keys of properties are looked up in the signals."""
    return tuple(sorted({*COLUMNS, *ledger.keys()}, key=lambda name: (name.lower(), name)))


def field(ledger: Ledger, name: str) -> Field:
    """The field of this name, capitals or not; a key of properties gets its column.

    Raises UnknownFieldError with the fields that there are.
    """
    wanted = name.strip().lower()
    if wanted in COLUMNS:
        return Field(name=wanted, column=wanted)
    known = list(ledger.promoted)
    if name not in known and wanted not in (key.lower() for key in known):
        known = list(ledger.keys())
    matches = [key for key in known if key == name] or [key for key in known if key.lower() == wanted]
    if not matches:
        raise UnknownFieldError(name, fields(ledger))
    return Field(name=matches[0], column=ledger.promote(matches[0]))


def values_of_people(
    chosen: Field | Division, audience: Audience, start: datetime, as_of: datetime
) -> Question:
    """One row per person with a value: person, value. Nothing at or after `as_of` is seen.

    A column of signals is that of the person's first signal: how they came. A property is the one that held
    at `start`: what was told or stated on joining comes before anything else, then the last before `start`,
    then the first after it. So what became known with the outcome does not sort people by their outcome; for
    the same reason a division is that at `start`.
    """
    if isinstance(chosen, Division):
        return chosen.at(start)
    if chosen.is_of_signals:
        order = "occurred_at, id"
        before = "0"
    else:
        order = "is_told desc, is_before desc, before_at desc, occurred_at, id"
        before = "case when occurred_at < :start then 1 else 0 end"
    ranked = f"""
        with known as (
            select person, occurred_at, id, {chosen.column} as value,
                   case when kind in ('told', 'joined') then 1 else 0 end as is_told,
                   {before} as is_before,
                   case when {before} = 1 then occurred_at end as before_at
            from signals
            where audience = :audience and person is not null and {chosen.column} <> ''
              and occurred_at < :as_of
        ), ranked as (
            select person, value, row_number() over (partition by person order by {order}) as nth
            from known
        )
        select person, value from ranked where nth = 1
    """
    if chosen.is_of_signals:
        return question(ranked, audience=audience.value, as_of=as_of)
    return question(ranked, audience=audience.value, as_of=as_of, start=start)


def largest(
    counts: Mapping[str, Counts], size: Callable[[Counts], int], add: Callable[[Counts, Counts], Counts]
) -> list[tuple[Segment, Counts]]:
    """The largest segments, the smaller ones added up as "(other)", those without a value as "(unknown)".

    >>> largest({"a": 1, "b": 3, "": 2}, lambda n: n, lambda one, two: one + two)[1:]
    [(Segment(label='a', merged=0), 1), (Segment(label='(unknown)', merged=0), 2)]
    """
    named = sorted(
        ((value, count) for value, count in counts.items() if value),
        key=lambda item: (-size(item[1]), item[0]),
    )
    shown = [(Segment(label=value), count) for value, count in named[:SHOWN]]
    rest = named[SHOWN:]
    if rest:
        total = rest[0][1]
        for _, count in rest[1:]:
            total = add(total, count)
        shown.append((Segment(label=OTHER, merged=len(rest)), total))
    if "" in counts:
        shown.append((Segment(label=UNKNOWN), counts[""]))
    return shown
