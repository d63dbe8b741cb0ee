"""The chance of more than so many purchases, at rates that are gamma."""

import numpy as np
from scipy.special import betainc

from emptychair.stats.lifetable import Floats

# Below this the chance of no purchase is lost to a floating number (in logarithms).
_SMALLEST = -600.0


def beyond(shape: Floats, z: Floats, most: int) -> Floats:
    """The chance of more than 0, 1 ... `most`, row by row: negative binomial, z = time / (rate + time).

    >>> beyond(np.array([1.0]), np.array([0.5]), 2).tolist()
    [[0.5, 0.25, 0.125]]
    """
    count = np.arange(most + 1.0)
    first = shape * np.log1p(-z)
    exactly = np.empty((len(shape), most + 1))
    exactly[:, 0] = np.exp(first)
    exactly[:, 1:] = (shape[:, None] + count[:-1]) / count[1:] * z[:, None]
    np.cumprod(exactly, axis=1, out=exactly)
    left: Floats = np.maximum(1 - np.cumsum(exactly, axis=1, out=exactly), 0)
    for row in np.flatnonzero(first < _SMALLEST):
        left[row] = betainc(count + 1, shape[row], z[row])
    return left


def longest(shape: Floats, z: Floats) -> Floats:
    """A count that is passed next to never (less than once in 1,000): in deviations beyond the mean.

    >>> longest(np.array([1.0]), np.array([0.5])).round(2).tolist()
    [29.97]
    """
    odds = z / (1 - z)
    mean = shape * odds
    # Twelve deviations of the skewed, that is of small shapes; six where it is all but normal.
    out = 6 + 6 / np.sqrt(np.maximum(shape, 1.0))
    most: Floats = mean + out * np.sqrt(mean * (1 + odds)) + 12
    return most
