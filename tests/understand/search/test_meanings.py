"""Vectors in blocks: the nearest are found in full and half-filled ones, and a crash is put right."""

from pathlib import Path

import numpy as np
import pytest

from emptychair.understand.language.embedding import Vectors, unit
from emptychair.understand.search.meanings import Meanings, Writing, check

WIDTH, BLOCK = 32, 100
KEYS = np.arange(1, 251, dtype=np.uint64) << np.uint64(40)


@pytest.fixture
def vectors() -> Vectors:
    return unit(np.random.default_rng(5).normal(size=(250, WIDTH)).astype(np.float32))


def written(folder: Path, vectors: Vectors, until: int = 250, at_once: int = 30) -> None:
    writing = Writing(folder, WIDTH, block=BLOCK)
    for begin in range(0, until, at_once):
        rows = slice(begin, min(begin + at_once, until))
        writing.keep(KEYS[rows], vectors[rows])


def opened(folder: Path) -> Meanings:
    meanings = Meanings(folder, WIDTH)
    meanings.refresh()
    return meanings


def finds_everything(meanings: Meanings, vectors: Vectors, until: int = 250) -> bool:
    found = [int(meanings.nearest(vector, 3)[0][0]) for vector in vectors[:until]]
    return found == KEYS[:until].tolist()


def test_a_full_block_gets_an_index_in_place_of_its_vectors(tmp_path: Path, vectors: Vectors) -> None:
    written(tmp_path, vectors)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        *("0000.keys", "0000.size", "0000.usearch", "0001.keys", "0001.size", "0001.usearch"),
        *("0002.keys", "0002.vectors"),
    }
    meanings = opened(tmp_path)
    assert len(meanings) == 250
    assert finds_everything(meanings, vectors)
    _, cosines = meanings.nearest(vectors[7], 250)
    assert list(cosines) == sorted(cosines, reverse=True)
    assert cosines[0] == pytest.approx(1, abs=1e-3)
    check(tmp_path)


def test_who_reads_sees_what_was_written_since(tmp_path: Path, vectors: Vectors) -> None:
    meanings = opened(tmp_path)
    assert len(meanings.nearest(vectors[0], 3)[0]) == 0
    for until in (50, 130, 250):
        written(tmp_path, vectors, until)
        meanings.refresh()
        assert len(meanings) == until
        assert finds_everything(meanings, vectors, until)


def test_what_is_known_or_means_nothing_is_not_kept(tmp_path: Path, vectors: Vectors) -> None:
    vectors[3] = 0
    written(tmp_path, vectors)
    written(tmp_path, vectors)
    assert len(opened(tmp_path)) == 249


def test_what_a_crash_left_is_cut_off_or_finished(tmp_path: Path, vectors: Vectors) -> None:
    written(tmp_path, vectors, 90)
    with (tmp_path / "0000.vectors").open("ab") as file:
        file.write(b"\1" * (WIDTH * 2 + 5))  # a vector without its key, and a part of one
    written(tmp_path, vectors, 230)
    assert finds_everything(opened(tmp_path), vectors, 230)
    (tmp_path / "0001.usearch").rename(tmp_path / "0001.new")  # killed before the index had its name
    (tmp_path / "0001.vectors").write_bytes(vectors[100:200].astype(np.float16).tobytes())
    (tmp_path / "0002.keys").unlink()
    (tmp_path / "0002.vectors").unlink()
    written(tmp_path, vectors)
    assert finds_everything(opened(tmp_path), vectors)


@pytest.mark.parametrize("name", ["0000.usearch", "0002.vectors"])
def test_a_file_that_is_gone_is_noticed(name: str, tmp_path: Path, vectors: Vectors) -> None:
    written(tmp_path, vectors)
    (tmp_path / name).unlink()
    with pytest.raises(ValueError, match="no vectors"):
        check(tmp_path)


@pytest.mark.parametrize("length", [0, 500, 10_000])
def test_an_index_that_was_cut_is_noticed(length: int, tmp_path: Path, vectors: Vectors) -> None:
    written(tmp_path, vectors)
    path = tmp_path / "0001.usearch"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match="not as long"):
        check(tmp_path)
