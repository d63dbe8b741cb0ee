"""What reads: vectors of texts and of their sentences, language, tone, and themes that are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.language.embedding import Model, embedder
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tongue import tongue
from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.reading.edited import edits
from emptychair.understand.reading.origin import NOWHERE, Origin
from emptychair.understand.reading.theming import Finding, KeptThemes, Spoken
from emptychair.understand.reading.tones import KeptHead, told
from emptychair.understand.search.indexing import Indexing
from emptychair.understand.search.words import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words of one signal."""

    signal: str
    audience: str
    text: str
    origin: Origin = NOWHERE


class Reader:
    """Reads in one folder, where vectors, the head and themes are kept; not for two processes at once."""

    def __init__(self, folder: Path, model: Model) -> None:
        self._folder = folder
        self._vectors = KeptVectors(folder, embedder(model))
        self._head = KeptHead(folder, self._vectors.embedder)
        self._themes: dict[str, KeptThemes] = {}
        self._search = Indexing(folder, model)

    def read(self, texts: Sequence[Text]) -> tuple[pa.Table, pa.Table]:
        """What is in these texts: readings and mentions, in the columns of the ledger."""
        parts = [[one.text for one in sentences(each.text)] for each in texts]
        vectors = self._vectors.of([each.text for each in texts])
        self._vectors.of([part for each in parts for part in each])
        readings = []
        words = [each.text for each in texts]
        for each, tone in zip(texts, self._head.tones(words, vectors), strict=True):
            found = tongue(each.text)
            language = found.code if found else None
            readings.append({"signal": each.signal, "language": language, **told(tone)})
        mentions = []
        for audience in sorted({each.audience for each in texts}):
            rows = [row for row, each in enumerate(texts) if each.audience == audience]
            signals = [texts[row].signal for row in rows]
            mentions += self._of(audience).mentions(signals, [parts[row] for row in rows])
        self._search.keep([_entry(each) for each in texts], vectors)
        return pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS)

    def forget(self, signals: Sequence[str]) -> None:
        """Forget the words of signals that are gone; what they mean is known to no signal any more."""
        self._search.forget(signals)

    def learn(self, texts: Sequence[str], scores: Sequence[tuple[str, float]]) -> Head:
        """Learn tones from texts and the scores that belong to them."""
        return self._head.learn(texts, self._vectors.of(texts), scores)

    def find(
        self, audience: str, texts: Sequence[Spoken], changes: Sequence[tuple[str, dict[str, Any]]]
    ) -> Finding:
        """Find the themes of an audience anew, with what people changed about them."""
        return self._of(audience).find(texts, edits(changes, self._vectors))

    def _of(self, audience: str) -> KeptThemes:
        if audience not in self._themes:
            self._themes[audience] = KeptThemes(self._folder, audience, self._vectors)
        return self._themes[audience]


def _entry(text: Text) -> Entry:
    return Entry(signal=text.signal, audience=text.audience, text=text.text, **text.origin._asdict())
