"""Groups of alike texts that are themes: large enough, of several people, and of texts that belong there."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.understand.themes import partition

FEWEST_IN_A_THEME, FEWEST_AUTHORS = 5, 3
LEAST_SHARE = 0.5  # of its neighbourhood that a text has in its theme


def placed(
    graph: sp.csr_matrix,
    groups: NDArray[np.int32],
    first: NDArray[np.int64],
    authors: Sequence[str | None] | None,
) -> NDArray[np.int32]:
    """The groups of those who belong in one, numbered from the largest, -1 for others; `first` has a text of
    every node.
    """
    kept = np.where(partition.inner_share(graph, groups) >= LEAST_SHARE, groups, -1)
    sizes = np.bincount(kept[kept >= 0], minlength=int(groups.max()) + 1)
    large = sizes >= FEWEST_IN_A_THEME
    if authors is not None:
        large &= people(kept, first, authors, len(sizes)) >= FEWEST_AUTHORS
    order = np.argsort(-np.where(large, sizes, -1), kind="stable")
    number = np.full(len(sizes) + 1, -1, np.int32)
    number[order[: large.sum()]] = np.arange(large.sum())
    return number[kept]


def people(
    labels: NDArray[np.int32], first: NDArray[np.int64], authors: Sequence[str | None], themes: int
) -> NDArray[np.int64]:
    """How many wrote in every theme; a text of nobody known counts as one of its own."""
    known = {(int(theme), authors[text] or int(text)) for theme, text in zip(labels, first, strict=True)}
    return np.bincount([theme for theme, _ in known if theme >= 0], minlength=themes)


def members_of(labels: NDArray[np.int32], groups: int) -> list[NDArray[np.int64]]:
    """The places of every group's members, ascending; those with -1 are in none. O(labels)."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(groups + 1)))[1:-1]
