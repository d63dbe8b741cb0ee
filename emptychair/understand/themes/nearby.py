"""The prototypes near many rows: all of them where they are few, those of the nearest cells where many."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.grouping import members_of
from emptychair.understand.themes.neighbours import centres, nearest

ALL_UP_TO, FEW_ROWS = 4_096, 20_000
_SQUARE = 8_000_000  # cosines held at once: 32 MB
_CELL, _PROBED = 64, 16

Rows = NDArray[np.int64]


def best(
    prototypes: Vectors, owner: NDArray[np.int32], vectors: Vectors
) -> tuple[NDArray[np.int32], Vectors, Vectors]:
    """(nearest theme or -1, its cosine, its lead over the next theme) of every row.

    O(rows · prototypes) up to 20,000 rows or 4,096 prototypes. Beyond, a row is compared with the prototypes
    of the 16 cells of about 64 that are nearest to its own: O(rows · 1,000), how often that is the same in
    docs/themes.md.
    """
    theme = np.full(len(vectors), -1, np.int32)
    cosine, lead = np.zeros((2, len(vectors)), np.float32)
    mates = _mates(owner)
    for rows, scores, columns in _scored(prototypes, vectors, np.arange(len(vectors))):
        first, every = scores.argmax(axis=1), np.arange(len(rows))
        theme[rows], cosine[rows] = owner[columns[first]], scores[every, first]
        _leave_out(scores, columns, mates[theme[rows]])
        lead[rows] = cosine[rows] - scores.max(axis=1)
    return theme, cosine, lead


def own(
    prototypes: Vectors, owner: NDArray[np.int32], vectors: Vectors, labels: NDArray[np.int32]
) -> tuple[Rows, Vectors, Vectors]:
    """(rows with a label, the cosine to the theme of that label, the lead over the best other one) as above.

    The lead is negative where another theme is nearer.
    """
    inside = np.flatnonzero(labels >= 0)
    cosine, other = np.full((2, len(vectors)), -1, np.float32)
    mates = _mates(owner)
    for place in range(mates.shape[1]):
        for begin in range(0, len(inside), FEW_ROWS):
            rows = inside[begin : begin + FEW_ROWS]
            points = prototypes[mates[labels[rows], place]]
            cosine[rows] = np.maximum(cosine[rows], np.einsum("ij,ij->i", vectors[rows], points))
    for rows, scores, columns in _scored(prototypes, vectors, inside):
        _leave_out(scores, columns, mates[labels[rows]])
        other[rows] = scores.max(axis=1)
    return inside, cosine[inside], (cosine - other)[inside]


def _mates(owner: NDArray[np.int32]) -> NDArray[np.int64]:
    """The prototypes of every theme, one row each, the last one again where a theme has fewer than others.

    The last row is for prototypes of no theme, so that an owner of -1 has its own, too.
    """
    themes = int(owner.max(initial=-1)) + 1
    place = np.where(owner < 0, themes, owner)
    order = np.argsort(place, kind="stable")
    begins = np.searchsorted(place[order], np.arange(themes + 2))
    sizes = np.diff(begins)
    if not len(owner):
        return np.zeros((1, 0), np.int64)
    steps = np.minimum(np.arange(sizes.max()), np.maximum(sizes[:, None] - 1, 0))
    found: NDArray[np.int64] = order[np.minimum(begins[:-1, None] + steps, len(order) - 1)]
    return found


def _leave_out(scores: Vectors, columns: Rows, mates: NDArray[np.int64]) -> None:
    """Take the prototypes of one theme a row out of the comparison."""
    at = np.minimum(np.searchsorted(columns, mates), len(columns) - 1)
    row, place = np.nonzero(columns[at] == mates)
    scores[row, at[row, place]] = -1


def _scored(prototypes: Vectors, vectors: Vectors, rows: Rows) -> Iterator[tuple[Rows, Vectors, Rows]]:
    """Some of the rows at a time, their cosines to prototypes, and which ones, by their ascending places."""
    if not len(prototypes) or not len(rows):
        return
    for some, columns in _compared(prototypes, vectors, rows):
        points = prototypes[columns].T
        step = max(1, _SQUARE // len(columns))
        for begin in range(0, len(some), step):
            here = some[begin : begin + step]
            yield here, vectors[here] @ points, columns


def _compared(prototypes: Vectors, vectors: Vectors, rows: Rows) -> Iterator[tuple[Rows, Rows]]:
    if len(prototypes) <= ALL_UP_TO or len(rows) <= FEW_ROWS:
        yield rows, np.arange(len(prototypes))
        return
    middles = centres(prototypes, len(prototypes) // _CELL, np.random.default_rng(0))
    members = members_of(nearest(prototypes, middles, 1).which[:, 0], len(middles))
    near = np.empty(len(rows), np.int32)
    for begin in range(0, len(rows), FEW_ROWS):
        here = slice(begin, begin + FEW_ROWS)
        near[here] = nearest(vectors[rows[here]], middles, 1).which[:, 0]
    probed = nearest(middles, middles, min(_PROBED, len(middles))).which
    for mine, cells in zip(members_of(near, len(middles)), probed, strict=True):
        columns = np.sort(np.concatenate([members[one] for one in cells]))
        if len(mine) and len(columns):
            yield rows[mine], columns
