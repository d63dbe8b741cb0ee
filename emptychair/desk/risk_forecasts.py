"""Chances as they were told on some days, to be held against what really came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Table, delete, select

from emptychair.desk.adding import add_new
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words
from emptychair.domain.signal import Audience

# The furthest horizon is 90 days, and two of them are looked at.
KEPT = timedelta(days=200)
_BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What one person was told to be likely to do on a day: the chance for each horizon in days."""

    audience: Audience
    scored_at: datetime
    person: str
    chances: Mapping[str, float]


risk_forecasts = Table(
    "risk_forecasts",
    METADATA,
    Column("audience", Choice(Audience), primary_key=True),
    Column("scored_at", Instant, primary_key=True),
    Column("person", Words(220), primary_key=True),
    Column("chances", Json, nullable=False),
    Index(None, "person"),
)


def add(tx: Connection, forecasts: Sequence[Forecast]) -> None:
    """Keep those that are not kept yet."""
    if forecasts:
        add_new(tx, risk_forecasts, [asdict(one) for one in forecasts])


def days(tx: Connection, audience: Audience) -> list[datetime]:
    """The days of which forecasts are kept, in order."""
    query = select(risk_forecasts.c.scored_at).where(risk_forecasts.c.audience == audience).distinct()
    return sorted(tx.scalars(query))


def of_day(tx: Connection, audience: Audience, at: datetime) -> Iterator[tuple[str, Mapping[str, float]]]:
    """(person, chances) of a day, by person."""
    query = select(risk_forecasts.c.person, risk_forecasts.c.chances).where(
        risk_forecasts.c.audience == audience, risk_forecasts.c.scored_at == at
    )
    for row in tx.execute(query.order_by(risk_forecasts.c.person)).yield_per(_BATCH):
        yield row.person, row.chances


def purge(tx: Connection, now: datetime) -> None:
    """Drop what is too old to be looked at."""
    tx.execute(delete(risk_forecasts).where(risk_forecasts.c.scored_at < now - KEPT))
