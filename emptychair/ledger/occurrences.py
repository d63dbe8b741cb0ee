"""How often each 64-bit code came before, for millions of codes that arrive in pieces."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
# One bit for each beginning of a code: most codes are new, and their beginning proves it at once. There are
# so many that few are set, and so few that they stay near the processor.
_MARKED_BITS = range(22, 27, 2)
_BITS_A_CODE = 32
# Longer runs are not merged any more: it would take twice their size in memory.
_LONGEST_RUN = 1 << 20


class Occurrences:
    """A multiset of codes in 8 bytes each; equal codes are what the caller calls equal."""

    def __init__(self) -> None:
        # Sorted runs, each at least twice as long as the next: a code is moved O(log pieces) times.
        self._runs: list[Codes] = []
        self._count = 0
        self._mark_with(_MARKED_BITS[0])

    def earlier(self, codes: Codes) -> NDArray[np.int64]:
        """How often each code came before it, in earlier calls and in this one. O(n log n) a call.

        >>> seen = Occurrences()
        >>> seen.earlier(np.array([7, 8, 7], dtype=np.uint64)).tolist()
        [0, 0, 1]
        >>> seen.earlier(np.array([9, 7], dtype=np.uint64)).tolist()
        [0, 2]
        """
        ordered = np.sort(codes)
        before = np.zeros(len(codes), dtype=np.int64)
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(again):
            several = np.flatnonzero(_may_be_of(again, codes))
            before[several] = _within(codes[several])
        places, bits = self._marks_of(ordered)
        if np.any(self._marks[places] & bits):
            before += self._known(codes)
        if len(ordered):
            np.bitwise_or.at(self._marks, places, bits)
            self._remember(ordered)
            self._count += len(ordered)
            if self._bits < _MARKED_BITS[-1] and self._count * _BITS_A_CODE > 1 << self._bits:
                self._mark_with(self._bits + _MARKED_BITS.step)
        return before

    def _known(self, codes: Codes) -> NDArray[np.int64]:
        before = np.zeros(len(codes), dtype=np.int64)
        places, bits = self._marks_of(codes)
        possible = np.flatnonzero(self._marks[places] & bits)
        order = np.argsort(codes[possible])
        looked_for = codes[possible[order]]
        found = np.zeros(len(possible), dtype=np.int64)
        for run in self._runs:
            places = np.searchsorted(run, looked_for)
            equal = np.flatnonzero(run[np.minimum(places, len(run) - 1)] == looked_for)
            found[equal] += np.searchsorted(run, looked_for[equal], side="right") - places[equal]
        before[possible[order]] = found
        return before

    def _mark_with(self, bits: int) -> None:
        self._bits = bits
        self._marks = np.zeros(1 << (bits - 3), dtype=np.uint8)
        for run in self._runs:
            np.bitwise_or.at(self._marks, *self._marks_of(run))

    def _marks_of(self, codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The byte of each code's mark, and its bit in there."""
        beginnings = (codes >> np.uint64(64 - self._bits)).astype(np.int64)
        return beginnings >> 3, np.left_shift(1, beginnings & 7).astype(np.uint8)

    def _remember(self, ordered: Codes) -> None:
        self._runs.append(ordered)
        while len(self._runs) > 1 and len(self._runs[-2]) < min(2 * len(self._runs[-1]), _LONGEST_RUN):
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort(kind="stable")  # which sees the two runs: a third of the time
            self._runs.append(merged)


def _may_be_of(few: Codes, codes: Codes) -> NDArray[np.bool_]:
    """False for most codes that are none of the few: sorting those that are left is then cheap."""
    marks = np.zeros(1 << 16, dtype=np.bool_)
    marks[few & np.uint64(0xFFFF)] = True
    possible: NDArray[np.bool_] = marks[codes & np.uint64(0xFFFF)]
    return possible


def _within(codes: Codes) -> NDArray[np.int64]:
    """The place of each code among its equals, in their order, from 0."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    first = np.repeat(begins, np.diff(np.append(begins, len(codes))))
    places = np.empty(len(codes), dtype=np.int64)
    places[order] = np.arange(len(codes)) - first
    return places
