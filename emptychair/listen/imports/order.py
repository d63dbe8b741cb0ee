"""Whether the day or the month comes first: decided by every value of the file, never by a sample."""

from dataclasses import dataclass

from emptychair.listen.imports.dates import Order
from emptychair.listen.imports.engine import engine
from emptychair.listen.imports.parts import run_on
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.reading import Reading

_COUNTS = r"""select
    count(*) filter (a > 12 and b <= 12) as d, count(*) filter (b > 12 and a <= 12) as m,
    count(*) filter (a <= 12 and b <= 12) as e, min(v) filter (a > 12 and b <= 12) as dv,
    min(v) filter (b > 12 and a <= 12) as mv
    from (select try_cast(regexp_extract({column}, '^\s*(\d\d?)[-/. ]\d\d?[-/. ]\d', 1) as integer) as a,
        try_cast(regexp_extract({column}, '^\s*\d\d?[-/. ](\d\d?)[-/. ]\d', 1) as integer) as b,
        {column} as v from {rows})"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The order, or UNDECIDED, and the sentence that says why."""

    order: Order
    reason: str


def decided(reading: Reading, column: Column) -> Verdict:
    """The order that every value of the column allows. One pass over the file, that column only."""
    days, months, either, day_value, month_value = 0, 0, 0, "", ""
    with engine() as connection:

        def counts(rows: str) -> tuple[int, int, int, str | None, str | None]:
            found: tuple[int, int, int, str | None, str | None] = connection.execute(
                _COUNTS.format(column=column.sql, rows=rows)
            ).fetchall()[0]
            return found

        for part in reading.parts:
            d, m, e, dv, mv = run_on(part, counts)
            days, months, either = days + d, months + m, either + e
            day_value, month_value = day_value or dv or "", month_value or mv or ""
    return _verdict(column.name, days, months, either, day_value, month_value)


def _verdict(name: str, days: int, months: int, either: int, day_value: str, month_value: str) -> Verdict:
    if days and months:
        return Verdict(
            Order.UNDECIDED,
            f"Column {name} mixes both orders: {days:,} values like {day_value!r} must be day first and "
            f"{months:,} like {month_value!r} must be month first.",
        )
    if days:
        return Verdict(
            Order.DMY, f"{name} is day, month, year: {days:,} values like {day_value!r} allow nothing else."
        )
    if months:
        return Verdict(
            Order.MDY,
            f"{name} is month, day, year: {months:,} values like {month_value!r} allow nothing else.",
        )
    return Verdict(
        Order.UNDECIDED,
        f"In column {name} every date can be read day first or month first ({either:,} values).",
    )
