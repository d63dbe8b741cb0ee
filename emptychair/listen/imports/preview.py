"""The first rows of a file beside the signals they become, so that a person can judge the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emptychair.ledger.occurrences import Occurrences
from emptychair.listen.imports.casting import Casting, Taken, named_by_row
from emptychair.listen.imports.engine import engine
from emptychair.listen.imports.parts import Part
from emptychair.listen.imports.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One row: its number, its fields as written, its signals, and why it would be parked or None.

    A signal is a mapping of ledger columns to values; there are none when the row would be parked.
    """

    row: int
    raw: Mapping[str, str | None]
    signals: tuple[Mapping[str, Any], ...]
    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of the file under a plan."""

    rows: tuple[PreviewRow, ...]


def preview(plan: Plan, *, now: datetime, rows: int = 20) -> Preview:
    """The first rows as they are and as what they become. Raises PlanIncomplete while questions are open."""
    plan.ready_shape()
    part = plan.reading.parts[0]
    with engine() as connection:
        first = _First(part, rows)
        casting = Casting(plan, source="imp_preview", now=now)
        taken = casting.take(first, connection)
        if casting.names_rows:
            taken = named_by_row(taken, Occurrences())
        faults = {
            each["place"]: f"{each['field']}: {each['value'] or 'blank'}; expected {each['expected']}"
            for each in taken.faulty.to_pylist()
        }
        signals = _by_row(taken)
        raw = connection.execute(f"select * from {first.relation()}").fetchall()
    names = [column.name for column in plan.reading.columns]
    moved = _numbers(part, len(raw))
    return Preview(
        rows=tuple(
            PreviewRow(
                row=moved[place],
                raw=dict(zip(names, values, strict=False)),
                signals=tuple(signals.get(place, ())),
                fault=faults.get(place),
            )
            for place, values in enumerate(raw)
        )
    )


class _First(Part):
    """The first records of a part."""

    def __init__(self, part: Part, count: int) -> None:
        super().__init__(
            path=part.path, width=part.width, dialect=part.dialect, columns=part.columns, rows=part.rows,
            damage=part.damage, is_repaired=part.is_repaired,
        )  # fmt: skip
        self.count = count

    def relation(self) -> str:
        """SQL of the first rows only."""
        return f"(select * from {super().relation()} limit {self.count})"


def _by_row(taken: Taken) -> dict[int, list[dict[str, Any]]]:
    """The signals of every sound row, by its place."""
    found: dict[int, list[dict[str, Any]]] = {}
    for signals in taken.signals:
        for place, signal in zip(signals.places.tolist(), signals.table.to_pylist(), strict=True):
            found.setdefault(place, []).append(signal)
    return found


def _numbers(part: Part, count: int) -> list[int]:
    """The row numbers in the file of the first sound records, from 1."""
    taken = {damage.place for damage in part.damage}
    numbers = (place + 1 for place in range(count + len(taken)) if place not in taken)
    return [next(numbers) for _ in range(count)]
