"""A model in a folder as Hugging Face has them, run in ONNX: its own tokenizer, its own way of pooling."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from emptychair.understand.language.embedding import Vectors, unit
from emptychair.understand.language.own import Folder, ModelTrouble, files_of, model_of

_WINDOWS = 8
_LONGEST_TEXT = 20_000
_USUAL_WINDOW, _LONGEST_WINDOW = 256, 1_024
_GIVEN = ("input_ids", "attention_mask", "token_type_ids", "position_ids")
_ONE_A_TEXT = ("sentence_embedding", "embedding", "embeddings", "e")

Pool = Callable[[NDArray[np.float32], NDArray[np.int64]], NDArray[np.float32]]


class FolderModel:
    """Vectors of a model in ONNX. Thread-safe. One text at a time, as quantised models ask for."""

    def __init__(self, folder: Folder, threads: int = 2) -> None:
        """Load it. Raises ModelTrouble, which says what is wrong with the folder."""
        files_of(folder.path)
        self.name, self._threads = folder.name, threads
        self._session = _session(model_of(folder.path))
        self._inputs = [one.name for one in self._session.get_inputs()]
        if unknown := sorted(set(self._inputs) - set(_GIVEN)):
            raise ModelTrouble(
                f"the model in {folder.path} asks for {', '.join(unknown)}, which texts have not"
            )
        self._output, self._is_pooled = _output(self._session, folder.path)
        self._pool = _pooling(folder.path)
        self._pieces = _tokenizer(folder.path, _window(folder.path))
        self.width = len(self._run(self._pieces.encode("a word")))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder. A long text is the mean of its first eight windows."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            return unit(np.stack(list(pool.map(self._vector, texts, chunksize=16))))

    def _vector(self, text: str) -> NDArray[np.float32]:
        encoded = self._pieces.encode(text[:_LONGEST_TEXT])
        if all(encoded.special_tokens_mask):  # nothing but the pieces that stand at every beginning and end
            return np.zeros(self.width, np.float32)
        windows = [encoded, *encoded.overflowing][:_WINDOWS]
        lengths = [len(window.ids) for window in windows]
        found = np.average([self._run(window) for window in windows], axis=0, weights=lengths)
        return np.asarray(found, np.float32)

    def _run(self, window: Encoding) -> NDArray[np.float32]:
        mask = np.array([window.attention_mask], np.int64)
        given = {
            "input_ids": np.array([window.ids], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([window.type_ids], np.int64),
            "position_ids": np.arange(len(window.ids), dtype=np.int64)[None, :],
        }
        (told,) = self._session.run([self._output], {name: given[name] for name in self._inputs})
        vector = told[0] if self._is_pooled else self._pool(told[0], mask[0])
        if not np.isfinite(vector).all():
            raise ModelTrouble(f"the model {self.name} makes vectors that are no numbers")
        return np.asarray(vector, np.float32)


def _session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return _read(
        lambda: onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"]), model
    )


def _read(load: Callable[[], Any], file: Path) -> Any:
    """What was loaded. Both libraries raise whatever they like, which a future keeps."""
    with ThreadPoolExecutor(1) as alone:
        future = alone.submit(load)
        problem = future.exception()
    if problem is not None:
        raise ModelTrouble(f"{file} cannot be used: {' '.join(str(problem).split())[:300]}") from None
    return future.result()


def _output(session: onnxruntime.InferenceSession, path: Path) -> tuple[str, bool]:
    """The output that is used, and whether it is one vector a text already."""
    outputs = {one.name: len(one.shape) for one in session.get_outputs()}
    for name in (*_ONE_A_TEXT, *outputs):
        if outputs.get(name) == 2 and name != "pooler_output":
            return name, True
    for name, ranks in outputs.items():
        if ranks == 3:
            return name, False
    raise ModelTrouble(
        f"the model in {path} gives {', '.join(outputs)}: none is a vector for each piece or text"
    )


def _pooling(path: Path) -> Pool:
    """How the vectors of pieces become one: their mean, unless the folder says otherwise."""
    file = path / "1_Pooling" / "config.json"
    said = _object(file) if file.is_file() else {}
    ways = [name for name, is_on in said.items() if name.startswith("pooling_mode_") and is_on is True]
    if len(ways) > 1:
        raise ModelTrouble(f"{file} asks for {', '.join(ways)} together, which is not done here")
    way = ways[0] if ways else "pooling_mode_mean_tokens"
    pools: dict[str, Pool] = {
        "pooling_mode_mean_tokens": lambda told, mask: (told * mask[:, None]).sum(0) / max(1, mask.sum()),
        "pooling_mode_cls_token": lambda told, mask: told[0],
        "pooling_mode_max_tokens": lambda told, mask: told[mask > 0].max(0),
        "pooling_mode_lasttoken": lambda told, mask: told[int(np.flatnonzero(mask)[-1])],
    }
    if way not in pools:
        raise ModelTrouble(f"{file} asks for {way}, which is not known here: {', '.join(pools)} are")
    return pools[way]


def _window(path: Path) -> int:
    """How many pieces the model takes at once."""
    file = path / "sentence_bert_config.json"
    said = _object(file).get("max_seq_length") if file.is_file() else None
    return min(said, _LONGEST_WINDOW) if isinstance(said, int) and said > 8 else _USUAL_WINDOW


def _tokenizer(path: Path, window: int) -> Tokenizer:
    file = path / "tokenizer.json"
    pieces: Tokenizer = _read(lambda: Tokenizer.from_file(str(file)), file)
    pieces.no_padding()
    pieces.enable_truncation(window)
    return pieces


def _object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelTrouble(f"{file} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise ModelTrouble(f"{file} is no JSON object")
    return found
