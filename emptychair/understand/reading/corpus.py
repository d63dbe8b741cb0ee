"""The words that themes are found in, and those that come with a score: questions, and who they are of."""

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Question, question


def texts_of(audience: Audience, most: int) -> Question:
    """One row per text of an audience that was read, the newest ones: id, person, text, language (or null).

    Without what they met: no theme is found in the company's own words.
    """
    return question(
        """
        select signals.id, signals.person, signals.text, readings.language
        from signals inner join readings on readings.signal = signals.id
        where signals.audience = :audience and signals.text <> '' and signals.kind <> 'met'
        order by signals.occurred_at desc, signals.id limit :most
        """,
        audience=audience.value,
        most=most,
    )


def how_many(audience: Audience) -> Question:
    """One row: n, the texts of an audience that were read."""
    return question(
        """
        select count(*) as n from signals inner join readings on readings.signal = signals.id
        where signals.audience = :audience and signals.kind <> 'met'
        """,
        audience=audience.value,
    )


def scored(most: int) -> Question:
    """One row per comment that came with a score, the newest ones: text, name (of the scale), score."""
    return question(
        """
        select text, name, score from signals
        where kind = 'rated' and score is not null and text <> ''
            and name in ('nps', 'csat', 'ces', 'stars', 'enps')
        order by occurred_at desc, id limit :most
        """,
        most=most,
    )


def how_many_scored() -> Question:
    """One row: n, the comments that came with a score."""
    return question(
        """
        select count(*) as n from signals
        where kind = 'rated' and score is not null and text <> ''
            and name in ('nps', 'csat', 'ces', 'stars', 'enps')
        """
    )


def languages_read() -> Question:
    """One row per language that texts were told to be in, most texts first: language, texts."""
    return question(
        """
        select readings.language, count(*) as texts
        from signals inner join readings on readings.signal = signals.id
        where readings.language is not null and signals.kind <> 'met'
        group by readings.language order by texts desc, readings.language
        """
    )


def in_language(language: str, most: int) -> Question:
    """One row per text that was told to be in a language, the newest ones: text."""
    return question(
        """
        select signals.text from signals inner join readings on readings.signal = signals.id
        where readings.language = :language and signals.kind <> 'met'
        order by signals.occurred_at desc, signals.id limit :most
        """,
        language=language,
        most=most,
    )
