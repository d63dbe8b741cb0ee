"""The ids of one source as they come: which came before, and equal facts told apart by a number."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.ledger.occurrences import Codes, Occurrences

# Hashes of ids that got a number are asked for together: asking takes as long for one as for thousands.
_HELD = 1 << 15


class Identities:
    """Which ids came before, known by their hashes: 8 bytes each."""

    def __init__(self) -> None:
        self._seen = Occurrences()
        # In bytes, of ids as they came.
        self._lengths: set[int] = set()
        self._held: list[pa.Array] = []

    def told_apart(
        self,
        ids: pa.ChunkedArray,
        hashes: Codes,
        may_come_again: NDArray[np.bool_] | None,
        ask: Callable[[pa.Array], Codes],
    ) -> tuple[pa.ChunkedArray, NDArray[np.bool_]]:
        """The ids, numbered where they stand for one more fact; which of them may have come before.

        Of ids that `may_come_again` the second becomes `<id>.2`, and so on. `hashes` are theirs, as `ask`
        gives them for others. O(n log n).
        """
        are_of_one_length = self._measured(ids, ask)
        earlier = self._seen.earlier(hashes)
        again = earlier > 0
        if may_come_again is None or not np.any(numbered := again & may_come_again):
            return ids, again
        new = _numbered(ids.filter(pa.array(numbered)), earlier[numbered] + 1)
        if are_of_one_length:
            # With its number each is longer than every id that came: it is none of them.
            again[numbered] = False
            self._hold(new, ask)
        else:
            again[numbered] = self._seen.earlier(ask(new)) > 0
        return pc.replace_with_mask(ids, pa.array(numbered), new), again

    def _measured(self, ids: pa.ChunkedArray, ask: Callable[[pa.Array], Codes]) -> bool:
        """Whether these ids and all before them, but for the numbers that some got, are of one length."""
        ends = pc.min_max(pc.binary_length(ids)).as_py()
        self._lengths |= {ends["min"], ends["max"]}
        if len(self._lengths) > 1:
            self._release(ask)
        return len(self._lengths) == 1

    def _hold(self, ids: pa.Array, ask: Callable[[pa.Array], Codes]) -> None:
        self._held.append(ids)
        if sum(map(len, self._held)) >= _HELD:
            self._release(ask)

    def _release(self, ask: Callable[[pa.Array], Codes]) -> None:
        """Remember ids that got a number: those to come may be equal to them."""
        if self._held:
            self._seen.earlier(ask(pa.concat_arrays(self._held)))
            self._held.clear()


def _numbered(ids: pa.ChunkedArray, numbers: NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(ids.combine_chunks(), pa.array(numbers).cast(pa.string()), ".")
