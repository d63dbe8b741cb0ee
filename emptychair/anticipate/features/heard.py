"""What people said and how they scored, as far as it had arrived: questions with a row per person."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from emptychair.domain.scale import SCALES
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.arrival import Arrivals, arrived
from emptychair.understand.fields import Field

THEME_DAYS = 180
_OF_PROMISES = (Field(name="source", column="source"), Field(name="properties", column="properties"))


def toned(audience: Audience, as_of: datetime, believed: Arrivals) -> Question:
    """One row per person whose words were read: how many in which tone of late, and the tone of the last."""
    return question(
        """
        with words as (
            select arrived.person, arrived.occurred_at, readings.tone,
                   row_number() over (
                       partition by arrived.person order by arrived.occurred_at desc, arrived.id desc
                   ) as nth
            from arrived inner join readings on readings.signal = arrived.id
            where readings.tone is not null and arrived.kind <> 'met'
        )
        select person,
               sum(case when occurred_at >= :day_90 then 1 else 0 end) as read_90,
               sum(case when occurred_at >= :day_90 and tone = 'negative' then 1 else 0 end) as negative_90,
               sum(case when occurred_at >= :day_90 and tone = 'positive' then 1 else 0 end) as positive_90,
               sum(case when occurred_at >= :day_365 then 1 else 0 end) as read_365,
               sum(case when occurred_at >= :day_365 and tone = 'negative' then 1 else 0 end) as negative_365,
               max(case when nth = 1 and tone = 'negative' then -1
                        when nth = 1 and tone = 'positive' then 1
                        when nth = 1 then 0 end) as last_tone
        from words group by person
        """,
        {"arrived": arrived(audience, as_of, believed)},
        day_90=as_of - timedelta(days=90),
        day_365=as_of - timedelta(days=365),
    )


def touched(audience: Audience, as_of: datetime, believed: Arrivals, themes: Sequence[str]) -> Question:
    """One row per person who spoke of a theme in 180 days: a column per theme, and how many there were."""
    each = [
        f"max(case when mentions.theme = :theme_{at} then 1 else 0 end) as theme_{at}"
        for at in range(len(themes))
    ]
    asked: dict[str, Parameter] = {f"theme_{at}": theme for at, theme in enumerate(themes)}
    return question(
        f"""
        select arrived.person, {", ".join(["count(distinct mentions.theme) as themes", *each])}
        from arrived inner join mentions on mentions.signal = arrived.id
        where arrived.occurred_at >= :start and arrived.kind <> 'met'
        group by arrived.person
        """,
        {"arrived": arrived(audience, as_of, believed)},
        start=as_of - timedelta(days=THEME_DAYS),
        **asked,
    )


def scored(audience: Audience, as_of: datetime, believed: Arrivals) -> Question:
    """One row per score that has a scale, in no order: person, name, occurred_at, score, is_late (1: of this
    year).

    Scores run from 0 (lowest) to 10,000 (highest of their scale); a year ends at `as_of`.
    """
    scale = " ".join(
        f"when name = '{name}' then (score - {one.lowest}) * {10_000 // (one.highest - one.lowest)}"
        for one in SCALES.values()
        for name in one.names
    )
    known = ", ".join(f"'{name}'" for one in SCALES.values() for name in one.names)
    return question(
        f"""
        select person, name, occurred_at, case {scale} end as score,
               case when occurred_at >= :day_365 then 1 else 0 end as is_late
        from arrived where kind = 'rated' and score is not null and name in ({known})
        """,
        {"arrived": arrived(audience, as_of, believed)},
        day_365=as_of - timedelta(days=365),
    )


def traits_told(audience: Audience, as_of: datetime, believed: Arrivals, place: Field) -> Question:
    """One row per person of whom a trait is told: person, value, number (null: none), the newest."""
    return question(
        f"""
        with told as (
            select person, {place.column} as value,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from arrived where kind in ('told', 'joined') and {place.column} <> ''
        )
        select person, value, number_of(value) as number from told where nth = 1
        """,
        {"arrived": arrived(audience, as_of, believed, [place])},
    )


def promise_moments(
    audience: Audience, as_of: datetime, believed: Arrivals, names: Sequence[str]
) -> Question:
    """One row per promise that was made or kept: the columns of a happening."""
    return question(
        """
        select id, person, kind, name, channel, source, occurred_at, text, score, value, currency, properties
        from arrived where kind = 'met' and name in (:names)
        """,
        {"arrived": arrived(audience, as_of, believed, _OF_PROMISES)},
        names=list(names),
    )
