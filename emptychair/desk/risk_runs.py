"""When models of risk were trained, people scored, and chances checked, and why nothing came of it if so."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, Table, delete, select

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made, shown
from emptychair.desk.ids import Id, new_id
from emptychair.domain.signal import Audience

LONGEST_REASON = 500
MOST_KEPT = 400


class Deed(StrEnum):
    """What was done."""

    TRAINING = "training"
    SCORING = "scoring"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run that came to its end, of what was known `as_of` (None: nothing), with `people` scored.

    `reason` says why nothing came of it, empty when something did. `figures` are what it found.
    """

    id: str
    audience: Audience
    deed: Deed
    ended_at: datetime
    as_of: datetime | None
    people: int
    reason: str
    figures: Mapping[str, Any]


risk_runs = Table(
    "risk_runs",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("audience", Choice(Audience), nullable=False),
    Column("deed", Choice(Deed), nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("as_of", Instant),
    Column("people", Integer, nullable=False),
    Column("reason", Words(LONGEST_REASON), nullable=False),
    Column("figures", Json, nullable=False),
    Index(None, "audience", "deed", "ended_at"),
)


def new_run() -> str:
    """The id of a run that begins."""
    return new_id("rsk")


def add(tx: Connection, run: Run) -> None:
    """Keep that it ended; the oldest of its kind are dropped."""
    tx.execute(risk_runs.insert().values(asdict(run) | {"reason": shown(run.reason, LONGEST_REASON)}))
    same = (risk_runs.c.audience == run.audience) & (risk_runs.c.deed == run.deed)
    old = select(risk_runs.c.id).where(same).order_by(risk_runs.c.ended_at.desc()).offset(MOST_KEPT)
    ids = tx.scalars(old).all()
    if ids:
        tx.execute(delete(risk_runs).where(risk_runs.c.id.in_(ids)))


def last(tx: Connection, audience: Audience, deed: Deed, *, with_result: bool = False) -> Run | None:
    """The last run of its kind, or the last of which something came; None without one."""
    query = select(*columns(risk_runs, Run)).where(risk_runs.c.audience == audience, risk_runs.c.deed == deed)
    if with_result:
        query = query.where(risk_runs.c.reason == "")
    row = tx.execute(query.order_by(risk_runs.c.ended_at.desc(), risk_runs.c.id)).mappings().first()
    return None if row is None else made(Run, row)
