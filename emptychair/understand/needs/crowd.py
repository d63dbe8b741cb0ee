"""Everybody who did or said something, by a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from emptychair.understand.needs.panel import Numbers


@dataclass(slots=True)
class Crowd:
    """A number for everybody who did or said something."""

    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, who: pa.ChunkedArray | Sequence[str]) -> Numbers:
        """The number of each; somebody new gets the next one. O(rows)."""
        column = who if isinstance(who, pa.ChunkedArray) else pa.chunked_array([pa.array(who, pa.string())])
        coded = column.combine_chunks().dictionary_encode()
        names = coded.dictionary.to_pylist()
        own = np.array([self._numbers.setdefault(name, len(self._numbers)) for name in names], dtype=np.int64)
        return own[coded.indices.to_numpy(zero_copy_only=False)] if names else np.zeros(0, np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody who has a number, in the order of numbers."""
        return tuple(self._numbers)

    def known(self, people: Sequence[str]) -> Numbers:
        """The numbers of those of these people who are known."""
        found = [self._numbers[one] for one in people if one in self._numbers]
        return np.array(found, dtype=np.int64)
