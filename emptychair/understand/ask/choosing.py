"""A few passages of many: near to what was asked, unlike one another, by different people."""

import re
from collections.abc import Sequence

import numpy as np

from emptychair.understand.ask.gathering import Passage
from emptychair.understand.language.embedding import Vectors

# Maximal marginal relevance (Carbonell and Goldstein 1998): nearness counts seven tenths, unlikeness three.
_OF_NEARNESS = 0.7
_LOOKED_AT = 200
# From this cosine on two sentences say nearly the same: one is shown, and how many there are.
_SAME = 0.8
_NUMBER = re.compile(r"\d+")


def chosen(
    passages: Sequence[Passage], vectors: Vectors, parts: Sequence[str], most: int
) -> list[tuple[int, int]]:
    """Which passages, in the order in which they are best read, and how many say nearly the same.

    `parts` are the words of each that tell: the same ones are shown once, and so is a person. Those that are
    alike count the passage itself.
    """
    words = [_NUMBER.sub("0", " ".join(part.lower().split())) for part in parts]
    open_ = _different(passages)
    nearness = np.array([passages[row].nearness for row in open_])
    alike = np.zeros(len(open_))  # to what is taken
    is_open = np.ones(len(open_), np.bool_)
    taken: list[int] = []
    people: set[str] = set()
    while is_open.any() and len(taken) < most:
        worth = _OF_NEARNESS * nearness - (1 - _OF_NEARNESS) * alike
        at = int(np.where(is_open, worth, -np.inf).argmax())
        best, is_open[at] = open_[at], False
        person = passages[best].person
        is_told = any(words[best] == words[other] for other in taken)
        if person in people or is_told or alike[at] >= _SAME:
            continue
        cosines = vectors[open_] @ vectors[best]
        alike = np.maximum(alike, cosines) if taken else cosines
        taken.append(best)
        if person is not None:
            people.add(person)
    return [
        (row, sum(bool(near) or words[row] == each for near, each in zip(same, words, strict=True)))
        for row, same in ((row, vectors @ vectors[row] >= _SAME) for row in taken)
    ]


def _different(passages: Sequence[Passage]) -> list[int]:
    keys: set[int] = set()
    found: list[int] = []
    for row, passage in enumerate(passages):
        if passage.key not in keys:
            keys.add(passage.key)
            found.append(row)
    return found[:_LOOKED_AT]
