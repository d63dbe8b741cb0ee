"""Vectors that were made once, kept in files by what they were made of: the same words are embedded once."""

import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Embedder, Vectors

Keys = NDArray[np.uint64]
_AT_ONCE = 2_048


def keys_of(texts: Sequence[str]) -> Keys:
    """A hash of 64 bits for each text: among a million two agree once in 40 million companies."""
    digests = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), np.uint64)


class KeptVectors:
    """The vectors of one embedder in one folder, half as long in float16; not for two processes at once.

    They can be made again, so that a file that was torn is cut to what is whole, and nothing is synced.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        """Open or begin the files of this embedder below `folder`."""
        self.embedder = embedder
        self._folder = folder / embedder.name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._keys = np.zeros(0, np.uint64)
        self._order = np.zeros(0, np.int64)
        self._recover()

    def __len__(self) -> int:
        return len(self._keys)

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts that have no vector yet, each once."""
        different = list(dict.fromkeys(texts))
        known = self._places(keys_of(different)) >= 0
        return [text for text, is_known in zip(different, known, strict=True) if not is_known]

    def of(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts, in their order; those that are missing are made and kept."""
        lacking = self.missing(texts)
        for begin in range(0, len(lacking), _AT_ONCE):
            some = lacking[begin : begin + _AT_ONCE]
            self._append(keys_of(some), self.embedder.embed(some))
        return self.by_key(keys_of(texts))

    def by_key(self, keys: Keys) -> Vectors:
        """The vectors of these keys. Raises KeyError when one has none."""
        places = self._places(keys)
        if (places < 0).any():
            raise KeyError(f"{int((places < 0).sum())} texts have no vector")
        found: Vectors = self._rows()[places].astype(np.float32)
        return found

    def keep_only(self, keys: Keys) -> int:
        """Forget the vectors of all other texts; how many went."""
        stays = np.isin(self._keys, keys)
        gone = int((~stays).sum())
        if gone:
            kept, rows = self._keys[stays], np.array(self._rows()[stays])
            for name, data in (("vectors", rows.tobytes()), ("keys", kept.tobytes())):
                # The keys are cut first and written last: a crash between leaves fewer, never wrong ones.
                if name == "vectors":
                    self._file("keys").write_bytes(b"")
                written = self._file(f"{name}.new")
                written.write_bytes(data)
                written.replace(self._file(name))
            self._recover()
        return gone

    def _append(self, keys: Keys, vectors: Vectors) -> None:
        # Vectors first: a key without one would be wrong, one without a key is written again.
        for name, data in (("vectors", vectors.astype(np.float16).tobytes()), ("keys", keys.tobytes())):
            with self._file(name).open("ab") as file:
                file.write(data)
        self._keys = np.concatenate([self._keys, keys])
        self._order = np.argsort(self._keys, kind="stable")

    def _recover(self) -> None:
        width = self.embedder.width * 2
        sizes = {name: self._file(name).stat().st_size if self._file(name).exists() else 0
                 for name in ("vectors", "keys")}  # fmt: skip
        whole = min(sizes["vectors"] // width, sizes["keys"] // 8)
        for name, each in (("vectors", width), ("keys", 8)):
            self._file(name).touch()
            os.truncate(self._file(name), whole * each)
        self._keys = np.fromfile(self._file("keys"), np.uint64)
        self._order = np.argsort(self._keys, kind="stable")

    def _places(self, keys: Keys) -> NDArray[np.int64]:
        """Where the vector of each key lies, -1 where there is none."""
        if not len(self._keys):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self._keys, keys, sorter=self._order)
        found: NDArray[np.int64] = self._order[np.minimum(at, len(self._keys) - 1)]
        return np.where(self._keys[found] == keys, found, -1)

    def _rows(self) -> NDArray[np.float16]:
        if not len(self._keys):
            return np.zeros((0, self.embedder.width), np.float16)
        shape = (len(self._keys), self.embedder.width)
        return np.memmap(self._file("vectors"), np.float16, "r", shape=shape)

    def _file(self, name: str) -> Path:
        return self._folder / name
