"""Accounts: companies and households that people belong to, with the days between which that was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account: how many people were told to belong to it, between which instants, and their signals.

    The signals of a person who belongs to several accounts are in each.
    """

    account: str
    people: int
    first_at: datetime
    last_at: datetime
    last_signal_at: datetime | None
    signals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of an account, or an account of a person: first and last time that it was told."""

    account: str
    person: str
    first_at: datetime
    last_at: datetime
    signals: int


def accounts(
    ledger: Ledger, audience: Audience, *, search: str = "", limit: int, offset: int = 0
) -> tuple[int, list[Account]]:
    """How many accounts have `search` in their id, and some of them, the largest first."""
    total = ledger.ask(how_many(audience, search))["n"][0].as_py()
    found = ledger.ask(largest(audience, search, limit, offset)).to_pylist()
    return int(total), [Account(**_aware(row)) for row in found]


def members(ledger: Ledger, audience: Audience, account: str) -> list[Member]:
    """Everybody who was told to belong to an account, the one told last first."""
    return [Member(**_aware(row)) for row in ledger.ask(people_of(audience, account)).to_pylist()]


def accounts_of(ledger: Ledger, audience: Audience, person: str) -> list[Member]:
    """Every account that a person was told to belong to, the one told last first."""
    return [Member(**_aware(row)) for row in ledger.ask(accounts_with(audience, person)).to_pylist()]


def accounts_like(audience: Audience, search: str) -> Question:
    """The accounts that have `search` in their id, whatever its capitals, with their people and signals."""
    return question(
        """select m.account, count(*) as people, min(m.first_at) as first_at, max(m.last_at) as last_at,
            max(c.last_at) as last_signal_at, sum(c.signals) as signals
        from memberships as m left join person_cards as c
            on c.audience = m.audience and c.person = m.person
        where m.audience = :audience
            and (:search = '' or has_text(ascii_lower(m.account), ascii_lower(:search)))
        group by m.account""",
        audience=audience.value,
        search=search,
    )


def how_many(audience: Audience, search: str) -> Question:
    """How many these accounts are."""
    return question("select count(*) as n from fitting", {"fitting": accounts_like(audience, search)})


def largest(audience: Audience, search: str, limit: int, offset: int) -> Question:
    """Some of the accounts, the largest first."""
    return question(
        """select account, people, first_at, last_at, last_signal_at, signals from fitting
        order by people desc, account limit :limit offset :offset""",
        {"fitting": accounts_like(audience, search)},
        limit=limit,
        offset=offset,
    )


def people_of(audience: Audience, account: str) -> Question:
    """The people of an account."""
    return question(
        f"{_MEMBERS} where m.audience = :audience and m.account = :account {_IN_ORDER}",
        audience=audience.value,
        account=account,
    )


def accounts_with(audience: Audience, person: str) -> Question:
    """The accounts of a person."""
    return question(
        f"{_MEMBERS} where m.audience = :audience and m.person = :person {_IN_ORDER}",
        audience=audience.value,
        person=person,
    )


_MEMBERS = """select m.account, m.person, m.first_at, m.last_at, coalesce(c.signals, 0) as signals
    from memberships as m left join person_cards as c on c.audience = m.audience and c.person = m.person"""
_IN_ORDER = "order by m.last_at desc, m.account, m.person"


def _aware(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }
