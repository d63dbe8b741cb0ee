"""A median from counts, with an interval that needs no shape: the order statistics of the binomial."""

from collections.abc import Mapping

from emptychair.stats.intervals import MINIMUM_N, Estimate


def median(
    counts: Mapping[int, int], *, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Estimate | None:
    """The median of whole values by how often each came, with its interval; None below `minimum_n`.

    Of so many independent values as many as a binomial of a half lie below the median: the interval is
    between the order statistics that it allows, and covers at least as often as it says.

    >>> median({1: 10, 2: 10, 30: 5})
    Estimate(value=2.0, low=1.0, high=2.0, n=25)
    >>> median({5: 9}) is None
    True
    """
    from scipy.stats import binom  # half a second of a start

    n = sum(counts.values())
    if n < max(minimum_n, 1):
        return None
    values = sorted(counts)
    middle = (_ranked(values, counts, (n - 1) // 2) + _ranked(values, counts, n // 2)) / 2
    # The largest r with P(Binomial(n, 1/2) < r) <= (1 - confidence) / 2.
    below = int(binom.ppf((1 - confidence) / 2, n, 0.5))
    low, high = _ranked(values, counts, max(below - 1, 0)), _ranked(values, counts, min(n - below, n - 1))
    return Estimate(value=middle, low=float(low), high=float(high), n=n)


def _ranked(values: list[int], counts: Mapping[int, int], rank: int) -> int:
    """The value of this rank, 0 the smallest."""
    seen = 0
    for value in values:
        seen += counts[value]
        if rank < seen:
            return value
    return values[-1]
