"""How often an interval covers the truth: exactly where outcomes can be listed, else by seeded simulation."""

from collections.abc import Callable
from functools import cache
from math import comb

import numpy as np

Bounds = tuple[float, float]


def binomial(bounds: Callable[[int], Bounds], n: int, share: float) -> float:
    """The exact probability that bounds(successes) hold `share`."""
    return sum(
        comb(n, k) * share**k * (1 - share) ** (n - k)
        for k in range(n + 1)
        if bounds(k)[0] <= share <= bounds(k)[1]
    )


def trinomial(
    bounds: Callable[[int, int, int], Bounds], n: int, top: float, bottom: float, truth: float
) -> float:
    """The exact probability that bounds(top, middle, bottom counts) hold `truth`."""
    middle = 1 - top - bottom
    return sum(
        comb(n, a) * comb(n - a, b) * top**a * bottom**b * middle ** (n - a - b)
        for a in range(n + 1)
        for b in range(n + 1 - a)
        if bounds(a, n - a - b, b)[0] - 1e-9 <= truth <= bounds(a, n - a - b, b)[1] + 1e-9
    )


def on_scale(
    bounds: Callable[[int, int], Bounds], n: int, shares: tuple[float, ...], *, seed: int, draws: int = 4000
) -> float:
    """The share of simulated samples of scores 1, 2 ... whose bounds(sum, squares) hold the true mean."""
    scores = np.arange(1, len(shares) + 1)
    counts = np.random.default_rng(seed).multinomial(n, shares, size=draws)
    truth = float(scores @ np.asarray(shares))
    remembered = cache(bounds)
    covered = 0
    for total, squares in zip((counts @ scores).tolist(), (counts @ scores**2).tolist(), strict=True):
        low, high = remembered(total, squares)
        covered += low - 1e-9 <= truth <= high + 1e-9
    return covered / draws
