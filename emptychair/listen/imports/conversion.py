"""SQL that turns the text of a row into the fields of its shape, its identity, and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from emptychair.listen.imports import dates, numbers
from emptychair.listen.imports.fields import GRADED
from emptychair.listen.imports.numbers import NumberStyle
from emptychair.listen.imports.plan import FieldPlan, Plan, Scale, Shape, Unit
from emptychair.listen.imports.profile import BLANKS, Column, Found, is_turned, states
from emptychair.listen.imports.sql import literal

SEPARATOR = "chr(31)"
# Ids that a broken form or script sends for everybody: they name nobody (docs/import.md).
NOBODY = (*BLANKS, "undefined", "anonymous", "[object object]", "0", "unknown", "guest", "not provided")
# Quantity times price, null beyond what a value holds. The engine multiplies in 18 digits and fails where the
# product needs more: with its 8 decimals from 92 billion on. In 38 digits it takes fifty times as long.
AMOUNT = (
    "coalesce(try(try_cast(val_quantity * val_price as decimal(18,4))), "
    "try_cast(val_quantity::decimal(19,4) * val_price as decimal(18,4)))"
)
_CANONICAL = {
    "order": "order",
    "product": "product",
    "quantity": "quantity",
    "price": "price",
    "title": "title",
}
_REQUIRED = {
    Shape.ORDERS: {"time", "amount", "quantity", "price"},
    Shape.CONTRACTS: {"person", "start", "tenure", "flag"},
    Shape.EMPLOYEES: {"person", "start", "tenure", "flag"},
    Shape.ANSWERS: {"time"},
    Shape.REVIEWS: {"time"},
    Shape.MESSAGES: {"time", "text"},
    Shape.EVENTS: {"time"},
    Shape.TRAITS: {"time", "person"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field in SQL: `raw` is trimmed text (null when blank), `value` is typed (null when unreadable)."""

    plan: FieldPlan
    raw: str
    value: str
    expected: str


def fields_of(plan: Plan) -> dict[str, Field]:
    """Every field of the plan in SQL over the columns c0, c1 ... of a part."""
    shape = plan.ready_shape()
    return {name: _field(shape, each) for name, each in plan.fields.items() if name != "as_of"}


def _field(shape: Shape, plan: FieldPlan) -> Field:
    if plan.column is None:
        constant = literal(plan.constant or "")
        return Field(plan=plan, raw=constant, value=constant, expected="text")
    raw = trimmed(plan.column)
    if plan.date is not None:
        value = _in_zone(dates.instant(raw, plan.date), raw, plan)
        return Field(
            plan=plan, raw=raw, value=value, expected=f"a date written {plan.date.label}, 1900 to 2199"
        )
    if plan.field == "tenure":
        return Field(
            plan=plan, raw=raw, value=_tenure(raw, plan), expected=f"a number of {plan.unit} of 0 or more"
        )
    if plan.field == "score":
        return _score(raw, plan)
    if plan.number is not None:
        value = numbers.number(raw, plan.number)
        value = value if plan.sign > 0 else f"(-abs({value}))"
        return Field(plan=plan, raw=raw, value=value, expected="a number")
    if plan.field == "flag":
        return Field(plan=plan, raw=raw, value=_flag(raw, plan.column), expected=_flag_words(plan.column))
    if plan.field == "person":
        return Field(plan=plan, raw=raw, value=_person(raw, plan.column), expected="who it is about")
    if plan.allowed:
        value = f"case when lower({raw}) in {_set(plan.allowed)} then {raw} end"
        return Field(plan=plan, raw=raw, value=value, expected="one of " + ", ".join(plan.allowed))
    if plan.known_by:
        return Field(plan=plan, raw=raw, value=f"{literal(plan.known_by)} || {raw}", expected="text")
    return Field(plan=plan, raw=raw, value=raw, expected="text")


def _in_zone(value: str, raw: str, plan: FieldPlan) -> str:
    """The instant of a date that was written in the clock of a zone; one with an offset is one already."""
    if plan.zone in ("", "UTC", "Z"):
        return value
    moved = f"timezone('UTC', timezone({literal(plan.zone)}, {value}))"
    return f"case when regexp_matches({raw}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$') then {value} else {moved} end"


def trimmed(column: Column) -> str:
    """SQL of a value without blanks around it, null when nothing is left."""
    # Trimming costs five times as much as the look whether there is something to trim.
    name = column.sql
    # What is below '!' is empty or begins with a blank, but for signs that trimming leaves as they are.
    edged = f"{name} like '% ' or {name} < '!'"
    return f"case when {edged} then nullif(trim({name}), '') else {name} end"


def _person(raw: str, column: Column) -> str:
    if column.found in (Found.WHOLE, Found.NUMBER) and any(value.endswith(".0") for value in column.examples):
        # Whole numbers beside blanks become 17850.0 in other tools' exports; the person is 17850.
        raw = rf"regexp_replace({raw}, '^(\d+)\.0$', '\1')"
    # A short list of words is compared through a join, a pattern is not. No word begins with 1 to 9, as many
    # ids do.
    nobody = literal("(?i)" + "|".join(re.escape(word) for word in NOBODY))
    counted = f"({raw} >= '1' and {raw} < ':')"
    return f"case when {counted} or not regexp_full_match({raw}, {nobody}) then {raw} end"


def _score(raw: str, plan: FieldPlan) -> Field:
    text, column = raw, plan.column
    if column is not None and any(GRADED.match(value) for value in column.examples[:200]):
        text = rf"regexp_extract({raw}, '^[0-9]+([.,][0-9]+)?')"
    number = numbers.number(text, plan.number or NumberStyle.POINT, "decimal(9,4)")
    low, high = (plan.scale or Scale.NPS).bounds
    value = f"case when {number} between {low} and {high} then {number} end"
    return Field(plan=plan, raw=raw, value=value, expected=f"a score from {low} to {high}")


def _tenure(raw: str, plan: FieldPlan) -> str:
    number = numbers.number(raw, plan.number or NumberStyle.POINT, "double")
    most = 200 * _PER_YEAR[plan.unit or Unit.MONTHS]
    return f"case when {number} >= 0 and {number} < {most} then {number} end"


_PER_YEAR = {Unit.DAYS: 366, Unit.WEEKS: 53, Unit.MONTHS: 12, Unit.YEARS: 1}


def _flag(raw: str, column: Column) -> str:
    """True when the person left."""
    yes, no = states(column.examples) or ((), ())
    left, stayed = (no, yes) if is_turned(column.name, column.examples) else (yes, no)
    return (
        f"case when lower({raw}) in {_set(left)} then true when lower({raw}) in {_set(stayed)} then false end"
    )


def _flag_words(column: Column) -> str:
    return "one of " + ", ".join(sorted(set(column.examples)))


def _set(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values or ("\x1f",)) + ")"


def fault(plan: Plan, fields: Mapping[str, Field]) -> str:
    """SQL of the first field that is wrong in a row, null for a sound row (over raw_* and val_*)."""
    shape = plan.ready_shape()
    cases = []
    blanks = ", ".join(literal(word) for word in BLANKS)
    for name, field in fields.items():
        if field.plan.column is None:
            continue
        if field.plan.allowed or name in _REQUIRED[shape] or (name == "score" and "text" not in fields):
            cases.append(f"when val_{name} is null then {literal(name)}")
        elif field.value != field.raw and name != "person":
            cases.append(
                f"when val_{name} is null and raw_{name} is not null and lower(raw_{name}) not in ({blanks}) "
                f"then {literal(name)}"
            )
    if "score" in fields and "text" in fields:
        cases.append("when val_score is null and val_text is null then 'score'")
    if _is_product(plan, fields):
        cases.append("when val_amount is null then 'price'")
    if {"start", "end"} <= set(fields):
        cases.append("when val_end < val_start then 'end'")
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def _is_product(plan: Plan, fields: Mapping[str, Field]) -> bool:
    """Whether the amount of a row is its quantity times its price."""
    return plan.shape is Shape.ORDERS and "amount" not in fields


def fault_column(fields: Mapping[str, Field]) -> str:
    """SQL of the column that is wrong in a faulty row."""
    names = " ".join(
        f"when '{name}' then {literal(field.plan.column.name)}"
        for name, field in fields.items()
        if field.plan.column
    )
    return f"case when bad is not null then case bad {names} end end" if names else "null::varchar"


def fault_expected(fields: Mapping[str, Field]) -> str:
    """SQL of what was expected in a faulty row."""
    cases = "when bad = 'end' and val_end is not null then 'an end that is not before the start' " * (
        "end" in fields
    )
    cases += " ".join(f"when bad = '{name}' then {literal(field.expected)}" for name, field in fields.items())
    return f"case when bad is not null then case {cases} end end" if cases else "null::varchar"


def started(plan: Plan, fields: Mapping[str, Field]) -> str:
    """SQL of the instant a relationship began (over val_*)."""
    if "start" in fields:
        return "val_start"
    tenure = fields["tenure"].plan.unit or Unit.MONTHS
    drawn = instant_literal(plan.as_of)
    if tenure in (Unit.DAYS, Unit.WEEKS):
        days = "val_tenure" if tenure is Unit.DAYS else "val_tenure * 7"
        return f"({drawn} - to_days(round({days})::integer))"
    months = "val_tenure" if tenure is Unit.MONTHS else "val_tenure * 12"
    # Parts of months are days of an average month: 365.2425 / 12.
    rest = f"round(({months} - floor({months})) * 30.436875)::integer"
    return f"({drawn} - to_months(floor({months})::integer) - to_days({rest}))"


def ended(plan: Plan, fields: Mapping[str, Field], now: datetime) -> str:
    """SQL of the instant a relationship ended, null while it goes on at `now` (over val_*)."""
    if "end" in fields:
        return f"case when val_end <= {instant_literal(now)} then val_end end"
    return f"case when val_flag then {instant_literal(plan.as_of)} end"


def instant_literal(moment: datetime | date | None) -> str:
    """SQL of an instant in UTC; a day is its midnight."""
    if moment is None:
        return "null::timestamp"
    if isinstance(moment, datetime):
        return f"timestamp '{moment.replace(tzinfo=None).isoformat(sep=' ')}'"
    return f"timestamp '{moment.isoformat()} 00:00:00'"


def identity(plan: Plan, fields: Mapping[str, Field]) -> str:
    """SQL of the text that makes a row this row: its shape, the names of its columns, and its values by name.

    Fields count as what they mean and other columns as they are written, so the order of columns, the
    encoding, the compression and the container of the file do not matter.
    """
    by_place = {
        field.plan.column.place: name for name, field in fields.items() if field.plan.column is not None
    }
    columns = sorted(plan.reading.columns, key=lambda column: column.name)
    pieces = [literal(f"{plan.shape} {plan.audience} " + "\x1f".join(column.name for column in columns))]
    pieces[0] = f"left(md5({pieces[0]}), 8)"
    for column in columns:
        name = by_place.get(column.place)
        pieces += [SEPARATOR, column.sql if name is None else canonical(name, fields[name])]
    constants = [
        f"{name}={field.plan.constant}" for name, field in sorted(fields.items()) if field.plan.constant
    ]
    if constants:
        pieces += [SEPARATOR, literal("\x1f".join(constants))]
    return f"concat({', '.join(pieces)})"


def canonical(name: str, field: Field) -> str:
    """SQL of a field's value as text that does not depend on how it was written."""
    return f"epoch_us(val_{name})" if field.plan.date is not None else f"val_{name}"


def properties(plan: Plan, fields: Mapping[str, Field]) -> str:
    """SQL of the JSON of what has no column of its own in the ledger; blanks are left out."""
    pairs: list[tuple[str, str]] = []
    taken = {each for name, each in _CANONICAL.items() if name in fields}
    for column in plan.kept:
        value = f"kept_{column.sql}" if column.has_edges else column.sql
        pairs.append((f"{column.name}_2" if column.name in taken else column.name, value))
    for name, field in fields.items():
        if field.plan.column is not None and (name in _CANONICAL or name in ("tenure", "flag")):
            pairs.append((_CANONICAL.get(name, field.plan.column.name), f"raw_{name}"))
    if not pairs:
        return "'{}'"
    # A patch drops nulls but costs twice as much: only rows with a blank pay for it.
    whole = "json_object(" + ", ".join(f"{literal(key)}, {value}" for key, value in pairs) + ")"
    blank = " or ".join(f"{value} is null" for _, value in pairs)
    return f"case when {blank} then json_merge_patch('{{}}', {whole})::varchar else {whole}::varchar end"


def converted(plan: Plan, fields: Mapping[str, Field], used: Sequence[str], rows: str) -> str:
    """SQL of one row per record: fault `bad`, its text `wrong`, identity `h`, `props`, val_* as used.

    The engine computes what stands in a case as often as it is written there: what is asked several times
    is a column of an inner query.
    """
    raws = "".join(f", {field.raw} as raw_{name}" for name, field in fields.items())
    raws += "".join(f", {trimmed(each)} as kept_{each.sql}" for each in plan.kept if each.has_edges)
    values = "".join(
        f", {field.value.replace(field.raw, 'raw_' + name)} as val_{name}" for name, field in fields.items()
    )
    instants = [f"val_{name}" for name, field in fields.items() if field.plan.column and field.plan.date]
    settled = ", ".join(f"{dates.plausible(value)} as {value}" for value in instants)
    settled = f"* replace ({settled})" if settled else "*"
    settled += f", {AMOUNT} as val_amount" if _is_product(plan, fields) else ""
    kept = "".join(f", val_{name}" for name in used)
    wrong = " ".join(f"when '{name}' then raw_{name}" for name in fields)
    return f"""select part, bad, case when bad is not null then case bad {wrong} end end as wrong,
        md5({identity(plan, fields)}) as h, {properties(plan, fields)} as props{kept}
        from (select *, {fault(plan, fields)} as bad from (select {settled} from (
            select *{values} from (select *{raws} from {rows}))))"""
