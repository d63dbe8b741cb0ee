"""Groups of sentences that are alike, found without a look at their days or their themes."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.needs.panel import Numbers
from emptychair.understand.themes.neighbours import neighbours

# Sentences are close when one pair of 200 drawn at random is as alike, and one belongs to a group when it is
# on average as near to what the group began with as one pair in 100: of the vectors of any model. Where all
# speak of few things many pairs are alike, and these cosines are enough.
CLOSE, NEAR = 0.995, 0.99
CLOSE_ENOUGH, NEAR_ENOUGH = 0.6, 0.5
PAIRS = 400_000
# Fewer sentences tell nothing of what is usual.
FEWEST_SENTENCES = 100
NEIGHBOURS, FEWEST_PEOPLE, MOST_OF_ONE = 30, 4, 10
_BATCH, _ROWS = 128, 8_192


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Sentences as unit vectors around their own mean, and the cosines from which they are close and near."""

    vectors: Vectors
    close: float
    near: float


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The mean of the sentences that each group began with, and these, the most central first.

    A mean is no unit vector: its product with a sentence is the mean cosine with those it is of.
    """

    centres: Vectors
    seeds: tuple[tuple[int, ...], ...]

    def alike(self, space: Space, which: int) -> npt.NDArray[np.bool_]:
        """Which groups are about the same thing as this one. O(groups)."""
        lengths = np.maximum(np.linalg.norm(self.centres, axis=1), 1e-6)
        cosines = self.centres @ self.centres[which] / (lengths * lengths[which])
        found: npt.NDArray[np.bool_] = cosines >= space.near
        return found


def space_of(vectors: Vectors, texts: Sequence[str], rng: np.random.Generator) -> Space | None:
    """The space of some sentences; None when there are too few different ones to tell what is usual.

    Around their mean, since all that a company hears shares something, and some models say so of any two.
    """
    first = np.array(sorted({text: row for row, text in enumerate(texts)}.values()), dtype=np.int64)
    if len(first) < FEWEST_SENTENCES:
        return None
    around = vectors - vectors[first].mean(axis=0, dtype=np.float64).astype(np.float32)
    # In place: there may be a hundred thousand.
    around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-6)
    one, other = (rng.integers(0, len(first), PAIRS) for _ in range(2))
    one, other = first[one[one != other]], first[other[one != other]]
    cosines = np.concatenate(
        [
            np.einsum("ij,ij->i", around[one[begin : begin + _ROWS]], around[other[begin : begin + _ROWS]])
            for begin in range(0, len(one), _ROWS)
        ]
    )
    close, near = np.quantile(cosines, [CLOSE, NEAR])
    return Space(around, min(float(close), CLOSE_ENOUGH), min(float(near), NEAR_ENOUGH))


def groups_of(
    space: Space, who: Numbers, rng: np.random.Generator, known: Sequence[Sequence[int]] = ()
) -> Groups:
    """The groups that are known, by what they began with, and all others of four people, the densest first.

    A group begins with a sentence and those of others that are close to it, one of each person; none begins
    within another. O(sentences x (4,000 + groups)).
    """
    some = _few_of_each(who, rng)
    near = neighbours(space.vectors[some], NEIGHBOURS, rng)
    density = (near.cosine >= space.close).sum(axis=1)
    order = np.lexsort((some, -density))
    covered = np.zeros(len(who), dtype=np.bool_)
    centres: list[Vectors] = []
    seeds: list[tuple[int, ...]] = []
    for rows in known:
        seeds.append(tuple(rows))
        centres.append(space.vectors[list(rows)].mean(axis=0))
    waiting = deque(int(row) for row in order if density[row] >= FEWEST_PEOPLE - 1)
    while waiting:
        begun: list[tuple[int, ...]] = []
        while waiting and len(begun) < _BATCH:
            row = waiting.popleft()
            if not covered[some[row]]:
                close = near.which[row][near.cosine[row] >= space.close]
                own = _one_of_each([int(some[row]), *(int(one) for one in some[close])], who)
                if len(own) >= FEWEST_PEOPLE:
                    begun.append(own)
        if not begun:
            break
        means = np.array([space.vectors[list(own)].mean(axis=0) for own in begun])
        inside = space.vectors @ means.T >= space.close
        for number, own in enumerate(begun):
            if not covered[own[0]]:
                covered |= inside[:, number]
                covered[own[0]] = True
                centres.append(means[number])
                seeds.append(own)
    shape = (len(centres), space.vectors.shape[1])
    return Groups(np.array(centres, dtype=np.float32).reshape(shape), tuple(seeds))


def belonging(space: Space, groups: Groups) -> Iterator[tuple[Numbers, Numbers]]:
    """Sentences and the groups that they belong to, some rows at a time. O(sentences x groups)."""
    if not len(groups.centres):
        return
    rows = max(1, _BATCH * _ROWS // len(groups.centres))
    for begin in range(0, len(space.vectors), rows):
        sentence, group = np.nonzero(space.vectors[begin : begin + rows] @ groups.centres.T >= space.near)
        yield sentence.astype(np.int64) + begin, group.astype(np.int64)


def _few_of_each(who: Numbers, rng: np.random.Generator) -> Numbers:
    """At most ten sentences of a person, drawn at random: nobody fills the space alone."""
    order = np.lexsort((rng.random(len(who)), who))
    begins = np.flatnonzero(np.diff(who[order], prepend=-1))
    lengths = np.diff([*begins, len(who)])
    place = np.arange(len(who)) - np.repeat(begins, lengths)
    return np.sort(order[place < MOST_OF_ONE])


def _one_of_each(rows: Sequence[int], who: Numbers) -> tuple[int, ...]:
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(int(who[row]), row)
    return tuple(first.values())
