"""Responses: what people are answering and have answered, from the first look to the last word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    Table,
    UniqueConstraint,
    select,
    update,
)

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, Key, key, new_id, new_token


class Delivery(StrEnum):
    """How the survey came to the respondent."""

    LINK = "link"
    PERSONAL = "personal"
    MAIL = "mail"
    WIDGET = "widget"


class Progress(StrEnum):
    """How far an answer is. `seen` was opened, `begun` has an answer; the others are ended for good."""

    SEEN = "seen"
    BEGUN = "begun"
    COMPLETED = "completed"
    SCREENED_OUT = "screened_out"
    GIVEN_UP = "given_up"


ENDED = (Progress.COMPLETED, Progress.SCREENED_OUT, Progress.GIVEN_UP)


class Mark(StrEnum):
    """Why an answer is left out of every score until somebody decides otherwise."""

    LINK_WAS_USED = "link_was_used"
    SAME_BROWSER = "same_browser"
    SAME_ADDRESS = "same_address"
    SAME_SECOND = "same_second"
    TOO_FAST = "too_fast"
    HONEYPOT = "honeypot"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One respondent's answer to one version of a survey.

    `page` is the page to be shown. `mark` says why it looked wrong, `is_set_aside` whether it is left out,
    `decided_by` who decided against (or without) the mark. `counted` are the quotas in which it has a place.
    `written_at` is None until its signals are in the ledger. Anonymous surveys have no responses: what is
    answered there is kept in `sealed_answers` alone.
    """

    id: str
    survey_id: str
    version: int
    delivery: Delivery
    invitation_id: str | None
    person: str | None
    probability: float | None
    language: str
    hidden: Mapping[str, str]
    answers: Mapping[str, Any]
    page: int
    progress: Progress
    mark: Mark | None
    is_set_aside: bool
    decided_by: str | None
    decided_at: datetime | None
    counted: tuple[str, ...]
    seen_at: datetime
    begun_at: datetime | None
    saved_at: datetime
    ended_at: datetime | None
    written_at: datetime | None


responses = Table(
    "responses",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("delivery", Choice(Delivery), nullable=False),
    Column("key", Key, nullable=False),
    Column("invitation_id", Id, ForeignKey("invitations.id")),
    Column("person", Words(220)),
    Column("probability", Double),
    Column("language", Words(35), nullable=False),
    Column("hidden", Json, nullable=False),
    Column("answers", Json, nullable=False),
    Column("page", Integer, nullable=False),
    Column("progress", Choice(Progress), nullable=False),
    Column("mark", Choice(Mark)),
    Column("is_set_aside", Boolean, nullable=False),
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Column("counted", Json, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("begun_at", Instant),
    Column("saved_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("written_at", Instant),
    UniqueConstraint("key"),
    UniqueConstraint("invitation_id"),
    Index(None, "survey_id", "progress", "ended_at", "id"),
    Index(None, "progress", "written_at"),
    Index(None, "person"),
)


def begin(
    tx: Connection,
    *,
    survey_id: str,
    version: int,
    delivery: Delivery,
    language: str,
    hidden: Mapping[str, str],
    now: datetime,
    token: str | None = None,
    invitation_id: str | None = None,
    person: str | None = None,
    probability: float | None = None,
) -> tuple[str, Response]:
    """The token that comes back to it, and the new response; that of the invitation where there is one.

    Of any number who open an invitation at once one begins, and the others go on with the same response.
    """
    token = token or new_token()
    row: dict[str, Any] = {"id": new_id("rsp"), "survey_id": survey_id, "version": version, "page": 0}
    row |= {"delivery": delivery, "key": key(token), "invitation_id": invitation_id}
    row |= {"person": person, "probability": probability, "language": language, "hidden": dict(hidden)}
    row |= {"answers": {}, "progress": Progress.SEEN, "is_set_aside": False}
    row |= {"counted": [], "seen_at": now, "saved_at": now}
    if added(tx, responses, row):
        return token, _sure(find(tx, str(row["id"])))
    return token, _sure(_one(tx, responses.c.invitation_id == invitation_id))


def find(tx: Connection, response_id: str) -> Response | None:
    """The response with this id, or None."""
    return _one(tx, responses.c.id == response_id)


def find_by_token(tx: Connection, survey_id: str, token: str) -> Response | None:
    """The response of this survey that the token belongs to, or None."""
    return _one(tx, (responses.c.key == key(token)) & (responses.c.survey_id == survey_id))


def of_invitation(tx: Connection, invitation_id: str) -> Response | None:
    """The response that was begun by this invitation, or None."""
    return _one(tx, responses.c.invitation_id == invitation_id)


def last_of_person(tx: Connection, survey_id: str, person: str) -> Response | None:
    """The newest response of this person to a survey, or None."""
    mine = (responses.c.person == person) & (responses.c.survey_id == survey_id)
    query = select(*columns(responses, Response)).where(mine).order_by(responses.c.seen_at.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else response_of(row)


def lock(tx: Connection, response_id: str) -> Response | None:
    """As `find`, and until the transaction ends nobody else changes it."""
    return _one(tx, responses.c.id == response_id, for_update=True)


def save(
    tx: Connection, response_id: str, answers: Mapping[str, Any], *, page: int, language: str, now: datetime
) -> bool:
    """True when these are its answers so far; False when it has ended."""
    begun = {"progress": Progress.BEGUN} if answers else {}
    if answers:
        first = responses.c.begun_at.is_(None)
        _changed(tx, response_id, first, begun_at=now)
    values = {"answers": dict(answers), "page": page, "language": language, "saved_at": now}
    return _changed(tx, response_id, **values, **begun)


def end(
    tx: Connection,
    response_id: str,
    progress: Progress,
    *,
    answers: Mapping[str, Any],
    mark: Mark | None = None,
    counted: Sequence[str] = (),
    now: datetime,
) -> bool:
    """True when this call ended it; of any number at once exactly one does."""
    values: dict[str, Any] = {"progress": progress, "answers": dict(answers), "mark": mark}
    values |= {"is_set_aside": mark is not None, "counted": list(counted), "ended_at": now}
    return _changed(tx, response_id, **values)


def written(tx: Connection, response_id: str, now: datetime | None) -> None:
    """Its signals are in the ledger since then; None: they are not there (any more)."""
    tx.execute(update(responses).where(responses.c.id == response_id).values(written_at=now))


def decide(
    tx: Connection, response_id: str, *, is_set_aside: bool, counted: Sequence[str], by: str, now: datetime
) -> bool:
    """True when it was the other way until now: a person leaves an answer out, or lets it count after all.

    The mark that it got stays; one that had none was set aside by hand.
    """
    ended = (responses.c.id == response_id) & responses.c.progress.in_(ENDED)
    other = ended & (responses.c.is_set_aside != is_set_aside)
    values: dict[str, Any] = {"is_set_aside": is_set_aside, "decided_by": by, "decided_at": now}
    if tx.execute(update(responses).where(other).values(**values, counted=list(counted))).rowcount != 1:
        return False
    if is_set_aside:
        unmarked = (responses.c.id == response_id) & responses.c.mark.is_(None)
        tx.execute(update(responses).where(unmarked).values(mark=Mark.BY_HAND))
    return True


def response_of(row: RowMapping) -> Response:
    """The response of a row with the columns of the table that it has fields for."""
    return replace(made(Response, row), counted=tuple(row["counted"]))


def _changed(tx: Connection, response_id: str, *also: ColumnElement[bool], **values: Any) -> bool:
    mine = (responses.c.id == response_id) & responses.c.progress.not_in(ENDED)
    return tx.execute(update(responses).where(mine, *also).values(**values)).rowcount == 1


def _one(tx: Connection, which: ColumnElement[bool], *, for_update: bool = False) -> Response | None:
    query = select(*columns(responses, Response)).where(which)
    row = tx.execute(query.with_for_update() if for_update else query).mappings().first()
    return None if row is None else response_of(row)


def _sure(found: Response | None) -> Response:
    if found is None:
        raise LookupError("a response that was just added is not there")
    return found
