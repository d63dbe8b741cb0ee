"""Groups of nodes by Leiden: several runs agree on them, at the resolution at which two halves agree."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sknetwork.clustering import Leiden

from emptychair.understand.themes.graph import NEIGHBOURS, joined
from emptychair.understand.themes.neighbours import Neighbours

USUAL = 2.0
RESOLUTIONS = (1.0, USUAL, 4.0)
Labels = NDArray[np.int32]
_SPLITS, _RUNS, _RUNS_WHEN_LARGE, _LARGE = 1, 5, 1, 200_000
_HIGHEST_SEED = 2**31 - 1
_CLEARLY = 0.05  # of agreement, twice the spread between ways to halve
_LEAST_GAIN = 0.01  # of modularity, for one more pass: below, time and no agreement is gained


def communities(graph: sp.csr_matrix, resolution: float, rng: np.random.Generator) -> Labels:
    """A group for every node, on which several runs of Leiden agree; groups are numbered from the largest.

    An edge counts as far as the runs kept its ends together (squared): two seeds then agree at an
    adjusted Rand
    of .95 instead of .88 on banking77. O(edges · runs).
    """
    asked = _RUNS if graph.shape[0] <= _LARGE else _RUNS_WHEN_LARGE
    rows = np.repeat(np.arange(graph.shape[0], dtype=np.int32), np.diff(graph.indptr))
    together = np.zeros(graph.nnz, np.float32)
    for _ in range(asked):
        found = leiden(graph, resolution, rng)
        together += found[rows] == found[graph.indices]
    del rows
    agreed = _edges(graph, together > 0)
    agreed.data *= (together[together > 0] / asked) ** 2
    del together
    return leiden(agreed, resolution, rng)


def leiden(graph: sp.csr_matrix, resolution: float, rng: np.random.Generator) -> Labels:
    """One run of Leiden for modularity; nodes without an edge are alone."""
    if graph.nnz == 0:
        return np.arange(graph.shape[0], dtype=np.int32)
    run = _Bounded(
        resolution=resolution,
        shuffle_nodes=True,
        tol_optimization=_LEAST_GAIN,
        random_state=int(rng.integers(_HIGHEST_SEED)),
        return_probs=False,
        return_aggregate=False,
    )
    found: Labels = run.fit_predict(graph).astype(np.int32)
    return found


_Started = tuple[sp.csr_matrix, NDArray[np.float64], NDArray[np.float64], sp.csr_matrix, NDArray[np.int64]]


class _Bounded(Leiden):  # type: ignore[misc]
    """Leiden whose refinement is the greedy local search inside every group, which ends.

    That of scikit-network 0.33 draws from the C library's unseeded generator and takes moves that gain
    nothing but
    rounding in 32 bits: on the vectors of banking77 it went on for ever.
    """

    def _pre_processing(self, input_matrix: sp.csr_matrix, force_bipartite: bool) -> _Started:
        """The nodes in a drawn order.

        A graph that is symmetric is not made so again, which scikit-network 0.33 does in whole numbers when
        the weights have 32 bits: all but the heaviest edges then counted half.
        """
        self._init_vars()
        self.bipartite = False
        order = self.random_state.permutation(input_matrix.shape[0])
        graph = input_matrix[order][:, order]
        degrees = np.asarray(graph.sum(axis=1)).ravel()
        weights = degrees / degrees.sum()
        return graph / degrees.sum(), weights, weights, sp.identity(len(order), format="csr"), order

    def _optimize_refine(
        self,
        labels: NDArray[np.int64],
        labels_refined: NDArray[np.int64],
        adjacency: sp.csr_matrix,
        out_weights: NDArray[np.float64],
        in_weights: NDArray[np.float64],
    ) -> Labels:
        rows = np.repeat(np.arange(adjacency.shape[0], dtype=np.int32), np.diff(adjacency.indptr))
        within = _edges(adjacency, labels[rows] == labels[adjacency.indices])
        del rows
        refined: Labels = self._optimize(labels_refined, within, out_weights, in_weights)[0]
        return refined


def _edges(graph: sp.csr_matrix, kept: NDArray[np.bool_]) -> sp.csr_matrix:
    """The graph with some of its edges, one flag each. Memory: 4 bytes an edge beside what is kept."""
    before = np.zeros(graph.nnz + 1, np.int32)
    np.cumsum(kept, out=before[1:])
    return sp.csr_matrix((graph.data[kept], graph.indices[kept], before[graph.indptr]), shape=graph.shape)


def steady_resolution(
    near: Neighbours, rng: np.random.Generator, among: Sequence[float] = RESOLUTIONS
) -> tuple[float, float]:
    """(resolution, adjusted Rand): the one of some at which what two halves of the nodes find agrees best,
    the usual one if none is clearly better.

    `near` has twice as many neighbours as a graph needs, so that half of them are left in a half. Nothing
    but the
    vectors is used: no labels, no wanted number of themes.
    """
    from sklearn.metrics import adjusted_rand_score  # a second of a start: only a fit needs it

    agreements = np.zeros(len(among))
    for _ in range(_SPLITS):
        half = rng.permutation(len(near.which)) < len(near.which) // 2
        sides = [_within(near, half), _within(near, ~half)]
        for at, resolution in enumerate(among):
            first, second = (_spread(near, side, resolution, rng) for side in sides)
            both = (first >= 0) & (second >= 0)
            agreements[at] += adjusted_rand_score(first[both], second[both]) / _SPLITS
    best = int(agreements.argmax())
    if USUAL in among and agreements[best] - agreements[among.index(USUAL)] <= _CLEARLY:
        best = among.index(USUAL)
    return among[best], float(agreements[best])


_Side = tuple[NDArray[np.int64], sp.csr_matrix]


def _within(near: Neighbours, half: NDArray[np.bool_]) -> _Side:
    """The nodes of a half and their graph."""
    members = np.flatnonzero(half)
    place = np.full(len(half) + 1, -1, np.int32)  # the last is for -1
    place[members] = np.arange(len(members))
    which = place[near.which[members]]
    order = np.argsort(which < 0, axis=1, kind="stable")[:, :NEIGHBOURS]
    kept = np.take_along_axis(which, order, axis=1)
    cosine = np.where(kept < 0, -np.inf, np.take_along_axis(near.cosine[members], order, axis=1))
    return members, joined(Neighbours(kept, cosine.astype(np.float32)))


def _spread(near: Neighbours, side: _Side, resolution: float, rng: np.random.Generator) -> Labels:
    """The groups of a half, and for the other nodes the group of their nearest five in it; -1 without any."""
    members, graph = side
    found = np.full(len(near.which) + 1, -1, np.int32)
    found[members] = leiden(graph, resolution, rng)
    votes = found[near.which]
    first = np.argsort(votes < 0, axis=1, kind="stable")[:, :5]
    votes = np.take_along_axis(votes, first, axis=1)
    agreeing = (votes[:, :, None] == votes[:, None, :]).sum(axis=2) * (votes >= 0)
    winner = np.take_along_axis(votes, agreeing.argmax(axis=1)[:, None], axis=1)[:, 0]
    winner[members] = found[members]
    return winner


def grouped_graph(graph: sp.csr_matrix, labels: Labels) -> sp.csr_matrix:
    """The weights between groups; -1 is in none."""
    inside = np.flatnonzero(labels >= 0)
    member = sp.csr_matrix(
        (np.ones(len(inside), np.float32), (inside, labels[inside])),
        shape=(len(labels), int(labels.max(initial=-1)) + 1),
    )
    summed: sp.csr_matrix = (member.T @ graph @ member).tocsr()
    return summed


def areas(graph: sp.csr_matrix, labels: Labels, rng: np.random.Generator) -> Labels:
    """An area for every theme: Leiden on the graph of themes, at the resolution that gives about √themes
    areas.
    """
    between = grouped_graph(graph, labels)
    themes = between.shape[0]
    if themes < 4:
        return np.zeros(themes, np.int32)
    wanted = np.sqrt(themes)
    tried = [leiden(between, resolution, rng) for resolution in (0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 1, 1.5)]
    return min(tried, key=lambda found: abs(int(found.max()) + 1 - wanted))


def inner_share(graph: sp.csr_matrix, labels: Labels) -> NDArray[np.float32]:
    """The share of every node's weight that stays in its group; 0 for a node without edges or group."""
    rows = np.repeat(np.arange(graph.shape[0], dtype=np.int32), np.diff(graph.indptr))
    inner = np.where((labels[rows] == labels[graph.indices]) & (labels[rows] >= 0), graph.data, 0)
    whole = np.bincount(rows, graph.data, graph.shape[0])
    share: NDArray[np.float32] = np.divide(
        np.bincount(rows, inner, graph.shape[0]), whole, out=np.zeros(graph.shape[0]), where=whole > 0
    ).astype(np.float32)
    return share
