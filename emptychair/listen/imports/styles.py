"""How the column of a field is written: its dates, numbers, unit and scale, as found or as stated."""

from emptychair.listen.imports import dates
from emptychair.listen.imports.dates import DateStyle, Order
from emptychair.listen.imports.draft import Draft
from emptychair.listen.imports.fields import GRADED
from emptychair.listen.imports.numbers import NumberStyle
from emptychair.listen.imports.order import decided
from emptychair.listen.imports.plan import FieldPlan, Scale, Shape, Unit
from emptychair.listen.imports.problem import ImportRefused, Problem
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.words import words

DATES = frozenset({"time", "start", "end", "as_of"})
NUMBERS = frozenset({"amount", "quantity", "price", "score", "tenure"})
_UNITS = {
    "day": Unit.DAYS, "days": Unit.DAYS, "week": Unit.WEEKS, "weeks": Unit.WEEKS, "month": Unit.MONTHS,
    "months": Unit.MONTHS, "mo": Unit.MONTHS, "mos": Unit.MONTHS, "monate": Unit.MONTHS, "year": Unit.YEARS,
    "years": Unit.YEARS, "yrs": Unit.YEARS, "yr": Unit.YEARS, "jahre": Unit.YEARS, "ans": Unit.YEARS,
    "tage": Unit.DAYS, "mois": Unit.MONTHS, "meses": Unit.MONTHS, "mesi": Unit.MONTHS,
}  # fmt: skip


def styled(
    draft: Draft, name: str, column: Column | None, constant: str | None, stated: str | None, reason: str
) -> FieldPlan:
    """The field with everything that decides how its values are read; what is unclear is asked."""
    if column is None and (name in DATES or name in NUMBERS):
        raise ImportRefused(f"{name} must come from a column: pass --map {name}=COLUMN, not a constant")
    if column is None or (name not in DATES and name not in NUMBERS):
        if stated:
            raise ImportRefused(f"{name} takes no style: pass --map {name}={column.name if column else ''}")
        return FieldPlan(field=name, column=column, constant=constant, reason=reason)
    if name in DATES:
        style = _date(draft, name, column, stated)
        return FieldPlan(field=name, column=column, date=style, reason=reason)
    unit = _unit(draft, column, stated) if name == "tenure" else None
    scale = _scale(draft, column, stated) if name == "score" else None
    number_word = stated if stated in ("point", "comma") else None
    if stated and not (unit or scale or number_word):
        raise ImportRefused(
            f"{name}={column.name}:{stated} is not known: styles of numbers are point and comma"
        )
    number = _number(draft, name, column, number_word)
    return FieldPlan(field=name, column=column, number=number, unit=unit, scale=scale, reason=reason)


def _date(draft: Draft, name: str, column: Column, stated: str | None) -> DateStyle | None:
    if stated:
        try:
            return dates.stated_style(column.date, stated)
        except ValueError as error:
            known = ", ".join(
                order for order in Order if order not in (Order.UNDECIDED, Order.FORMAT, Order.NAMED)
            )
            raise ImportRefused(
                f"{name}={column.name}:{stated} is no way to write dates: use {known} or a format like "
                "%d.%m.%Y"
            ) from error
    style = column.date
    if style is None:
        if not column.examples:
            return DateStyle(order=Order.ISO)
        question = f"Column {column.name} does not look like dates ({column.examples[0][:40]!r})."
        answer = (
            f"Pass --map {name}=COLUMN with a column of dates, or its format as "
            f"--map {name}={column.name}:%d.%m.%Y."
        )
        draft.problems.append(Problem(field=name, question=question, answer=answer))
        return None
    if style.order in (Order.DMY, Order.MDY, Order.UNDECIDED):
        return _ordered(draft, name, column, style)
    return style


def _ordered(draft: Draft, name: str, column: Column, style: DateStyle) -> DateStyle:
    """Day and month in the order that every value of the whole file allows, or the question which."""
    verdict = decided(draft.reading, column)
    if verdict.order is not Order.UNDECIDED:
        draft.reasons.append(verdict.reason)
        return (
            dates.with_order(style, verdict.order)
            if "{0}" in "".join(style.formats)
            else _turned(style, verdict.order)
        )
    answer = f"Pass --map {name}={column.name}:dmy or --map {name}={column.name}:mdy."
    draft.problems.append(Problem(field=name, question=verdict.reason, answer=answer))
    return style


def _turned(style: DateStyle, order: Order) -> DateStyle:
    return style if style.order is order else dates.stated_style(style, order)


def _number(draft: Draft, name: str, column: Column, stated: str | None) -> NumberStyle:
    if stated:
        return NumberStyle(stated)
    if column.number is NumberStyle.UNDECIDED:
        comma = next(value for value in column.examples if "," in value)
        question = f"In column {column.name} the comma of {comma!r} may begin decimals or group thousands."
        answer = (
            f"Pass --map {name}={column.name}:comma for decimals or "
            f"--map {name}={column.name}:point for thousands."
        )
        draft.problems.append(Problem(field=name, question=question, answer=answer))
        return NumberStyle.POINT
    graded = name == "score" and any(GRADED.match(value) for value in column.examples[:50])
    if column.number is None and column.examples and not graded:
        question = f"Column {column.name} does not look like numbers ({column.examples[0][:40]!r})."
        draft.problems.append(
            Problem(
                field=name, question=question, answer=f"Pass --map {name}=COLUMN with a column of numbers."
            )
        )
    return column.number or NumberStyle.POINT


def _unit(draft: Draft, column: Column, stated: str | None) -> Unit | None:
    if stated and stated not in ("point", "comma"):
        if stated.lower() not in _UNITS:
            raise ImportRefused(f"tenure={column.name}:{stated} is no unit: use days, weeks, months or years")
        return _UNITS[stated.lower()]
    named = next((_UNITS[word] for word in words(column.name) if word in _UNITS), None)
    if named:
        return named
    unit = Unit.YEARS if draft.shape is Shape.EMPLOYEES else Unit.MONTHS
    draft.warnings.append(
        f"{column.name} names no unit: it is taken as {unit}. Pass --map tenure={column.name}:days, weeks, "
        "months or years if that is wrong."
    )
    return unit


def _scale(draft: Draft, column: Column, stated: str | None) -> Scale | None:
    if stated and stated not in ("point", "comma"):
        try:
            return Scale(stated.lower())
        except ValueError as error:
            raise ImportRefused(
                f"score={column.name}:{stated} is no scale: use nps, csat, ces or stars"
            ) from error
    scale = Scale.STARS if draft.shape is Shape.REVIEWS else _scale_by_name(draft, column)
    low, high = column.low, column.high
    if scale is not None and (
        high is None or low is None or scale.bounds[0] <= low <= high <= scale.bounds[1]
    ):
        return scale
    span = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
    if scale is None and low == 0 and high is not None and 7 < high <= 10:
        draft.reasons.append(f"Scale nps: the scores of {column.name} go{span}.")
        return Scale.NPS
    meant = f" although {scale} goes from {scale.bounds[0]} to {scale.bounds[1]}" if scale else ""
    question = f"It is not clear what the scores{span} of {column.name} mean{meant}."
    options = " or ".join(f":{each}" for each in Scale)
    draft.problems.append(
        Problem(field="score", question=question, answer=f"Pass --map score={column.name} with {options}.")
    )
    return scale


def _scale_by_name(draft: Draft, column: Column) -> Scale | None:
    """The scale that the column's name, or else those of its neighbours, speak of."""
    own = set(words(column.name))
    every = {word for each in draft.reading.columns for word in words(each.name)}
    for cut in (own, every):
        if cut & {"nps", "enps", "recommend", "recommendation", "promoter", "weiterempfehlung"}:
            return Scale.NPS
        if cut & {"ces", "effort"}:
            return Scale.CES
        if cut & {"csat", "satisfaction", "satisfied", "zufriedenheit", "zufrieden", "satisfaccion"}:
            return Scale.CSAT
        if cut & {"stars", "star", "sterne", "etoiles"}:
            return Scale.STARS
    return None
