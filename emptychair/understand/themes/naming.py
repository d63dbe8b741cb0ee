"""Names of themes: the phrases that stand in many of their texts and in few of the others."""

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.themes.grouping import members_of
from emptychair.understand.themes.stop_words import SAYS_LITTLE, stop_words

PHRASES = 6
_READ, _LONGEST = 400, 2_000
# Of more than a thousand themes fewer texts each are read, 50 at least: of all some 400,000.
_READ_IN_ALL, _READ_AT_LEAST = 400_000, 50
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
    forms: Counter[str] = Counter()
    most = min(_READ, max(_READ_AT_LEAST, _READ_IN_ALL // max(len(area), 1)))
    read = [own[:: max(1, -(-len(own) // most))].tolist() for own in members_of(labels, len(area))]
    counts = [_counted([texts[at] for at in own], forms) for own in read]
    sizes = [len(own) for own in read]
    surface = _surfaces(forms)
    ranked = _ranked(counts, sizes)
    areas = int(area.max(initial=-1)) + 1
    whole, whole_sizes = [Counter[str]() for _ in range(areas)], [0] * areas
    for one, counted, size in zip(area.tolist(), counts, sizes, strict=True):
        whole[one].update(counted)
        whole_sizes[one] += size
    above = _ranked(whole, whole_sizes)
    names = _unique(ranked, surface, _name)
    kept = tuple(tuple(surface[one] for one in phrases[:PHRASES]) for phrases in ranked)
    return Names(names, kept, _unique(above, surface, lambda phrases: phrases[:2]))


def _surfaces(forms: Counter[str]) -> dict[str, str]:
    """How every phrase is spelt most often, the first of those that are as frequent."""
    found: dict[str, str] = {}
    for form, times in forms.items():
        key = " ".join(map(stem, form.split(" ")))
        if key not in found or times > forms[found[key]]:
            found[key] = form
    return found


def runs_of_words(text: str) -> Iterator[list[str]]:
    """The words between marks of punctuation, without HTML, addresses, handles and numbers."""
    plain = _NOT_WORDS.sub(" . ", html.unescape(unicodedata.normalize("NFKC", text[:_LONGEST])))
    for run in _BREAK.split(plain.casefold()):
        yield [
            word if word.isalpha() else _FOLDED.sub("", word.strip("'’-"))
            for word in _WORD.findall(run)
            if word.isalpha() or sum(letter.isdigit() for letter in word) < 3
        ]


def _counted(texts: Sequence[str], forms: Counter[str]) -> Counter[str]:
    """In how many texts every phrase stands; how it is spelt goes to `forms`."""
    counted: Counter[str] = Counter()
    for text in texts:
        here: dict[str, str] = {}
        for run in runs_of_words(text):
            stems, may_end = [*map(stem, run)], [*map(_may_end, run)]
            for begin, may_begin in enumerate(may_end):
                if not may_begin:
                    continue
                for end in range(begin + 1, min(begin + 3, len(run)) + 1):
                    if may_end[end - 1] and len(set(run[begin:end])) == end - begin:
                        here[" ".join(stems[begin:end])] = " ".join(run[begin:end])
        counted.update(here.keys())
        forms.update(here.values())
    return counted


@lru_cache(maxsize=100_000)
def _may_end(word: str) -> bool:
    """Whether a phrase may begin or end with it: no empty word, and only letters of some length."""
    return word not in stop_words() and (len(word) > 2 or not word.isascii())


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
