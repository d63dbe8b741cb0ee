"""Invitations: who was asked to answer, by which link, with which probability, and why somebody was not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    ForeignKey,
    Index,
    RowMapping,
    Table,
    UniqueConstraint,
    func,
    select,
    update,
)

from emptychair.desk.columns import METADATA, Choice, Instant, Json, Words, columns, made
from emptychair.desk.ids import Id, Key, key, new_id
from emptychair.desk.outbox import State, outbox
from emptychair.desk.responses import responses

AT_ONCE = 500


class Sending(StrEnum):
    """What became of an invitation: it waits, it is on its way, it was given out, or it is not sent."""

    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation. `probability` is that of having been drawn (0..1], None where nobody was drawn.

    `hidden` are hidden fields of its answer; `reason` says why it was not sent. Nobody is
    invited by name to an anonymous survey: its links are ballots, which know nobody.
    """

    id: str
    survey_id: str
    draw_id: str | None
    person: str | None
    stratum: str
    probability: float | None
    hidden: Mapping[str, str]
    sending: Sending
    reason: str
    by: str
    created_at: datetime
    sent_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody to invite."""

    person: str | None
    stratum: str = ""
    probability: float | None = None
    hidden: Mapping[str, str] | None = None


invitations = Table(
    "invitations",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("survey_id", Id, ForeignKey("surveys.id"), nullable=False),
    Column("draw_id", Id, ForeignKey("draws.id")),
    Column("key", Key),
    Column("person", Words(220)),
    Column("stratum", Words(200), nullable=False),
    Column("probability", Double),
    Column("hidden", Json, nullable=False),
    Column("sending", Choice(Sending), nullable=False),
    Column("reason", Words(40), nullable=False),
    Column("by", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("withdrawn_at", Instant),
    UniqueConstraint("key"),
    UniqueConstraint("draw_id", "person"),
    Index(None, "survey_id", "sending", "id"),
    Index(None, "person"),
)


def invite(
    tx: Connection,
    survey_id: str,
    people: Sequence[Invited],
    *,
    draw_id: str | None = None,
    sending: Sending = Sending.WAITING,
    by: str,
    now: datetime,
) -> list[str]:
    """New invitations, without links yet; their ids in the order of the people. O(people)."""
    rows = [
        {
            "id": new_id("inv"),
            "survey_id": survey_id,
            "draw_id": draw_id,
            "person": one.person,
            "stratum": one.stratum,
            "probability": one.probability,
            "hidden": dict(one.hidden or {}),
            "sending": sending,
            "reason": "",
            "by": by,
            "created_at": now,
        }
        for one in people
    ]
    for begin in range(0, len(rows), AT_ONCE):
        tx.execute(invitations.insert(), rows[begin : begin + AT_ONCE])
    return [str(row["id"]) for row in rows]


def link(tx: Connection, invitation_id: str, token: str) -> bool:
    """True when this token, of which only the hash is kept, opens it now; an earlier one is dead."""
    return _changed(tx, invitations.c.id == invitation_id, key=key(token))


def find(tx: Connection, invitation_id: str) -> Invitation | None:
    """The invitation with this id, or None."""
    return _one(tx, invitations.c.id == invitation_id)


def find_by_token(tx: Connection, survey_id: str, token: str) -> Invitation | None:
    """The invitation to this survey that the token opens; None when there is none or it was withdrawn."""
    mine = (invitations.c.key == key(token)) & (invitations.c.survey_id == survey_id)
    return _one(tx, mine & invitations.c.withdrawn_at.is_(None))


def waiting(tx: Connection, survey_id: str | None = None, *, limit: int = 500) -> list[Invitation]:
    """Invitations that wait to be sent, oldest first."""
    which = (invitations.c.sending == Sending.WAITING) & invitations.c.withdrawn_at.is_(None)
    if survey_id is not None:
        which &= invitations.c.survey_id == survey_id
    return _many(tx, which, limit)


def under_way(tx: Connection, *, limit: int = 500) -> list[Invitation]:
    """Invitations whose letter lies in the outbox, those that were looked at longest ago first."""
    mailed = invitations.c.key.is_not(None) & (invitations.c.sending == Sending.HANDED_OVER)
    letter = outbox.c.thing == invitations.c.id
    settled = outbox.c.state.not_in((State.WAITING, State.SENDING))
    which = mailed & invitations.c.id.in_(select(outbox.c.thing).where(letter, settled))
    return _many(tx, which, limit)


def of_draw(tx: Connection, draw_id: str) -> list[Invitation]:
    """Everybody who was drawn."""
    return _many(tx, invitations.c.draw_id == draw_id, None)


def of_survey(
    tx: Connection, survey_id: str, *, after: str = "", limit: int | None = None
) -> list[Invitation]:
    """The invitations of a survey in the order of their ids, `after` the id of the last page."""
    mine = (invitations.c.survey_id == survey_id) & (invitations.c.id > after)
    query = select(*columns(invitations, Invitation)).where(mine).order_by(invitations.c.id).limit(limit)
    return [made(Invitation, row) for row in tx.execute(query).mappings()]


def hand_over(tx: Connection, invitation_id: str) -> bool:
    """True when it waited until now: it lies with what delivers it."""
    return _changed(tx, _still_waits(invitation_id), sending=Sending.HANDED_OVER)


def sent(tx: Connection, invitation_id: str, now: datetime) -> bool:
    """True when it was not known to be sent until now."""
    not_yet = (invitations.c.id == invitation_id) & (invitations.c.sending != Sending.SENT)
    return _changed(tx, not_yet, sending=Sending.SENT, reason="", sent_at=now)


def not_sent(tx: Connection, invitation_id: str, reason: str) -> bool:
    """True when it was waiting or on its way until now; `reason` is the name of why it is not sent."""
    underway = invitations.c.sending.in_((Sending.WAITING, Sending.HANDED_OVER))
    mine = (invitations.c.id == invitation_id) & underway
    return _changed(tx, mine, sending=Sending.NOT_SENT, reason=reason)


def withdraw(tx: Connection, invitation_id: str, now: datetime) -> bool:
    """True when its link worked until now."""
    mine = (invitations.c.id == invitation_id) & invitations.c.withdrawn_at.is_(None)
    return _changed(tx, mine, withdrawn_at=now)


def funnel(tx: Connection, draw_id: str) -> Counter[tuple[str, Sending, str, str]]:
    """How many of a draw stand where: by stratum, sending, reason, and progress of the answer ("": none)."""
    names = (
        invitations.c.stratum,
        invitations.c.sending,
        invitations.c.reason,
        responses.c.progress,
    )
    joined = invitations.outerjoin(responses, responses.c.invitation_id == invitations.c.id)
    query = select(*names, func.count()).select_from(joined).where(invitations.c.draw_id == draw_id)
    found: Counter[tuple[str, Sending, str, str]] = Counter()
    for stratum, sending, reason, progress, count in tx.execute(query.group_by(*names)):
        found[stratum, sending, reason, "" if progress is None else progress.value] += int(count)
    return found


def counts(tx: Connection, survey_id: str, draw_id: str | None = None) -> Counter[tuple[Sending, str]]:
    """How many invitations of a survey (or of one of its draws) stand where, by their reason."""
    mine = invitations.c.survey_id == survey_id
    if draw_id is not None:
        mine &= invitations.c.draw_id == draw_id
    names = (invitations.c.sending, invitations.c.reason)
    query = select(*names, func.count()).where(mine, invitations.c.withdrawn_at.is_(None)).group_by(*names)
    return Counter({(sending, reason): int(count) for sending, reason, count in tx.execute(query)})


def _still_waits(invitation_id: str) -> ColumnElement[bool]:
    return (invitations.c.id == invitation_id) & (invitations.c.sending == Sending.WAITING)


def _changed(tx: Connection, which: ColumnElement[bool], **values: Any) -> bool:
    return tx.execute(update(invitations).where(which).values(**values)).rowcount == 1


def _many(tx: Connection, which: ColumnElement[bool], limit: int | None) -> list[Invitation]:
    order = (invitations.c.created_at, invitations.c.id)
    rows = tx.execute(select(*columns(invitations, Invitation)).where(which).order_by(*order).limit(limit))
    return [made(Invitation, row) for row in rows.mappings()]


def _one(tx: Connection, which: ColumnElement[bool]) -> Invitation | None:
    query = select(*columns(invitations, Invitation)).where(which)
    row: RowMapping | None = tx.execute(query).mappings().first()
    return None if row is None else made(Invitation, row)
