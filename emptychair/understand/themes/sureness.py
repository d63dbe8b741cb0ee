"""How sure it is that a text that comes later is of its theme, told by themes of one half of the texts."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes import partition
from emptychair.understand.themes.assigning import Weights
from emptychair.understand.themes.graph import NEIGHBOURS, joined
from emptychair.understand.themes.grouping import placed
from emptychair.understand.themes.nearby import best
from emptychair.understand.themes.neighbours import chosen, neighbours
from emptychair.understand.themes.prototypes import prototypes

_BOTH_HALVES_UP_TO = 20_000
_HELD = 10_000
_FEWEST = 20  # that were right, and that were wrong


def sureness(
    vectors: Vectors,
    labels: NDArray[np.int32],
    at: NDArray[np.int64],
    authors: Sequence[str | None] | None,
    resolution: float,
    rng: np.random.Generator,
    kinds: Sequence[NDArray[np.bool_]],
) -> list[Weights | None]:
    """Weights of (1, cosine, lead) in the log odds that an assignment is right, by kind of text (`kinds` tell
    which of all texts are of each); None where too few tell.

    A half of the texts finds themes of its own, and the other half is assigned to them. It is right when the
    fit of all (`labels`, of the texts `at`) has put the text where it put most texts of that theme. Whether
    a text is near its theme is less than that: themes of fewer texts mix what more texts tell apart
    (docs/decisions/0193). One half alone, and 10,000 of the other, of more than 20,000 texts.
    """
    order = rng.permutation(len(at))
    one, other = order[: len(at) // 2], order[len(at) // 2 :]
    sides = [(one, other), (other, one)] if len(at) <= _BOTH_HALVES_UP_TO else [(one, other)]
    told = [_held(vectors, labels, at, authors, resolution, rng, *side) for side in sides]
    cosine, lead, right, texts = (np.concatenate(column) for column in zip(*told, strict=True))
    near = np.column_stack([cosine, lead])
    return [_odds(near[kind[texts]], right[kind[texts]]) for kind in kinds]


def _odds(near: Vectors, right: NDArray[np.bool_]) -> Weights | None:
    if min(right.sum(), len(right) - right.sum()) < _FEWEST:
        return None
    found = LogisticRegression(C=100.0, max_iter=500).fit(near, right)
    return (float(found.intercept_[0]), float(found.coef_[0, 0]), float(found.coef_[0, 1]))


def _held(
    vectors: Vectors,
    labels: NDArray[np.int32],
    at: NDArray[np.int64],
    authors: Sequence[str | None] | None,
    resolution: float,
    rng: np.random.Generator,
    mine: NDArray[np.int64],
    other: NDArray[np.int64],
) -> tuple[Vectors, Vectors, NDArray[np.bool_], NDArray[np.int64]]:
    """(cosine, lead, whether it is right, which text) of some of the other half, by the themes of mine."""
    rows = chosen(vectors, at[mine], rng)
    near = joined(neighbours(rows, NEIGHBOURS, rng, exact_up_to=_BOTH_HALVES_UP_TO))
    groups = placed(near, partition.communities(near, resolution, rng), at[mine], authors)
    del rows, near
    themes = int(groups.max(initial=-1)) + 1
    if not themes:
        nothing = np.zeros(0, np.float32)
        return nothing, nothing, nothing.astype(np.bool_), nothing.astype(np.int64)
    points, owner = prototypes(vectors, groups, at[mine])
    held = other[:_HELD]
    theme, cosine, lead = best(points, owner, vectors[at[held]])
    right = (labels[held] >= 0) & (_mostly(groups, labels[mine], themes)[theme] == labels[held])
    return cosine, lead, right, at[held]


def _mostly(groups: NDArray[np.int32], labels: NDArray[np.int32], themes: int) -> NDArray[np.int64]:
    """The label that most texts of every group have, -1 among them."""
    inside = groups >= 0
    pairs = (groups[inside], labels[inside] + 1)
    counts = sp.csr_matrix((np.ones(inside.sum(), np.int32), pairs), shape=(themes, int(labels.max()) + 2))
    return np.asarray(counts.argmax(axis=1)).ravel() - 1
