"""The head that tells tones, learned from the company's own scored comments and kept in a file."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from emptychair.domain.scale import Score
from emptychair.understand.language.embedding import Embedder, Vectors
from emptychair.understand.language.tone.head import Head, head_of, starting_head
from emptychair.understand.language.tone.learning import head_from
from emptychair.understand.language.tone.mood import mood_of
from emptychair.understand.language.tone.reading import NoMood, Tone, tones

_SEED = 20
_PLACES = Decimal("0.0001")


class KeptHead:
    """The head of one embedder in a folder; without a file, what is known before any own label."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._path = folder / embedder.name / "tone.npz"
        self._embedder = embedder
        self.head = self._loaded()

    def tones(self, texts: Sequence[str], vectors: Vectors) -> list[Tone]:
        """The tone of each text."""
        return tones(texts, vectors, self.head)

    def learn(self, texts: Sequence[str], vectors: Vectors, scores: Sequence[tuple[str, float]]) -> Head:
        """Learn from texts and the scores that belong to them (name of the scale, value); the new head."""
        moods = [mood_of(Score(name), value) for name, value in scores]
        rng = np.random.default_rng(_SEED)
        self.head = head_from(texts, vectors, moods, starting_head(self._embedder), rng)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(self.head.saved())
        fresh.replace(self._path)
        return self.head

    def _loaded(self) -> Head:
        if self._path.exists():
            try:
                return head_of(self._path.read_bytes())
            except (ValueError, KeyError, OSError, EOFError, BadZipFile):
                # Torn, or of an older version: without both files it is learned again.
                self._path.unlink(missing_ok=True)
                self._path.with_suffix(".json").unlink(missing_ok=True)
        return starting_head(self._embedder)


def told(tone: Tone) -> dict[str, Any]:
    """A tone in the columns of readings: null where there is nothing to read or the language is not known."""
    name = tone.mood.name.lower() if tone.mood is not None else None
    if tone.why_none is NoMood.UNSURE:
        name = "unsure"
    balance = tone.balance
    return {
        "tone": name,
        "tone_score": None if balance is None else Decimal(balance).quantize(_PLACES),
    }
