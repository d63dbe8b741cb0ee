"""The graph of alike texts: copies are one node, and every node is joined with its nearest neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.neighbours import Neighbours, neighbours

NEIGHBOURS = 15
_AT_ONCE = 100_000
_HALVINGS = 25


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """What is left of texts when copies are one. In an order that does not depend on that of the texts.

    `of` has the node of every text, -1 for a text whose vector is zero; `first` a text of every node;
    `key` what a
    node is known by in every fit; `copies` how many texts it has.
    """

    of: NDArray[np.int32]
    first: NDArray[np.int64]
    key: NDArray[np.uint64]
    copies: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)


def nodes(vectors: Vectors) -> Nodes:
    """One node per different vector that is not zero: the same text has the same vector."""
    keys, known = _keys(vectors)
    texts = np.flatnonzero(known)
    key, first, of, copies = np.unique(
        keys[texts], return_index=True, return_inverse=True, return_counts=True
    )
    every = np.full(len(vectors), -1, np.int32)
    every[texts] = of
    return Nodes(every, texts[first], key, copies)


def _keys(vectors: Vectors) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """(64 bits of every row, whether it has anything): two rows of a million agree by chance once in 10⁷
    times.
    """
    odd = np.random.Generator(np.random.PCG64(1)).integers(0, 2**63, vectors.shape[1], np.uint64) * 2 + 1
    keys = np.empty(len(vectors), np.uint64)
    known = np.empty(len(vectors), np.bool_)
    for begin in range(0, len(vectors), _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        rows = np.ascontiguousarray(vectors[here], np.float32) + np.float32(0)  # -0 is 0
        bits = rows.view(np.uint32).astype(np.uint64)
        mixed = ((bits ^ (bits << np.uint64(29))) * odd).sum(axis=1, dtype=np.uint64)
        keys[here] = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
        known[here] = rows.any(axis=1)
    return keys, known


def capped(found: Nodes, authors: Sequence[str | None] | None, most: int) -> NDArray[np.int64]:
    """The nodes that found themes: of one author no more than `most`, so that nobody can fill a graph.

    A text without an author is one of its own; a node that several people wrote counts for whom it is first.
    """
    if authors is None:
        return np.arange(len(found))
    known: dict[str, int] = {}
    author = np.array(
        [known.setdefault(name, len(known)) if name is not None else -1 for name in authors], np.int64
    )
    return capped_by(author[found.first], most)


def capped_by(author: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The places of which at most `most` have the same author; -1 is nobody's and always kept."""
    order = np.argsort(author, kind="stable")
    begins = np.searchsorted(author[order], author[order])
    kept = (np.arange(len(author)) - begins < most) | (author[order] < 0)
    return np.sort(order[kept])


def graph(vectors: Vectors, rng: np.random.Generator, k: int = NEIGHBOURS) -> sp.csr_matrix:
    """The symmetric graph of `k` nearest neighbours of different unit rows, with the weights of UMAP.

    Of cosine, its powers, shared neighbours and these, these told the intents of banking77 apart best
    (docs/themes.md). Memory: 16 bytes an edge, some 40 edges a row.
    """
    return joined(neighbours(vectors, k, rng))


def joined(near: Neighbours) -> sp.csr_matrix:
    """The fuzzy union of everybody's neighbourhood (McInnes, Healy, Melville 2018)."""
    rows, k = near.which.shape
    if k == 0:
        return sp.csr_matrix((rows, rows), dtype=np.float32)
    weights = np.empty((rows, k), np.float32)
    for begin in range(0, rows, _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        weights[here] = _fuzzy(1 - near.cosine[here])
    known = near.which.ravel() >= 0
    begins = np.concatenate([[0], np.cumsum(known.reshape(rows, k).sum(axis=1))])
    one_way = sp.csr_matrix((weights.ravel()[known], near.which.ravel()[known], begins), shape=(rows, rows))
    other_way = one_way.T.tocsr()
    both: sp.csr_matrix = (one_way + other_way - one_way.multiply(other_way)).tocsr()
    both.sort_indices()
    both.prune()
    return both


def _fuzzy(distances: Vectors) -> Vectors:
    """Weights of which the nearest has 1 and which sum up to log2 k, whatever the scale of the distances."""
    finite = np.where(np.isfinite(distances), distances, np.float32(4))
    beyond = np.maximum(finite - finite[:, :1], 0)
    wanted = np.log2(max(distances.shape[1], 2))
    low, high = np.full((len(beyond), 1), 1e-4, np.float32), np.full((len(beyond), 1), 4, np.float32)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = np.exp(-beyond / middle).sum(axis=1, keepdims=True) > wanted
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    found: Vectors = np.exp(-beyond / middle).astype(np.float32)
    return found
