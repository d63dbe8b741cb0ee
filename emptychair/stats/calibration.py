"""Whether probabilities keep their word, and one number that makes them."""

import numpy as np
from numpy.typing import NDArray

from emptychair.stats.softmax import Floats, log_loss

_BINS = 10


def temperature(logits: Floats, classes: NDArray[np.int64]) -> float:
    """What to divide the logits by, so that the log loss is least; above 1 they were too sure of themselves.

    >>> bool(temperature(np.array([[5.0, 0], [5.0, 0], [5.0, 0]]), np.array([0, 0, 1])) > 1)
    True
    """
    from scipy.optimize import minimize_scalar  # a quarter of a second of a start: only a fit needs it

    found = minimize_scalar(
        lambda log: log_loss(logits / np.exp(log), classes), bounds=(-2.0, 2.0), method="bounded"
    )
    return float(np.exp(found.x))


def calibration_error(probabilities: Floats, classes: NDArray[np.int64]) -> float:
    """The expected calibration error: how far the chance of the likeliest class is from how often it is true.

    Ten bins of equal width, weighed by how many rows are in them (Guo et al. 2017).

    >>> round(calibration_error(np.array([[0.75, 0.25]] * 4), np.array([0, 0, 0, 1])), 3)
    0.0
    """
    chance = probabilities.max(axis=1)
    is_true = probabilities.argmax(axis=1) == classes
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=chance - is_true, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(classes))
