"""How good lists of suggestions are: how much of what people took they held, how high, and how varied."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from emptychair.stats.intervals import Estimate

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
DRAWS = 1_000


def recall_at(lists: Numbers, taken: Sequence[Numbers]) -> Floats:
    """Of each person, the share of what they took that stood in their list (-1: an empty place).

    >>> recall_at(np.array([[3, 1, -1]]), [np.array([1, 2])]).tolist()
    [0.5]
    """
    held = _held(lists, taken)
    return np.array([hits.sum() / len(own) for hits, own in zip(held, taken, strict=True)], np.float64)


def ndcg_at(lists: Numbers, taken: Sequence[Numbers]) -> Floats:
    """Of each person, the gain of their list by place, of the largest that it could have.

    A hit counts 1 / log2(place + 1) (Järvelin and Kekäläinen 2002, binary).

    >>> ndcg_at(np.array([[3, 1]]), [np.array([1])]).round(3).tolist()
    [0.631]
    """
    discount = 1 / np.log2(np.arange(lists.shape[1]) + 2)
    largest = np.cumsum(discount)
    most = lists.shape[1]
    return np.array(
        [
            (hits * discount).sum() / largest[min(len(own), most) - 1]
            for hits, own in zip(_held(lists, taken), taken, strict=True)
        ],
        np.float64,
    )


def hit_at(lists: Numbers, taken: Sequence[Numbers]) -> Floats:
    """Of each person, whether anything that they took stood in their list, 0 or 1.

    >>> hit_at(np.array([[3, 1], [0, 2]]), [np.array([1]), np.array([1])]).tolist()
    [1.0, 0.0]
    """
    return np.array([float(hits.any()) for hits in _held(lists, taken)], np.float64)


def coverage(lists: Numbers, items: int) -> float:
    """The share of all items that stand in anybody's list.

    >>> coverage(np.array([[0, 1], [1, -1]]), 4)
    0.5
    """
    shown = np.unique(lists[lists >= 0])
    return len(shown) / items if items else 0.0


def novelty(lists: Numbers, people: Numbers, everybody: int) -> float:
    """The mean surprise of what is suggested, in bits: -log2 of the share of people who had it.

    0 is what everybody had; 10 is what one in a thousand had (Zhou et al. 2010).

    >>> novelty(np.array([[0, 1]]), np.array([8, 2]), 8)
    1.0
    """
    shown = lists[lists >= 0]
    if not len(shown) or not everybody:
        return 0.0
    share = np.clip(people[shown] / everybody, 1 / everybody, 1)
    return float(-np.log2(share).mean()) + 0.0


def resampled(values: Floats, rng: np.random.Generator, draws: int = DRAWS) -> list[Estimate]:
    """The mean of each column with its 95 % bootstrap interval; a row is a person, drawn whole.

    Columns are drawn together, so the interval of a difference is that of a paired comparison.

    >>> [(one.low, one.value, one.n) for one in resampled(np.ones((5, 1)), np.random.default_rng(1))]
    [(1.0, 1.0, 5)]
    """
    people = len(values)
    if not people:
        return []
    even = np.full(people, 1 / people)
    means = np.stack([rng.multinomial(people, even) @ values / people for _ in range(draws)])
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    mean = values.mean(axis=0)
    return [
        Estimate(value=float(mean[at]), low=float(low[at]), high=float(high[at]), n=people)
        for at in range(values.shape[1])
    ]


def _held(lists: Numbers, taken: Sequence[Numbers]) -> list[NDArray[np.bool_]]:
    return [np.isin(row, own) & (row >= 0) for row, own in zip(lists, taken, strict=True)]
