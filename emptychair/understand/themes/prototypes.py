"""The few directions that speak for a theme, and how sure a text is that lies near one."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.assigning import Weights
from emptychair.understand.themes.nearby import best
from emptychair.understand.themes.neighbours import means

_MOST, _TEXTS_EACH, _SEEN, _ROUNDS = 8, 25, 600, 5
_CALIBRATED_ON = 20_000


def prototypes(
    vectors: Vectors, labels: NDArray[np.int32], at: NDArray[np.int64]
) -> tuple[Vectors, NDArray[np.int32]]:
    """(unit rows, the theme of each): one for some 25 texts of a theme, at most 8; labels of -1 have none.

    `labels` are those of the rows `at`, so that nobody has to copy a million of them.
    """
    order = np.argsort(labels, kind="stable")
    begins = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    rows = [_centres(vectors, at[order[begin:end]]) for begin, end in pairwise(begins)]
    owner = np.repeat(np.arange(len(rows), dtype=np.int32), [len(some) for some in rows])
    width = vectors.shape[1]
    return np.concatenate([*rows, np.zeros((0, width), np.float32)]).astype(np.float32), owner


def _centres(vectors: Vectors, members: NDArray[np.int64]) -> Vectors:
    """k-means from the centre outwards, on at most 600 members evenly over their order."""
    if not len(members):
        return np.zeros((0, vectors.shape[1]), np.float32)
    seen = vectors[members[:: -(-len(members) // _SEEN)]]
    centre = means(seen, np.zeros(len(seen), np.int32), seen[:1])
    found = centre
    for _ in range(min(_MOST, len(seen) // _TEXTS_EACH) - 1):
        found = np.vstack([found, seen[(seen @ found.T).max(axis=1).argmin()]])
    for _ in range(_ROUNDS if len(found) > 1 else 0):
        found = means(seen, (seen @ found.T).argmax(axis=1).astype(np.int32), found)
    return found


def calibrations(
    vectors: Vectors,
    labels: NDArray[np.int32],
    at: NDArray[np.int64],
    rng: np.random.Generator,
    kinds: Sequence[NDArray[np.bool_]],
) -> list[Weights]:
    """By kind of text, weights of (1, cosine, lead) in the log odds that the nearest theme is the fit's.

    Learnt where it will be used: half of the texts have prototypes, the other half is assigned by them.
    `kinds` tell which of all texts are of each kind.
    """
    some = rng.permutation(len(labels))[:_CALIBRATED_ON]
    half = len(some) // 2
    rows, owner = prototypes(vectors, labels[some[:half]], at[some[:half]])
    if not len(rows):
        return [(-10.0, 10.0, 0.0) for _ in kinds]
    held = some[half:]
    theme, cosine, lead = best(rows, owner, vectors[at[held]])
    right = theme == labels[held]
    near = np.column_stack([cosine, lead])
    return [_odds(near[kind[at[held]]], right[kind[at[held]]]) for kind in kinds]


def _odds(near: Vectors, right: NDArray[np.bool_]) -> Weights:
    if right.all() or not right.any():
        return (-5.0, 10.0, 10.0)
    from sklearn.linear_model import LogisticRegression  # a second of a start: only a fit needs it

    told = LogisticRegression(C=100.0, max_iter=500).fit(near, right)
    return (float(told.intercept_[0]), float(told.coef_[0, 0]), float(told.coef_[0, 1]))
