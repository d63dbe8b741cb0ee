"""The nearest neighbours of every vector, exactly for tens of thousands and by cells for millions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors

EXACT_UP_TO = 50_000
_SQUARE = 1_500_000  # similarities held at once: 6 MB, which a cache holds
_CELL, _PROBED, _ROUNDS, _PER_CELL = 500, 8, 6, 32
_WIDTH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Row i: the nearest other vectors of vector i, nearest first, and their cosines; -1 where there is
    none.
    """

    which: NDArray[np.int32]
    cosine: NDArray[np.float32]


def neighbours(
    vectors: Vectors, k: int, rng: np.random.Generator, *, exact_up_to: int = EXACT_UP_TO
) -> Neighbours:
    """The `k` nearest others of every unit row, or all others when there are fewer.

    Exact in O(n²) up to 50,000 rows. Beyond, a row is compared with the rows of the 8 cells of about 500
    whose centres are nearest to that of its own: O(n · 4,000), recall in docs/themes.md.
    """
    count = min(k, len(vectors) - 1)
    if count < 1:
        return Neighbours(np.zeros((len(vectors), 0), np.int32), np.zeros((len(vectors), 0), np.float32))
    if len(vectors) <= exact_up_to:
        return _exact(vectors, count)
    return _by_cells(vectors, count, rng)


def nearest(rows: Vectors, columns: Vectors, k: int) -> Neighbours:
    """The `k` columns with the greatest products for every row; `k` is at most the number of columns."""
    which = np.empty((len(rows), k), np.int32)
    cosine = np.empty((len(rows), k), np.float32)
    step = max(1, _SQUARE // len(columns))
    for begin in range(0, len(rows), step):
        here = slice(begin, begin + step)
        which[here], cosine[here] = _greatest(rows[here] @ columns.T, k)
    return Neighbours(which, cosine)


def _exact(vectors: Vectors, k: int) -> Neighbours:
    which = np.empty((len(vectors), k), np.int32)
    cosine = np.empty((len(vectors), k), np.float32)
    step = max(1, _SQUARE // len(vectors))
    for begin in range(0, len(vectors), step):
        found = vectors[begin : begin + step] @ vectors.T
        found[np.arange(len(found)), np.arange(begin, begin + len(found))] = -np.inf
        here = slice(begin, begin + len(found))
        which[here], cosine[here] = _greatest(found, k)
    return Neighbours(which, cosine)


def _greatest(values: Vectors, k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Places and values of the `k` greatest of every row, greatest first, the first place where equal."""
    # The k-th value by a vectorised partition and then one look: ten times as fast as argpartition.
    least = np.partition(values, values.shape[1] - k, axis=1)[:, values.shape[1] - k, None]
    flat = np.flatnonzero(values >= least)
    rows, columns = np.divmod(flat, values.shape[1])
    found = values.ravel()[flat]
    order = np.lexsort((columns, -found, rows))
    begins = np.searchsorted(rows, np.arange(len(values)))
    taken = order[begins[:, None] + np.arange(k)]
    return columns[taken].astype(np.int32), found[taken]


def chosen(vectors: Vectors, rows: NDArray[np.int64], rng: np.random.Generator) -> Vectors:
    """Some of the rows; more than 50,000 in their 128 strongest directions, which keep their products nearly.

    Made in blocks: a million of 384 numbers are 1.5 GB, and a second copy is not needed.
    """
    if len(rows) <= EXACT_UP_TO or vectors.shape[1] <= _WIDTH:
        return vectors[rows]
    some = vectors[rows[np.sort(rng.choice(len(rows), EXACT_UP_TO, replace=False))]]
    _, directions = np.linalg.eigh((some.T @ some).astype(np.float64))
    strongest = directions[:, -_WIDTH:].astype(np.float32)
    found = np.empty((len(rows), _WIDTH), np.float32)
    for begin in range(0, len(rows), EXACT_UP_TO):
        here = slice(begin, begin + EXACT_UP_TO)
        found[here] = vectors[rows[here]] @ strongest
    return found


def _by_cells(vectors: Vectors, k: int, rng: np.random.Generator) -> Neighbours:
    middles = centres(vectors, len(vectors) // _CELL, rng)
    cell = nearest(vectors, middles, 1).which[:, 0]
    members = np.split(
        np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell, minlength=len(middles)))[:-1]
    )
    probed = nearest(middles, middles, min(_PROBED, len(middles))).which
    which = np.full((len(vectors), k), -1, np.int32)
    cosine = np.full((len(vectors), k), -np.inf, np.float32)
    for mine, cells in zip(members, probed, strict=True):
        theirs = np.sort(np.concatenate([members[one] for one in cells]))
        _look(vectors, mine, np.union1d(theirs, mine), which, cosine)
    return Neighbours(which, cosine)


def _look(
    vectors: Vectors,
    mine: NDArray[np.int64],
    theirs: NDArray[np.int64],
    which: NDArray[np.int32],
    cosine: NDArray[np.float32],
) -> None:
    """Write the neighbours of `mine` among `theirs`, which contain them."""
    k = min(which.shape[1], len(theirs) - 1)
    if k < 1 or not len(mine):
        return
    candidates = vectors[theirs]
    step = max(1, _SQUARE // len(theirs))
    for begin in range(0, len(mine), step):
        rows = mine[begin : begin + step]
        found = vectors[rows] @ candidates.T
        found[np.arange(len(rows)), np.searchsorted(theirs, rows)] = -np.inf
        places, values = _greatest(found, k)
        which[rows, :k], cosine[rows, :k] = theirs[places], values


def centres(vectors: Vectors, cells: int, rng: np.random.Generator) -> Vectors:
    """Unit centres of spherical k-means on a sample."""
    size = min(len(vectors), cells * _PER_CELL)
    sample = vectors[np.sort(rng.choice(len(vectors), size, replace=False))]
    found = sample[rng.choice(size, cells, replace=False)]
    for _ in range(_ROUNDS):
        found = means(sample, nearest(sample, found, 1).which[:, 0], found)
    return found


def means(vectors: Vectors, group: NDArray[np.int32], otherwise: Vectors) -> Vectors:
    """The direction of the mean of every group's rows; that of `otherwise` for a group without any."""
    order = np.argsort(group, kind="stable")
    begins = np.searchsorted(group[order], np.arange(len(otherwise)))
    sums = np.add.reduceat(np.vstack([vectors[order], vectors[:1] * 0]), begins, axis=0)
    filled = np.bincount(group, minlength=len(otherwise)) > 0
    lengths = np.linalg.norm(sums, axis=1)
    usable = filled & (lengths > 1e-9)
    found: Vectors = np.where(usable[:, None], sums / np.where(usable, lengths, 1)[:, None], otherwise)
    return found
