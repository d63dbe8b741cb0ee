"""What the fields of items mean, as a person said it on a sample: paths, constants, and cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from emptychair.domain.signal import Kind
from emptychair.listen.intake.paths import Steps, steps


class Unit(StrEnum):
    """How money is written."""

    MAJOR = "major"  # 12.50
    MINOR = "minor"  # 1250: the smallest coins, as many as the currency has (ISO 4217)


# The fields of a signal that a case can fill, in the order in which people see them.
FIELDS = (
    "person", "account", "occurred_at", "text", "title", "score", "value", "currency", "name", "channel",
    "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a field comes from: the first of the paths that holds something, or else the constant."""

    paths: tuple[Steps, ...] = ()
    constant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of item. It is meant when what lies at `path` is one of `values`; without path always.

    `is_refund` makes money go back. `kind` None: such items are not wanted.
    """

    path: Steps | None = None
    values: frozenset[str] = frozenset()
    kind: Kind | None
    fields: Mapping[str, Rule] = field(default_factory=dict)
    unit: Unit = Unit.MAJOR
    is_refund: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The cases in their order, the first that is meant counts; `items` leads to a list of items."""

    cases: tuple[Case, ...]
    items: Steps | None = None


def read(kept: Mapping[str, Any]) -> Mapped:
    """A mapping as it is kept with its source (see `listen/sources/mapping.py`)."""
    items = kept.get("items")
    return Mapped(
        items=None if items is None else steps(items) if items else (),
        cases=tuple(_case(each) for each in kept["cases"]),
    )


def _case(kept: Mapping[str, Any]) -> Case:
    return Case(
        path=steps(kept["when"]) if kept.get("when") else None,
        values=frozenset(kept.get("is") or ()),
        kind=Kind(kept["kind"]) if kept.get("kind") else None,
        fields={name: _rule(rule) for name, rule in kept.get("fields", {}).items()},
        unit=Unit(kept.get("unit") or Unit.MAJOR),
        is_refund=bool(kept.get("is_refund")),
    )


def _rule(kept: Mapping[str, Any]) -> Rule:
    paths: Sequence[str] = kept.get("paths") or ()
    return Rule(paths=tuple(steps(path) for path in paths), constant=kept.get("constant"))
