"""SQL that turns converted rows into the signals of their shape."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from emptychair.listen.imports.conversion import Field, ended, instant_literal, started
from emptychair.listen.imports.plan import Plan, Scale, Shape
from emptychair.listen.imports.sql import literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The signals of a relation of rows, each column as SQL over the columns of `converted`.

    `known_by` is the MD5 of what makes it this signal.
    """

    kind: str
    name: str
    occurred_at: str
    known_by: str = "h"
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
        return (
            Cast(
                kind="'paid'", name="case when val_amount < 0 then 'return' else 'order' end",
                occurred_at=time, person=person, value="val_amount", currency=_upper(fields),
            ),
        )  # fmt: skip
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
    person = "val_person" if "person" in fields else "'row_' || h"
    first = Cast(
        kind="case when ended is null then 'joined' else 'left' end",
        name="case when ended is null then 'joined' else 'left' end",
        occurred_at="coalesce(ended, began)",
        known_by="case when ended is null then hj else hl end",
        person=person,
        text="case when ended is not null then val_reason end" if "reason" in fields else "null",
    )
    joining = replace(
        first,
        kind="'joined'",
        name="'joined'",
        occurred_at="began",
        known_by="hj",
        text="null",
        where="ended is not null",
    )
    return first, joining


def spans(plan: Plan, fields: Mapping[str, Field], now: datetime, rows: str) -> str:
    """SQL that adds to rows: began, ended, the identity hj of their joining and hl of their leaving."""
    begin, end = started(plan, fields), ended(plan, fields, now)
    who = "val_person" if "person" in fields else "h"
    joining, leaving = literal(f"{plan.audience} joined"), literal(f"{plan.audience} left")
    return f"""select *, md5(concat({joining}, chr(31), {who}, chr(31), epoch_us(began))) as hj,
        md5(concat({leaving}, chr(31), {who}, chr(31), epoch_us(began), chr(31), epoch_us(ended))) as hl
        from (select *, {begin} as began, {end} as ended from {rows})"""


def columns(
    plan: Plan, fields: Mapping[str, Field], cast: Cast, *, source: str, now: datetime
) -> dict[str, str]:
    """SQL of each column of the ledger for the signals of one cast, over the columns of `converted`."""
    identifier = f"'f_' || {cast.known_by}"
    if "id" in fields:
        suffix = "" if cast.where == "true" else " || '.joined'"
        identifier = f"coalesce(val_id{suffix}, {identifier})"
    return {
        "id": identifier,
        "audience": literal(plan.audience),
        "person": cast.person,
        "kind": cast.kind,
        "name": cast.name,
        "channel": "coalesce(val_channel, 'file')" if "channel" in fields else "'file'",
        "source": literal(source),
        "occurred_at": cast.occurred_at,
        "received_at": instant_literal(now),
        "text": cast.text,
        "score": cast.score,
        "value": cast.value,
        "currency": cast.currency,
        "properties": "props",
    }


def values_used(plan: Plan, fields: Mapping[str, Field], now: datetime) -> tuple[str, ...]:
    """The fields whose values the signals of the plan are made of."""
    made = " ".join(
        sql
        for cast in casts(plan, fields, now)
        for sql in columns(plan, fields, cast, source="", now=now).values()
    )
    if plan.shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
        made += spans(plan, fields, now, "")
    return tuple(name for name in dict.fromkeys([*fields, "amount"]) if f"val_{name}" in made)
