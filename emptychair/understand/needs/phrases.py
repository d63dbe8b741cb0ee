"""Search phrases: what of their spelling matters, and which of them look for the same thing."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from emptychair.understand.language.embedding import Vectors

# The cosine from which two phrases look for the same thing (the small vectors of words that come with the
# product).
ALIKE = 0.62
LONGEST = 80
_NO_WORDS = re.compile(r"[^\w%+#&']+")
Embed = Callable[[Sequence[str]], Vectors]


def normalised(phrase: str) -> str:
    """The phrase in small letters, without signs, with single blanks; empty when nothing is left.

    >>> normalised("  Half-Caf?! ")
    'half caf'
    """
    plain = unicodedata.normalize("NFKC", phrase[: 4 * LONGEST]).casefold()
    return " ".join(_NO_WORDS.sub(" ", plain).split())[:LONGEST].strip()


def joined(people: Mapping[str, int], known: Mapping[str, str], embed: Embed | None = None) -> dict[str, str]:
    """The leader of each normalised phrase: the one that most people used of those that look for the same.

    `people` tells how many used each. `known` has the leaders of earlier days: a phrase keeps its leader, and
    others join it. Without `embed` phrases are joined by their spelling alone. O(phrases x leaders).
    """
    order = sorted(people, key=lambda phrase: (known.get(phrase) != phrase, -people[phrase], phrase))
    vectors = embed(order) if embed is not None and order else None
    near = None if vectors is None else np.zeros_like(vectors)
    leader: dict[str, str] = {}
    leaders: list[str] = []
    for number, phrase in enumerate(order):
        mine = known.get(phrase)
        if mine not in leaders:
            mine = next((one for one in leaders if is_same_spelling(phrase, one)), None)
        if mine is None and vectors is not None and near is not None and leaders:
            alike = near[: len(leaders)] @ vectors[number]
            best = int(alike.argmax())
            mine = leaders[best] if alike[best] >= ALIKE else None
        if mine is None:
            if vectors is not None and near is not None:
                near[len(leaders)] = vectors[number]
            leaders.append(phrase)
        leader[phrase] = mine or phrase
    return leader


def is_same_spelling(one: str, other: str) -> bool:
    """Whether both differ by blanks, or by no more than a slip: one letter in five, two in ten or more.

    >>> is_same_spelling("half caf", "halfcaff"), is_same_spelling("tea", "pea")
    (True, False)
    """
    a, b = one.replace(" ", ""), other.replace(" ", "")
    if a == b:
        return True
    shorter = min(len(a), len(b))
    most = 0 if shorter < 5 else 1 if shorter < 10 else 2
    # Letters alone rule out nearly all pairs, in a hundredth of the time.
    if most == 0 or abs(len(a) - len(b)) > most or len(set(a) ^ set(b)) > 2 * most:
        return False
    return _distance(a, b, most) <= most


def _distance(a: str, b: str, most: int) -> int:
    """How many letters are added, left out, changed or swapped with their neighbour; `most` + 1 for more."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        two_before, before = before, row
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
