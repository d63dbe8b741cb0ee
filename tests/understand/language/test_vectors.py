"""Vectors that are made once and kept, in files that a crash may tear."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.vectors import KeptVectors, keys_of


class Counting:
    """An embedder that counts what it is asked."""

    name, width = "counting.1", 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), text.count("a"), 1] for text in texts], np.float32).reshape(-1, 3)


TEXTS = ["a", "banana", "a", "", "kiwi"]


def test_the_same_words_are_embedded_once_also_tomorrow(tmp_path: Path) -> None:
    model = Counting()
    kept = KeptVectors(tmp_path, model)
    assert kept.of(TEXTS)[:, 0].tolist() == [1, 6, 1, 0, 4]
    again = KeptVectors(tmp_path, model)
    assert again.of([*reversed(TEXTS), "fig"])[:, 0].tolist() == [4, 0, 1, 6, 1, 3]
    assert sorted(model.asked) == ["", "a", "banana", "fig", "kiwi"]


@pytest.mark.parametrize("name", ["vectors", "keys"])
def test_a_torn_file_is_cut_to_what_is_whole(tmp_path: Path, name: str) -> None:
    KeptVectors(tmp_path, Counting()).of(TEXTS)
    file = tmp_path / "counting.1" / name
    file.write_bytes(file.read_bytes()[:-3])
    model = Counting()
    again = KeptVectors(tmp_path, model)
    assert len(again) == 3
    assert again.of(TEXTS)[:, 0].tolist() == [1, 6, 1, 0, 4]
    assert model.asked == ["kiwi"]


def test_what_is_forgotten_is_in_no_file(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path, Counting())
    kept.of(TEXTS)
    assert kept.keep_only(keys_of(["a", "kiwi", "never seen"])) == 2
    assert kept.of(["kiwi", "a"])[:, 0].tolist() == [4, 1]
    assert (tmp_path / "counting.1" / "vectors").stat().st_size == 2 * 3 * 2
    with pytest.raises(KeyError, match="1 texts have no vector"):
        kept.by_key(keys_of(["banana"]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(alphabet="ab", max_size=3), max_size=8), max_size=5))
def test_every_text_gets_its_own_vector(tmp_path_factory: pytest.TempPathFactory, parts: list) -> None:
    kept, model = KeptVectors(tmp_path_factory.mktemp("kept"), Counting()), Counting()
    for texts in parts:
        assert np.array_equal(kept.of(texts), model.embed(texts))
