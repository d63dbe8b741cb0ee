"""Whether people are still like those from whom something was learned: the population stability index."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
# What the field takes as a shift that matters (Siddiqi 2006); below .1 nothing has moved.
LARGE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How values were spread: edges between bins, and the share in each; the last one is not known."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


def spread(values: Floats, bins: int = BINS) -> Spread:
    """Bins of about equal size; a value that many have is in one bin. NaN is not known.

    >>> spread(np.array([1.0, 1.0, 1.0, 2.0, np.nan]), 2)
    Spread(edges=(1.0,), shares=(0.5384615384615384, 0.23076923076923078, 0.23076923076923078))
    """
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.zeros(0)
    return Spread(edges=tuple(edges.tolist()), shares=tuple(_shares(values, edges).tolist()))


def stability_index(before: Spread, values: Floats) -> float:
    """The sum over bins of the change of the share times the change of its logarithm; 0: nothing moved.

    >>> usual = np.arange(1_000) / 10
    >>> round(stability_index(spread(usual), usual), 3)
    0.0
    >>> stability_index(spread(usual), usual + 50) > LARGE
    True
    """
    was, now = np.array(before.shares), _shares(values, np.array(before.edges))
    return float(((now - was) * np.log(now / was)).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    """Half a person is added to every bin, so that none is empty."""
    places = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counts = np.bincount(places, minlength=len(edges) + 2) + 0.5
    found: Floats = counts / counts.sum()
    return found
