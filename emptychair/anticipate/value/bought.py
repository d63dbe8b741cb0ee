"""What people bought, as questions: how often, since when, how lately, and for how much."""

from datetime import datetime, timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question
from emptychair.understand.spells import Tenure, spells


def orders(audience: Audience, as_of: datetime) -> Question:
    """One row per person, currency and day of buying: person, currency, day, amount.

    Payments of one day are one purchase, and what was paid back counts against the day that it was paid back
    on; a day on which no more came than went is no day of buying.
    """
    return question(
        """
        select person, coalesce(currency, '') as currency, day_number(occurred_at) as day,
               sum(value) as amount
        from signals
        where audience = :audience and person is not null and kind = 'paid' and occurred_at < :as_of
        group by person, coalesce(currency, ''), day_number(occurred_at)
        having sum(value) > 0
        """,
        audience=audience.value,
        as_of=as_of,
    )


def bought(audience: Audience, as_of: datetime) -> Question:
    """One row per person and currency: person, currency, days of buying, the first and the last of them, the
    amount of the first day and of all. O(payments).
    """
    return question(
        """
        with numbered as (
            select person, currency, day, amount,
                   row_number() over (partition by person, currency order by day) as nth
            from orders
        )
        select person, currency, count(*) as days, min(day) as first_day, max(day) as last_day,
               sum(case when nth = 1 then amount end) as first_amount, sum(amount) as amount
        from numbered group by person, currency order by currency, person
        """,
        {"orders": orders(audience, as_of)},
    )


def contracts_running(tenure: Tenure) -> Question:
    """One row per person in a relationship by contract and currency that they paid in: person, currency,
    started_at, paid in the last 365 days less what was paid back.
    """
    return question(
        """
        with running as (
            select person, max(started_at) as started_at from spells where ended_at is null group by person
        ),
        payments as (
            select person, coalesce(currency, '') as currency, occurred_at, value from signals
            where audience = :audience and kind = 'paid' and occurred_at >= :since and occurred_at < :as_of
        )
        select running.person, payments.currency, running.started_at, sum(payments.value) as paid
        from running inner join payments on payments.person = running.person
        where payments.occurred_at >= running.started_at
        group by running.person, payments.currency, running.started_at
        order by currency, person
        """,
        {"spells": spells(tenure)},
        audience=tenure.audience.value,
        since=tenure.as_of - timedelta(days=365),
        as_of=tenure.as_of,
    )
