"""How often things happened to people and what they paid, for all conditions of a segment in one scan."""

from collections.abc import Sequence
from datetime import datetime

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.segments.definition import Money, Span, Times
from emptychair.understand.segments.told import Told
from emptychair.understand.signs import Clause, Columns, is_of, within

Countable = Times | Money


def happened(counted: Sequence[Countable], audience: Audience, as_of: datetime, columns: Columns) -> Question:
    """One row per person to whom any of it happened: person, n0, n1 ... (times, or an amount of money)."""
    clauses = [_clause(one, as_of, columns, f"h{place}") for place, one in enumerate(counted)]
    amounts = [
        f"sum(case when {clause.text} then {_amount(one)} else 0 end) as n{place}"
        for place, (one, clause) in enumerate(zip(counted, clauses, strict=True))
    ]
    told: dict[str, Parameter] = {}
    for clause in clauses:
        told |= clause.parameters
    return question(
        f"""
        select person, {", ".join(amounts)}
        from signals
        where audience = :audience and person is not null and occurred_at < :as_of
          and ({" or ".join(f"({clause.text})" for clause in clauses)})
        group by person
        """,
        audience=audience.value,
        as_of=as_of,
        **told,
    )


def so_often(one: Countable, place: int, prefix: str) -> Told:
    """Whether it happened so often, or so much was paid: of everybody it can be told."""
    bounds = one.total if isinstance(one, Money) else one.times
    clause = within(bounds, f"coalesce(happened.n{place}, 0)", prefix)
    return Told(value=f"case when {clause.text} then 2 else 0 end", parameters=clause.parameters)


def _amount(one: Countable) -> str:
    return "value" if isinstance(one, Money) else "1"


def _clause(one: Countable, as_of: datetime, columns: Columns, prefix: str) -> Clause:
    what = _paid(one, prefix) if isinstance(one, Money) else is_of(one.sign, columns, prefix)
    when = during(one.span, as_of, prefix)
    return Clause(f"{what.text}{when.text}", {**what.parameters, **when.parameters})


def _paid(one: Money, prefix: str) -> Clause:
    known = "kind = 'paid' and value is not null"
    if not one.currency:
        return Clause(f"{known} and (currency is null or currency = '')", {})
    return Clause(f"{known} and currency = :{prefix}_currency", {f"{prefix}_currency": one.currency})


def during(span: Span, as_of: datetime, prefix: str) -> Clause:
    """The end of a condition that keeps the signals of a span."""
    start, end = span.instants(as_of)
    text, told = "", dict[str, Parameter]()
    if start is not None:
        text += f" and occurred_at >= :{prefix}_start"
        told[f"{prefix}_start"] = start
    if end != as_of:
        text += f" and occurred_at < :{prefix}_end"
        told[f"{prefix}_end"] = end
    return Clause(text, told)
