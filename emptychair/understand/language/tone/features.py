"""What a head knows of a text: its vector, VADER's scores, and its words as hashed TF-IDF."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.tone.lexicon import lexicon_scores, plain

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import HashingVectorizer

BUCKETS = 2**16
SCORES = 4
_NUMBER = re.compile(r"\d+")

# One penalty holds for all weights; these make a unit of each block worth about as much (docs/language.md).
_OF_VECTORS = 3.0
_OF_WORDS = 2.0


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of texts: dense columns (vector, VADER's four, a one) and the counts of their words and pairs."""

    dense: NDArray[np.float64]
    counts: sp.csr_matrix

    def __getitem__(self, rows: NDArray[np.int64]) -> "Features":
        """The features of some rows."""
        return Features(self.dense[rows], self.counts[rows])

    def words(self, idf: NDArray[np.float32]) -> sp.csr_matrix:
        """The counts weighed by how rare a word is, with rows of one length."""
        from sklearn.preprocessing import normalize  # a second of a start: only who reads tones needs it

        weighed = normalize(self.counts @ sp.diags(idf.astype(np.float64)), copy=False)
        return (weighed * _OF_WORDS).tocsr()


def features(texts: Sequence[str], vectors: Vectors) -> Features:
    """The features of texts that have these vectors."""
    plains = [plain(text) for text in texts]
    dense = np.hstack(
        [_OF_VECTORS * vectors.astype(np.float64), lexicon_scores(plains), np.ones((len(plains), 1))]
    )
    counts = _hashing().transform(_NUMBER.sub("0", text) for text in plains).tocsr()
    counts.data = 1 + np.log(counts.data)
    return Features(dense, counts)


def rarity(counts: sp.csr_matrix) -> NDArray[np.float32]:
    """The inverse document frequency of each bucket, smoothed as if one more text had every word."""
    having = np.bincount(counts.indices, minlength=BUCKETS)
    idf: NDArray[np.float32] = (np.log((1 + counts.shape[0]) / (1 + having)) + 1).astype(np.float32)
    return idf


@cache
def _hashing() -> "HashingVectorizer":
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        n_features=BUCKETS,
        ngram_range=(1, 2),
        alternate_sign=False,
        norm=None,
        token_pattern=r"\w+|[^\w\s]",  # noqa: S106
    )
