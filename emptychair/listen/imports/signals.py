"""SQL that turns converted rows into the signals of their shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from emptychair.listen.imports.conversion import Field, ended, instant_literal, started
from emptychair.listen.imports.plan import Plan, Scale, Shape
from emptychair.listen.imports.sql import literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The signals of a relation of rows, each column as SQL over the columns of `converted`."""

    kind: str
    name: str
    occurred_at: str
    id: str = "'f_' || h || case when n > 1 then '.' || n else '' end"
    person: str = "null"
    text: str = "null"
    score: str = "null"
    value: str = "null"
    currency: str = "null"
    where: str = "true"


def casts(plan: Plan, fields: Mapping[str, Field], now: datetime) -> tuple[Cast, ...]:
    """The first cast gives exactly one signal per row; others add to it."""
    shape = plan.ready_shape()
    time = "val_time" if "time" in fields else instant_literal(now)
    person = "val_person" if "person" in fields else "null"
    text = _text(fields)
    if shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
        return _spans(fields)
    if shape is Shape.ORDERS:
        amount = "val_amount" if "amount" in fields else "try_cast(val_quantity * val_price as decimal(18,4))"
        name = f"case when {amount} < 0 then 'return' else 'order' end"
        currency = _upper(fields)
        return (
            Cast(kind="'paid'", name=name, occurred_at=time, person=person, value=amount, currency=currency),
        )
    if shape in (Shape.ANSWERS, Shape.REVIEWS):
        scale = str(fields["score"].plan.scale or Scale.STARS)
        word = "answer" if shape is Shape.ANSWERS else "review"
        # Somebody who wrote words and gave no score said something; it must not count as a score.
        return (
            Cast(
                kind="case when val_score is null then 'said' else 'rated' end",
                name=f"case when val_score is null then {literal(word)} else {literal(scale)} end",
                occurred_at=time, person=person, text=text, score="val_score",
            ),
        )  # fmt: skip
    if shape is Shape.MESSAGES:
        return (Cast(kind="'said'", name="'message'", occurred_at=time, person=person, text=text),)
    if shape is Shape.EVENTS:
        name = "coalesce(val_name, 'event')" if "name" in fields else "'event'"
        return (Cast(kind="'did'", name=name, occurred_at=time, person=person),)
    return (Cast(kind="'told'", name="'traits'", occurred_at=time, person=person),)


def _text(fields: Mapping[str, Field]) -> str:
    if "text" in fields and "title" in fields:
        return "coalesce(val_text, val_title)"
    return "val_text" if "text" in fields else "val_title" if "title" in fields else "null"


def _upper(fields: Mapping[str, Field]) -> str:
    return "upper(val_currency)" if "currency" in fields else "null"


def _spans(fields: Mapping[str, Field]) -> tuple[Cast, ...]:
    """Rows of those who left give their leaving first, then their joining: one signal a row comes first.

    A joining is the same joining in every later export (its id is of person and start), so that a new
    export of the same table adds only who joined and who left since.
    """
    person = "val_person" if "person" in fields else "'row_' || h || '.' || n"
    left_text = "val_reason" if "reason" in fields else "null"
    joined = "'f_' || hj || case when nj > 1 then '.' || nj else '' end"
    left = "'f_' || hl || case when nl > 1 then '.' || nl else '' end"
    first = Cast(
        kind="case when ended is null then 'joined' else 'left' end",
        name="case when ended is null then 'joined' else 'left' end",
        occurred_at="coalesce(ended, began)",
        id=f"case when ended is null then {joined} else {left} end",
        person=person,
        text=f"case when ended is not null then {left_text} end",
    )
    return (
        first,
        Cast(
            kind="'joined'",
            name="'joined'",
            occurred_at="began",
            id=joined,
            person=person,
            where="ended is not null",
        ),
    )


def spans(plan: Plan, fields: Mapping[str, Field], now: datetime, rows: str) -> str:
    """SQL that adds to rows: began, ended, the identity hj of their joining and hl of their leaving."""
    begin, end = started(plan, fields), ended(plan, fields, now)
    who = "val_person" if "person" in fields else "h || '.' || n"
    joining, leaving = literal(f"{plan.audience} joined"), literal(f"{plan.audience} left")
    return f"""select *, md5(concat({joining}, chr(31), {who}, chr(31), epoch_us(began))) as hj,
        md5(concat({leaving}, chr(31), {who}, chr(31), epoch_us(began), chr(31), epoch_us(ended))) as hl
        from (select *, {begin} as began, {end} as ended from {rows})"""


def signals(
    plan: Plan, fields: Mapping[str, Field], cast: Cast, *, source: str, now: datetime, place: bool = False
) -> str:
    """SQL of the signals of one cast of `numbered`, with the columns of the ledger (and `place`)."""
    channel = "coalesce(val_channel, 'file')" if "channel" in fields else "'file'"
    identifier = cast.id
    if "id" in fields:
        suffix = "" if cast.where == "true" else " || '.joined'"
        identifier = f"coalesce(val_id{suffix}, {cast.id})"
    return f"""select {identifier} as id, {literal(plan.audience)} as audience,
        ({cast.person})::varchar as person, {cast.kind} as kind, {cast.name} as name, {channel} as channel,
        {literal(source)} as source, {cast.occurred_at} as occurred_at,
        {instant_literal(now)} as received_at, ({cast.text})::varchar as text,
        ({cast.score})::decimal(9,4) as score, ({cast.value})::decimal(18,4) as value,
        ({cast.currency})::varchar as currency, props as properties{", r as place" if place else ""}
        from numbered where {cast.where}"""


def values_used(plan: Plan, fields: Mapping[str, Field], now: datetime) -> tuple[str, ...]:
    """The fields whose values the signals of the plan are made of."""
    made = "".join(signals(plan, fields, cast, source="", now=now) for cast in casts(plan, fields, now))
    if plan.shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
        made += spans(plan, fields, now, "")
    return tuple(name for name in fields if f"val_{name}" in made)
