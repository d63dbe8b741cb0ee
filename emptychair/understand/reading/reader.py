"""What reads: vectors of texts and of their sentences, language, tone, and themes that are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.language.embedding import Model, embedder
from emptychair.understand.language.own_space import own_space
from emptychair.understand.language.own_spaces import OF_MODEL, PlacedVectors, keep_spaces, kept_spaces
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tongue import code_of
from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.reading.edited import edits, rows_of
from emptychair.understand.reading.origin import NOWHERE, Origin
from emptychair.understand.reading.theming import Cut, Finding, KeptThemes, Spoken
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
        self._placed = PlacedVectors(self._vectors, kept_spaces(folder, self._vectors.embedder))
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
        languages = [code_of(text) for text in words]
        for each, language, tone in zip(texts, languages, self._head.tones(words, vectors), strict=True):
            readings.append({"signal": each.signal, "language": language, **told(tone)})
        mentions = []
        for audience in sorted({each.audience for each in texts}):
            rows = [row for row, each in enumerate(texts) if each.audience == audience]
            cut = [Cut(texts[row].signal, parts[row], languages[row]) for row in rows]
            mentions += self._of(audience).mentions(cut)
        self._search.keep([_entry(each) for each in texts], languages, vectors, self._placed.spaces)
        return pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS)

    def forget(self, signals: Sequence[str]) -> None:
        """Forget the words of signals that are gone; what they mean is known to no signal any more."""
        self._search.forget(signals)

    def learn(self, texts: Sequence[str], scores: Sequence[tuple[str, float]]) -> Head:
        """Learn tones from texts and the scores that belong to them."""
        return self._head.learn(texts, self._vectors.of(texts), scores)

    def settle(self, languages: Sequence[str], texts: Sequence[str]) -> str:
        """Make the spaces of own words anew, from texts and their languages; the mark of what was made.

        Themes that were found in the spaces before have to be found again.
        """
        made, model = [], self._vectors.embedder
        for language in sorted(set(languages)):
            own = [text for text, code in zip(texts, languages, strict=True) if code == language]
            made.append(own_space(language, own, self._vectors.of(own), of_model=OF_MODEL[model.name]))
        self._placed.spaces = keep_spaces(self._folder, model, made)
        self._themes.clear()
        return self._placed.spaces.mark

    def find(
        self, audience: str, texts: Sequence[Spoken], changes: Sequence[tuple[str, dict[str, Any]]]
    ) -> Finding:
        """Find the themes of an audience anew, with what people changed about them."""
        rows = rows_of(self._placed, {each.signal: each.language for each in texts})
        return self._of(audience).find(texts, edits(changes, rows))

    def _of(self, audience: str) -> KeptThemes:
        if audience not in self._themes:
            self._themes[audience] = KeptThemes(self._folder, audience, self._placed)
        return self._themes[audience]


def _entry(text: Text) -> Entry:
    return Entry(signal=text.signal, audience=text.audience, text=text.text, **text.origin._asdict())
