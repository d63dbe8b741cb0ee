"""What foretells the next need: what is popular, what somebody had before, and what goes with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from emptychair.anticipate.need import links
from emptychair.anticipate.need.histories import Histories
from emptychair.anticipate.need.things import Goal

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
RECENT = 90
# Popularity only orders what the rest of a model holds for equal.
_BEHIND = 1e-3
# What goes with what somebody had counts less than having it once, where having it again is a need.
_AFTER_OWN = 0.3
# Popularity among people with a trait is held back by so many people of all.
HELD_BACK = 50.0


class Kind(StrEnum):
    """How a model foretells. POPULAR and AGAIN are the baselines; the others have to beat them."""

    POPULAR = "popular"
    AGAIN = "again"
    ALIKE = "alike"
    SEQUENCE = "sequence"


BASELINES = (Kind.POPULAR, Kind.AGAIN)
CHALLENGERS = (Kind.ALIKE, Kind.SEQUENCE)
# In how many days what somebody had counts half.
HALVING: Mapping[Kind, float] = {Kind.ALIKE: 90.0, Kind.SEQUENCE: 30.0}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """One model of one goal. `people` had each item ever, `recent` in the 90 days before `end`.

    `links` are items by items: how much having one speaks for the other; `both` is how many people had both.
    `traits` has, by field and value, of how many people who had something it was told, and how many of
    them had each item.
    """

    goal: Goal
    kind: Kind
    items: tuple[str, ...]
    names: tuple[str, ...]
    everybody: int
    end: int
    people: Numbers
    recent: Numbers
    links: sparse.csr_matrix
    both: sparse.csr_matrix
    traits: Mapping[str, Mapping[str, tuple[int, Numbers]]] = field(default_factory=dict)

    @property
    def popularity(self) -> Floats:
        """From 0 to 1: how many people had each item lately; of equals, ever."""
        found = self.recent + self.people / max(self.everybody, 1)
        top = found.max(initial=0.0)
        return found / top if top else found.astype(np.float64)

    def within(self, told: Mapping[str, str]) -> Floats:
        """From 0 to 1: popularity among people of whom the same is told, each trait by itself."""
        found = np.log(self.popularity + 1e-9)
        for name, value in told.items():
            count, having = self.traits.get(name, {}).get(value, (0, np.zeros(len(self.items), np.int64)))
            usual = (self.people + 1e-9) / max(self.everybody, 1)
            found += np.log((having + HELD_BACK * usual) / ((count + HELD_BACK) * usual))
        result: Floats = np.exp(found - found.max(initial=0.0))
        return result


def model(
    goal: Goal, kind: Kind, told: Histories, names: Sequence[str], pairs: sparse.csr_matrix | None = None
) -> Model:
    """A model of these histories; `pairs` are those of `links.together`, where they are at hand."""
    had = told.weights(None)
    people = np.asarray(had.sum(axis=0)).ravel()
    empty = sparse.csr_matrix((len(told.items), len(told.items)))
    found = both = empty
    if kind in CHALLENGERS:
        pairs = links.together(told) if pairs is None else pairs
        found = _linked(kind, told, pairs, people, names)
        both = pairs.multiply(found > 0).tocsr()
    return Model(
        goal=goal,
        kind=kind,
        items=told.items,
        names=tuple(names),
        everybody=len(np.unique(told.who)),
        end=told.end,
        people=people.astype(np.int64),
        recent=told.recent(RECENT),
        links=found,
        both=both,
    )


def scores(by: Model, told: Histories, within: Mapping[int, Floats] | None = None) -> Floats:
    """People by items: how likely each is next, higher is likelier; below 0 what cannot be suggested.

    `told` are histories of the model's items; `within` has the popularity that counts for some rows.
    """
    popular = np.tile(by.popularity, (len(told.people), 1))
    for row, own in (within or {}).items():
        popular[row] = own
    found: Floats = _BEHIND * popular
    if by.kind in CHALLENGERS:
        linked = (told.weights(HALVING[by.kind]) @ by.links).toarray()
        top = linked.max(axis=1, keepdims=True, initial=0.0)
        found += np.divide(linked, top, out=np.zeros_like(linked), where=top > 0) * _AFTER_OWN
    if by.goal.may_repeat:
        return found if by.kind is Kind.POPULAR else found + told.counts().toarray()
    found[told.what_had] = -1.0
    return found


def speaks_for(by: Model, told: Histories, at: int) -> Floats:
    """How much what each person had speaks for one item; 0 where nothing does, or where it is no use."""
    found = np.zeros(len(told.people))
    if by.kind in CHALLENGERS:
        found = (told.weights(HALVING[by.kind]) @ by.links[:, [at]]).toarray().ravel()
        found *= _AFTER_OWN / max(found.max(initial=0.0), 1e-9)
    own = told.counts()[:, [at]].toarray().ravel()
    if by.goal.may_repeat:
        return found if by.kind is Kind.POPULAR else found + own
    return np.where(own > 0, 0.0, found)


def lists(found: Floats, most: int) -> Numbers:
    """The places of the items with the highest scores of each row, in order; -1 where there are no more."""
    order = np.argsort(-found, axis=1, kind="stable")[:, :most]
    order = np.where(np.take_along_axis(found, order, axis=1) > 0, order, -1)
    short = most - order.shape[1]
    return np.pad(order, ((0, 0), (0, short)), constant_values=-1) if short > 0 else order


def _linked(
    kind: Kind, told: Histories, pairs: sparse.csr_matrix, people: Floats, names: Sequence[str]
) -> sparse.csr_matrix:
    if kind is Kind.SEQUENCE:
        return links.followed(told, pairs)
    return links.namesakes(links.cosines(pairs, people), people, names)
