"""Two groups compared within strata: what they differ in beside belonging to their group is held alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from emptychair.stats.compare import Difference
from emptychair.stats.intervals import MINIMUM_N, normal_quantile, two_sided


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Of `n` of a group `successes`, of `base_n` of the base `base_successes`; all of them are alike."""

    successes: int
    n: int
    base_successes: int
    base_n: int


def shares_within(
    strata: Sequence[Stratum], *, confidence: float = 0.95, minimum_n: int = MINIMUM_N
) -> Difference | None:
    """The common difference of two shares by Mantel and Haenszel, with the interval of Sato, Greenland and
    Robins.

    The statistic is that of the Cochran-Mantel-Haenszel test, without a correction. A stratum in which a
    group has nobody says nothing. None below `minimum_n` in either group, of those strata that say something.

    Source: Sato, Greenland and Robins, Biometrics 45 (1989); Agresti, Categorical Data Analysis, 6.3.

    >>> berkeley = [
    ...     Stratum(successes=a, n=a + b, base_successes=c, base_n=c + d)
    ...     for a, b, c, d in [(512, 313, 89, 19), (353, 207, 17, 8), (120, 205, 202, 391),
    ...                        (138, 279, 131, 244), (53, 138, 94, 299), (22, 351, 24, 317)]
    ... ]
    >>> found = shares_within(berkeley)
    >>> round(found.statistic ** 2, 4), round(found.p, 4)
    (1.5246, 0.2169)
    """
    telling = [one for one in strata if one.n and one.base_n]
    n, base_n = sum(one.n for one in telling), sum(one.base_n for one in telling)
    if min(n, base_n) < minimum_n:
        return None
    weight = sum(one.n * one.base_n / (one.n + one.base_n) for one in telling)
    value = sum(_crossed(one) for one in telling) / weight
    spread = value * sum(_leaning(one) for one in telling) + sum(_noise(one) for one in telling)
    half = normal_quantile(confidence) * sqrt(max(spread, 0.0)) / weight
    error = sqrt(sum(_chance(one) for one in telling))
    statistic = sum(_crossed(one) for one in telling) / error if error else 0.0
    return Difference(
        value=value,
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
        statistic=statistic,
        p=two_sided(statistic),
    )


def _crossed(one: Stratum) -> float:
    return (one.successes * one.base_n - one.base_successes * one.n) / (one.n + one.base_n)


def _leaning(one: Stratum) -> float:
    both = one.n + one.base_n
    squares = one.n**2 * one.base_successes - one.base_n**2 * one.successes
    return (squares + one.n * one.base_n * (one.base_n - one.n) / 2) / both**2


def _noise(one: Stratum) -> float:
    crossed = one.successes * (one.base_n - one.base_successes)
    return (crossed + one.base_successes * (one.n - one.successes)) / (2 * (one.n + one.base_n))


def _chance(one: Stratum) -> float:
    """The variance of the group's successes when both groups are one (hypergeometric)."""
    both, successes = one.n + one.base_n, one.successes + one.base_successes
    return one.n * one.base_n * successes * (both - successes) / (both**2 * (both - 1))
