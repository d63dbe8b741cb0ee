"""Static vectors: the mean of the vectors of a text's pieces (model2vec, distilled from all-MiniLM-L6-v2)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from emptychair.understand.language.embedding import Vectors, unit

_AT_ONCE = 4_096
# What is behind it changes no mean that anybody would notice, and a text of a megabyte would cost a second.
_LONGEST_TEXT = 20_000


class Fast:
    """256 numbers a text with the model that comes along, some ten thousand texts a second. Thread-safe."""

    def __init__(self, folder: Path, name: str = "static-256.1") -> None:
        """Load the model in `folder`: `model.safetensors` with a row for each piece of `tokenizer.json`."""
        self.name = name
        self._rows = load_file(folder / "model.safetensors")["embeddings"].astype(np.float32)
        self._pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._pieces.no_padding()
        self._pieces.no_truncation()
        self._unknown = self._pieces.token_to_id("[UNK]")
        self.width = int(self._rows.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder. A text counts up to its 20,000th letter."""
        found = np.zeros((len(texts), self.width), np.float32)
        for begin in range(0, len(texts), _AT_ONCE):
            some = [text[:_LONGEST_TEXT] for text in texts[begin : begin + _AT_ONCE]]
            found[begin : begin + len(some)] = self._means(some)
        return unit(found)

    def _means(self, texts: Sequence[str]) -> Vectors:
        """Sums of the rows of the known pieces: their length is taken away by the caller."""
        encoded = self._pieces.encode_batch_fast(list(texts), add_special_tokens=False)
        pieces = [np.array(one.ids, np.int64) for one in encoded]
        known = [ids[ids != self._unknown] for ids in pieces]
        ends = np.cumsum([0, *map(len, known)])
        ids = np.concatenate([*known, np.zeros(0, np.int64)])
        which = sp.csr_matrix((np.ones(len(ids), np.float32), ids, ends), shape=(len(texts), len(self._rows)))
        sums: Vectors = (which @ self._rows).astype(np.float32)
        return sums
