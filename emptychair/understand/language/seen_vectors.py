"""The vectors that the reading process keeps, as somebody beside it sees them: read, never written."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Embedder, Vectors
from emptychair.understand.language.vectors import keys_of


class SeenVectors:
    """Looks into the files of one embedder. What is not there yet is made anew each time, up to a number."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Look below `folder`, where `KeptVectors` writes; nothing has to be there."""
        self._folder, self.embedder = folder / embedder.name, embedder
        self._sorted = np.zeros(0, np.uint64)
        self._order = np.zeros(0, np.int64)
        self._size = -1

    def of(self, texts: Sequence[str], *, most_made: int = 400) -> Vectors:
        """The vectors of the texts, in their order; zeros for those beyond the first 400 that nobody kept.

        O(kept) when something was kept since the last call.
        """
        found = np.zeros((len(texts), self.embedder.width), np.float32)
        if not texts:
            return found
        rows = self._rows()
        keys = keys_of(texts)
        known = np.zeros(len(texts), bool)
        if len(self._sorted) and rows is not None:
            at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
            known = self._sorted[at] == keys
            places = self._order[at[known]]
            found[known] = rows[places].astype(np.float32)
        lacking = np.flatnonzero(~known)[:most_made]
        if len(lacking):
            found[lacking] = self.embedder.embed([texts[row] for row in lacking])
        return found

    def _rows(self) -> NDArray[np.float16] | None:
        """The rows as they are on disk now, and the keys in order."""
        try:
            keys = np.fromfile(self._folder / "keys", np.uint64)
            rows = np.memmap(self._folder / "vectors", np.float16, "r")
        except (OSError, ValueError):  # not there, empty, or cut at this moment
            self._sorted, self._size = np.zeros(0, np.uint64), -1
            return None
        width = self.embedder.width
        whole = min(len(keys), len(rows) // width)
        if whole != self._size:
            self._order = np.argsort(keys[:whole], kind="stable")
            self._sorted, self._size = keys[self._order], whole
        return rows[: whole * width].reshape(whole, width)
