"""What each customer will bring in a year, as it was last told, and what a reader has to know of it."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Table,
    delete,
    func,
    insert,
    select,
)

from emptychair.desk.columns import METADATA, Instant, Words, columns, made

_AT_ONCE = 5_000


class Order(StrEnum):
    """By what people are put in order, the greatest first; of whom nothing is told is last."""

    VALUE = "value"
    NAIVE = "naive"
    ALIVE = "alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptValue:
    """One person's value in one currency, without margin or discount; None where nothing is told."""

    person: str
    currency: str
    value: float | None
    low: float | None
    high: float | None
    naive: float
    alive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPart:
    """Those who paid in one currency: how many, of how many something is told, in sum, by which model.

    [`total_low`, `total_high`] is where the sum of what they bring will land; None where it has no interval,
    and `total_said` what a reader has to know of it. `naive` is a year at all their plain rates and
    `naive_known` at those of whom something is told. `lack` says what is missing where nothing is told
    of anybody.
    """

    currency: str
    people: int
    known: int
    total: float
    total_low: float | None
    total_high: float | None
    total_said: str
    naive: float
    naive_known: float
    by: str
    remarks: list[str]
    lack: str
    held_out: dict[str, Any] | None


customer_values = Table(
    "customer_values",
    METADATA,
    Column("audience", Words(20), primary_key=True),
    Column("person", Words(220), primary_key=True),
    Column("currency", Words(10), primary_key=True),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("naive", Float, nullable=False),
    Column("alive", Float, nullable=False),
    Index(None, "audience", "currency", "value"),
)
value_parts = Table(
    "value_parts",
    METADATA,
    Column("currency", Words(10), primary_key=True),
    Column("people", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("total_low", Float),
    Column("total_high", Float),
    Column("total_said", Words(300), nullable=False),
    Column("naive", Float, nullable=False),
    Column("naive_known", Float, nullable=False),
    Column("by", Words(40), nullable=False),
    Column("remarks", JSON, nullable=False),
    Column("lack", Words(300), nullable=False),
    Column("held_out", JSON),
    Column("as_of", Instant, nullable=False),
    Column("told_at", Instant, nullable=False),
)
AUDIENCE = "customer"


def keep(
    tx: Connection,
    parts: Sequence[KeptPart],
    values: Sequence[KeptValue],
    *,
    as_of: datetime,
    told_at: datetime,
) -> None:
    """These are the values now, in place of those before."""
    tx.execute(delete(customer_values))
    tx.execute(delete(value_parts))
    if parts:
        rows = [{**asdict(one), "as_of": as_of, "told_at": told_at} for one in parts]
        tx.execute(insert(value_parts), rows)
    for begin in range(0, len(values), _AT_ONCE):
        some = values[begin : begin + _AT_ONCE]
        tx.execute(insert(customer_values), [{"audience": AUDIENCE, **asdict(one)} for one in some])


def of(tx: Connection, person: str) -> list[KeptValue]:
    """What is told of somebody, a row per currency that they paid in."""
    query = (
        select(*columns(customer_values, KeptValue))
        .where(customer_values.c.audience == AUDIENCE, customer_values.c.person == person)
        .order_by(customer_values.c.currency)
    )
    return [made(KeptValue, row) for row in tx.execute(query).mappings()]


def parts(tx: Connection) -> dict[str, KeptPart]:
    """The parts by currency."""
    rows = tx.execute(select(*columns(value_parts, KeptPart)).order_by(value_parts.c.currency)).mappings()
    return {row["currency"]: made(KeptPart, row) for row in rows}


def last(tx: Connection) -> tuple[datetime, datetime] | None:
    """(as of when, told when) of the values there are; None before the first."""
    row = tx.execute(select(func.max(value_parts.c.as_of), func.max(value_parts.c.told_at))).one()
    return None if row[0] is None else (row[0], row[1])


def ranked(tx: Connection, currency: str | None, order: Order, limit: int, offset: int) -> list[KeptValue]:
    """A page of those who paid in a currency (None: in any), the greatest first."""
    query = select(*columns(customer_values, KeptValue)).where(_paid_in(currency)).order_by(*_order(order))
    return [made(KeptValue, row) for row in tx.execute(query.limit(limit).offset(offset)).mappings()]


def among(tx: Connection, currency: str | None, order: Order, people: Collection[str]) -> list[KeptValue]:
    """Those of them who are among some people, the greatest first. O(customers)."""
    query = select(*columns(customer_values, KeptValue)).where(_paid_in(currency)).order_by(*_order(order))
    rows = tx.execute(query).mappings()
    return [made(KeptValue, row) for row in rows if row["person"] in people]


def count(tx: Connection, currency: str | None) -> int:
    """How many rows there are of a currency, a person once in each that they paid in."""
    return int(tx.scalar(select(func.count()).select_from(customer_values).where(_paid_in(currency))) or 0)


def _paid_in(currency: str | None) -> ColumnElement[bool]:
    found = customer_values.c.audience == AUDIENCE
    return found if currency is None else found & (customer_values.c.currency == currency)


def _order(order: Order) -> tuple[ColumnElement[Any], ...]:
    table = customer_values.c
    first = {Order.VALUE: (), Order.NAIVE: (table.naive.desc(),), Order.ALIVE: (table.alive.desc(),)}[order]
    return (*first, table.value.desc().nulls_last(), table.person, table.currency)
