"""What people spoke of and met before they answered, and their tenure then, as portable questions."""

from emptychair.domain.period import Period
from emptychair.domain.scale import Score
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question
from emptychair.understand.satisfaction import rated
from emptychair.understand.spells import Tenure, spells

# Answering is no touchpoint of an answer, and being asked is one of everybody.
KINDS = ("did", "paid", "said", "met", "joined")
ASKING = ("survey_sent", "delivered")
MOST_TOUCHPOINTS = 60


def answered(audience: Audience, score: Score, period: Period) -> Question:
    """One row per person who answered in the period: person, score, occurred_at of the last answer."""
    return question(
        """
        with ranked as (
            select person, score, occurred_at,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from rated where is_on_scale = 1 and person is not null
        )
        select person, score, occurred_at from ranked where nth = 1
        """,
        {"rated": rated(audience, score, period)},
    )


def spoke_of(audience: Audience, score: Score, period: Period, days: int) -> Question:
    """One row per person who answered and theme that they spoke of in the days before: person, theme.

    Theme '' stands for having written at all. What is said in the answer itself is no cause of it.
    """
    return question(
        """
        with words as (
            select signals.id, signals.person, signals.occurred_at
            from signals inner join readings on readings.signal = signals.id
            where signals.audience = :audience and signals.person is not null and signals.occurred_at < :end
        ), before as (
            select answered.person, words.id
            from answered inner join words on words.person = answered.person
            where words.occurred_at < answered.occurred_at
              and words.occurred_at >= add_days(answered.occurred_at, :back)
        )
        select person, '' as theme from before group by person
        union all
        select before.person, mentions.theme
        from before inner join mentions on mentions.signal = before.id
        group by before.person, mentions.theme
        """,
        {"answered": answered(audience, score, period)},
        audience=audience.value,
        end=period.end,
        back=-days,
    )


def met(audience: Audience, score: Score, period: Period, days: int) -> Question:
    """One row per person who answered and touchpoint in the days before: person, touchpoint (`kind:name`).

    Only the touchpoints that most of them met.
    """
    each = question(
        """
        select answered.person, told.touchpoint
        from answered inner join (
            select person, occurred_at, kind || ':' || name as touchpoint from signals
            where audience = :audience and person is not null and kind in (:kinds) and not name in (:asking)
              and occurred_at < :end
        ) as told on told.person = answered.person
        where told.occurred_at < answered.occurred_at
          and told.occurred_at >= add_days(answered.occurred_at, :back)
        group by answered.person, told.touchpoint
        """,
        {"answered": answered(audience, score, period)},
        audience=audience.value,
        kinds=list(KINDS),
        asking=list(ASKING),
        end=period.end,
        back=-days,
    )
    return question(
        f"""
        with commonest as (
            select touchpoint, count(*) as people from every group by touchpoint
            order by people desc, touchpoint limit {MOST_TOUCHPOINTS}
        )
        select every.person, every.touchpoint
        from every inner join commonest on commonest.touchpoint = every.touchpoint
        """,
        {"every": each},
    )


def tenures(tenure: Tenure, score: Score, period: Period) -> Question:
    """One row per person who answered in a relationship: person, days since it began."""
    return question(
        """
        select answered.person,
               min(micros_between(spells.started_at, answered.occurred_at)) // 86400000000 as days
        from answered inner join spells on spells.person = answered.person
        where spells.started_at <= answered.occurred_at
        group by answered.person
        """,
        {"answered": answered(tenure.audience, score, period), "spells": spells(tenure)},
    )
