"""all-MiniLM-L6-v2 with int8 weights in ONNX: a transformer that is small enough for two cores."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from emptychair.understand.language.embedding import Vectors, unit

_WINDOW = 256  # pieces: what the model was trained on (its card on the hub)
_WINDOWS = 8
_LONGEST_TEXT = 20_000
_UNKNOWN, _BEGIN, _END = 100, 101, 102  # [UNK], [CLS] and [SEP] of BERT


class Small:
    """384 numbers a text. Thread-safe.

    One text at a time: int8 activations are scaled by what is in a batch, so that together with others a text
    would have another vector (cosine .97 to .99). It costs a quarter of the speed.
    """

    name = "all-minilm-l6-v2-int8.1"
    width = 384

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`; `threads` texts are embedded at once."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._pieces.no_padding()
        self._pieces.no_truncation()
        self._threads = threads

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder. A long text is the mean of its first eight windows of 256 pieces."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        encoded = self._pieces.encode_batch_fast(
            [text[:_LONGEST_TEXT] for text in texts], add_special_tokens=False
        )
        ids = [np.array(one.ids, np.int64) for one in encoded]
        with ThreadPoolExecutor(self._threads) as pool:
            found = list(pool.map(self._vector, ids, chunksize=16))
        return unit(np.stack(found))

    def _vector(self, pieces: NDArray[np.int64]) -> NDArray[np.float32]:
        if (pieces == _UNKNOWN).all():
            return np.zeros(self.width, np.float32)
        step = _WINDOW - 2
        windows = [pieces[at : at + step] for at in range(0, min(len(pieces), _WINDOWS * step), step)]
        weighed: NDArray[np.float32] = sum(
            (len(window) * self._one(window) for window in windows), np.zeros(self.width, np.float32)
        )
        return weighed

    def _one(self, pieces: NDArray[np.int64]) -> NDArray[np.float32]:
        ids = np.concatenate([[_BEGIN], pieces, [_END]]).astype(np.int64)[None, :]
        (vector,) = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        found: NDArray[np.float32] = vector
        return found
