"""Names of themes: the phrases that stand in many of their texts and in few of the others."""

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.themes.stop_words import SAYS_LITTLE, stop_words

PHRASES = 6
_READ, _LONGEST = 400, 2_000
# Marks, addresses, handles and numbers of people: none of them may become a name.
_NOT_WORDS = re.compile(r"<[^<>]{0,300}>|https?://\S+|www\.\S+|\S{1,80}@\S{1,80}|[@#]\w+")
_BREAK = re.compile(r"[^\w'’\s-]+|\s-+\s|_+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_FOLDED = re.compile(r"['’]")


@dataclass(frozen=True, slots=True)
class Names:
    """A unique name and the phrases of every theme, a unique name of every area."""

    themes: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    areas: tuple[str, ...]


def named(texts: Sequence[str], labels: NDArray[np.int32], area: NDArray[np.int32]) -> Names:
    """Names by class-based TF-IDF over phrases of one to three words, from up to 400 texts a theme."""
    counts: list[Counter[str]] = []
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    sizes = []
    for theme in range(len(area)):
        members = np.flatnonzero(labels == theme)
        members = members[:: max(1, -(-len(members) // _READ))]
        counts.append(_counted([texts[int(text)] for text in members], spoken))
        sizes.append(len(members))
    surface = {key: forms.most_common(1)[0][0] for key, forms in sorted(spoken.items())}
    ranked = _ranked(counts, sizes)
    areas = int(area.max(initial=-1)) + 1
    whole = [sum((counts[at] for at in np.flatnonzero(area == one)), Counter()) for one in range(areas)]
    above = _ranked(whole, [sum(sizes[at] for at in np.flatnonzero(area == one)) for one in range(areas)])
    names = _unique(ranked, surface, _name)
    kept = tuple(tuple(surface[one] for one in phrases[:PHRASES]) for phrases in ranked)
    return Names(names, kept, _unique(above, surface, lambda phrases: phrases[:2]))


def runs_of_words(text: str) -> Iterator[list[str]]:
    """The words between marks of punctuation, without HTML, addresses, handles and numbers."""
    plain = _NOT_WORDS.sub(" . ", html.unescape(unicodedata.normalize("NFKC", text[:_LONGEST])))
    for run in _BREAK.split(plain.casefold()):
        yield [
            _FOLDED.sub("", word.strip("'’-"))
            for word in _WORD.findall(run)
            if sum(letter.isdigit() for letter in word) < 3
        ]


def _counted(texts: Sequence[str], spoken: dict[str, Counter[str]]) -> Counter[str]:
    """In how many texts every phrase stands; how it is spelt goes to `spoken`."""
    counted: Counter[str] = Counter()
    for text in texts:
        here: dict[str, str] = {}
        for run in runs_of_words(text):
            for begin in range(len(run)):
                for length in (1, 2, 3):
                    phrase = run[begin : begin + length]
                    if len(phrase) == length and _speaks(phrase):
                        here[" ".join(map(stem, phrase))] = " ".join(phrase)
        counted.update(here.keys())
        for key, said in here.items():
            spoken[key][said] += 1
    return counted


def _speaks(phrase: list[str]) -> bool:
    """No empty word at either end, no word twice, and only letters of some length."""
    ends = (phrase[0], phrase[-1])
    return len(set(phrase)) == len(phrase) and all(
        word not in stop_words() and (len(word) > 2 or not word.isascii()) for word in ends
    )


def stem(word: str) -> str:
    """Singular and plural are one."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _ranked(counts: Sequence[Counter[str]], sizes: Sequence[int]) -> list[list[str]]:
    """For every theme its phrases, best first, none of which holds or repeats another."""
    shares: dict[str, float] = defaultdict(float)
    for counted, size in zip(counts, sizes, strict=True):
        for phrase, times in counted.items():
            shares[phrase] += times / max(size, 1)
    every = []
    for counted, size in zip(counts, sizes, strict=True):
        least = max(2, 0.04 * size)
        scored = {
            phrase: (times / size) ** 0.8
            * np.log1p(len(sizes) / (shares[phrase] + 0.2))
            * (1, 1.7, 2.1)[phrase.count(" ")]
            for phrase, times in counted.items()
            if times >= least
        }
        best = sorted(scored, key=lambda phrase: (_is_vague(phrase), -scored[phrase], phrase))
        every.append(_apart(best or sorted(counted)))
    return every


def _apart(best: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for phrase in best[:200]:
        parts = set(phrase.split())
        if all(not parts & set(other.split()) for other in kept):
            kept.append(phrase)
        if len(kept) == PHRASES + 4:
            break
    return kept


def _is_vague(phrase: str) -> bool:
    """True of phrases such as "days ago", which stand in texts about anything."""
    return all(word in SAYS_LITTLE for word in phrase.split())


def _name(phrases: Sequence[str]) -> Sequence[str]:
    """The best phrase, with the next one when it is a single word."""
    return phrases[:1] if phrases and " " in phrases[0] else phrases[:2]


def _title(phrases: Sequence[str]) -> str:
    joined = ", ".join(phrases)
    return joined[:1].upper() + joined[1:]


def _unique(
    ranked: Sequence[Sequence[str]],
    surface: dict[str, str],
    chosen: Callable[[Sequence[str]], Sequence[str]],
) -> tuple[str, ...]:
    """The names, told apart by the next phrase where two would be the same, and by a number at last."""
    found: dict[str, None] = {}
    for phrases in ranked:
        taken = len(chosen(phrases))
        longer = [_title([surface[one] for one in phrases[:end]]) for end in range(taken, PHRASES + 1)]
        longer = [name or "Without words" for name in longer]
        numbered = (f"{longer[0]} ({number})" for number in count(2))
        found[next(name for name in chain(longer, numbered) if name not in found)] = None
    return tuple(found)
