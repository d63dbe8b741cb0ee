"""The words of an audience in a period, as questions that all others about themes stand on."""

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question


def spoken(audience: Audience, period: Period, among: Question | None = None) -> Question:
    """One row per text of a period that was read: id, person (null: nobody known), occurred_at, tone.

    What they met (answers, letters) is in the company's words and not in theirs. Of the people `among` alone
    (a row per person), where they are given.
    """
    joined = "" if among is None else "inner join among on among.person = signals.person"
    return question(
        f"""
        select signals.id, signals.person, signals.occurred_at, readings.tone
        from signals inner join readings on readings.signal = signals.id {joined}
        where signals.audience = :audience and signals.kind <> 'met'
            and signals.occurred_at >= :start and signals.occurred_at < :end
        """,
        {} if among is None else {"among": among},
        audience=audience.value,
        start=period.start,
        end=period.end,
    )


def mentioned(audience: Audience, period: Period, among: Question | None = None) -> Question:
    """One row per text and theme in it: id, theme, person, occurred_at, tone, confidence and place.

    `place` is its first sentence of the theme, `confidence` that of its surest.
    """
    return question(
        """
        select spoken.id, mentions.theme, spoken.person, spoken.occurred_at, spoken.tone,
               max(mentions.confidence) as confidence, min(mentions.place) as place
        from spoken inner join mentions on mentions.signal = spoken.id
        group by spoken.id, mentions.theme, spoken.person, spoken.occurred_at, spoken.tone
        """,
        {"spoken": spoken(audience, period, among)},
    )
