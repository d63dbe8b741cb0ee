"""What the ledger knows of those who ask: who they are, what they said, what they spent."""

from collections.abc import Sequence
from datetime import datetime

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.question import Question, question

MESSAGES = 50
_SAID = "select id, person, occurred_at, channel, source, name, text from signals"


def people_at(addresses: Sequence[str], column: str) -> Question:
    """One row per customer who was last known at one of these addresses: email, person.

    Somebody is at an address who told it last, or whose id it is. `addresses` are in small letters; `column`
    holds the trait `email`. O(rows).
    """
    return question(
        f"""
        with told as (
            select person, ascii_lower({column}) as email,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from signals
            where audience = :audience and person is not null and {column} <> ''
              and kind in ('told', 'joined')
        )
        select email, person from told where nth = 1 and email in (:addresses)
        union
        select ascii_lower(person) as email, person from signals
        where audience = :audience and person is not null and ascii_lower(person) in (:addresses)
        """,
        audience=Audience.CUSTOMER.value,
        addresses=list(addresses),
    )


def traits_of(people: Sequence[str], email: str, zone: str) -> Question:
    """One row per fact, the newest first: person, email, zone (one of them may be empty). O(rows)."""
    return question(
        f"""
        select person, {email} as email, {zone} as zone
        from signals
        where audience = :audience and person in (:people) and kind in ('told', 'joined')
          and ({email} <> '' or {zone} <> '')
        order by occurred_at desc, id desc
        """,
        audience=Audience.CUSTOMER.value,
        people=list(people),
    )


def known_people(people: Sequence[str]) -> Question:
    """One row: people, how many of these customers the ledger has signals of."""
    return question(
        """
        select count(distinct person) as people from signals
        where audience = :audience and person in (:people)
          and name not in ('request_posted', 'request_voted', 'request_unvoted')
        """,
        audience=Audience.CUSTOMER.value,
        people=list(people),
    )


def spending(people: Sequence[str], start: datetime, as_of: datetime) -> Question:
    """One row per currency: currency, spent. What these customers paid, less what went back."""
    return question(
        """
        select currency, sum(value) as spent
        from signals
        where audience = :audience and kind = :kind and person in (:people) and value is not null
          and occurred_at >= :start and occurred_at < :as_of
        group by currency order by currency
        """,
        audience=Audience.CUSTOMER.value,
        kind=Kind.PAID.value,
        people=list(people),
        start=start,
        as_of=as_of,
    )


def payers(people: Sequence[str], start: datetime, as_of: datetime) -> Question:
    """One row: people, how many of these customers paid something, in whatever currency."""
    return question(
        """
        select count(distinct person) as people from signals
        where audience = :audience and kind = :kind and person in (:people) and value is not null
          and occurred_at >= :start and occurred_at < :as_of
        """,
        audience=Audience.CUSTOMER.value,
        kind=Kind.PAID.value,
        people=list(people),
        start=start,
        as_of=as_of,
    )


def messages(search: str, as_of: datetime) -> Question:
    """One row per message that has `search` in it (nothing: any), newest first: id, person, occurred_at,
    channel, source, name, text. At most `MESSAGES`. O(rows).
    """
    having = "and has_text(ascii_lower(text), :search)" if search else ""
    told = {"search": search.lower()} if search else {}
    return question(
        f"""
        {_SAID}
        where audience = :audience and kind = :kind and text <> '' and occurred_at < :as_of {having}
        order by occurred_at desc, id desc limit {MESSAGES}
        """,
        audience=Audience.CUSTOMER.value,
        kind=Kind.SAID.value,
        as_of=as_of,
        **told,
    )


def message(signal_ids: Sequence[str]) -> Question:
    """One row per message of these ids that the ledger still has: as `messages`."""
    return question(
        f"{_SAID} where audience = :audience and id in (:ids) and text <> '' order by occurred_at desc, id",
        audience=Audience.CUSTOMER.value,
        ids=list(signal_ids),
    )
