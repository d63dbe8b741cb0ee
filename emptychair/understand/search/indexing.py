"""What the reading process does for the search: it keeps words and meanings as they come."""

from collections.abc import Sequence
from pathlib import Path

from emptychair.understand.language.embedding import Model, Vectors, embedder
from emptychair.understand.search import meanings, words
from emptychair.understand.search.folder import folder_of, mark
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

    def keep(self, entries: Sequence[Entry], vectors: Vectors) -> None:
        """Keep the words of these signals, and what they mean. Raises OSError where it cannot be done."""
        try:
            ours, theirs = self._opened()
            theirs.keep(ours.keep(entries), vectors)
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

    def _opened(self) -> tuple[words.Writing, meanings.Writing]:
        now = mark(self._folder)
        if now is None:
            raise OSError("nobody has begun an index")
        if self._words is None or self._meanings is None or now != self._mark:
            self._words = self._meanings = None
            self._words = words.Writing(self._folder / "words")
            self._meanings = meanings.Writing(self._folder / "meanings", self._width)
            self._mark = now
        return self._words, self._meanings
