"""Draws: who could have been asked, how they were chosen, and with which probability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Table, select, update

from emptychair.desk.columns import METADATA, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One sample drawn for a survey.

    `frame` says who could have been drawn and `method` how, in words of `listen.surveys.sampling`; with the
    `seed`, and what was known by `as_of`, the same people are drawn again. `strata` has the size, the number
    drawn and the probability of each stratum. `framed` and `drawn` count people.
    """

    id: str
    survey_id: str
    frame: Mapping[str, Any]
    method: Mapping[str, Any]
    seed: str
    as_of: datetime
    framed: int
    drawn: int
    strata: Sequence[Mapping[str, Any]]
    by: str
    created_at: datetime
    stopped_at: datetime | None


draws = Table(
    "draws",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("frame", Json, nullable=False),
    Column("method", Json, nullable=False),
    Column("seed", Words(64), nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("framed", BigInteger, nullable=False),
    Column("drawn", BigInteger, nullable=False),
    Column("strata", Json, nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Index(None, "survey_id", "created_at"),
)


def add(
    tx: Connection,
    *,
    survey_id: str,
    frame: Mapping[str, Any],
    method: Mapping[str, Any],
    seed: str,
    as_of: datetime,
    framed: int,
    drawn: int,
    strata: Sequence[Mapping[str, Any]],
    by: str,
    now: datetime,
) -> Draw:
    """The new draw."""
    row: dict[str, Any] = {"id": new_id("drw"), "survey_id": survey_id, "frame": dict(frame)}
    row |= {"method": dict(method), "seed": seed, "as_of": as_of, "framed": framed, "drawn": drawn}
    row |= {"strata": [dict(one) for one in strata], "by": by, "created_at": now}
    tx.execute(draws.insert().values(**row))
    return Draw(**row, stopped_at=None)


def find(tx: Connection, draw_id: str) -> Draw | None:
    """The draw with this id, or None."""
    row = tx.execute(select(*columns(draws, Draw)).where(draws.c.id == draw_id)).mappings().first()
    return None if row is None else made(Draw, row)


def of_survey(tx: Connection, survey_id: str) -> list[Draw]:
    """All draws of a survey, newest first."""
    query = select(*columns(draws, Draw)).where(draws.c.survey_id == survey_id)
    rows = tx.execute(query.order_by(draws.c.created_at.desc(), draws.c.id)).mappings()
    return [made(Draw, row) for row in rows]


def change_method(tx: Connection, draw_id: str, method: Mapping[str, Any]) -> None:
    """How it is delivered from now on; who was drawn, and how, stays."""
    tx.execute(update(draws).where(draws.c.id == draw_id).values(method=dict(method)))


def stop(tx: Connection, draw_id: str, now: datetime) -> bool:
    """True when nothing more is sent for it from now on."""
    running = (draws.c.id == draw_id) & draws.c.stopped_at.is_(None)
    return tx.execute(update(draws).where(running).values(stopped_at=now)).rowcount == 1
