"""Means and shares with the interval that covers the truth as often as it says."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from scipy.special import chdtri, stdtrit

MINIMUM_N = 10
"""Below this many people the answer is "not enough data": no interval keeps its promise there."""

Number = int | float | Decimal | Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its interval [low, high], in the unit of the value, and the n behind it."""

    value: float
    low: float
    high: float
    n: int


def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided normal interval reaches out at this confidence (0..1).

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1: {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def two_sided(z: float) -> float:
    """The two-sided p value of a standard normal statistic.

    >>> round(two_sided(-1.959964), 6)
    0.05
    """
    return 2 * NormalDist().cdf(-abs(z))


def more_needed(n: int, minimum_n: int = MINIMUM_N) -> int:
    """How many more answers or people a number waits for; 0 when there are enough.

    >>> more_needed(7), more_needed(12)
    (3, 0)
    """
    return max(minimum_n - n, 0)


def wilson(
    successes: int, n: int, *, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Estimate | None:
    """The share of `n` (0..1) with its Wilson score interval; None below `minimum_n`.

    Within 2 of either end (3 above n = 50) the near bound is the one-sided Poisson one, without which the
    interval covers only 84 % there: the modified Wilson interval of Brown, Cai and DasGupta (2001), section
    4.1.1 (docs/decisions/0040).

    >>> wilson(42, 60)
    Estimate(value=0.7, low=0.5749..., high=0.8010..., n=60)
    >>> wilson(4, 5) is None
    True
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a share")
    if n < max(minimum_n, 1):
        return None
    low, high = _score_interval(successes / n, n, normal_quantile(confidence))
    near = 2 if n <= 50 else 3
    if 1 <= successes <= near:
        low = min(low, _poisson_bound(successes, confidence) / n)
    if 1 <= n - successes <= near:
        high = max(high, 1 - _poisson_bound(n - successes, confidence) / n)
    return Estimate(value=successes / n, low=low, high=high, n=n)


def mean_t(
    total: Number, sum_of_squares: Number, n: int, *, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Estimate | None:
    """The mean of `n` unbounded values from their sums, with Student's t interval; None below `minimum_n`.

    For a score on a scale take `scale_mean`: where most answers sit at one end, t covers as little as 18 %.

    >>> mean_t(80, 700, 10)
    Estimate(value=8.0, low=6.152..., high=9.847..., n=10)
    """
    if n < max(minimum_n, 2):
        return None
    half = student_quantile(confidence, n - 1) * sqrt(variance(total, sum_of_squares, n) / n)
    value = float(Fraction(total) / n)
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def scale_mean(
    total: Number,
    sum_of_squares: Number,
    n: int,
    *,
    lowest: Number,
    highest: Number,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Estimate | None:
    """The mean of `n` scores on a scale (stars 1-5), its interval inside the scale; None below `minimum_n`.

    A Wilson interval on the scale: the variance near mean m is taken as a share of the largest that the scale
    allows there, (m - lowest)(highest - m). The share comes from the scores and one pseudo-observation of the
    largest variance, and the quantile is Student's, so ten times five stars do not become a certainty. With
    scores at the two ends only it is the Wilson interval; for many answers it is the t interval
    (docs/decisions/0041).

    >>> scale_mean(50, 250, 10, lowest=1, highest=5)
    Estimate(value=5.0, low=3.64..., high=5.0, n=10)
    """
    if n < max(minimum_n, 2):
        return None
    low_end, width = Fraction(lowest), Fraction(highest) - Fraction(lowest)
    if width <= 0:
        raise ValueError(f"a scale from {lowest} to {highest} has no width")
    position = (Fraction(total) / n - low_end) / width
    if not 0 <= position <= 1:
        raise ValueError(f"a mean of {float(Fraction(total) / n)} is not on the scale {lowest} to {highest}")
    largest = float(position * (1 - position))
    spread = variance(total, sum_of_squares, n) / float(width) ** 2 * (n - 1) / n
    ratio = (n * spread / largest + 1) / (n + 1) if largest else 1.0
    effective_n = n / min(ratio * n / (n - 1), 1.0)
    low, high = _score_interval(float(position), effective_n, student_quantile(confidence, n - 1))
    return Estimate(
        value=float(Fraction(total) / n),
        low=float(low_end) + float(width) * low,
        high=float(low_end) + float(width) * high,
        n=n,
    )


def variance(total: Number, sum_of_squares: Number, n: int) -> float:
    """The sample variance (divisor n - 1) of `n` >= 2 values from their sums, exact for the sums it is given.

    Sums are subtracted as fractions, so nothing cancels; a result a rounding error below 0 is 0, and one
    further below means that the sums do not belong together.

    >>> variance(Decimal("30000000.3"), Decimal("300000006000000.05"), 3)
    0.01
    """
    around_zero = Fraction(sum_of_squares)
    squares = around_zero - Fraction(total) ** 2 / n
    if squares < 0 and squares < -around_zero / 10**9:
        raise ValueError(f"no {n} values have the sum {total} and the sum of squares {sum_of_squares}")
    return float(max(squares, Fraction(0)) / (n - 1))


def student_quantile(confidence: float, degrees: float) -> float:
    """How many standard errors a two-sided t interval reaches out.

    >>> round(student_quantile(0.95, 9), 6)
    2.262157
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1: {confidence}")
    return float(stdtrit(degrees, (1 + confidence) / 2))


def _score_interval(share: float, n: float, quantile: float) -> tuple[float, float]:
    square = quantile * quantile
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = quantile / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (
        0.0 if share == 0 else max(centre - half, 0.0),
        1.0 if share == 1 else min(centre + half, 1.0),
    )


def _poisson_bound(count: int, confidence: float) -> float:
    """The Poisson mean at which `count` or more has the probability 1 - confidence: half of a chi-square."""
    return float(chdtri(2 * count, confidence)) / 2
