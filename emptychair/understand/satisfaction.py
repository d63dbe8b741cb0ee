"""What people answered when they were asked for a score: each person once, on the scale that was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from emptychair.domain.period import Period
from emptychair.domain.scale import SCALES, Score
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.fields import Division, Field, values_of_people
from emptychair.understand.scores import Counts
from emptychair.understand.spells import Tenure, spells

_NOTHING = "cast(null as text)"
By = Field | Division | None


def rated(
    audience: Audience, score: Score, period: Period, by: By = None, *, source: str | None = None
) -> Question:
    """One row per rating of this name in the period: id, person, score, occurred_at, own, is_on_scale.

    `own` is the answer's own value of the field, null without a field or a value. Of one `source` alone (a
    survey), where one is named.
    """
    scale = SCALES[score]
    own = f"case when {by.column} <> '' then {by.column} end" if isinstance(by, Field) else _NOTHING
    whole = "and floor(score) = score" if scale.is_whole else ""
    of_source = "" if source is None else "and source = :source"
    told = {} if source is None else {"source": source}
    return question(
        f"""
        select id, person, score, occurred_at, {own} as own,
               case when score between :lowest and :highest {whole} then 1 else 0 end as is_on_scale
        from signals
        where audience = :audience and kind = 'rated' and name in (:names)
          and occurred_at >= :start and occurred_at < :end {of_source}
        """,
        audience=audience.value,
        names=scale.names,
        lowest=scale.lowest,
        highest=scale.highest,
        start=period.start,
        end=period.end,
        **told,
    )


def last_answers(
    audience: Audience, score: Score, period: Period, by: By = None, *, source: str | None = None
) -> Question:
    """One row per person, and per answer that names nobody: person, score, own; the last one on the scale."""
    return question(
        """
        with on_scale as (
            select id, person, score, own, occurred_at, case when person is null then id end as unnamed
            from rated
            where is_on_scale = 1
        ), ranked as (
            select person, score, own,
                   row_number() over (partition by person, unnamed order by occurred_at desc, id desc) as nth
            from on_scale
        )
        select person, score, own from ranked where nth = 1
        """,
        {"rated": rated(audience, score, period, by, source=source)},
    )


def score_counts(
    audience: Audience, score: Score, period: Period, by: By = None, *, source: str | None = None
) -> Question:
    """One row per segment ('' without a field or a value) and score: segment, score, answers.

    A segment is the answer's own value of the field, or else what is known of the person.
    """
    answers = last_answers(audience, score, period, by, source=source)
    if by is None or by.is_of_signals:
        segmented = question("select score, coalesce(own, '') as segment from answers", {"answers": answers})
    else:
        people = values_of_people(by, audience, period.start, period.end)
        segmented = question(
            """
            select answers.score, coalesce(answers.own, people.value, '') as segment
            from answers left join people on people.person = answers.person
            """,
            {"answers": answers, "people": people},
        )
    return question(
        """
        select segment, score, count(*) as answers
        from segmented
        group by segment, score
        order by segment, score
        """,
        {"segmented": segmented},
    )


def scores_by(
    ledger: Ledger,
    audience: Audience,
    score: Score,
    period: Period,
    by: By = None,
    *,
    source: str | None = None,
) -> Mapping[str, Counts]:
    """How often each score was given, by segment; everybody is under '' without a field."""
    found: dict[str, dict[Decimal, int]] = {}
    for row in ledger.ask(score_counts(audience, score, period, by, source=source)).to_pylist():
        found.setdefault(row["segment"], {})[Decimal(row["score"]).normalize()] = int(row["answers"])
    return found


def monthly_counts(
    audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Question:
    """One row per month number and score: month_on, score, answers; each person counts once a month."""
    return question(
        """
        with on_scale as (
            select id, person, score, occurred_at, month_number(occurred_at) as month_on,
                   case when person is null then id end as unnamed
            from rated
            where is_on_scale = 1
        ), ranked as (
            select month_on, score, row_number() over (
                partition by month_on, person, unnamed order by occurred_at desc, id desc
            ) as nth
            from on_scale
        )
        select month_on, score, count(*) as answers
        from ranked
        where nth = 1
        group by month_on, score
        order by month_on, score
        """,
        {"rated": rated(audience, score, period, source=source)},
    )


def scores_by_month(
    ledger: Ledger, audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Mapping[int, Counts]:
    """How often each score was given in every calendar month (month number) that has answers."""
    found: dict[int, dict[Decimal, int]] = {}
    for row in ledger.ask(monthly_counts(audience, score, period, source=source)).to_pylist():
        found.setdefault(int(row["month_on"]), {})[Decimal(row["score"]).normalize()] = int(row["answers"])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """What a score cannot speak for: `superseded` are earlier answers of people who answered again."""

    off_scale: int
    unnamed: int
    superseded: int


def unheard_counts(
    audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Question:
    """One row: off_scale and unnamed answers, named ones on the scale, and the people who gave them."""
    return question(
        """
        select sum(1 - is_on_scale) as off_scale,
               sum(case when is_on_scale = 1 and person is null then 1 else 0 end) as unnamed,
               sum(case when is_on_scale = 1 and person is not null then 1 else 0 end) as named,
               count(distinct case when is_on_scale = 1 then person end) as people
        from rated
        """,
        {"rated": rated(audience, score, period, source=source)},
    )


def unheard(
    ledger: Ledger, audience: Audience, score: Score, period: Period, *, source: str | None = None
) -> Unheard:
    """The answers of the period that count for less than one each."""
    row = ledger.ask(unheard_counts(audience, score, period, source=source)).to_pylist()[0]
    return Unheard(
        off_scale=int(row["off_scale"] or 0),
        unnamed=int(row["unnamed"] or 0),
        superseded=int(row["named"] or 0) - int(row["people"]),
    )


def silent_people(tenure: Tenure, scores: Sequence[Score], period: Period) -> Question:
    """One row: present, people with an open spell when the period ended; of them, who answered each score."""
    names = [score.value for score in scores]
    answers = " union all ".join(
        f"select person, {', '.join(f'{int(one == name)} as {one}' for one in names)}"
        f" from rated_{name} where is_on_scale = 1 and person is not null"
        for name in names
    )
    answered = question(
        answers, {f"rated_{score.value}": rated(tenure.audience, score, period) for score in scores}
    )
    maxima = ", ".join(f"max({name}) as {name}" for name in names)
    heard = question(
        f"select person, {maxima} from answered group by person",
        {"answered": answered},
    )
    sums = ", ".join(f"sum(heard.{name}) as {name}" for name in names)
    return question(
        f"""
        with present as (
            select person from spells where started_at < :end and (ended_at is null or ended_at >= :end)
        )
        select count(*) as present, {sums}
        from present left join heard on heard.person = present.person
        """,
        {"spells": spells(tenure), "heard": heard},
        end=period.end,
    )


def silent(ledger: Ledger, tenure: Tenure, scores: Sequence[Score], period: Period) -> Mapping[Score, int]:
    """For each score, how many people who were there when the period ended gave no answer in it."""
    if not scores:
        return {}
    row = ledger.ask(silent_people(tenure, scores, period)).to_pylist()[0]
    return {score: int(row["present"]) - int(row[score.value]) for score in scores}


def ratings_by_name(audience: Audience, names: Sequence[str]) -> Question:
    """One row per name of ratings that this audience ever gave: name, ratings."""
    return question(
        """
        select name, count(*) as ratings
        from signals
        where audience = :audience and kind = 'rated' and name in (:names)
        group by name
        order by name
        """,
        audience=audience.value,
        names=names,
    )


def scores_given(ledger: Ledger, audience: Audience) -> frozenset[Score]:
    """The scores that this audience was ever asked for and answered."""
    names = [name for scale in SCALES.values() for name in scale.names]
    given = {row["name"] for row in ledger.ask(ratings_by_name(audience, names)).to_pylist()}
    return frozenset(score for score, scale in SCALES.items() if given & set(scale.names))
