"""The vectors of whole texts by their key: looked through one by one while they are few, then by an index."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from usearch.compiled import MetricKind
from usearch.index import Index, search

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.vectors import Keys

# So many are compared with what is asked in 20 ms; then an index of them takes the place of their vectors.
BLOCK = 100_000
# How many places an index looks at when a text is added, and when one is looked for: more finds more. Two
# words lie far from whole texts: of the nearest ten 1.2 are missed with 200, .6 with 1,200, .5 with 2,400.
TO_ADD, TO_FIND = 200, 1_200


class Writing:
    """The one who writes; what `keep` took is on disk when it returns."""

    def __init__(self, folder: Path, width: int, *, block: int = BLOCK, threads: int = 1) -> None:
        """Open the folder; what was written in part is cut off, and what is full gets its index."""
        self._folder, self._width, self._block, self._threads = folder, width, block, threads
        names = sorted(path.stem for path in folder.glob("*.keys"))
        self._number = len(names) - 1 if names else 0
        self._full = [np.sort(np.fromfile(folder / f"{name}.keys", np.uint64)) for name in names[:-1]]
        self._open: set[int] = set(_recovered(folder, self._name, width).tolist())
        self._seal_when_full()

    def keep(self, keys: Keys, vectors: Vectors) -> None:
        """Keep the vectors of these texts; those of length 0, which mean nothing, and known ones are left."""
        fresh = {int(key): row for row, key in enumerate(keys.tolist()) if not self._is_known(int(key))}
        wanted = [(key, row) for key, row in fresh.items() if vectors[row].any()]
        while wanted:
            room = self._block - len(self._open)
            now, wanted = wanted[:room], wanted[room:]
            self._append(np.array([key for key, _ in now], np.uint64), vectors[[row for _, row in now]])
            self._seal_when_full()

    @property
    def _name(self) -> str:
        return f"{self._number:04}"

    def _is_known(self, key: int) -> bool:
        if key in self._open:
            return True
        for block in self._full:
            at = int(np.searchsorted(block, np.uint64(key)))
            if at < len(block) and int(block[at]) == key:
                return True
        return False

    def _append(self, keys: Keys, vectors: Vectors) -> None:
        # Vectors first: a key without one would be wrong, one without a key is cut off again.
        for name, data in (("vectors", vectors.astype(np.float16).tobytes()), ("keys", keys.tobytes())):
            with (self._folder / f"{self._name}.{name}").open("ab") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        self._open.update(keys.tolist())

    def _seal_when_full(self) -> None:
        if len(self._open) < self._block:
            return
        self._seal()
        self._full.append(np.sort(np.fromfile(self._folder / f"{self._name}.keys", np.uint64)))
        self._open, self._number = set(), self._number + 1

    def _seal(self) -> None:
        """Vectors go when the index is there, which has them too: a crash between costs nothing."""
        target = self._folder / f"{self._name}.usearch"
        if not target.exists():
            index = Index(ndim=self._width, metric=MetricKind.Cos, dtype="f16", expansion_add=TO_ADD)
            rows = np.fromfile(self._folder / f"{self._name}.vectors", np.float16).reshape(-1, self._width)
            keys = np.fromfile(self._folder / f"{self._name}.keys", np.uint64)
            index.add(keys, rows, threads=self._threads)
            written = target.with_suffix(".new")
            index.save(str(written))
            with written.open("rb") as file:
                os.fsync(file.fileno())
            target.with_suffix(".size").write_text(str(written.stat().st_size))
            written.replace(target)
        (self._folder / f"{self._name}.vectors").unlink(missing_ok=True)


@dataclass(slots=True)
class Meanings:
    """The one who reads, beside the one who writes. Thread-safe."""

    folder: Path
    width: int
    _indexes: dict[str, Index] = field(default_factory=dict)
    _rows: NDArray[np.float16] | None = None
    _keys: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return sum(len(index) for index in self._indexes.values()) + len(self._keys)

    def refresh(self) -> None:
        """See what was written since."""
        with self._lock:
            loose = []
            for path in sorted(self.folder.glob("*.keys")):
                if path.stem in self._indexes:
                    continue
                if path.with_suffix(".usearch").exists():
                    self._indexes[path.stem] = _viewed(path.with_suffix(".usearch"))
                else:
                    loose.append(path)
            self._keys, self._rows = self._loose(loose[0]) if loose else (np.zeros(0, np.uint64), None)

    def has(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of these texts are there."""
        with self._lock:
            found = np.isin(keys, self._keys)
            for index in self._indexes.values():
                found |= index.contains(keys)
        return found

    def nearest(self, vector: Vectors, most: int) -> tuple[Keys, Vectors]:
        """The texts that mean what is alike, the nearest first, and their cosines."""
        asked = vector.astype(np.float16)
        with self._lock:  # a search of an index is not for two threads at once
            found = [index.search(asked, most, threads=1) for index in self._indexes.values()]
            keys = [one.keys for one in found]
            distances = [one.distances for one in found]
            if self._rows is not None and len(self._rows):
                near = search(
                    self._rows, asked, min(most, len(self._rows)), MetricKind.Cos, exact=True, threads=1
                )
                keys.append(self._keys[near.keys.astype(np.int64)])
                distances.append(near.distances)
        return _best(keys, distances, most)

    def _loose(self, path: Path) -> tuple[Keys, NDArray[np.float16] | None]:
        try:
            rows = np.memmap(path.with_suffix(".vectors"), np.float16, "r")
        except (FileNotFoundError, ValueError):  # it got its index at this moment, or is empty
            return np.zeros(0, np.uint64), None
        keys = np.fromfile(path, np.uint64)
        whole = min(len(keys), len(rows) // self.width)
        return keys[:whole], rows[: whole * self.width].reshape(whole, self.width)


def check(folder: Path) -> None:
    """Raise ValueError or OSError where something that was on disk is not there any more."""
    paths = sorted(folder.glob("*.keys"))
    for place, path in enumerate(paths):
        index, keys = path.with_suffix(".usearch"), path.stat().st_size // 8
        if index.exists():
            if len(_viewed(index)) != keys:
                raise ValueError(f"{index} has not as many texts as {path}")
        elif not path.with_suffix(".vectors").exists() or int(path.stem) != place or path != paths[-1]:
            raise ValueError(f"{path} has no vectors")


def _viewed(path: Path) -> Index:
    # Whoever looks at a place behind the end of a file that was cut is killed by the system.
    if path.stat().st_size != int(path.with_suffix(".size").read_text() or 0):
        raise ValueError(f"{path} is not as long as it was")
    index = Index.restore(str(path), view=True)
    if index is None:
        raise ValueError(f"{path} is no index")
    index.expansion_search = TO_FIND  # type: ignore[misc]  # its setter is not seen by mypy
    return index


def _best(keys: list[Keys], distances: list[Vectors], most: int) -> tuple[Keys, Vectors]:
    if not keys:
        return np.zeros(0, np.uint64), np.zeros(0, np.float32)
    every, cosines = np.concatenate(keys), 1 - np.concatenate(distances)
    order = np.argsort(-cosines, kind="stable")[:most]
    return every[order].astype(np.uint64), cosines[order].astype(np.float32)


def _recovered(folder: Path, name: str, width: int) -> Keys:
    """The keys of a block whose last lines may be torn, which are cut off."""
    keys, vectors = folder / f"{name}.keys", folder / f"{name}.vectors"
    if (folder / f"{name}.usearch").exists():
        return np.fromfile(keys, np.uint64)
    keys.touch()
    vectors.touch()
    whole = min(keys.stat().st_size // 8, vectors.stat().st_size // (2 * width))
    os.truncate(keys, whole * 8)
    os.truncate(vectors, whole * 2 * width)
    return np.fromfile(keys, np.uint64)
