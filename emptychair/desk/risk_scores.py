"""Everybody's chance of leaving as it was foreseen last, with reasons for those at the top."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Table,
    delete,
    func,
    select,
)

from emptychair.desk.columns import METADATA, Choice, Json, Words, columns, made
from emptychair.desk.ids import Id
from emptychair.domain.signal import Audience

# Bound values of one statement, on the database with the fewest.
_AT_ONCE = 500


class Order(StrEnum):
    """By what people are put in order, the greatest first."""

    LOSS = "loss"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One person of a run: the chance of leaving within `horizon` days (0: of a snapshot) with its band.

    `nearer` has [days, chance, low, high] of nearer horizons. `worth` is what a year with them brings in
    their `currency`, `loss` the part of it that is to be expected to go; None where it is not known.
    `reasons` and `changes` are [words, weight] each, None for whom none were looked for.
    """

    run: str
    audience: Audience
    person: str
    horizon: int
    chance: float
    low: float
    high: float
    nearer: Sequence[Sequence[float]]
    worth: float | None
    currency: str | None
    loss: float | None
    reasons: Sequence[Sequence[Any]] | None
    changes: Sequence[Sequence[Any]] | None


risk_scores = Table(
    "risk_scores",
    METADATA,
    Column("run", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("person", Words(220), primary_key=True),
    Column("horizon", Integer, nullable=False),
    Column("chance", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("nearer", Json, nullable=False),
    Column("worth", Float),
    Column("currency", Words(3)),
    Column("loss", Float),
    Column("reasons", Json),
    Column("changes", Json),
    Index(None, "person"),
    Index(None, "run", "loss"),
    Index(None, "run", "chance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Who is wanted of a run: from a chance on, who pays in a currency."""

    run: str
    least: float = 0.0
    currency: str | None = None


def add(tx: Connection, scores: Sequence[Score]) -> None:
    """Keep some of a run, in batches; nobody sees them before the run is kept as ended."""
    tx.execute(risk_scores.insert(), [asdict(one) for one in scores])


def drop_others(tx: Connection, audience: Audience, run: str) -> None:
    """Only this run is left of an audience."""
    tx.execute(delete(risk_scores).where(risk_scores.c.audience == audience, risk_scores.c.run != run))


def find(tx: Connection, run: str, person: str) -> Score | None:
    """What was foreseen of one person in a run, or None."""
    return next(iter(of(tx, run, [person])), None)


def of(tx: Connection, run: str, people: Sequence[str]) -> list[Score]:
    """Some people of a run, in the order in which they are named."""
    found: dict[str, Score] = {}
    for begin in range(0, len(people), _AT_ONCE):
        some = risk_scores.c.person.in_(people[begin : begin + _AT_ONCE])
        query = select(*columns(risk_scores, Score)).where(risk_scores.c.run == run, some)
        found |= {row["person"]: made(Score, row) for row in tx.execute(query).mappings()}
    return [found[person] for person in people if person in found]


def ranked(tx: Connection, wanted: Filter, order: Order, limit: int, offset: int) -> list[Score]:
    """A page of people, the greatest first."""
    query = select(*columns(risk_scores, Score)).where(_wanted(wanted)).order_by(*_order(order))
    return [made(Score, row) for row in tx.execute(query.limit(limit).offset(offset)).mappings()]


def people(tx: Connection, wanted: Filter, order: Order) -> list[str]:
    """The ids of everybody wanted, the greatest first. O(people)."""
    return list(tx.scalars(select(risk_scores.c.person).where(_wanted(wanted)).order_by(*_order(order))))


def count(tx: Connection, wanted: Filter) -> int:
    """How many are wanted."""
    return int(tx.execute(select(func.count()).select_from(risk_scores).where(_wanted(wanted))).scalar_one())


def currencies(tx: Connection, run: str) -> list[str]:
    """The currencies in which people of a run pay, the commonest first."""
    of_run = (risk_scores.c.run == run) & risk_scores.c.currency.is_not(None)
    query = select(risk_scores.c.currency).where(of_run).group_by(risk_scores.c.currency)
    return list(tx.scalars(query.order_by(func.count().desc(), risk_scores.c.currency)))


def _wanted(wanted: Filter) -> ColumnElement[bool]:
    found = (risk_scores.c.run == wanted.run) & (risk_scores.c.chance >= wanted.least)
    return found if wanted.currency is None else found & (risk_scores.c.currency == wanted.currency)


def _order(order: Order) -> tuple[ColumnElement[Any], ...]:
    by_chance = (risk_scores.c.chance.desc(), risk_scores.c.person)
    return (risk_scores.c.loss.desc().nulls_last(), *by_chance) if order is Order.LOSS else by_chance
