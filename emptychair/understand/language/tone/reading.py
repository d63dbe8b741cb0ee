"""The tone of texts: a mood that can be relied on, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from emptychair.stats.softmax import Floats
from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.tone.features import features
from emptychair.understand.language.tone.head import SURE, Head
from emptychair.understand.language.tone.lexicon import plain
from emptychair.understand.language.tone.mood import Mood
from emptychair.understand.language.tongue import tongue


class NoMood(StrEnum):
    """Why a text has no mood."""

    EMPTY = "empty"
    """Neither a word nor a sign: blanks, markup, addresses, numbers."""
    LANGUAGE = "language"
    """It is in a language that the head does not know."""
    UNSURE = "unsure"
    """No mood is likely enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """A mood or why there is none; with the probabilities when the text could be read at all."""

    mood: Mood | None
    negative: float | None = None
    neutral: float | None = None
    positive: float | None = None
    why_none: NoMood | None = None
    language: str | None = None

    @property
    def balance(self) -> float | None:
        """From -1 (surely negative) to 1 (surely positive): means of it are trends, unsure texts included."""
        if self.positive is None or self.negative is None:
            return None
        return self.positive - self.negative


def tones(texts: Sequence[str], vectors: Vectors, head: Head) -> list[Tone]:
    """The tone of each text; `vectors` are of the embedder whose name is `head.embedder`."""
    found: list[Tone | None] = [unreadable(text, head) for text in texts]
    rows = [row for row, tone in enumerate(found) if tone is None]
    if not rows:
        return [tone for tone in found if tone is not None]
    chances = head.probabilities(features([texts[row] for row in rows], vectors[rows]))
    for row, chance in zip(rows, chances, strict=True):
        found[row] = tone_of(chance, head)
    return [tone for tone in found if tone is not None]


def tone_of(chances: Floats, head: Head) -> Tone:
    """The tone of one text by its three probabilities."""
    mood = int(head.moods(chances[None, :])[0])
    negative, neutral, positive = chances.tolist()
    is_sure = chances[mood] >= SURE
    return Tone(
        mood=Mood(mood) if is_sure else None,
        negative=negative,
        neutral=neutral,
        positive=positive,
        why_none=None if is_sure else NoMood.UNSURE,
    )


def unreadable(text: str, head: Head) -> Tone | None:
    """Why a text cannot be read, or None when it can. Where no language can be told, it is tried."""
    if not any(map(_says_something, plain(text))):
        return Tone(mood=None, why_none=NoMood.EMPTY)
    spoken = tongue(text)
    if spoken is not None and spoken.code not in head.knows:
        return Tone(mood=None, why_none=NoMood.LANGUAGE, language=spoken.code)
    return None


def _says_something(sign: str) -> bool:
    return sign.isalpha() or sign > "\u2000" or sign in ":;=!?"
