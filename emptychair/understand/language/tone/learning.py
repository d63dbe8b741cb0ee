"""A head from a company's own scored comments, never worse than what it begins with."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.stats.calibration import calibration_error, temperature
from emptychair.stats.softmax import Floats, learned, log_loss, log_probabilities
from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.tone.features import BUCKETS, SCORES, Features, features, rarity
from emptychair.understand.language.tone.head import SURE, Head, Quality, lexicon_weights, moods
from emptychair.understand.language.tongue import tongue

FEWEST = 30
"""With fewer own labels, or less than five of every mood but one, the starting head stays."""

MOST = 10_000
"""Of more labels, so many are drawn by lot: learning would take minutes."""

_FEWEST_OF_A_MOOD = 5
_FEWEST_OF_A_TONGUE = 100
_FEWEST_OF_A_WORD = 2  # texts; one that occurs once teaches nothing about others
_FOLDS = 5
_PENALTIES = (1.0, 3.0, 10.0)


def head_from(
    texts: Sequence[str], vectors: Vectors, labels: Sequence[int], start: Head, rng: np.random.Generator
) -> Head:
    """A head learned from texts, their vectors (of the embedder of `start`) and the moods of their scores.

    How much is learned is chosen by the log loss of labels that were held out; when nothing beats `start` (or
    VADER alone, where that is better), it comes back with its mix and temperature made the company's.
    On a busy core 2,000 take three seconds, 8,000 forty.
    """
    classes = np.array([int(label) for label in labels], np.int64)
    if not _is_enough(classes):
        return start
    rows = rng.permutation(len(classes))[:MOST]
    chosen, classes = [texts[row] for row in rows], classes[rows]
    found = features(chosen, vectors[rows])
    start = _better_start(start, found, classes)
    before = start.logits(found)
    idf = rarity(found.counts)
    kept = np.flatnonzero(np.bincount(found.counts.indices, minlength=BUCKETS) >= _FEWEST_OF_A_WORD)
    words = found.words(idf)[:, kept]
    tried = {penalty: _held_out(found.dense, words, before, classes, penalty) for penalty in _PENALTIES}
    best = min(tried, key=lambda penalty: log_loss(tried[penalty], classes))
    if log_loss(tried[best], classes) >= log_loss(before, classes):
        return _measured(start, chosen, classes, found, before, before)
    dense, sparse = learned(found.dense, words, before, classes, best)
    of_words = np.zeros((BUCKETS, 3), np.float32)
    of_words[kept] = sparse
    head = Head(
        embedder=start.embedder,
        dense=start.dense + dense,
        words=of_words,
        idf=idf,
        temperature=1.0,
        mix=start.mix,
        knows=start.knows,
        quality=None,
    )
    return _measured(head, chosen, classes, found, tried[best], before)


def _better_start(start: Head, found: Features, classes: NDArray[np.int64]) -> Head:
    """`start`, or VADER alone where it tells these labels better."""
    vader = lexicon_weights(found.dense.shape[1] - SCORES - 1)
    if log_loss(start.logits(found), classes) <= log_loss(found.dense @ vader, classes):
        return start
    return replace(start, dense=vader, words=np.zeros_like(start.words))


def _is_enough(classes: NDArray[np.int64]) -> bool:
    counts = np.sort(np.bincount(classes, minlength=3))
    return len(classes) >= FEWEST and bool(counts[1] >= _FEWEST_OF_A_MOOD)


def _held_out(
    dense: Floats, words: sp.csr_matrix, before: Floats, classes: NDArray[np.int64], penalty: float
) -> Floats:
    """The logits of each row by a head that has not seen it. The rows are in random order already."""
    logits = np.empty_like(before)
    fold = np.arange(len(classes)) % _FOLDS
    for one in range(_FOLDS):
        seen, held = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        of_dense, of_words = learned(dense[seen], words[seen], before[seen], classes[seen], penalty)
        logits[held] = before[held] + dense[held] @ of_dense + words[held] @ of_words
    return logits


def _measured(
    head: Head,
    texts: Sequence[str],
    classes: NDArray[np.int64],
    found: Features,
    held_out: Floats,
    before: Floats,
) -> Head:
    """The head with its temperature, mix and languages, and what it is worth, all by what it had not seen."""
    mix = (np.bincount(classes, minlength=3) + 1) / (len(classes) + 3)
    heat = temperature(held_out, classes)
    chances = np.exp(log_probabilities(held_out / heat))
    said = moods(chances, mix)
    is_sure = chances[np.arange(len(said)), said] >= SURE
    vader = found.dense @ lexicon_weights(found.dense.shape[1] - SCORES - 1)
    quality = Quality(
        labels=len(classes),
        log_loss=log_loss(held_out / heat, classes),
        log_loss_before=log_loss(before, classes),
        log_loss_of_vader=log_loss(vader, classes),
        macro_f1=macro_f1(said, classes),
        calibration_error=calibration_error(chances, classes),
        coverage=float(is_sure.mean()),
        accuracy=float((said == classes)[is_sure].mean()) if is_sure.any() else 0.0,
    )
    knows = head.knows | _learned_tongues(texts, classes, held_out / heat)
    return replace(head, temperature=heat, mix=mix, knows=knows, quality=quality)


def _learned_tongues(texts: Sequence[str], classes: NDArray[np.int64], logits: Floats) -> frozenset[str]:
    """The languages of which own labels taught enough: what was held out is told better than by their mix."""
    spoken = [tongue(text) for text in texts]
    codes = np.array([one.code if one else "" for one in spoken])
    known = set()
    for code, count in Counter(codes.tolist()).items():
        if not code or count < _FEWEST_OF_A_TONGUE:
            continue
        rows = np.flatnonzero(codes == code)
        mix = (np.bincount(classes[rows], minlength=3) + 1) / (count + 3)
        by_mix = np.log(mix)[None, :].repeat(count, axis=0)
        if log_loss(logits[rows], classes[rows]) < log_loss(by_mix, classes[rows]):
            known.add(code)
    return frozenset(known)


def macro_f1(said: NDArray[np.int64], classes: NDArray[np.int64]) -> float:
    """The mean of the F1 of the moods that occur in either."""
    both = np.bincount(said, minlength=3) + np.bincount(classes, minlength=3)
    hits = np.bincount(classes[said == classes], minlength=3)
    return float((2 * hits[both > 0] / both[both > 0]).mean())
