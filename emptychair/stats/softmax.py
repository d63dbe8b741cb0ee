"""Multinomial logistic regression that begins from what is believed already."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import log_softmax

Floats = NDArray[np.float64]
_FREE = 1e-3  # the penalty of the last column, the intercept: next to none


def log_probabilities(logits: Floats) -> Floats:
    """The logarithms of the probabilities, row by row.

    >>> np.exp(log_probabilities(np.array([[0.0, 0.0]]))).tolist()
    [[0.5, 0.5]]
    """
    found: Floats = log_softmax(logits, axis=1)
    return found


def log_loss(logits: Floats, classes: NDArray[np.int64]) -> float:
    """The mean of minus the logarithm of the probability that the true class was given.

    >>> round(log_loss(np.zeros((4, 2)), np.array([0, 1, 1, 0])), 3)
    0.693
    """
    return float(-log_probabilities(logits)[np.arange(len(classes)), classes].mean())


def learned(
    dense: Floats, sparse: sp.csr_matrix, offset: Floats, classes: NDArray[np.int64], penalty: float
) -> tuple[Floats, Floats]:
    """Weights (of the dense, of the sparse columns) that add to the logits `offset`; the last dense one is 1.

    The loss is the sum of the rows' log losses + penalty / 2 x the sum of squares: with few rows, the offset
    remains. L-BFGS, at most 200 steps of O(numbers in the two matrices).

    >>> ones, none = np.ones((4, 1)), sp.csr_matrix((4, 0))
    >>> weights, _ = learned(ones, none, np.zeros((4, 2)), np.array([0, 0, 0, 1]), penalty=1.0)
    >>> np.exp(log_probabilities(weights)).round(2).tolist()
    [[0.75, 0.25]]
    """
    kinds = offset.shape[1]
    wide = dense.shape[1]
    truth = np.eye(kinds)[classes]
    penalties = np.full((wide + sparse.shape[1], 1), penalty)
    penalties[wide - 1] = _FREE
    turned = sparse.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(-1, kinds)
        logs = log_probabilities(offset + dense @ weights[:wide] + sparse @ weights[wide:])
        errors = np.exp(logs) - truth
        slope = np.vstack([dense.T @ errors, turned @ errors]) + penalties * weights
        value = -(logs * truth).sum() + (penalties * weights**2).sum() / 2
        return float(value), slope.ravel()

    return _least(loss, (len(penalties), kinds), wide, len(classes))


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], shape: tuple[int, int], wide: int, n: int
) -> tuple[Floats, Floats]:
    from scipy.optimize import minimize  # a quarter of a second of a start: only a fit needs it

    options = {"maxiter": 200, "gtol": 1e-3 * max(1.0, n / 1000)}
    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options=options)
    weights: Floats = found.x.reshape(shape)
    return weights[:wide], weights[wide:]
