"""Where everybody who was drawn stands: their invitation, and what they answered by it."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, select

from emptychair.desk.invitations import Sending, invitations
from emptychair.desk.responses import Progress, responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One person who was drawn; `progress` and the instants behind it are None before they have seen it."""

    id: str
    person: str
    stratum: str
    probability: float | None
    sending: Sending
    reason: str
    sent_at: datetime | None
    progress: Progress | None
    seen_at: datetime | None
    saved_at: datetime | None


def places(tx: Connection, draw_id: str) -> list[Place]:
    """Everybody of a draw, in the order of their ids. O(people)."""
    joined = invitations.outerjoin(responses, responses.c.invitation_id == invitations.c.id)
    own = {name.name: invitations.c for name in fields(Place)} | dict.fromkeys(
        ("progress", "seen_at", "saved_at"), responses.c
    )
    query = select(*(table[name] for name, table in own.items())).select_from(joined)
    query = query.where(invitations.c.draw_id == draw_id, invitations.c.person.is_not(None))
    rows = tx.execute(query.order_by(invitations.c.person, invitations.c.id)).mappings()
    return [Place(**row) for row in rows]
