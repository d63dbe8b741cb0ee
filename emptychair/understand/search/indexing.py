"""What the reading process does for the search: it keeps words and meanings as they come."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emptychair.understand.language.embedding import Model, Vectors, embedder
from emptychair.understand.language.own_spaces import OwnSpaces
from emptychair.understand.search import meanings, words
from emptychair.understand.search.folder import folder_of, mark, own_folder
from emptychair.understand.search.torn import TornError
from emptychair.understand.search.words import Entry


class Indexing:
    """The one who writes the index of a model; it is opened when there is something to write."""

    def __init__(self, language: Path, model: Model) -> None:
        """Write below `language`."""
        self._folder, self._width = folder_of(language, model), embedder(model).width
        self._mark: str | None = None
        self._words: words.Writing | None = None
        self._meanings: meanings.Writing | None = None
        self._own: tuple[Path, meanings.Writing] | None = None

    def keep(
        self,
        entries: Sequence[Entry],
        languages: Sequence[str | None],
        vectors: Vectors,
        spaces: OwnSpaces,
    ) -> None:
        """Keep the words of these signals, and what they mean: each in the space that its language has.

        `vectors` are those of the model. Raises OSError where it cannot be done.
        """
        texts = [each.text for each in entries]
        own = np.array([code is not None for code in spaces.spoken(texts, languages)], np.bool_)
        try:
            ours, theirs = self._opened()
            keys = ours.keep(entries)
            theirs.keep(keys[~own], vectors[~own])
            if own.any():
                placed = spaces.place(texts, languages, vectors)
                self._beside(spaces).keep(keys[own], placed[own])
        except TornError as error:
            self._mark = None
            raise OSError(f"the index of words cannot be written: {error}") from error

    def forget(self, signals: Sequence[str]) -> None:
        """Forget the words of signals that are gone. Raises OSError where it cannot be done."""
        try:
            self._opened()[0].forget(signals)
        except TornError as error:
            self._mark = None
            raise OSError(f"the index of words cannot be written: {error}") from error

    def _beside(self, spaces: OwnSpaces) -> meanings.Writing:
        """The index of what these spaces place; those of spaces before them go."""
        folder = own_folder(self._folder, spaces.mark)
        if self._own is None or self._own[0] != folder:
            for other in self._folder.glob("own-*"):
                if other != folder:
                    shutil.rmtree(other, ignore_errors=True)
            folder.mkdir(exist_ok=True)
            self._own = folder, meanings.Writing(folder, spaces.width)
        return self._own[1]

    def _opened(self) -> tuple[words.Writing, meanings.Writing]:
        now = mark(self._folder)
        if now is None:
            raise OSError("nobody has begun an index")
        if self._words is None or self._meanings is None or now != self._mark:
            self._words = self._meanings = self._own = None
            self._words = words.Writing(self._folder / "words")
            self._meanings = meanings.Writing(self._folder / "meanings", self._width)
            self._mark = now
        return self._words, self._meanings
