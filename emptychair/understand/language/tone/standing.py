"""What tone is told with now: the vectors and the head that the reading process keeps on disk."""

from pathlib import Path
from zipfile import BadZipFile

from emptychair.understand.language.embedding import Embedder
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.tone.head import Head, head_of, starting_head


class Standing:
    """Looks at the files when it is asked, and opens what changed. Not for two threads at once."""

    def __init__(self, language: Path) -> None:
        """Look below `language`; nothing has to be there."""
        self._language = language
        self._seen: SeenVectors | None = None
        self._head: tuple[float, Head] | None = None

    def of(self, embedder: Embedder) -> tuple[SeenVectors, Head]:
        """The vectors and the head of this embedder, as they are now; the starting head before it learned."""
        if self._seen is None or self._seen.embedder is not embedder:
            self._seen, self._head = SeenVectors(self._language, embedder), None
        path = self._language / embedder.name / "tone.npz"
        changed_at = path.stat().st_mtime if path.exists() else 0.0
        if self._head is None or self._head[0] != changed_at:
            self._head = (changed_at, _head(path, embedder))
        return self._seen, self._head[1]


def _head(path: Path, embedder: Embedder) -> Head:
    try:
        return head_of(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # none yet, or written at this moment
        return starting_head(embedder)
