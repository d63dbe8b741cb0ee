"""One customer as a page shows them: facts, ids with their evidence, accounts, judgements, history."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from emptychair.desk import judgements, users
from emptychair.desk.judgements import Judgement
from emptychair.domain.signal import Audience, Kind
from emptychair.understand import accounts, identity, profile
from emptychair.understand.accounts import Member
from emptychair.understand.identity import Link
from emptychair.understand.profile import Happening, Profile
from emptychair.web.parts import Parts

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything about one customer; `older` is where the next page of the history begins, None at its end.

    `by` are the names of those who judged.
    """

    person: str
    known: Profile
    names: tuple[str, ...]
    links: Sequence[Link]
    belongs: Sequence[Member]
    judged: Sequence[Judgement]
    by: Mapping[str, str]
    history: Sequence[Happening]
    older: str | None

    def as_data(self) -> dict[str, object]:
        """The members of the JSON twin."""
        known = self.known
        return {
            "person": self.person,
            "name": known.name,
            **asdict(known.card),
            "paid": [{"currency": name, "total": total} for name, total in known.paid.items()],
            "traits": {name: {"value": value, "told_at": at} for name, (value, at) in known.traits.items()},
            "ids": self.names,
            "links": self.links,
            "accounts": self.belongs,
            "judgements": self.judged,
            "history": self.history,
            "older": self.older,
        }


def seen(parts: Parts, audience: Audience, person: str, *, kind: str = "", before: str = "") -> Seen | None:
    """The customer, with signals of one kind (or all) from the cursor `before` on; None of whom none is."""
    known = profile.profile(parts.ledger, audience, person)
    if known is None:
        return None
    kinds = (Kind(kind),) if kind in set(Kind) else tuple(Kind)
    found = profile.history(
        parts.ledger, audience, person, kinds=kinds, limit=PAGE + 1, before=_cursor(before)
    )
    names = parts.ledger.who.names(audience.value, person)
    with parts.desk.read() as tx:
        judged = judgements.about(tx, audience, names)
        by = {user.id: user.name for user in users.everyone(tx)} if judged else {}
    return Seen(
        person=person,
        known=known,
        names=names,
        links=identity.links_of(parts.ledger, audience, person),
        belongs=accounts.accounts_of(parts.ledger, audience, person),
        judged=judged,
        by=by,
        history=found[:PAGE],
        older=_place(found[PAGE - 1]) if len(found) > PAGE else None,
    )


def _place(last: Happening) -> str:
    return f"{last.occurred_at.replace(tzinfo=None).isoformat()}_{last.id}"


def _cursor(text: str) -> tuple[datetime, str] | None:
    instant, _, last = text.partition("_")
    try:
        return datetime.fromisoformat(instant).replace(tzinfo=UTC), last
    except ValueError:
        return None
