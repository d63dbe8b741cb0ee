"""Logistic regression from an offset, and calibration."""

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from emptychair.stats.calibration import calibration_error, temperature
from emptychair.stats.softmax import learned, log_loss, log_probabilities


def made(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(n, 5))
    logits = columns @ rng.normal(size=(5, 3))
    return columns, np.array([rng.choice(3, p=p) for p in np.exp(log_probabilities(logits))])


def test_it_is_the_regression_of_scikit_learn() -> None:
    columns, classes = made(400)
    peer = LogisticRegression(C=1 / 3, tol=1e-10, max_iter=1000).fit(columns, classes)
    dense = np.hstack([columns[:, :3], np.ones((400, 1))])
    of_dense, of_sparse = learned(dense, sp.csr_matrix(columns[:, 3:]), np.zeros((400, 3)), classes, 3.0)
    logits = dense @ of_dense + columns[:, 3:] @ of_sparse
    assert np.abs(np.exp(log_probabilities(logits)) - peer.predict_proba(columns)).max() < 2e-3


def test_with_a_great_penalty_what_was_believed_remains() -> None:
    columns, classes = made(60)
    believed = np.random.default_rng(2).normal(size=(60, 3))
    dense = np.hstack([columns, np.ones((60, 1))])
    weights, _ = learned(dense, sp.csr_matrix((60, 0)), believed, classes, 1e9)
    assert np.abs(weights[:-1]).max() < 1e-6


def test_the_temperature_takes_back_what_was_exaggerated() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(20_000, 3))
    classes = np.array([rng.choice(3, p=p) for p in np.exp(log_probabilities(logits))])
    assert abs(temperature(4 * logits, classes) - 4) < 0.15
    assert calibration_error(np.exp(log_probabilities(logits)), classes) < 0.015
    assert calibration_error(np.exp(log_probabilities(4 * logits)), classes) > 0.15
    assert log_loss(logits, classes) < log_loss(4 * logits, classes)
