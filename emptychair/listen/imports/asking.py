"""What a plan must still be told, and what its reader should know before anything is stored."""

from datetime import date

from emptychair.listen.imports import shapes
from emptychair.listen.imports.dates import instant
from emptychair.listen.imports.draft import Draft
from emptychair.listen.imports.engine import engine
from emptychair.listen.imports.fields import score
from emptychair.listen.imports.plan import Shape
from emptychair.listen.imports.problem import Problem
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.reading import Reading
from emptychair.listen.imports.words import name_score

SNAPSHOT = (Shape.CONTRACTS, Shape.EMPLOYEES)
_NEEDED = {
    Shape.ORDERS: ("time",),
    Shape.ANSWERS: ("score",),
    Shape.REVIEWS: ("score",),
    Shape.MESSAGES: ("text",),
    Shape.EVENTS: ("time",),
    Shape.TRAITS: ("person",),
}


def asked(draft: Draft, as_of: date | None) -> None:
    """Add the questions and warnings that the fields of the draft leave open."""
    has = set(draft.fields)
    for name in _NEEDED.get(draft.shape, ()):
        if name not in has:
            _missing(draft, name)
    if draft.shape is Shape.ORDERS:
        _orders(draft, has)
    if draft.shape in SNAPSHOT:
        _spans(draft, has, as_of)
    elif "time" not in has:
        _undated(draft)
    if "person" not in has:
        _nobody(draft)


def _undated(draft: Draft) -> None:
    """A column that is called a time but cannot be read is asked about; without one a warning is enough."""
    taken = {field.column.name for field in draft.fields.values() if field.column}
    free = [column for column in draft.reading.columns if column.name not in taken]
    called = [column for column in free if name_score("time", column.name) >= 3 and column.filled]
    if not called or "time" in draft.stated:
        draft.warnings.append("No column says when: rows are dated at the moment of the import.")
        return
    name, example = called[0].name, next(iter(called[0].examples), "")
    draft.problems.append(
        Problem(
            field="time",
            question=f"Column {name} is called a time, but {example[:40]!r} is written in no way we know.",
            answer=f"Pass --map time={name}:FORMAT, such as time={name}:%d.%m.%Y, or --map time= to date the "
            "rows at the moment of the import.",
        )
    )


def _missing(draft: Draft, name: str) -> None:
    draft.problems.append(
        Problem(
            field=name,
            question=f"{draft.shape.capitalize()} need a column for {name}, and none looks like one.",
            answer=f"Pass --map {name}=COLUMN, or another shape with --as.",
        )
    )


def _orders(draft: Draft, has: set[str]) -> None:
    if "amount" not in has and not {"quantity", "price"} <= has:
        draft.problems.append(
            Problem(
                field="amount",
                question="Orders need the money of each row, and no column looks like it.",
                answer="Pass --map amount=COLUMN, or --map quantity=COLUMN with --map price=COLUMN.",
            )
        )
    elif "amount" not in has:
        draft.reasons.append("The amount of a row is quantity times price.")
    elif shapes.is_nameless(draft.reading):
        column = draft.fields["amount"].column
        draft.warnings.append(
            f"There is no header: {column.name if column else 'the amount'} is taken as the money of the "
            "whole row. Pass --map quantity=COLUMN with --map price=COLUMN if it is a price."
        )
    if "currency" not in has:
        draft.warnings.append(
            "No column names a currency: amounts are stored without one. "
            "Pass --map currency==EUR to state it."
        )


def _spans(draft: Draft, has: set[str], as_of: date | None) -> None:
    if "start" in has:
        if "end" not in has and "flag" not in has:
            _missing(draft, "end")
        if "end" in has:
            return
    elif "tenure" not in has or "flag" not in has:
        for name in ("start", "end") if "tenure" not in has else ("flag",):
            _missing(draft, name)
        return
    draft.warnings.append(
        "This is a snapshot: those who left before its people were counted are not in it, and the day on "
        "which somebody left is not known better than the day of the snapshot."
    )
    if as_of is None:
        draft.problems.append(
            Problem(
                field="as_of",
                question="The file tells how long and who left, but not on which day it was drawn.",
                answer="Pass --as-of YYYY-MM-DD with that day.",
            )
        )


def _nobody(draft: Draft) -> None:
    if draft.shape in SNAPSHOT:
        draft.warnings.append("No column names a person: each row is taken as one person of its own.")
    elif draft.shape is not Shape.TRAITS:
        draft.warnings.append("No column names a person: rows count in totals, never in retention.")


def as_of_found(draft: Draft) -> date | None:
    """The day of a snapshot that the file itself states in a column with one date, or None."""
    plan = draft.fields.get("as_of")
    if draft.shape not in SNAPSHOT:
        return None
    column = plan.column if plan else _snapshot_column(draft.reading)
    if column is None or column.date is None or not column.date.order.is_settled:
        return None
    with engine() as connection:
        sql = f"select cast({instant('v', column.date)} as date) from (values (?)) t(v)"
        row = connection.execute(sql, [column.examples[0]]).fetchone()
    day = row[0] if row else None
    if isinstance(day, date):
        draft.reasons.append(f"As of {day}: every row of {column.name} says so.")
        return day
    return None


def _snapshot_column(reading: Reading) -> Column | None:
    fits = [(score("as_of", column), column) for column in reading.columns]
    best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
    return best[1] if best[0] >= 2.5 else None


def shape_problem(reading: Reading) -> Problem:
    """Why no shape fits, and what to do."""
    if shapes.summarised_purchases(reading):
        return Problem(
            field="shape",
            question=f"{reading.name} holds purchases already summed up per customer (frequency, recency, "
            "age), and a ledger keeps what happened.",
            answer="Import the purchases themselves (person, time, amount), or pass --as traits to keep "
            "the sums as traits.",
        )
    return Problem(
        field="shape",
        question=f"{reading.name} fits no shape: it names no person, holds no text and no dated money, "
        "score or event.",
        answer="Pass --as SHAPE with --map FIELD=COLUMN for what its rows are: "
        f"{', '.join(shape for shape in Shape)}.",
    )
