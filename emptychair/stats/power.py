"""Power: how large a difference of two shares has to be for so many people to show it."""

from math import sqrt

from scipy.special import ndtr, ndtri

_STEPS = 60


def detectable(n: int, base_n: int, base: float, *, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """The least rise above the share `base` that the two-sided z test finds with this power.

    `n` people are in the group, `base_n` in the one with the share `base`. None where a group is empty, or
    where even a share of 1 would not be found. Fleiss, Levin and Paik, "Statistical Methods for Rates and
    Proportions" (2003), chapter 4, without the correction for continuity.

    >>> round(detectable(500, 500, 0.5), 4), round(detectable(800, 200, 0.9), 4)
    (0.0881, 0.0546)
    >>> detectable(20, 5, 0.95) is None
    True
    """
    if min(n, base_n) < 1 or not 0 <= base < 1:
        return None
    low, high = 0.0, 1 - base
    if _power(n, base_n, base, high, alpha) < power:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _power(n, base_n, base, middle, alpha) < power:
            low = middle
        else:
            high = middle
    return high


def _power(n: int, base_n: int, base: float, rise: float, alpha: float) -> float:
    """How surely a rise of this size is found."""
    share = base + rise
    pooled = (share * n + base * base_n) / (n + base_n)
    under_none = sqrt(pooled * (1 - pooled) * (1 / n + 1 / base_n))
    as_it_is = sqrt(share * (1 - share) / n + base * (1 - base) / base_n)
    margin = rise - float(ndtri(1 - alpha / 2)) * under_none
    if as_it_is == 0:
        return 1.0 if margin > 0 else 0.0
    return float(ndtr(margin / as_it_is))
