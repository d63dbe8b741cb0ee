"""Signals of some people that came lately, by when they came and not by when they happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.person.history import COLUMNS, Happening, happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One signal and when it came."""

    received_at: datetime
    it: Happening

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place among all that came."""
        return self.received_at, self.it.id


def arrived(
    ledger: Ledger, audience: Audience, people: Sequence[str], since: datetime, *, limit: int
) -> list[Arrived]:
    """What came of these people since an instant, the newest `limit` of it, oldest first."""
    found = ledger.ask(came_since(audience, people, since, limit)).to_pylist()
    return [
        Arrived(received_at=row.pop("received_at").replace(tzinfo=UTC), it=happening(row))
        for row in reversed(found)
    ]


def came_since(audience: Audience, people: Sequence[str], since: datetime, limit: int) -> Question:
    """One row per signal of these people that was received since an instant, newest first."""
    return question(
        f"""select {COLUMNS}, received_at from signals
        where received_at >= :since and audience = :audience and person in (:people)
        order by received_at desc, id desc limit :limit""",
        since=since,
        audience=audience.value,
        people=list(people),
        limit=limit,
    )
