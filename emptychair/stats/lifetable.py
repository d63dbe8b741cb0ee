"""How many spells were under observation at each time, and how many ended: what survival is computed from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

BINS_PER_SPELL = 4
"""Whole times are counted in bins while the longest is at most this many times the number of spells."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LifeTable:
    """One row per distinct time at which a spell left observation, ascending.

    `events` of the `removed` spells ended then, the others were still open when last seen (censored). Spells
    enter observation at `entry_times`, ascending, -inf for those seen from their beginning; one that enters
    at t is at risk after t, one that leaves at t is at risk at t: (entry, duration], as in R's `Surv(start,
    stop)`.
    """

    times: Floats
    events: Counts
    removed: Counts
    entry_times: Floats
    entered: Counts

    @property
    def has_late_entries(self) -> bool:
        """Whether a spell came under observation after its beginning."""
        return bool(self.entry_times[-1] > -np.inf)

    @property
    def n(self) -> int:
        """All spells that were ever under observation."""
        return int(self.entered.sum())

    def at_risk(self, times: Floats) -> Counts:
        """How many spells were under observation at each of the ascending `times`."""
        gone = _before(self.times, self.removed, times)
        if not self.has_late_entries:
            np.subtract(self.entered[0], gone, out=gone)
            return gone
        return _before(self.entry_times, self.entered, times) - gone


def life_table(
    durations: ArrayLike, ended: ArrayLike, entries: ArrayLike | None = None, weights: ArrayLike | None = None
) -> LifeTable | None:
    """The life table of spells, or None when not one of them was under observation.

    `durations` >= 0 since the beginning of each spell; `ended` False where it was still open; `entries`: the
    age at which we began to watch it (0 or less: from its beginning); `weights`: how many equal spells a row
    stands for. A spell that left at the moment it entered tells nothing and is left out. O(n log n), O(n) for
    whole numbers.

    >>> table = life_table([5, 8, 8, 3], [True, True, False, False], entries=[0, 0, 4, 3])
    >>> table.times.tolist(), table.events.tolist(), table.removed.tolist()
    ([5.0, 8.0], [1, 1], [1, 2])
    >>> table.at_risk(table.times).tolist()
    [3, 2]
    """
    time, end = _checked(np.asarray(durations), np.asarray(ended))
    weight = None if weights is None else _whole_weights(np.asarray(weights), len(time))
    entry_times, entered = np.array([-np.inf]), np.array([len(time) if weight is None else weight.sum()])
    if entries is not None:
        entry = np.asarray(entries, dtype=np.float64)
        watched = _watched(entry, time)
        time, end, entry = time[watched], end[watched], entry[watched]
        weight = None if weight is None else weight[watched]
        entry_times, _, entered = _grouped(np.where(entry <= 0, 0.0, entry), None, weight)
        entry_times = np.where(entry_times == 0, -np.inf, entry_times)
    if not len(time) or not entered.sum():
        return None
    times, events, removed = _grouped(time, end, weight)
    return LifeTable(
        times=times, events=events, removed=removed, entry_times=entry_times, entered=entered.astype(np.int64)
    )


def counted(
    times: ArrayLike, ended: ArrayLike, censored: ArrayLike, entered: ArrayLike | None = None
) -> LifeTable | None:
    """The life table from counts by time, as a GROUP BY gives them; None when nobody was under observation.

    `ended[i]` and `censored[i]` spells left at `times[i]` >= 0; `entered[i]` came under observation there, at
    time 0 from their beginning (None: everybody did). Times need no order and may repeat. A spell that
    never left is censored at the last time seen; spells lost at the time they entered tell nothing and are
    left out.

    >>> counted([1, 2], [3, 1], [0, 6]).at_risk(np.array([1.0, 2.0])).tolist()
    [10, 7]
    """
    raw = np.asarray(times, dtype=np.float64)
    columns = [
        np.zeros(len(raw), dtype=np.int64) if column is None else _whole_weights(np.asarray(column), len(raw))
        for column in (ended, censored, entered)
    ]
    if len(raw) and not (raw.min() >= 0 and np.isfinite(raw.max())):
        raise ValueError("times are finite and not negative")
    distinct, row = np.unique(raw + 0.0, return_inverse=True)
    events, censorings, entrances = (_summed(row, column, len(distinct)) for column in columns)
    if entered is None:
        entry_times, entrances = np.array([-np.inf]), np.array([(events + censorings).sum()])
    else:
        entry_times = np.where(distinct == 0, -np.inf, distinct)
        fleeting = _fleeting(distinct, events, censorings, entrances)
        censorings, entrances = censorings - fleeting, entrances - fleeting
    removed = events + censorings
    if not removed.sum():
        return None
    kept = removed > 0
    return LifeTable(
        times=distinct[kept],
        events=events[kept],
        removed=removed[kept],
        entry_times=entry_times[entrances > 0],
        entered=entrances[entrances > 0],
    )


def _fleeting(times: Floats, events: Counts, censorings: Counts, entrances: Counts) -> Counts:
    """How many spells must have been lost at the very time they entered, and so tell nothing."""
    removed = events + censorings
    before = np.cumsum(entrances) - np.where(times == 0, 0, entrances)
    at_risk = before - (np.cumsum(removed) - removed)
    fleeting: Counts = np.maximum(removed - at_risk, 0)
    if entrances.sum() != removed.sum() or (fleeting > np.minimum(censorings, entrances)).any():
        raise ValueError("as many spells must enter observation as leave it, and each before it ends")
    return fleeting


def _checked(durations: NDArray[Any], ended: NDArray[Any]) -> tuple[NDArray[Any], Flags]:
    if durations.ndim != 1 or durations.shape != ended.shape:
        raise ValueError(f"one duration and one ending per spell: {durations.shape} and {ended.shape}")
    flags = ended.astype(np.bool_, copy=False)
    if flags is not ended and not (flags == ended).all():
        raise ValueError("a spell ended (True) or it did not (False)")
    if durations.dtype.kind not in "iu":
        durations = np.asarray(durations, dtype=np.float64)
    # NaN fails the first comparison, infinity the second.
    if len(durations) and not (durations.min() >= 0 and np.isfinite(durations.max())):
        raise ValueError("durations are finite and not negative")
    return durations, flags


def _whole_weights(weights: NDArray[Any], length: int) -> Counts:
    counts = weights.astype(np.int64)
    if counts.shape != (length,) or (counts != weights).any() or (counts < 0).any():
        raise ValueError(f"counts are {length} whole numbers, none of them negative")
    return counts


def _watched(entries: Floats, durations: NDArray[Any]) -> Flags:
    if entries.shape != durations.shape or np.isnan(entries).any():
        raise ValueError("one entry per spell, each a number")
    if (entries > durations).any():
        raise ValueError("a spell cannot leave observation before it enters")
    watched: Flags = (entries < durations) | (entries <= 0)
    return watched


def _before(known: Floats, counts: Counts, times: Floats) -> Counts:
    """How many of `counts` happened strictly before each of `times`."""
    running: Counts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=running[1:])
    return running[:-1] if known is times else running[np.searchsorted(known, times, side="left")]


def _grouped(
    times: NDArray[Any], ended: Flags | None, weights: Counts | None
) -> tuple[Floats, Counts, Counts]:
    """(distinct times, how many ended, how many left) by the fastest exact way for what was given."""
    whole = _as_whole(times)
    if whole is not None:
        return _binned(whole, ended, weights)
    numbers = times.astype(np.float64) + 0.0  # the sum turns -0.0 into 0.0
    if weights is None:
        return _packed(numbers, ended)
    distinct, row = np.unique(numbers, return_inverse=True)
    removed = _summed(row, weights, len(distinct))
    return distinct, removed if ended is None else _summed(row, weights * ended, len(distinct)), removed


def _as_whole(times: NDArray[Any]) -> Counts | None:
    """The times as whole numbers when they are, and few enough to be counted in bins; otherwise None."""
    if not len(times) or times.max() > BINS_PER_SPELL * max(len(times), 1024):
        return None
    if times.dtype.kind in "iu":
        return times.astype(np.int64, copy=False)
    # Continuous times betray themselves at once; only whole ones are compared to the end.
    for part in (times[:256], times):
        whole = part.astype(np.int64)
        if (whole != part).any():
            return None
    return whole


def _binned(times: Counts, ended: Flags | None, weights: Counts | None) -> tuple[Floats, Counts, Counts]:
    length = int(times.max()) + 1
    if ended is None:
        removed = _summed(times, weights, length)
        events = removed
    else:
        both = _summed(times * 2 + ended, weights, 2 * length)
        events = both[1::2]
        removed = both[::2] + events
    kept = np.flatnonzero(removed)
    return kept.astype(np.float64), events[kept], removed[kept]


def _packed(times: Floats, ended: Flags | None) -> tuple[Floats, Counts, Counts]:
    """Sorts time and ending as one word: not negative floats order as their bits, and their sign bit is free.

    Sorting values is several times faster than sorting an index and following it.
    """
    words = times.view(np.uint64) << np.uint64(1)
    if ended is not None:
        words |= ended
    words.sort()
    bits = words >> np.uint64(1)
    differs = bits[1:] != bits[:-1]
    words &= np.uint64(1)
    events = words.view(np.int64)
    if differs.all():
        removed = np.ones(len(bits), dtype=np.int64)
        return bits.view(np.float64), removed if ended is None else events, removed
    first = np.append(0, np.flatnonzero(differs) + 1)
    removed = np.diff(first, append=len(bits))
    return (
        bits[first].view(np.float64),
        removed if ended is None else np.add.reduceat(events, first),
        removed,
    )


def _summed(rows: Counts, weights: Counts | None, length: int) -> Counts:
    if weights is None:
        return np.bincount(rows, minlength=length)
    if weights.sum() > 2**53:
        raise ValueError("more spells than can be counted exactly")
    return np.bincount(rows, weights=weights, minlength=length).astype(np.int64)
