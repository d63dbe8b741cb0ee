"""What was said of a theme, in the words of those who said it: the surest first, copies once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.language.sentences import sentences
from emptychair.understand.voice.spoken import mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words under a theme: who said them where and when, with what tone, and how surely they are of it.

    `place` is the sentence that is of it, counted from 0; `copies` counts the same words, this one with them.
    """

    id: str
    person: str | None
    channel: str
    name: str
    source: str
    text: str
    score: Decimal | None
    occurred_at: datetime
    tone: str | None
    confidence: Decimal
    place: int
    copies: int


def said_of(
    audience: Audience,
    period: Period,
    theme: str,
    tones: Sequence[str],
    limit: int,
    skipped: int,
    among: Question | None = None,
) -> Question:
    """One row per different text of a theme, the surest first, then the newest."""
    return question(
        """
        with told as (
            select signals.id, signals.person, signals.channel, signals.name, signals.source, signals.text,
                   signals.score, signals.occurred_at, mentioned.tone, mentioned.confidence,
                   mentioned.place,
                   row_number() over (
                       partition by signals.text order by signals.occurred_at desc, signals.id
                   ) as nth,
                   count(*) over (partition by signals.text) as copies
            from mentioned inner join signals on signals.id = mentioned.id
            where mentioned.theme = :theme and coalesce(mentioned.tone, 'unsure') in (:tones)
        )
        select id, person, channel, name, source, text, score, occurred_at, tone, confidence, place, copies
        from told where nth = 1
        order by confidence desc, occurred_at desc, id limit :limit offset :skipped
        """,
        {"mentioned": mentioned(audience, period, among)},
        theme=theme,
        tones=list(tones),
        limit=limit,
        skipped=skipped,
    )


def words_of(audience: Audience, signal: str) -> Question:
    """One row: text, the words of a signal of this audience; none when there is no such signal."""
    return question(
        "select text from signals where audience = :audience and id = :signal and text <> ''",
        audience=audience.value,
        signal=signal,
    )


def sentence(ledger: Ledger, audience: Audience, signal: str, place: int) -> str | None:
    """One sentence of a signal, counted from 0; None when there is none."""
    rows = ledger.ask(words_of(audience, signal)).to_pylist()
    parts = sentences(rows[0]["text"]) if rows else []
    return parts[place].text if 0 <= place < len(parts) else None


TONES = ("negative", "neutral", "positive", "unsure")


def quotes(
    ledger: Ledger,
    audience: Audience,
    period: Period,
    theme: str,
    *,
    tones: Sequence[str] = TONES,
    limit: int = 20,
    skipped: int = 0,
    among: Question | None = None,
) -> list[Said]:
    """Some of what was said of a theme."""
    asked = said_of(audience, period, theme, tones, limit, skipped, among)
    return [
        Said(**{**row, "occurred_at": row["occurred_at"].replace(tzinfo=UTC)})
        for row in ledger.ask(asked).to_pylist()
    ]
