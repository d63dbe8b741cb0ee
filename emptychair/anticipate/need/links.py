"""Which items go with which: by the people who had both, by what came next, and by name."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from emptychair.anticipate.need.histories import Histories
from emptychair.anticipate.need.things import FEWEST

Floats = NDArray[np.float64]
# Each item is foretold by so many others at most.
NEAREST = 50
# A cosine counts less where few had both (Koren 2008 shrinks the same way).
SHRINKAGE = 10.0
# A next item is told by itself where so many people had the one before.
BACK_OFF = 20.0
# An item that fewer had is new: it takes after items with a name so near, for half of what they count.
NEW, NAMED, DISCOUNT, NAMESAKES = 20, 0.35, 0.5, 3
_BLOCK = 500


def together(told: Histories) -> sparse.csr_matrix:
    """Items by items: how many people had both; of pairs that five people had. O(pairs in histories)."""
    had = told.weights(None)
    blocks = [_pairs(had, begin) for begin in range(0, had.shape[1], _BLOCK)]
    if not blocks:
        return sparse.csr_matrix((0, 0))
    return sparse.vstack(blocks).tocsr()


def cosines(pairs: sparse.csr_matrix, people: Floats) -> sparse.csr_matrix:
    """The share of those who had one item who had the other, both ways in one number, shrunk."""
    rows, columns = _places(pairs)
    found = pairs.copy()
    found.data = pairs.data / (np.sqrt(people[rows] * people[columns]) + SHRINKAGE)
    return nearest(found)


def followed(told: Histories, pairs: sparse.csr_matrix) -> sparse.csr_matrix:
    """Of those who had one item, the share who had the other on their next day, held back by 20 people."""
    sources, targets = _next(told)
    many = len(told.items)
    came = sparse.csr_matrix((np.ones(len(sources)), (sources, targets)), shape=(many, many))
    came.sum_duplicates()
    came = came.multiply(pairs > 0).tocsr()
    out = np.bincount(sources, minlength=many).astype(np.float64)
    rows, _ = _places(came)
    came.data = came.data / (out[rows] + BACK_OFF)
    return nearest(came)


def namesakes(found: sparse.csr_matrix, people: Floats, names: Sequence[str]) -> sparse.csr_matrix:
    """The same, and items that are new are foretold as those with the most similar names are, for half."""
    new, old = np.flatnonzero(people < NEW), np.flatnonzero(people >= NEW)
    if not len(new) or not len(old) or not any(_has_words(one) for one in names):
        return found
    # Loaded where it is needed: it takes seconds, and pages that only read a model can do without.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=1).fit_transform(names)
    alike = _largest((vectors[new] @ vectors[old].T).tocsr(), NAMESAKES, NAMED)
    total = np.asarray(alike.sum(axis=1)).ravel()
    alike = sparse.diags(np.divide(DISCOUNT, total, out=np.zeros_like(total), where=total > 0)) @ alike
    heirs = (found[:, old] @ alike.T).tocoo()
    added = sparse.csr_matrix((heirs.data, (heirs.row, new[heirs.col])), shape=found.shape)
    return nearest(found.maximum(added).tocsr())


def nearest(found: sparse.csr_matrix) -> sparse.csr_matrix:
    """Of each column the fifty largest."""
    return _largest(found.T.tocsr(), NEAREST, 0.0).T.tocsr()


def _largest(rows: sparse.csr_matrix, most: int, least: float) -> sparse.csr_matrix:
    """Of each row the `most` largest values of at least `least`."""
    kept = rows.copy()
    for at in range(rows.shape[0]):
        begin, end = rows.indptr[at], rows.indptr[at + 1]
        values = kept.data[begin:end]
        values[values < least] = 0
        if end - begin > most:
            values[np.argsort(-values, kind="stable")[most:]] = 0
    kept.eliminate_zeros()
    return kept


def _pairs(had: sparse.csr_matrix, begin: int) -> sparse.csr_matrix:
    block = (had[:, begin : begin + _BLOCK].T @ had).tocoo()
    kept = (block.data >= FEWEST) & (block.row + begin != block.col)
    return sparse.csr_matrix((block.data[kept], (block.row[kept], block.col[kept])), shape=block.shape)


def _places(found: sparse.csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    return rows, found.indices.astype(np.int64)


# Somebody with more on one day than this says little about what follows what.
_MOST_A_DAY = 100


def _next(told: Histories) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each item of a day with each of the person's next day, as two columns."""
    order = np.lexsort((told.what, told.day, told.who))
    who, day, what = told.who[order], told.day[order], told.what[order]
    if not len(who):
        return who, what
    starts = np.flatnonzero(np.append(True, (np.diff(who) != 0) | (np.diff(day) != 0)))
    baskets = np.split(what, starts[1:])
    sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for at in range(len(baskets) - 1):
        if who[starts[at]] == who[starts[at + 1]]:
            one, two = baskets[at][:_MOST_A_DAY], baskets[at + 1][:_MOST_A_DAY]
            sources.append(np.repeat(one, len(two)))
            targets.append(np.tile(two, len(one)))
    return np.concatenate(sources), np.concatenate(targets)


def _has_words(name: str) -> bool:
    return any(letter.isalpha() for letter in name)
