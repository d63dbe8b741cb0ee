"""What people bought, as questions: how often, since when, how lately, and for how much."""

from datetime import datetime, timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import Arrivals, arrived
from emptychair.understand.spells import Tenure, spells

YEAR = timedelta(days=365)


def payments(audience: Audience, as_of: datetime, known: Arrivals | None) -> Question:
    """One row per payment of somebody named before `as_of`, also of what was paid back.

    Columns: person, currency ("" where none is told), occurred_at, value. With `known` only what had arrived.
    """
    if known is not None:
        source = arrived(audience, as_of, known)
    else:
        source = question(
            """
            select person, kind, currency, occurred_at, value from signals
            where audience = :audience and person is not null and occurred_at < :as_of
            """,
            audience=audience.value,
            as_of=as_of,
        )
    return question(
        """
        select person, coalesce(currency, '') as currency, occurred_at, value from happened
        where kind = 'paid' and value is not null
        """,
        {"happened": source},
    )


def paid_in_year(audience: Audience, as_of: datetime, known: Arrivals | None) -> Question:
    """One row per person and currency: what was paid in the 365 days before, less what was paid back."""
    return question(
        """
        select person, currency, sum(value) as paid from payments where occurred_at >= :since
        group by person, currency order by currency, person
        """,
        {"payments": payments(audience, as_of, known)},
        since=as_of - YEAR,
    )


def orders(audience: Audience, as_of: datetime, known: Arrivals | None) -> Question:
    """One row per person, currency and day of buying: person, currency, day, amount.

    Payments of one day are one purchase, and what was paid back counts against the day that it was paid back
    on; a day on which no more came than went is no day of buying.
    """
    return question(
        """
        select person, currency, day_number(occurred_at) as day, sum(value) as amount from payments
        group by person, currency, day_number(occurred_at) having sum(value) > 0
        """,
        {"payments": payments(audience, as_of, known)},
    )


def payers(audience: Audience) -> Question:
    """One row: how many people ever paid. O(payments)."""
    return question(
        """
        select count(distinct person) as people from signals
        where audience = :audience and person is not null and kind = 'paid'
        """,
        audience=audience.value,
    )


def bought(audience: Audience, as_of: datetime, known: Arrivals | None) -> Question:
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
        {"orders": orders(audience, as_of, known)},
    )


def contracts_running(tenure: Tenure) -> Question:
    """One row per person in a relationship by contract and currency that they paid in since its beginning.

    Columns: person, currency, started_at; of the last 365 days paid (less what was paid back), squares (the
    sum of those of the amounts in hundredths, a million at most), payments (how many these are) and
    times_then (that something was paid); times (ever), first_at and last_at of these.
    """
    return question(
        """
        with lately as (
            select person, currency, occurred_at, value,
                   case when occurred_at >= :since then value end as late,
                   case when occurred_at >= :since
                        then cast(floor(100 * least(abs(value), 1000000)) as bigint) end as cents
            from payments
        ),
        running as (
            select person, max(started_at) as started_at from spells where ended_at is null group by person
        )
        select running.person, payments.currency, running.started_at,
               sum(payments.late) as paid,
               sum(case when payments.late > 0 then 1 end) as times_then,
               sum(payments.cents * payments.cents) as squares,
               sum(case when payments.late is not null then 1 end) as payments,
               sum(case when payments.value > 0 then 1 end) as times,
               min(case when payments.value > 0 then payments.occurred_at end) as first_at,
               max(case when payments.value > 0 then payments.occurred_at end) as last_at
        from running inner join lately as payments on payments.person = running.person
        where payments.occurred_at >= running.started_at
        group by running.person, payments.currency, running.started_at
        order by currency, person
        """,
        {"spells": spells(tenure), "payments": payments(tenure.audience, tenure.as_of, tenure.known)},
        since=tenure.as_of - YEAR,
    )
