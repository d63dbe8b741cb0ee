"""Files that people are looking at, kept open so that changing a plan does not read the file again."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emptychair.listen.imports.reading import Options, Reading
from emptychair.listen.imports.stated import Stated, read_as

MOST_OPEN = 4


class Readings:
    """At most four open readings; one person at a time looks, since looking is quick and files are large."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, Options], Reading] = OrderedDict()

    @contextmanager
    def of(self, import_id: str, path: Path, name: str, stated: Stated) -> Iterator[Reading]:
        """The reading of an import's file, for as long as the block lasts. Raises ImportRefused."""
        key = (import_id, stated.options)
        with self._lock:
            if key not in self._open:
                self._open[key] = read_as(path, name, path.parent / "parts", stated)
                while len(self._open) > MOST_OPEN:
                    self._open.popitem(last=False)[1].close()
            self._open.move_to_end(key)
            yield self._open[key]

    def forget(self, import_id: str) -> None:
        """Close what is open of an import: it runs now, or is gone."""
        with self._lock:
            for key in [key for key in self._open if key[0] == import_id]:
                self._open.pop(key).close()
