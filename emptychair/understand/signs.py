"""Which signals are meant: of a kind, of some names, with some properties; the text of a condition in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from emptychair.domain.signal import Kind
from emptychair.ledger.question import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From `least` to `most`, both in it; None: no bound."""

    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What a value has to be: one of `among`, none of `outside`, a number in `within`, or there (or not)."""

    __test__ = False  # no test of pytest's

    among: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    within: Range | None = None
    is_missing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Signals of a `kind` (None: any), with one of `names` (none: any), whose properties pass the tests."""

    kind: Kind | None = None
    names: tuple[str, ...] = ()
    where: tuple[tuple[str, Test], ...] = ()


Columns = Mapping[str, str]
"""The column of `signals` that holds each property, as `Ledger.promote` calls it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition as text of the portable subset, with its parameters."""

    text: str
    parameters: Mapping[str, Parameter]


def is_of(sign: Sign, columns: Columns, prefix: str) -> Clause:
    """The condition on one signal; its parameters begin with `prefix`. What is not there passes no test."""
    texts, told = [], dict[str, Parameter]()
    if sign.kind is not None:
        texts.append(f"kind = :{prefix}_kind")
        told[f"{prefix}_kind"] = sign.kind.value
    if sign.names:
        texts.append(f"name in (:{prefix}_names)")
        told[f"{prefix}_names"] = list(sign.names)
    for place, (name, test) in enumerate(sign.where):
        clause = passes(test, columns[name], f"{prefix}_w{place}")
        texts.append(f"coalesce({clause.text}, 0) = 2")
        told |= clause.parameters
    return Clause(" and ".join(texts) or "1 = 1", told)


def passes(test: Test, value: str, prefix: str) -> Clause:
    """2 where the text `value` (a column; null or empty: not known) passes, 0 where not, 1: not told."""
    absent = f"{value} is null or {value} = ''"
    told: dict[str, Parameter] = {}
    if test.is_missing is not None:
        yes, no = (2, 0) if test.is_missing else (0, 2)
        return Clause(f"case when {absent} then {yes} else {no} end", told)
    steps = [f"when {absent} then 1"]
    if test.among:
        steps.append(f"when not {value} in (:{prefix}_in) then 0")
        told[f"{prefix}_in"] = list(test.among)
    if test.outside:
        steps.append(f"when {value} in (:{prefix}_out) then 0")
        told[f"{prefix}_out"] = list(test.outside)
    if test.within is not None:
        steps.append(f"when number_of({value}) is null then 1")
        bounds = within(test.within, f"number_of({value})", prefix)
        steps.append(f"when not ({bounds.text}) then 0")
        told |= bounds.parameters
    return Clause(f"case {' '.join(steps)} else 2 end", told)


def within(bounds: Range, value: str, prefix: str) -> Clause:
    """Whether a number is between the bounds."""
    texts, told = [], dict[str, Parameter]()
    if bounds.least is not None:
        texts.append(f"{value} >= :{prefix}_least")
        told[f"{prefix}_least"] = bounds.least
    if bounds.most is not None:
        texts.append(f"{value} <= :{prefix}_most")
        told[f"{prefix}_most"] = bounds.most
    return Clause(" and ".join(texts) or "1 = 1", told)


def properties_of(sign: Sign) -> tuple[str, ...]:
    """The properties that it looks at."""
    return tuple(name for name, _ in sign.where)
