"""Whether two groups differ, and how many such findings survive when many are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtr

from emptychair.stats.intervals import MINIMUM_N, Number, student_quantile, two_sided, variance, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A group's value less the base's, with its interval, the test statistic and its two-sided p value."""

    value: float
    low: float
    high: float
    statistic: float
    p: float


def shares(
    successes: int,
    n: int,
    base_successes: int,
    base_n: int,
    *,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Difference | None:
    """The difference of two shares: Newcombe's interval from two Wilson ones, and the pooled z test.

    None below `minimum_n` in either group.

    >>> day_7 = shares(8279, 45489, 8502, 44700)
    >>> round(day_7.value, 6), round(day_7.statistic, 6), round(day_7.p, 8)
    (-0.008201, -3.164359, 0.00155425)
    """
    group = wilson(successes, n, confidence=confidence, minimum_n=minimum_n)
    base = wilson(base_successes, base_n, confidence=confidence, minimum_n=minimum_n)
    if group is None or base is None:
        return None
    value = group.value - base.value
    pooled = (successes + base_successes) / (n + base_n)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / base_n))
    statistic = value / error if error else 0.0
    return Difference(
        value=value,
        low=value - sqrt((group.value - group.low) ** 2 + (base.high - base.value) ** 2),
        high=value + sqrt((group.high - group.value) ** 2 + (base.value - base.low) ** 2),
        statistic=statistic,
        p=two_sided(statistic),
    )


def means(
    sums: tuple[Number, Number, int],
    base: tuple[Number, Number, int],
    *,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Difference | None:
    """The difference of two means from (sum, sum of squares, n) each by Welch's t.

    None below `minimum_n` in either group, and when neither has any variance.

    >>> gain = means((2422.7, 134698.29, 3461), (1396.87, 52377.9767, 3407))
    >>> [round(number, 5) for number in (gain.value, gain.low, gain.high, gain.p)]
    [0.29, 0.04538, 0.53462, 0.02016]
    """
    (total, squares, n), (base_total, base_squares, base_n) = sums, base
    if min(n, base_n) < max(minimum_n, 2):
        return None
    own, other = variance(total, squares, n) / n, variance(base_total, base_squares, base_n) / base_n
    error = sqrt(own + other)
    if error == 0:
        return None
    degrees = (own + other) ** 2 / (own**2 / (n - 1) + other**2 / (base_n - 1))
    value = float(total) / n - float(base_total) / base_n
    half = student_quantile(confidence, degrees) * error
    statistic = value / error
    return Difference(
        value=value,
        low=value - half,
        high=value + half,
        statistic=statistic,
        p=2 * float(stdtr(degrees, -abs(statistic))),
    )


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p values, in the order given: of those <= q a share q is expected to be false findings.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5])
    (0.04, 0.053..., 0.053..., 0.5)
    """
    count = len(p_values)
    adjusted = [1.0] * count
    least = 1.0
    for rank, row in zip(range(count, 0, -1), _descending(p_values), strict=True):
        least = min(least, p_values[row] * count / rank)
        adjusted[row] = least
    return tuple(adjusted)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p values, in the order given: all those <= a are true findings with a probability of 1 - a.

    >>> holm([0.01, 0.04, 0.03, 0.5])
    (0.04, 0.09, 0.09, 0.5)
    """
    count = len(p_values)
    adjusted = [1.0] * count
    most = 0.0
    for rank, row in enumerate(reversed(_descending(p_values))):
        most = max(most, min(p_values[row] * (count - rank), 1.0))
        adjusted[row] = most
    return tuple(adjusted)


def _descending(p_values: Sequence[float]) -> list[int]:
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("a p value lies between 0 and 1")
    return sorted(range(len(p_values)), key=lambda row: p_values[row], reverse=True)
