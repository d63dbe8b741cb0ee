"""Whether groups of spells end at different rates: the log-rank test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from emptychair.stats.lifetable import Counts, Floats, life_table


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """chi2 with `degrees` of freedom and its p value; endings seen and expected, in the order of `groups`."""

    chi2: float
    degrees: int
    p: float
    groups: tuple[str, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]


def log_rank(
    durations: ArrayLike,
    ended: ArrayLike,
    groups: ArrayLike,
    entries: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> LogRank | None:
    """Compares the curves of two or more groups; None with fewer, or when they share no time with an ending.

    `groups` names the group of each spell, the other arrays are those of `life_table`.
    O(n log n + groups * times).

    >>> test = log_rank([1, 2, 3, 4, 5, 6], [True] * 6, ["a", "a", "b", "a", "b", "b"])
    >>> round(test.chi2, 4), round(test.p, 4), test.observed
    (2.5567, 0.1098, (3, 3))
    """
    time, end, label = np.asarray(durations), np.asarray(ended), np.asarray(groups)
    if label.shape != time.shape:
        raise ValueError(f"one group per spell: {label.shape} and {time.shape}")
    names, tables = [], []
    for name in np.unique(label):
        chosen = label == name
        table = life_table(time[chosen], end[chosen], _part(entries, chosen), _part(weights, chosen))
        if table is not None:
            names.append(str(name))
            tables.append(table)
    if len(tables) < 2:
        return None
    moments = np.unique(np.concatenate([table.times[table.events > 0] for table in tables]))
    at_risk = np.array([table.at_risk(moments) for table in tables])
    events = np.array([_events_at(moments, table.times, table.events) for table in tables])
    return _compared(names, at_risk, events)


def _part(values: ArrayLike | None, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> ArrayLike | None:
    return None if values is None else np.asarray(values)[chosen]


def _events_at(moments: Floats, times: Floats, events: Counts) -> Counts:
    found = np.zeros(len(moments), dtype=np.int64)
    found[np.searchsorted(moments, times[events > 0])] = events[events > 0]
    return found


def _compared(names: list[str], at_risk: Counts, events: Counts) -> LogRank | None:
    """Observed less expected endings against their hypergeometric covariance, one row and column fewer."""
    everybody, ended = at_risk.sum(axis=0), events.sum(axis=0).astype(np.float64)
    share = at_risk / everybody
    expected, observed = share @ ended, events.sum(axis=1)
    # The last spell of all ends without a choice: it adds the same to both sides and nothing to the spread.
    spread = ended * (everybody - ended) / np.maximum(everybody - 1.0, 1.0)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    degrees = int(np.linalg.matrix_rank(covariance)) if covariance.any() else 0
    if degrees == 0:
        return None
    excess = observed - expected
    chi2 = float(excess @ np.linalg.pinv(covariance, hermitian=True) @ excess)
    return LogRank(
        chi2=chi2,
        degrees=degrees,
        p=float(chdtrc(degrees, chi2)),
        groups=tuple(names),
        observed=tuple(int(count) for count in observed),
        expected=tuple(float(count) for count in expected),
    )
