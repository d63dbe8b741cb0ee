"""In which languages people spoke in a period, and how much of it the models do not know."""

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.language.tongue import SMALL_KNOWS
from emptychair.understand.voice.spoken import spoken


def languages_of(audience: Audience, period: Period) -> Question:
    """One row per language that was told, the most frequent first: language, texts."""
    return question(
        """
        select readings.language, count(*) as texts
        from spoken inner join readings on readings.signal = spoken.id
        where readings.language is not null
        group by readings.language order by texts desc, readings.language
        """,
        {"spoken": spoken(audience, period)},
    )


def unknown(ledger: Ledger, audience: Audience, period: Period, *, fewest: int = 1) -> dict[str, int]:
    """Texts by language, of languages that the models do not know and of which there are at least so many."""
    rows = ledger.ask(languages_of(audience, period)).to_pylist()
    found = {row["language"]: int(row["texts"]) for row in rows}
    return {code: texts for code, texts in found.items() if code not in SMALL_KNOWS and texts >= fewest}
