"""One question for every construct of the subset and every portable function."""

from datetime import UTC, datetime
from decimal import Decimal

from emptychair.ledger.cards import cards
from emptychair.ledger.question import Question, question
from tests.engines.adversarial import LOOK_ALIKES, TEXTS

_START, _END = datetime(2024, 2, 29, 10, tzinfo=UTC), datetime(2024, 10, 27, 1, tzinfo=UTC)
_HOSTILE = [text for text in TEXTS if text is not None]

LAST_ANSWERS = question("""
    select audience, person, score from (
        select audience, person, score, row_number() over (
            partition by audience, person order by occurred_at desc, id desc) as place
        from signals where kind = 'rated' and person is not null and score is not null) as ranked
    where place = 1
""")
FIRSTS = question("""
    select audience, person, min(occurred_at) as first_at, max(occurred_at) as last_at
    from signals where person is not null group by audience, person
""")
PAIRS = question(
    """
    select a.id as from_id, b.id as to_id, a.occurred_at as from_at, b.occurred_at as to_at
    from (select id, occurred_at from signals where id < 'sig_00037') as a
    cross join (select id, occurred_at from signals where id < 'sig_00037') as b
    """
)

QUESTIONS: dict[str, Question] = {
    "all rows, all columns": question("""
        select id, audience, person, kind, name, channel, source, occurred_at, received_at, text,
            score, value,
            currency, properties from signals order by id
    """),
    "person cards": question("""
        select audience, person, first_at, last_at, signals, did, said, rated, paid, met, spend, first_month,
            active_0, active_1 from person_cards
    """),
    "person cards as a question": cards(),
    "promoted columns": question("select id, p_plan, p_a_b, p_q_t, p_nobody from signals"),
    "people by a promoted column": question("""
        select p_plan, count(*) as n, count(distinct person) as people from signals group by p_plan
        order by p_plan
    """),
    "counts": question("""
        select kind, count(*) as n, count(person) as named, count(distinct person) as people,
            count(distinct text) as texts, sum(case when score >= 9 then 1 else 0 end) as promoters
        from signals group by kind order by kind
    """),
    "sums of decimals": question("""
        select currency, sum(value) as total, sum(value * value) as squares, sum(-value) as negative,
            min(value) as least_value, max(value) as most, sum(score) as scores, sum(value + score) as both_of
        from signals where value < 1000000 and value > -1000000 group by currency
    """),
    "sums of huge decimals": question(
        "select kind, sum(value) as total, sum(cast(coalesce(value, 0) as decimal(28, "
        "4)) * 3) as thrice from signals group by kind"
    ),
    "aggregates of no rows": question("""
        select count(*) as n, sum(value) as v, sum(1) as ones, min(occurred_at) as a, max(text) as t,
            min(score) as s, count(distinct person) as p, percentile(score, 0.5) as m,
            bits_of(day_number(occurred_at)) as b
        from signals where kind = 'nothing'
    """),
    "groups of no rows": question("select kind, sum(value) as v from signals where id = '' group by kind"),
    "shares": question("""
        select kind, sum(value) / nullif(count(*), 0) as mean, count(person) / nullif(count(*), 0) as named,
            sum(case when score >= 9 then 1 else 0 end) / nullif(count(score), 0) as share, 1 / 3 as third
        from signals where value > -1000000 and value < 1000000 group by kind
    """),
    "whole division and remainders": question("""
        select id, day_number(occurred_at) // 7 as q, day_number(occurred_at) % 7 as r,
            -7 // 2 as a, -7 % 2 as b, 7 // -2 as c, 5 // nullif(0, 0) as d, 5 % nullif(0, 0) as e,
            day_number(occurred_at) // nullif(day_number(occurred_at), 0) as f
        from signals
    """),
    "floor, ceil, abs": question("""
        select id, cast(floor(value) as bigint) as low, cast(ceil(value) as bigint) as high, abs(value) as a,
            abs(day_number(occurred_at)) as d, cast(floor(score / 3) as bigint) as third,
            cast(floor(value / 7) as bigint) as seventh
        from signals where value < 1000000 and value > -1000000
    """),
    "casts": question("""
        select id, cast(score as decimal(38, 4)) as wide, cast(score as double) as d,
            cast(value * value as decimal(38, 8)) as square, cast(null as bigint) as nothing,
            cast(null as text) as no_text, cast(null as timestamp) as never,
            cast(null as decimal(18, 4)) as no_money, cast(null as double) as no_double
        from signals where value < 100000 and value > -100000
    """),
    "order of text": question("select id, text from signals order by text, id"),
    "order of text, descending": question(
        "select text, count(*) as n from signals group by text order by text desc"
    ),
    "nulls first": question("select id, value from signals order by value nulls first, id limit 200"),
    "descending nulls": question(
        "select id, value from signals order by value desc, id desc limit 300 offset 100"
    ),
    "least and greatest text": question(
        "select kind, min(text) as low, max(text) as high, min(person) as p from signals group by kind"
    ),
    "text compared": question(
        "select count(*) as n, sum(case when name < 'a' then 1 else 0 end) as below,"
        " sum(case when name > :z then 1 else 0 end) as above from signals where name <> :b",
        z="Z",
        b="B",
    ),
    "hostile text as parameters": question(
        "select id, text from signals where text in (:texts) and name <> :one", texts=_HOSTILE, one="\\'"
    ),
    "each hostile text finds itself": question(
        "select "
        + ", ".join(
            f"max(:t{place}) as wanted_{place}, sum(case when text = :t{place} then 1 else 0 end)"
            f" as found_{place}"
            for place in range(len(_HOSTILE))
        )
        + " from signals",
        **{f"t{place}": text for place, text in enumerate(_HOSTILE)},
    ),
    "nothing is in an empty list": question(
        "select count(*) as n from signals where not (person in (:nobody)) or person in (:nobody)", nobody=[]
    ),
    "in with null": question("""
        select id, person in ('per_1') as sure,
            not (person in ('per_1', 'per_2')) as other from signals
    """),
    "in a sub-query": question(
        "select count(*) as n from signals where person in (select person from signals where kind = 'left')"
    ),
    "three-valued logic": question("""
        select id, score > 6 as high, score > 6 and value > 0 as both_of, score > 6 or value > 0 as either,
            not (score > 6) as low, person is null as nameless, currency is distinct
                from 'EUR' as foreign_money,
            currency is not distinct from null as no_money, score between 1 and 6 as middle,
            case when score > 6 then 'high' when score <= 6 then 'low' end as word,
            case kind when 'did' then 1 when 'paid' then 2 else 0 end as code,
            nullif(kind, 'did') as not_did, coalesce(text, name) as words, true as yes
        from signals
    """),
    "least and greatest": question("""
        select id, least(score, value) as low, greatest(score, value) as high, least(5, null) as five,
            greatest(occurred_at, received_at) as later, least(text, name) as first_text from signals
    """),
    "text joined": question(
        "select id, kind || '/' || currency as path, text || '\\' as slashed from signals"
    ),
    "text functions": question("""
        select id, text_length(text) as n, ascii_lower(text) as small, has_text(text, '\\') as slash,
            has_text(text, '%') as percent, starts_with_text(channel, 'A') as a, has_text(text, '') as nothing
        from signals
    """),
    "parts of an instant": question("""
        select id, month_number(occurred_at) as m, month_start(occurred_at) as ms,
            day_number(occurred_at) as d,
            day_start(occurred_at) as ds, week_number(occurred_at) as w, hour_of_day(occurred_at) as h
        from signals
    """),
    "instants moved": question("""
        select id, add_months(occurred_at, 1) as one, add_months(occurred_at, -13) as back,
            add_days(occurred_at, 30) as days, add_days(occurred_at, -366) as before_days from signals
    """),
    "months and microseconds between": question(
        "select from_id, to_id, months_between_whole(from_at, to_at) as m, micros_between(from_at, "
        "to_at) as u from pairs",
        {"pairs": PAIRS},
    ),
    "instants as parameters": question(
        "select count(*) as n, min(occurred_at) as a, max(occurred_at) as b from signals"
        " where occurred_at >= :start and occurred_at < :end",
        start=_START,
        end=_END,
    ),
    "decimals and numbers as parameters": question(
        "select id, value * :rate as p, score - :half as s, :low as low, :big as big, "
        ":whole as whole from signals"
        " where value > :low and value < :whole",
        rate=Decimal("1.1900"),
        half=Decimal("0.5"),
        low=Decimal("-19.99"),
        big=12345678901234567,
        whole=1000,
    ),
    "bits of cards": question("""
        select person, bit_total(active_0) as n, bit_total(active_1) as m, bit_is_set(active_0, 3) as third,
            bit_is_set(active_0, first_month % 70) as some_bit, bit_is_set(active_1, 61) as last_bit,
            bit_is_set(active_0, 63) as outside, bit_is_set(active_0, -1) as below
        from person_cards
    """),
    "percentiles": question("""
        select kind, percentile(score, 0.5) as m, percentile(value, 0.25) as q, percentile(value, 0.9) as top,
            percentile(micros_between(occurred_at, received_at), 0.75) as u, percentile(value, 0) as low,
            percentile(value, 1) as high
        from signals where value < 100000000 and value > -100000000 group by kind
    """),
    "windows": question("""
        select id, row_number() over (partition by person order by occurred_at, id) as place,
            rank() over (order by occurred_at) as r, dense_rank() over (order by kind desc) as dr,
            lag(value) over (partition by person order by occurred_at, id) as before_value,
            lead(id) over (partition by person order by occurred_at, id) as next_id,
            lag(occurred_at, 2) over (partition by person order by occurred_at, id) as two_back,
            lag(name, 1, 'nothing') over (partition by person order by occurred_at, id) as name_before,
            lead(currency, 2, 'none') over (partition by person order by occurred_at, id) as currency_ahead,
            sum(value) over (partition by person order by occurred_at, id) as running,
            count(*) over (partition by kind) as n, min(text) over (partition by kind) as low,
            max(score) over (partition by person order by occurred_at, id
                rows between 2 preceding and current row) as recent,
            sum(value) over (partition by person order by occurred_at) as with_ties
        from signals
    """),
    "columns of few values": question(
        """
        select id, name, coalesce(currency, 'none') as currency, nullif(channel, 'web') as channel,
            case when kind = 'paid' then name else 'another' end as either,
            name || '/' || channel as path, least(name, 'm') as low, greatest(currency, 'F') as high,
            case when name < 'M' then 1 else 0 end as early,
            case when currency <> 'never seen' then 1 else 0 end as has_one,
            case when name = text then 1 else 0 end as says_its_name
        from signals where name not in ('never seen', 'life') and channel <> 'never seen'
            and source in ('imp_0', 'never seen') and coalesce(currency, 'EUR') in ('EUR', 'none')
        order by name desc, channel, id
        """
    ),
    "extremes of few values": question("""
        select source, min(name) as first_name, max(name) as last_name, count(distinct channel) as channels,
            max(currency) as currency, min(channel) as channel from signals group by source order by source
    """),
    "few values beside others": question("""
        select name as word, count(*) as n from signals group by name
        union all select text as word, count(*) as n from signals where text is not null group by text
    """),
    "last answers": question(
        "select audience, sum(case when score >= 9 then 1 else 0 end) as promoters, count(*) as n "
        "from answers"
        " group by audience",
        {"answers": LAST_ANSWERS},
    ),
    "cohorts": question(
        """
        with aged as (
            select firsts.audience, month_number(firsts.first_at) as cohort,
                months_between_whole(firsts.first_at, signals.occurred_at) as age, signals.person
            from signals join firsts on firsts.audience = signals.audience and firsts.person = signals.person)
        select audience, cohort, age, count(distinct person) as people from aged group by 1, 2, 3
        """,
        {"firsts": FIRSTS},
    ),
    "left joins": question(
        """
        select firsts.person, answers.score, answers.person is null as silent, coalesce(answers.score,
            0) as filled
        from firsts left join answers on answers.person = firsts.person and answers.audience = firsts.audience
        """,
        {"firsts": FIRSTS, "answers": LAST_ANSWERS},
    ),
    "left join on an inequality": question(
        """
        select firsts.person, firsts.audience, count(signals.id) as after_first
        from firsts left join signals on signals.person = firsts.person
            and signals.audience = firsts.audience and signals.occurred_at > firsts.first_at
        group by firsts.person, firsts.audience
        """,
        {"firsts": FIRSTS},
    ),
    "using": question(
        "select person, f.first_at, a.score from firsts as f join answers as a using (audience, person)",
        {"firsts": FIRSTS, "answers": LAST_ANSWERS},
    ),
    "a scalar sub-query": question(
        "select id from signals where occurred_at = (select max(occurred_at) "
        "from signals where kind = 'paid')"
    ),
    "distinct and unions": question("""
        select distinct channel as word from signals
        union select kind from signals
        union all select name from signals where id < 'sig_00010'
    """),
    "having": question(
        "select name, count(*) as n from signals "
        "group by name having count(*) > 10 and sum(value) > 0 order by n desc, name"
    ),
    "numbers in text": question("""
        select id, number_of(p_plan) as plan, number_of(text) as number, number_of(name) as name,
            number_of(p_plan) >= 1 as is_one, sum(number_of(p_plan)) over (partition by kind) as total
        from signals
    """),
    "numbers in text that only look like some": question("""
        select value, number_of(value) as number from (
            select '12' as value union all select '-0.5' union all select '1.00009' union all select '+1'
            union all select '1e5' union all select ' 1' union all select '1 ' union all select '.5'
            union all select '1.' union all select '-' union all select '' union all select '0x10'
            union all select '12345678901234' union all select '123456789012345' union all select '٣'
            union all select '1,5' union all select '007' union all select '-0' union all select 'NaN'
            union all select '99999999999999.99999999') as told
    """),
    "an alias hides a column": question(
        "select person, max(occurred_at) as occurred_at, count(*) as kind from signals"
        " where occurred_at < :end and kind = 'did' group by person",
        end=_END,
    ),
    "look-alikes are different people": question(
        "select person, count(*) as n from signals where person in (:people) group by person",
        people=list(LOOK_ALIKES),
    ),
}
