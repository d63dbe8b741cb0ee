"""Tells what is good and what is bad, with the models and vectors that the reading process keeps."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question
from emptychair.understand.language.embedding import Embedder, Vectors
from emptychair.understand.language.own import ModelTrouble
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.terms import Wording
from emptychair.understand.language.tone.standing import Standing
from emptychair.understand.language.vectors import keys_of
from emptychair.understand.search.finding import Search
from emptychair.understand.voice.praised import Praised, praised

# Vectors of parts of sentences, which nobody keeps on disk: 6 MB of the small model.
_REMEMBERED = 4_000


class Praising:
    """Aspects of one ledger. Thread-safe. Keeps no words: vectors by their hash, in memory."""

    def __init__(self, language: Path, ledger: Ledger, search: Search) -> None:
        """Look below `language`, where the reading process writes; nothing is opened before it is needed."""
        self._ledger, self._search = ledger, search
        self._standing = Standing(language)
        self._remembered: dict[int, Vectors] = {}
        self._of: Embedder | None = None
        self._lock = Lock()

    def praised(self, asked: Question, how: Wording, *, fewest: int, minimum_n: int) -> Praised | None:
        """As `praised`; None before anything is read, and while a model elsewhere does not answer."""
        embedder = self._search.embedder
        if embedder is None:
            return None
        with self._lock:
            seen, head = self._standing.of(embedder)
            if self._of is not embedder:
                self._remembered, self._of = {}, embedder
            try:
                return praised(
                    self._ledger,
                    asked,
                    how,
                    lambda texts: self._vectors(texts, seen),
                    head,
                    fewest=fewest,
                    minimum_n=minimum_n,
                )
            except ModelTrouble:
                return None

    def _vectors(self, texts: Sequence[str], seen: SeenVectors) -> Vectors:
        """Those that are remembered, kept on disk, or made now: at most 400 of these, zeros for the rest."""
        keys = keys_of(texts).tolist()
        lacking = [row for row, key in enumerate(keys) if key not in self._remembered]
        made = seen.of([texts[row] for row in lacking])
        if len(self._remembered) + len(lacking) > _REMEMBERED:
            self._remembered = {key: self._remembered[key] for key in keys if key in self._remembered}
        found = np.zeros((len(texts), seen.embedder.width), np.float32)
        for nth, row in enumerate(lacking):
            if made[nth].any():
                self._remembered[keys[row]] = made[nth]
        for row, key in enumerate(keys):
            if key in self._remembered:
                found[row] = self._remembered[key]
        return found
