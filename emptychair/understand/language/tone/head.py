"""A head: numbers that turn a text's features into probabilities of the moods."""

import io
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.stats.softmax import Floats, learned, log_probabilities
from emptychair.understand.language.embedding import Embedder
from emptychair.understand.language.tone.examples import NEGATIVE, NEUTRAL, POSITIVE
from emptychair.understand.language.tone.features import BUCKETS, SCORES, Features, features
from emptychair.understand.language.tone.lexicon import COMPOUND
from emptychair.understand.language.tongue import SMALL_KNOWS

_KIND = "tone.1"

# VADER's compound as logits: its authors' thresholds (.05) are where two moods are equal, and 0 is unsure.
_OF_COMPOUND = 3.0
_OF_NEUTRAL = 0.15
_PENALTY_OF_EXAMPLES = 3.0

# The mood is the one whose chance stands out against the company's mix, half way to taking no account of it:
# rare moods are found, at the cost of a few of the common one (macro F1 is best near one half on every set).
_AGAINST_MIX = 0.6

SURE = 0.6
"""A mood whose probability is below it is "unsure"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How a head did on own labels that it had not seen (5 folds); None of the starting head.

    `coverage` is the share of texts of which it was sure, `accuracy` how often it was right with those.
    """

    labels: int
    log_loss: float
    log_loss_before: float
    log_loss_of_vader: float
    macro_f1: float
    calibration_error: float
    coverage: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """Weights of one embedder's vectors, of VADER's scores and of words; what it was measured to be worth."""

    embedder: str
    dense: Floats
    words: NDArray[np.float32]
    idf: NDArray[np.float32]
    temperature: float
    mix: Floats
    knows: frozenset[str]
    quality: Quality | None

    def logits(self, found: Features) -> Floats:
        """Before the temperature: what a later head is added to. One row per text."""
        logits: Floats = found.dense @ self.dense
        if self.words.any():
            logits = logits + found.words(self.idf) @ self.words.astype(np.float64)
        return logits

    def probabilities(self, found: Features) -> Floats:
        """One row per text, columns as in Mood, each row with the sum 1."""
        chances: Floats = np.exp(log_probabilities(self.logits(found) / self.temperature))
        return chances

    def moods(self, probabilities: Floats) -> NDArray[np.int64]:
        """The mood of each row, sure or not."""
        return moods(probabilities, self.mix)

    def saved(self) -> bytes:
        """The head as an .npz of plain arrays, some hundred kilobytes."""
        out = io.BytesIO()
        quality = [] if self.quality is None else [getattr(self.quality, one.name) for one in fields(Quality)]
        np.savez_compressed(
            out,
            kind=np.array(_KIND),
            embedder=np.array(self.embedder),
            dense=self.dense,
            words=self.words,
            idf=self.idf,
            temperature=np.array(self.temperature),
            mix=self.mix,
            knows=np.array(sorted(self.knows)),
            quality=np.array(quality, np.float64),
        )
        return out.getvalue()


def head_of(saved: bytes) -> Head:
    """The head that was saved; ValueError when it is none or of another version."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as file:
        if str(file.get("kind")) != _KIND:
            raise ValueError(f"not a head of this version ({_KIND}): learn it again")
        numbers = file["quality"].tolist()
        names = [one.name for one in fields(Quality)]
        quality = dict(zip(names, numbers, strict=True)) if numbers else None
        return Head(
            embedder=str(file["embedder"]),
            dense=file["dense"],
            words=file["words"],
            idf=file["idf"],
            temperature=float(file["temperature"]),
            mix=file["mix"],
            knows=frozenset(file["knows"].tolist()),
            quality=None if quality is None else Quality(**{**quality, "labels": int(quality["labels"])}),
        )


def moods(probabilities: Floats, mix: Floats) -> NDArray[np.int64]:
    """The mood that stands out most against the mix (shares of the moods)."""
    found: NDArray[np.int64] = (probabilities / mix**_AGAINST_MIX).argmax(axis=1)
    return found


@cache
def starting_head(embedder: Embedder) -> Head:
    """What is known without any own label: VADER, and sentences of customers of no company."""
    texts = [*NEGATIVE, *NEUTRAL, *POSITIVE]
    classes = np.repeat(np.arange(3), [len(NEGATIVE), len(NEUTRAL), len(POSITIVE)])
    found = features(texts, embedder.embed(texts))
    lexicon = lexicon_weights(embedder.width)
    none = sp.csr_matrix((len(texts), 0))
    dense, _ = learned(found.dense, none, found.dense @ lexicon, classes, _PENALTY_OF_EXAMPLES)
    return Head(
        embedder=embedder.name,
        dense=lexicon + dense,
        words=np.zeros((BUCKETS, 3), np.float32),
        idf=np.ones(BUCKETS, np.float32),
        temperature=1.0,
        mix=np.full(3, 1 / 3),
        knows=SMALL_KNOWS,
        quality=None,
    )


def lexicon_weights(width: int) -> Floats:
    """VADER alone, as weights of the dense columns."""
    weights = np.zeros((width + SCORES + 1, 3))
    weights[width + COMPOUND] = -_OF_COMPOUND, 0, _OF_COMPOUND
    weights[-1, 1] = _OF_NEUTRAL
    return weights
