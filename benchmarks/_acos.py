"""Aspects of laptops (ACOS): the words that opinions are about, and polarity, against simple baselines."""

import gzip
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import Ratio, Sense
from emptychair.understand.language.aspects import unit_at
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.little_words import little
from emptychair.understand.language.terms import terms, wording
from emptychair.understand.language.tone.head import starting_head
from emptychair.understand.language.tone.lexicon import lexicon_scores, opinion_words, plain
from emptychair.understand.language.tone.opinions import opinions

# "don ' t" of the tokenised set is "don't".
_TORN = re.compile(r"(?<=[a-z]) ' (?=(?:t|s|m|d|ve|re|ll)\b)")
_WORD = re.compile(r"[^\W_][\w'-]*")
_POSITIVE, _NEUTRAL = 2, 1
# The best for the baseline on train and dev, of .002 to .01 and of 3 words to the whole sentence.
_FREQUENT, _NEAR = 0.005, 8
Spans = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and of each opinion on an aspect that it names where that is and the polarity (0, 1, 2)."""

    text: str
    aspects: list[tuple[int, int, int]]

    @property
    def spans(self) -> Spans:
        """Where its aspects are."""
        return {(begin, end) for begin, end, _ in self.aspects}


def read(folder: Path, part: str) -> list[Sentence]:
    """The sentences of `train`, `dev` or `test`."""
    with gzip.open(folder / "acos" / f"laptop_quad_{part}.tsv.gz", "rt") as file:
        return [_sentence(*line.rstrip("\n").split("\t")) for line in file]


def _sentence(tokenised: str, *quads: str) -> Sentence:
    places, at = [], 0
    for token in tokenised.split(" "):
        places.append((at, at + len(token)))
        at += len(token) + 1
    torn = [match.start() for match in _TORN.finditer(tokenised)]
    aspects = []
    for quad in quads:
        span, _, polarity, _ = quad.split(" ")
        first, last = map(int, span.split(","))
        if first >= 0:
            begin, end = places[first][0], places[last - 1][1]
            # Each torn mark before it took two blanks with it.
            begin, end = (place - 2 * sum(one < place for one in torn) for place in (begin, end))
            aspects.append((begin, end, int(polarity)))
    return Sentence(_TORN.sub("'", tokenised), aspects)


def f1(found: Sequence[Spans], told: Sequence[Sentence]) -> tuple[float, float, float]:
    """Precision, recall and F1 of places that agree to the letter."""
    hits = sum(len(spans & one.spans) for spans, one in zip(found, told, strict=True))
    named, there = sum(map(len, found)), sum(len(one.spans) for one in told)
    precision, recall = hits / max(1, named), hits / max(1, there)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def extracted(told: Sequence[Sentence], more: Sequence[Sentence] = ()) -> list[Spans]:
    """The terms of each sentence; words are counted in `more` texts too, whose labels nobody looks at."""
    how = wording([one.text for one in (*told, *more)])
    texts = [one.text for one in (*told, *more)]
    return [{(term.begin, term.end) for term in some} for some in terms(texts, how)[: len(told)]]


def frequent(told: Sequence[Sentence], more: Sequence[Sentence] = ()) -> list[Spans]:
    """The baseline: words of one sentence in 200, in a row, within eight words of an opinion word."""
    every = [_words(one.text) for one in (*told, *more)]
    times = Counter(word for words in every for word in {word for word, *_ in words})
    known = {word for word, n in times.items() if n >= _FREQUENT * len(every) and len(word) > 1}
    known -= little() | opinion_words()
    return [_near(words, known) for words in every[: len(told)]]


def _words(text: str) -> list[tuple[str, int, int]]:
    return [(one.group(), one.start(), one.end()) for one in _WORD.finditer(text)]


def _near(words: list[tuple[str, int, int]], known: set[str]) -> Spans:
    opinions_at = [at for at, (word, *_) in enumerate(words) if word in opinion_words()]
    found, at = set(), 0
    while at < len(words):
        end = at
        while end < len(words) and words[end][0] in known:
            end += 1
        if end > at and any(at - _NEAR <= one <= end + _NEAR for one in opinions_at):
            found.add((words[at][1], words[end - 1][2]))
        at = max(end, at + 1)
    return found


def polarity(told: Sequence[Sentence], tier: Tier) -> tuple[float, float]:
    """Of positive or negative aspects the share told rightly: by their part, and by VADER of the sentence."""
    model = embedder(tier)
    head = starting_head(model)
    ours = vader = n = 0
    for one in told:
        parts = opinions(one.text, model, head)
        by_sentence = lexicon_scores([plain(one.text)])[0, 3]
        for begin, _, told_polarity in one.aspects:
            if told_polarity == _NEUTRAL:
                continue
            unit = unit_at([part.unit for part in parts], begin)
            balance = next((part.tone.balance for part in parts if part.unit is unit), 0) or 0
            ours += (balance > 0) == (told_polarity == _POSITIVE)
            vader += (by_sentence > 0) == (told_polarity == _POSITIVE)
            n += 1
    return ours / n, vader / n


def main(folder: Path) -> list[Ratio]:
    """On the test set, which no rule was made on: terms, and polarity of aspects that are given."""
    if not (folder / "acos").exists():
        print(f"language: no {folder / 'acos'}; nothing is measured of aspects")
        return []
    told = read(folder, "test")
    more = [*read(folder, "train"), *read(folder, "dev")]
    for name, found in (
        ("terms, words of test alone", extracted(told)),
        ("terms", extracted(told, more)),
        ("frequent words near an opinion", frequent(told, more)),
    ):
        print(
            "aspects of laptops, {}: precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(
                name, *f1(found, told)
            )
        )
    ours, vader = polarity(told, Tier.SMALL)
    return [
        Ratio(
            name="aspect terms of laptops", ours=f1(extracted(told, more), told)[2],
            peer=f1(frequent(told, more), told)[2], peer_name="frequent words", bar=1.3, sense=Sense.AT_LEAST,
            unit="F1",
        ),
        Ratio(
            name="polarity of a given aspect", ours=ours, peer=vader, peer_name="VADER on the sentence",
            bar=1.0, sense=Sense.AT_LEAST, unit="of positive or negative",
        ),
    ]  # fmt: skip
