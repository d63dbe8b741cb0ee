"""Person cards as one portable question, for every engine that does not keep them as batches arrive."""

from emptychair.ledger.question import Question, question


def cards() -> Question:
    """One row per audience and person: the columns of `person_cards`. O(signals)."""
    months = question("""
        select audience, person, month_number(occurred_at) as month,
            min(occurred_at) as first_at, max(occurred_at) as last_at, count(*) as signals,
            sum(case when kind = 'did' then 1 else 0 end) as did,
            sum(case when kind = 'said' then 1 else 0 end) as said,
            sum(case when kind = 'rated' then 1 else 0 end) as rated,
            sum(case when kind = 'paid' then 1 else 0 end) as paid,
            sum(case when kind = 'met' then 1 else 0 end) as met,
            sum(case when kind = 'paid' then value end) as spend,
            sum(case when kind = 'did' or (kind = 'paid' and value > 0) then 1 else 0 end) as active
        from signals where person is not null group by audience, person, month_number(occurred_at)
    """)
    firsts = question(
        "select audience, person, min(month) as first_month from months group by audience, person",
        {"months": months},
    )
    return question(
        """
        select months.audience, months.person, min(months.first_at) as first_at,
            max(months.last_at) as last_at, sum(months.signals) as signals, sum(months.did) as did,
            sum(months.said) as said, sum(months.rated) as rated, sum(months.paid) as paid,
            sum(months.met) as met, sum(months.spend) as spend, firsts.first_month,
            bits_of(case when months.active > 0 then months.month - firsts.first_month end) as active_0,
            bits_of(case when months.active > 0 then months.month - firsts.first_month - 62 end) as active_1
        from months join firsts on firsts.audience = months.audience and firsts.person = months.person
        group by months.audience, months.person, firsts.first_month
        """,
        {"months": months, "firsts": firsts},
    )
