"""The retention rate of the articles, (E - N)/S, with an interval of its own: it is no share of anybody."""

from math import sqrt

from emptychair.stats.intervals import MINIMUM_N, Estimate, normal_quantile, wilson


def net_retention(
    at_start: int,
    retained: int,
    begun_and_ended: int,
    *,
    confidence: float = 0.95,
    minimum_n: int = MINIMUM_N,
) -> Estimate | None:
    """(retained - begun_and_ended) / at_start, below 0 when many come and go; None below `minimum_n`.

    E - N is those of the S who stayed less those who both began and ended inside. The first is a share with
    its Wilson interval, the second a count with its Poisson score interval; they are of different people, so
    the limits are combined as squares (MOVER: Zou and Donner 2008, doi:10.1002/sim.3095).

    >>> net_retention(100, 80, 5)
    Estimate(value=0.75, low=0.63..., high=0.82..., n=100)
    """
    share = wilson(retained, at_start, confidence=confidence, minimum_n=minimum_n)
    if share is None:
        return None
    z = normal_quantile(confidence)
    centre, half = begun_and_ended + z * z / 2, z * sqrt(begun_and_ended + z * z / 4)
    came_and_went = begun_and_ended / at_start
    least, most = max(centre - half, 0.0) / at_start, (centre + half) / at_start
    value = (retained - begun_and_ended) / at_start
    return Estimate(
        value=value,
        low=value - sqrt((share.value - share.low) ** 2 + (most - came_and_went) ** 2),
        high=min(value + sqrt((share.high - share.value) ** 2 + (came_and_went - least) ** 2), 1.0),
        n=at_start,
    )
