"""A space of the company's own words, for texts in a language that the models that come along do not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors, unit

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import HashingVectorizer

WIDTH = 128
# So many texts tell enough for a space; of more than the second number, so many are looked at.
FEWEST_TEXTS, MOST_TEXTS = 100, 10_000
# Of words, and as many of letters in a row: no word is kept, so that none stays when it is erased.
_BUCKETS = 2**15
_SEED = 7
_ROUNDS = 4
_AT_ONCE = 5_000
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class OwnSpace:
    """TF-IDF of words and of letters in a row, cut to its first directions (latent semantic analysis,
    Deerwester et al. 1990), beside what the model makes of the text.

    `rarity` is of every bucket, 0 of those in fewer than two texts; `directions` has a row for every bucket
    whose rarity is not 0; `centre` is the mean of the model's vectors of this language, and `of_model` the
    share of what is alike (0 to 1) that they tell, own words the rest.
    """

    language: str
    of_model: float
    rarity: Floats
    directions: NDArray[np.float16]
    centre: Floats

    def place(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Rows of length 1, WIDTH wider than the model's vectors.

        What texts of this language have in common is taken out of the model's vectors. Zeros for a text in
        which neither knows anything.
        """
        used = np.flatnonzero(self.rarity)
        words = np.zeros((len(texts), WIDTH), np.float32)
        directions = self.directions.astype(np.float32)
        for begin in range(0, len(texts), _AT_ONCE):
            here = slice(begin, begin + _AT_ONCE)
            words[here] = _weighed(_counts(texts[here]), self.rarity)[:, used] @ directions
        apart = vectors - self.centre * vectors.any(axis=1, keepdims=True)
        return unit(np.hstack([unit(apart) * self.of_model**0.5, unit(words) * (1 - self.of_model) ** 0.5]))


def own_space(language: str, texts: Sequence[str], vectors: Vectors, *, of_model: float) -> OwnSpace:
    """The space of these texts, all in one language, which have these vectors of the model.

    O(letters) and a singular value decomposition at random (Halko, Martinsson and Tropp 2011), always alike.
    """
    from sklearn.decomposition import TruncatedSVD  # a second of a start: only who makes a space needs it

    counts = _counts(texts)
    having = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.where(having > 1, np.log((1 + len(texts)) / (1 + having)) + 1, 0).astype(np.float32)
    used = np.flatnonzero(rarity)
    weighed = _weighed(counts, rarity)[:, used]
    width = min(WIDTH, min(weighed.shape) - 1)
    cut = TruncatedSVD(width, n_iter=_ROUNDS, random_state=_SEED).fit(weighed)
    directions = (cut.components_.T @ _turn(language)[:width]).astype(np.float16)
    known = vectors[vectors.any(axis=1)]
    centre = known.mean(axis=0) if len(known) else np.zeros(vectors.shape[1])
    return OwnSpace(language, of_model, rarity, directions, centre.astype(np.float32))


def _counts(texts: Sequence[str]) -> sp.csr_matrix:
    """How often words and letters in a row stand in every text, as 1 + log of it."""
    found = sp.hstack([hashing.transform(texts) for hashing in _hashings()]).tocsr()
    found.data = 1 + np.log(found.data)
    return found


def _weighed(counts: sp.csr_matrix, rarity: Floats) -> sp.csr_matrix:
    """The counts by how rare each is, words with length 1 and letters too, so that each has its half."""
    from sklearn.preprocessing import normalize

    weighed = (counts @ sp.diags(rarity)).tocsr()
    halves = [normalize(weighed[:, :_BUCKETS]), normalize(weighed[:, _BUCKETS:])]
    return sp.hstack(halves).tocsr()


@cache
def _hashings() -> "tuple[HashingVectorizer, HashingVectorizer]":
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(n_features=_BUCKETS, alternate_sign=False, norm=None, token_pattern=r"\w+")  # noqa: S106
    letters = HashingVectorizer(
        n_features=_BUCKETS, alternate_sign=False, norm=None, analyzer="char_wb", ngram_range=(2, 4)
    )
    return words, letters


def _turn(language: str) -> Floats:
    """Turns every language its own way, at random but always alike: two that share columns are not alike."""
    rng = np.random.default_rng(crc32(language.encode()))
    turned: Floats = np.linalg.qr(rng.standard_normal((WIDTH, WIDTH)))[0].astype(np.float32)
    return turned
