"""The plan of an import: proposed from names and values, corrected by what the caller states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from emptychair.domain.signal import Audience
from emptychair.listen.imports import exports, shapes
from emptychair.listen.imports.asking import as_of_found, asked, shape_problem
from emptychair.listen.imports.draft import Draft
from emptychair.listen.imports.fields import EXTRA as EXTRA
from emptychair.listen.imports.fields import FIELDS, assigned
from emptychair.listen.imports.plan import FieldPlan, Plan, Shape
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.profile import Column, Found
from emptychair.listen.imports.reading import Reading
from emptychair.listen.imports.styles import styled
from emptychair.listen.imports.words import EMPLOYEE, words


def propose(
    reading: Reading,
    *,
    shape: Shape | None = None,
    mapping: Mapping[str, str] | None = None,
    audience: Audience | None = None,
    as_of: date | None = None,
) -> Plan:
    """What the import would do. Whatever is stated is taken; the rest is proposed with a reason each.

    `mapping` is field -> `COLUMN`, `COLUMN:STYLE`, `=CONSTANT` or empty for none (`--map`). Raises
    ImportRefused when something stated does not exist; what cannot be decided becomes a problem of the
    plan.
    """
    given = dict(mapping or {})
    known = exports.recognised(reading, shape)
    whole = given if known is None else {**known.mapping, **given}
    stated = {name: _parsed(reading, name, value) for name, value in whole.items()}
    fits = shapes.fitting(reading, {name: each.column for name, each in stated.items()})
    chosen = shape or (known.shape if known else fits[0][1] if fits else None)
    if chosen is None or (shape is None and known is None and _is_summary(chosen, reading)):
        return _shapeless(reading, audience or Audience.CUSTOMER)
    told = frozenset(stated)
    draft = Draft(reading=reading, shape=chosen, audience=audience or _audience(reading, chosen), stated=told)
    if known is not None:
        draft.reasons.append(f"This is an export of {known.name}.")
    draft.reasons.append(f"Shape {chosen}: {_shape_reason(shape, known, fits)}")
    if audience is None and draft.audience is Audience.EMPLOYEE and chosen is not Shape.EMPLOYEES:
        draft.reasons.append("Audience employee: columns speak of employees.")
    _check_fields(draft.shape, stated)
    _assign(draft, stated, given)
    if known is not None:
        exports.complete(draft.fields, known, given)
    found_as_of = as_of or as_of_found(draft)
    asked(draft, found_as_of)
    used = {plan.column.place for plan in draft.fields.values() if plan.column and not plan.allowed}
    return Plan(
        reading=reading,
        shape=chosen,
        audience=draft.audience,
        fields=draft.fields,
        kept=tuple(column for column in reading.columns if column.place not in used),
        as_of=found_as_of,
        reasons=tuple(draft.reasons),
        warnings=tuple(draft.warnings),
        problems=tuple(draft.problems),
    )


def _is_summary(shape: Shape, reading: Reading) -> bool:
    return shape is Shape.TRAITS and shapes.summarised_purchases(reading)


def _shape_reason(
    stated: Shape | None, known: exports.Recognised | None, fits: list[tuple[float, Shape, str]]
) -> str:
    if stated is not None:
        return "it was stated."
    if known is not None:
        return "the rows of such an export are that."
    return fits[0][2]


def _audience(reading: Reading, shape: Shape) -> Audience:
    own = {word for column in reading.columns for word in words(column.name)}
    if shape is Shape.EMPLOYEES:
        return Audience.EMPLOYEE
    if shape is Shape.ANSWERS and ("enps" in own or len(own & EMPLOYEE) >= 2):
        return Audience.EMPLOYEE
    return Audience.CUSTOMER


def _shapeless(reading: Reading, audience: Audience) -> Plan:
    """The plan of a file that nothing fits: only the problem, which says why."""
    return Plan(
        reading=reading, shape=None, audience=audience, fields={}, kept=reading.columns, as_of=None,
        reasons=(), warnings=(), problems=(shape_problem(reading),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stated:
    """What --map said about one field."""

    column: Column | None
    constant: str | None
    style: str | None


def _check_fields(shape: Shape, stated: Mapping[str, _Stated]) -> None:
    allowed = (*FIELDS[shape], *EXTRA)
    for name in stated:
        if name not in allowed:
            raise ImportRefused(f"{shape} have no field {name!r}: choose from {', '.join(allowed)}")


def _parsed(reading: Reading, name: str, value: str) -> _Stated:
    if not value:
        return _Stated(None, None, None)
    if column := reading.column(value):
        return _Stated(column, None, None)
    # The column's name may hold colons and so may a format (%H:%M): try every place to cut.
    for place in (i for i, sign in enumerate(value) if sign == ":"):
        if column := reading.column(value[:place]):
            return _Stated(column, None, value[place + 1 :])
    if value.startswith("="):
        return _Stated(None, value[1:], None)
    names = ", ".join(column.name for column in reading.columns[:30])
    raise ImportRefused(f"{reading.name} has no column {value!r} for {name}: it has {names}")


def _assign(draft: Draft, stated: Mapping[str, _Stated], given: Mapping[str, str]) -> None:
    """Fill the fields of the draft: stated ones (`given` by a person, or known of an export), then the best
    columns.
    """
    columns = {name: each.column for name, each in stated.items()}
    nameless = shapes.is_nameless(draft.reading)
    proposed = assigned(draft.shape, draft.reading.columns, columns, nameless=nameless)
    proposed = _without_rivals(draft, proposed, stated)
    for name in (*FIELDS[draft.shape], *EXTRA):
        if name in stated:
            each = stated[name]
            if each.column is not None or each.constant is not None:
                why = "it was stated" if name in given else "it is so in such an export"
                draft.fields[name] = styled(draft, name, each.column, each.constant, each.style, why)
        elif name in proposed:
            column, fit = proposed[name]
            reason = (
                f"column {column.name} is called so"
                if fit >= 1.5
                else f"column {column.name} fits by its values"
            )
            draft.fields[name] = styled(draft, name, column, None, None, f"{reason}: {column.evidence}")
    draft.reasons.extend(_sentence(plan) for plan in draft.fields.values())


def _sentence(plan: FieldPlan) -> str:
    written = f" ({plan.written})" if plan.written else ""
    source = plan.column.name if plan.column else f"the constant {plan.constant!r}"
    return f"{plan.field} = {source}{written}: {plan.reason}."


_LEAST = {
    "reason": 2.0,
    "channel": 3.0,
    "title": 2.0,
    "product": 1.2,
    "order": 1.5,
    "currency": 2.0,
    "quantity": 1.0,
}


def _without_rivals(
    draft: Draft, proposed: dict[str, tuple[Column, float]], stated: Mapping[str, _Stated]
) -> dict[str, tuple[Column, float]]:
    """Drop weak guesses of optional fields, and fields that another one makes needless."""
    kept = {name: fit for name, fit in proposed.items() if fit[1] >= _LEAST.get(name, 0.0)}
    has = set(kept) | {name for name, each in stated.items() if each.column is not None}
    if "start" in has and "end" in has and not {"tenure", "flag"} & set(stated):
        _drop(kept, "tenure", "flag")
    elif {"tenure", "flag"} <= has and kept.get("start", (None, 0.0))[1] < 2.9 and "start" not in stated:
        _drop(kept, "start", "end")
    if "amount" in has and (kept["amount"][1] >= 1.5 if "amount" in kept else True):
        _drop(kept, "price")
    elif {"quantity", "price"} <= has:
        _drop(kept, "amount")
    return _one_person(draft, kept)


def _drop(kept: dict[str, tuple[Column, float]], *names: str) -> None:
    for name in names:
        kept.pop(name, None)


def _one_person(draft: Draft, kept: dict[str, tuple[Column, float]]) -> dict[str, tuple[Column, float]]:
    """A person guessed weakly where rows need none is no person: an unnamed code column may be anything."""
    if draft.shape in (Shape.MESSAGES, Shape.REVIEWS, Shape.ANSWERS) and "person" in kept:
        column, fit = kept["person"]
        if fit < 1.5 or (fit < 2.5 and column.found is Found.CATEGORY and column.distinct < 20):
            kept.pop("person")
    return kept
