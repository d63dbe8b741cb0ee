"""An account as a page shows it: the people in it, who is silent, and their one history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.desk import themes
from emptychair.domain.signal import Audience
from emptychair.understand import accounts, profile
from emptychair.understand.accounts import Member
from emptychair.understand.person.history import Wanted
from emptychair.understand.person.portrait import Portrait, portrait
from emptychair.understand.profile import Card
from emptychair.web.customers.seen import PAGE, colleagues
from emptychair.web.parts import Parts

# Histories are put together of so many people, those told last; more are listed.
MOST_TOGETHER = 500
# Silent is who was not heard of for so long while somebody else of the account was.
SILENCE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A person of the account; `is_silent` when the others were heard of and they were not."""

    member: Member
    name: str
    card: Card | None
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """The account: everybody, and what is told of the first `together` of them."""

    account: str
    people: Sequence[One]
    together: int
    drawn: Portrait | None
    names: Mapping[str, str]
    themes: Mapping[str, str]
    colleagues: Mapping[str, str]

    @property
    def silent(self) -> list[One]:
        """Those who are silent, the one heard of last first."""
        return [one for one in self.people if one.is_silent]


def household(parts: Parts, account: str, wanted: Wanted) -> Household | None:
    """The account with a page of what is wanted of its history; None of which nobody was told to belong."""
    ledger, audience = parts.ledger, Audience.CUSTOMER
    members = accounts.members(ledger, audience, account)
    if not members:
        return None
    ids = [one.person for one in members[:MOST_TOGETHER]]
    cards = {card.person: card for card in profile.cards(ledger, audience, ids)}
    names = profile.names(ledger, audience, ids)
    last = max((card.last_at for card in cards.values()), default=None)
    with parts.desk.read() as tx:
        known = {theme.id: theme.name for theme in themes.every(tx, audience)}
    return Household(
        account=account,
        people=[_one(member, names, cards, last) for member in members],
        together=len(ids),
        drawn=portrait(ledger, audience, ids, wanted, limit=PAGE, now=parts.clock()),
        names=names,
        themes=known,
        colleagues=colleagues(parts),
    )


def _one(member: Member, names: Mapping[str, str], cards: Mapping[str, Card], last: datetime | None) -> One:
    card = cards.get(member.person)
    return One(
        member=member,
        name=names.get(member.person, ""),
        card=card,
        is_silent=card is not None and last is not None and last - card.last_at > SILENCE,
    )
