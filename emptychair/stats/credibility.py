"""How far what somebody did so far is to be believed: their own rate, drawn to that of all."""

import numpy as np
from numpy.typing import ArrayLike

from emptychair.stats.lifetable import Floats


def credible_rates(sums: ArrayLike, squares: ArrayLike, counts: ArrayLike, spans: ArrayLike) -> Floats:
    """What each brings per unit of time: the best linear forecast by their own amounts and those of all.

    Row by row: the sum of the amounts, of their squares, how many they are, and the time (> 0) that they are
    of. An own rate is believed as far as rates differ between people more than amounts do within one:
    Bühlmann and Straub (1970), "Glaubwürdigkeit für Schadensätze", with the variances by moments. O(rows).

    >>> credible_rates([120, 120, 60], [1200, 1200, 600], [12, 12, 6], [12, 12, 6]).round(2).tolist()
    [10.0, 10.0, 10.0]
    >>> months = [12, 12, 12, 1]
    >>> credible_rates([480, 120, 120, 90], [30_000, 4_800, 4_800, 8_100], months, months).round(1).tolist()
    [37.3, 11.7, 11.7, 44.1]
    """
    total, square, many, span = (np.asarray(column, np.float64) for column in (sums, squares, counts, spans))
    if not len(total):
        return np.zeros(0)
    rates: Floats = total / span
    freedom = np.maximum(many - 1, 0).sum()
    if freedom == 0:
        return rates
    within = np.maximum(square - total**2 / np.maximum(many, 1), 0).sum() / freedom
    noise = many * within / span**2
    weight = span / span.sum()
    mean = float((weight * rates).sum())
    between = float((weight * ((rates - mean) ** 2 - noise)).sum())
    if between <= 0:
        return np.where(noise > 0, mean, rates)
    drawn: Floats = mean + between / (between + noise) * (rates - mean)
    return drawn
