"""How often codes came before is what counting them one by one says."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.ledger import occurrences
from emptychair.ledger.occurrences import Occurrences

# Few different codes, and codes that share their beginning, so that every way of being equal is met.
CODES = st.one_of(
    st.integers(0, 5),
    st.integers(0, 5).map(lambda n: (n << 60) + 1),
    st.integers(0, 2**64 - 1),
)
PIECES = st.lists(st.lists(CODES, max_size=30), max_size=12)


@pytest.mark.parametrize("bits", [range(3, 8, 2), range(22, 27, 2)], ids=["marks that grow", "as it is"])
@given(pieces=PIECES)
def test_what_came_before_is_counted(bits: range, pieces: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(occurrences, "_MARKED_BITS", bits)
        patched.setattr(occurrences, "_BITS_A_CODE", 2)
        seen, counted = Occurrences(), Counter[int]()
        for piece in pieces:
            wanted = []
            for code in piece:
                wanted.append(counted[code])
                counted[code] += 1
            assert seen.earlier(np.array(piece, dtype=np.uint64)).tolist() == wanted


def test_runs_that_are_not_merged_are_looked_into_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurrences, "_LONGEST_RUN", 4)
    seen = Occurrences()
    for time in range(20):
        codes = np.arange(5, dtype=np.uint64) << np.uint64(59)
        assert seen.earlier(codes).tolist() == [time] * 5
    assert len(seen._runs) > 2
