"""Reminders of invitations: who is due for one, what became of those written, and which are called off."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, func, literal, or_, select

from emptychair.desk import posting
from emptychair.desk.columns import columns, made
from emptychair.desk.invitations import Invitation, Sending, invitations
from emptychair.desk.outbox import State, outbox
from emptychair.desk.responses import ENDED, Progress, responses
from emptychair.desk.surveys import Standing, surveys
from emptychair.domain.contact import What

_MINE = outbox.c.what == What.SURVEY_REMINDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What reminders of a draw did: `people` got one, `answered` of them completed it afterwards.

    `waiting` letters wait, and `not_sent` are those that were not sent, by their reason.
    """

    people: int = 0
    answered: int = 0
    waiting: int = 0
    not_sent: Mapping[str, int] = field(default_factory=dict)


def key_of(invitation_id: str, nth: int) -> str:
    """The key under which the outbox has the reminder once, whatever happens."""
    return f"survey reminder {invitation_id} {nth}"


def due(tx: Connection, draw_id: str, nth: int, before: datetime, *, limit: int = 200) -> list[Invitation]:
    """Who is due for the `nth` reminder (1, 2): got the letter before it until an instant, and has not ended.

    The first follows the invitation, the second the first one; both only where it was sent.
    """
    joined = invitations.outerjoin(responses, responses.c.invitation_id == invitations.c.id)
    which = (invitations.c.draw_id == draw_id) & (invitations.c.sending == Sending.SENT)
    which &= invitations.c.withdrawn_at.is_(None) & invitations.c.person.is_not(None)
    which &= or_(responses.c.progress.is_(None), responses.c.progress.not_in(ENDED))
    which &= ~select(outbox.c.id).where(outbox.c.dedupe_key == _key(nth)).exists()
    if nth == 1:
        which &= invitations.c.sent_at <= before
    else:
        earlier = (outbox.c.dedupe_key == _key(nth - 1)) & (outbox.c.state == State.SENT)
        which &= select(outbox.c.id).where(earlier, outbox.c.ended_at <= before).exists()
    query = select(*columns(invitations, Invitation)).select_from(joined).where(which)
    rows = tx.execute(query.order_by(invitations.c.id).limit(limit)).mappings()
    return [made(Invitation, row) for row in rows]


def call_off(tx: Connection, invitation_id: str, now: datetime) -> None:
    """The reminders of an invitation that wait to be sent are not: it is answered."""
    for message in _waiting(tx, outbox.c.thing == invitation_id):
        posting.cancel(tx, message, by="system", now=now)


def call_off_of_draw(tx: Connection, draw_id: str, *, by: str, now: datetime) -> int:
    """Those of a draw that wait are not sent; how many."""
    of_draw = select(invitations.c.id).where(invitations.c.draw_id == draw_id)
    return sum(posting.cancel(tx, one, by=by, now=now) for one in _waiting(tx, outbox.c.thing.in_(of_draw)))


def call_off_in_vain(tx: Connection, now: datetime) -> int:
    """Those of people who have answered meanwhile, or whose survey is over, are not sent; how many."""
    over = select(surveys.c.id).where(
        or_(surveys.c.standing == Standing.CLOSED, surveys.c.deleted_at.is_not(None))
    )
    done = select(responses.c.invitation_id).where(
        responses.c.progress.in_(ENDED), responses.c.invitation_id.is_not(None)
    )
    vain = select(invitations.c.id).where(or_(invitations.c.survey_id.in_(over), invitations.c.id.in_(done)))
    return sum(
        posting.cancel(tx, one, by="system", now=now) for one in _waiting(tx, outbox.c.thing.in_(vain))
    )


def funnel(tx: Connection, draw_id: str) -> Reminded:
    """What the reminders of a draw did."""
    joined = invitations.join(outbox, outbox.c.thing == invitations.c.id)
    mine = (invitations.c.draw_id == draw_id) & _MINE
    query = select(outbox.c.state, outbox.c.reason, func.count()).select_from(joined).where(mine)
    counts: Counter[tuple[State, str]] = Counter()
    for state, reason, n in tx.execute(query.group_by(outbox.c.state, outbox.c.reason)):
        counts[state, "" if reason is None else reason.value] += int(n)
    sent = mine & (outbox.c.state == State.SENT)
    people = select(func.count(invitations.c.id.distinct())).select_from(joined).where(sent)
    later = joined.join(responses, responses.c.invitation_id == invitations.c.id)
    after = sent & (responses.c.progress == Progress.COMPLETED) & (responses.c.ended_at > outbox.c.ended_at)
    answered = select(func.count(invitations.c.id.distinct())).select_from(later).where(after)
    not_sent: Counter[str] = Counter()
    for (state, reason), n in counts.items():
        if state not in (State.WAITING, State.SENDING, State.SENT):
            not_sent[reason or state.value] += n
    return Reminded(
        people=int(tx.execute(people).scalar_one()),
        answered=int(tx.execute(answered).scalar_one()),
        waiting=sum(n for (state, _), n in counts.items() if state in (State.WAITING, State.SENDING)),
        not_sent=dict(not_sent.most_common()),
    )


def _key(nth: int) -> ColumnElement[str]:
    return literal("survey reminder ").concat(cast(invitations.c.id, String)).concat(literal(f" {nth}"))


def _waiting(tx: Connection, which: ColumnElement[bool]) -> list[str]:
    query = select(outbox.c.id).where(which, _MINE, outbox.c.state == State.WAITING)
    return [str(one) for one in tx.execute(query.order_by(outbox.c.id)).scalars()]
