"""The part of a text that tells: the words that were looked for, or the sentence that means the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.sentences import sentences
from emptychair.understand.search.analysis import LONGEST_TEXT, places

LONGEST = 420
_MOST_SENTENCES = 40
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Letters of a text as they stand there, marked where they tell."""

    text: str
    is_marked: bool


def words_in(text: str, stems: frozenset[str]) -> list[Span]:
    """Where words of these stems stand, those side by side together."""
    found = [(begin, end) for stem, begin, end in places(text[:LONGEST_TEXT]) if stem in stems]
    return _together(text, found)


def nearest_sentences(question: str, texts: Sequence[str]) -> list[list[Span]]:
    """For each text, where its sentence is that means most what was asked; nothing where none does.

    By the fast vectors whatever the index is made of: a page must not wait for twenty texts.
    """
    model = embedder(Tier.FAST)
    parts = [sentences(text[:LONGEST_TEXT])[:_MOST_SENTENCES] for text in texts]
    vectors = model.embed([question, *(one.text for each in parts for one in each)])
    asked, at, found = vectors[0], 1, []
    for each in parts:
        nearness = vectors[at : at + len(each)] @ asked
        at += len(each)
        best = int(np.argmax(nearness)) if len(each) else 0
        is_told = len(each) > 1 and float(nearness[best]) > 0
        found.append([(each[best].begin, each[best].end)] if is_told else [])
    return found


def parts(text: str, marked: Sequence[Span]) -> tuple[tuple[Part, ...], bool]:
    """The text around what is marked, in parts, and whether something was left off."""
    begin, end = _window(text, marked)
    inside = [(max(begin, low), min(end, high)) for low, high in marked if low < end and high > begin]
    edges = [begin, *(edge for span in inside for edge in span), end]
    cut = tuple(
        Part(text=text[low:high], is_marked=bool(number % 2))
        for number, (low, high) in enumerate(pairwise(edges))
        if high > low
    )
    return cut, begin > 0 or end < len(text)


def _window(text: str, marked: Sequence[Span]) -> Span:
    """The 420 letters with most marks in them, from a blank to a blank; all of a text that is short."""
    if len(text) <= LONGEST:
        return 0, len(text)
    best, most, last = 0, 0, 0
    for first, (begin, _) in enumerate(marked):
        while last < len(marked) and marked[last][1] <= begin + LONGEST * 3 // 4:
            last += 1
        if last - first > most:
            best, most = begin, last - first
    start = max(0, min(best - LONGEST // 8, len(text) - LONGEST))
    if start:
        start = text.find(" ", start, start + 40) + 1 or start
    end = start + LONGEST
    return start, (text.rfind(" ", end - 40, end) if end < len(text) else len(text)) or end


def _together(text: str, found: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in found:
        if joined and not text[joined[-1][1] : begin].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined
