"""Which responses are to be looked at: the ended ones page by page, and those that something waits for."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from emptychair.desk.columns import columns
from emptychair.desk.responses import ENDED, Progress, Response, response_of, responses


def unwritten(tx: Connection, *, limit: int = 500) -> list[Response]:
    """Ended responses whose signals belong into the ledger and are not known to be there."""
    lacking = responses.c.progress.in_(ENDED) & responses.c.written_at.is_(None)
    lacking &= responses.c.is_set_aside.is_(False)
    query = (
        select(*columns(responses, Response)).where(lacking).order_by(responses.c.ended_at, responses.c.id)
    )
    return [response_of(row) for row in tx.execute(query.limit(limit)).mappings()]


def to_be_withdrawn(tx: Connection, *, limit: int = 500) -> list[Response]:
    """Responses that were left out by somebody and whose signals are in the ledger still."""
    lacking = responses.c.is_set_aside.is_(True) & responses.c.written_at.is_not(None)
    query = select(*columns(responses, Response)).where(lacking).order_by(responses.c.id).limit(limit)
    return [response_of(row) for row in tx.execute(query).mappings()]


def counted(tx: Connection, survey_id: str) -> Iterator[Response]:
    """Every answer of a survey that counts: completed or given up, and not left out."""
    which = (responses.c.survey_id == survey_id) & responses.c.is_set_aside.is_(False)
    which &= responses.c.progress.in_((Progress.COMPLETED, Progress.GIVEN_UP))
    query = select(*columns(responses, Response)).where(which).order_by(responses.c.id)
    for row in tx.execute(query).mappings():
        yield response_of(row)


def with_begun(tx: Connection) -> list[str]:
    """The ids of the surveys that somebody has begun to answer and not ended."""
    query = select(responses.c.survey_id).where(responses.c.progress == Progress.BEGUN).distinct()
    return sorted(tx.execute(query).scalars())


def left_lying(tx: Connection, survey_id: str, before: datetime, *, limit: int = 500) -> list[Response]:
    """Responses of a survey that were begun and to which nothing was added since an instant."""
    lying = (responses.c.survey_id == survey_id) & (responses.c.progress == Progress.BEGUN)
    query = select(*columns(responses, Response)).where(lying, responses.c.saved_at <= before)
    rows = tx.execute(query.order_by(responses.c.saved_at, responses.c.id).limit(limit)).mappings()
    return [response_of(row) for row in rows]


def page(
    tx: Connection,
    survey_id: str,
    *,
    progress: Progress | None = None,
    is_set_aside: bool | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[Response]:
    """One page of those that have ended, newest first; the next begins `after` the id of its last."""
    which = (responses.c.survey_id == survey_id) & responses.c.progress.in_(ENDED)
    if progress is not None:
        which &= responses.c.progress == progress
    if is_set_aside is not None:
        which &= responses.c.is_set_aside == is_set_aside
    if after is not None:
        place = tuple_(responses.c.ended_at, responses.c.id)
        last = select(responses.c.ended_at, responses.c.id).where(responses.c.id == after)
        which &= place < last.scalar_subquery()
    order = (responses.c.ended_at.desc(), responses.c.id.desc())
    rows = tx.execute(select(*columns(responses, Response)).where(which).order_by(*order).limit(limit))
    return [response_of(row) for row in rows.mappings()]
