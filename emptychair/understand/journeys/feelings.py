"""How people felt around each step: the tones of their texts and the scores they gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from emptychair.domain.scale import SCALES, Score
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.compare import Difference, benjamini_hochberg, shares
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson
from emptychair.understand.journeys.reached import Walk, reached
from emptychair.understand.journeys.steps import Steps
from emptychair.understand.scores import estimate

# Texts from so many days before a step to so many days after it; scores from the step on.
AROUND_DAYS = 7
SCORED_DAYS = 30
FALSE_SHARE = 0.1
SCORES = (Score.NPS, Score.CSAT)
SURE = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """Around one step: of `speakers` so many ended on a negative text, the last one with a sure tone.

    `against`: their share less that of the last words of everybody else who spoke in the period; `adjusted_p`
    counts how many steps were compared. `scores` are the last answers given after the step.
    """

    place: int
    speakers: int
    negative: int
    positive: int
    unhappy: Estimate | None
    against: Difference | None
    adjusted_p: float | None
    scores: Mapping[Score, Estimate | None]
    answers: Mapping[Score, int]

    @property
    def is_clear(self) -> bool:
        """Whether people are clearly unhappier here than those who spoke elsewhere."""
        return (
            self.against is not None
            and self.against.value > 0
            and self.adjusted_p is not None
            and self.adjusted_p <= FALSE_SHARE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What somebody said around a step."""

    id: str
    person: str
    text: str
    channel: str
    name: str
    occurred_at: datetime


def around(steps: Steps, walk: Walk) -> Question:
    """One row per person and step that they reached: person, step, reached_at."""
    places = range(len(steps.steps))
    # Each person beside each step: what was reached is asked for once, as not every engine keeps it.
    numbers = " union all ".join(f"select {place} as step" for place in places)
    instant = " ".join(f"when step = {place} then at_{place}" for place in places)
    return question(
        f"""
        select person, step, reached_at from (
            select reached.person, numbers.step, case {instant} end as reached_at
            from reached cross join ({numbers}) as numbers
        ) as every where reached_at is not null
        """,
        {"reached": reached(steps, walk)},
    )


def texts_around(steps: Steps, walk: Walk) -> Question:
    """One row per text with a sure tone around a step: step, person, id, occurred_at, tone."""
    return question(
        """
        select around.step, around.person, said.id, said.occurred_at, said.tone
        from around inner join (
            select signals.id, signals.person, signals.occurred_at, readings.tone
            from signals inner join readings on readings.signal = signals.id
            where signals.audience = :audience and signals.person is not null
              and readings.tone in (:tones) and signals.occurred_at < :as_of
        ) as said on said.person = around.person
        where said.occurred_at >= add_days(around.reached_at, :before)
          and said.occurred_at < add_days(around.reached_at, :after)
        """,
        {"around": around(steps, walk)},
        audience=walk.audience.value,
        tones=list(SURE),
        as_of=walk.as_of,
        before=-AROUND_DAYS,
        after=AROUND_DAYS,
    )


def tones(steps: Steps, walk: Walk) -> Question:
    """One row per step: step, speakers, negative, positive (by their last text around it), and others.

    `others` are people who spoke in the period and not around the step, `others_negative` those of them whose
    last text is negative.
    """
    return question(
        """
        with ranked as (
            select step, person, tone,
                   row_number() over (partition by step, person order by occurred_at desc, id desc) as nth
            from texts
        ), totals as (
            select count(*) as people, sum(case when tone = 'negative' then 1 else 0 end) as negative
            from last_words
        ), here as (
            select ranked.step, count(*) as speakers,
                   sum(case when ranked.tone = 'negative' then 1 else 0 end) as negative,
                   sum(case when ranked.tone = 'positive' then 1 else 0 end) as positive,
                   count(last_words.person) as known,
                   sum(case when last_words.tone = 'negative' then 1 else 0 end) as known_negative
            from ranked left join last_words on last_words.person = ranked.person
            where ranked.nth = 1 group by ranked.step
        )
        select here.step, here.speakers, here.negative, here.positive,
               totals.people - here.known as others, totals.negative - here.known_negative as others_negative
        from here cross join totals order by here.step
        """,
        {"texts": texts_around(steps, walk), "last_words": last_words(walk)},
    )


def last_words(walk: Walk) -> Question:
    """One row per person who spoke in the period: person, tone of the last text that has a sure one."""
    return question(
        """
        with ranked as (
            select signals.person, readings.tone, row_number() over (
                partition by signals.person order by signals.occurred_at desc, signals.id desc
            ) as nth
            from signals inner join readings on readings.signal = signals.id
            where signals.audience = :audience and signals.person is not null
              and readings.tone in (:tones) and signals.occurred_at >= :start and signals.occurred_at < :as_of
        )
        select person, tone from ranked where nth = 1
        """,
        audience=walk.audience.value,
        tones=list(SURE),
        start=walk.period.start,
        as_of=walk.as_of,
    )


def scores_after(steps: Steps, walk: Walk, score: Score) -> Question:
    """One row per step and answer: step, score, answers; each person's last one in the days after it."""
    scale = SCALES[score]
    whole = "and floor(score) = score" if scale.is_whole else ""
    return question(
        f"""
        with ranked as (
            select around.step, given.score, row_number() over (
                partition by around.step, around.person order by given.occurred_at desc, given.id desc
            ) as nth
            from around inner join (
                select id, person, score, occurred_at from signals
                where audience = :audience and person is not null and kind = 'rated' and name in (:names)
                  and score between :lowest and :highest {whole} and occurred_at < :as_of
            ) as given on given.person = around.person
            where given.occurred_at >= around.reached_at
              and given.occurred_at < add_days(around.reached_at, :days)
        )
        select step, score, count(*) as answers from ranked where nth = 1 group by step, score
        order by step, score
        """,
        {"around": around(steps, walk)},
        audience=walk.audience.value,
        names=scale.names,
        lowest=scale.lowest,
        highest=scale.highest,
        as_of=walk.as_of,
        days=SCORED_DAYS,
    )


def unhappy_words(steps: Steps, walk: Walk, place: int, limit: int) -> Question:
    """One row per different negative text around a step, the newest first: id, person, text, channel, ..."""
    return question(
        """
        with told as (
            select signals.id, signals.person, signals.text, signals.channel, signals.name,
                   signals.occurred_at, row_number() over (
                       partition by signals.text order by signals.occurred_at desc, signals.id
                   ) as nth
            from texts inner join signals on signals.id = texts.id
            where texts.step = :place and texts.tone = 'negative'
        )
        select id, person, text, channel, name, occurred_at from told where nth = 1
        order by occurred_at desc, id limit :limit
        """,
        {"texts": texts_around(steps, walk)},
        place=place,
        limit=limit,
    )


def feelings(ledger: Ledger, steps: Steps, walk: Walk, minimum_n: int = MINIMUM_N) -> tuple[Feeling, ...]:
    """How people felt around each step, compared with those who spoke elsewhere (Benjamini-Hochberg)."""
    spoken = {int(row["step"]): row for row in ledger.ask(tones(steps, walk)).to_pylist()}
    given = {score: _given(ledger, steps, walk, score) for score in SCORES}
    found = [
        _feeling(place, spoken, {score: given[score].get(place, {}) for score in SCORES}, minimum_n)
        for place in range(len(steps.steps))
    ]
    compared = [(one.place, one.against.p) for one in found if one.against is not None]
    p_values = dict(
        zip(
            [place for place, _ in compared],
            benjamini_hochberg([p for _, p in compared]),
            strict=True,
        )
    )
    return tuple(replace(one, adjusted_p=p_values.get(one.place)) for one in found)


def worst(found: Sequence[Feeling]) -> Feeling | None:
    """The step at which people are clearly unhappier than elsewhere, and most; None: none stands out."""
    clear = [one for one in found if one.is_clear and one.against is not None]
    return max(clear, key=lambda one: one.against.value if one.against else 0.0, default=None)


def quotes(ledger: Ledger, steps: Steps, walk: Walk, place: int, limit: int = 5) -> list[Quote]:
    """What unhappy people said around a step."""
    rows = ledger.ask(unhappy_words(steps, walk, place, limit)).to_pylist()
    return [Quote(**{**row, "occurred_at": row["occurred_at"].replace(tzinfo=UTC)}) for row in rows]


def _given(ledger: Ledger, steps: Steps, walk: Walk, score: Score) -> dict[int, dict[Decimal, int]]:
    found: dict[int, dict[Decimal, int]] = {}
    for row in ledger.ask(scores_after(steps, walk, score)).to_pylist():
        answer = Decimal(row["score"]).normalize()
        found.setdefault(int(row["step"]), {})[answer] = int(row["answers"])
    return found


def _feeling(
    place: int,
    spoken: Mapping[int, Mapping[str, int]],
    given: Mapping[Score, Mapping[Decimal, int]],
    minimum_n: int,
) -> Feeling:
    nobody = dict.fromkeys(("speakers", "negative", "positive", "others", "others_negative"), 0)
    here = {name: int(spoken.get(place, nobody)[name]) for name in nobody}
    return Feeling(
        place=place,
        speakers=here["speakers"],
        negative=here["negative"],
        positive=here["positive"],
        unhappy=wilson(here["negative"], here["speakers"], minimum_n=minimum_n),
        against=shares(
            here["negative"],
            here["speakers"],
            here["others_negative"],
            here["others"],
            minimum_n=minimum_n,
        ),
        adjusted_p=None,
        scores={
            score: estimate(score, counts) if sum(counts.values()) >= minimum_n else None
            for score, counts in given.items()
        },
        answers={score: sum(counts.values()) for score, counts in given.items()},
    )
