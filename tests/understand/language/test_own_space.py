"""Spaces of own words: what is alike in a language that the model does not know, and what is kept of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.own_space import WIDTH, own_space
from emptychair.understand.language.own_spaces import (
    OF_MODEL,
    OwnSpaces,
    PlacedVectors,
    keep_spaces,
    kept_spaces,
)
from emptychair.understand.language.vectors import KeptVectors
from tests.understand.language.spanish import ABOUT, complaints

FAST = embedder(Tier.FAST)
TEXTS = [text for _, text in complaints()]
LABELS = np.array([list(ABOUT).index(about) for about, _ in complaints()])


def made(folder: Path, languages: Sequence[str] = ("es",)) -> OwnSpaces:
    vectors = FAST.embed(TEXTS)
    return keep_spaces(
        folder, FAST, [own_space(code, TEXTS, vectors, of_model=OF_MODEL[FAST.name]) for code in languages]
    )


def test_texts_about_the_same_are_nearer_than_by_the_model_alone(tmp_path: Path) -> None:
    vectors = FAST.embed(TEXTS)
    placed = made(tmp_path).place(TEXTS, ["es"] * len(TEXTS), vectors)
    assert placed.shape == (len(TEXTS), FAST.width + WIDTH)
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)
    assert _told_apart(vectors) < 0.9
    assert _told_apart(placed) > 0.95


def _told_apart(rows: np.ndarray) -> float:
    """How often two texts about the same are nearer than two that are not (AUC)."""
    pairs = np.triu_indices(len(rows), 1)
    return float(roc_auc_score((LABELS[:, None] == LABELS)[pairs], (rows @ rows.T)[pairs]))


def test_what_the_model_knows_stays_where_it_was_and_is_like_nothing_in_another_language(
    tmp_path: Path,
) -> None:
    spaces, words = made(tmp_path), ["The grinder broke.", TEXTS[0], "xq"]
    vectors = FAST.embed(words)
    placed = spaces.place(words, ["en", "es", None], vectors)
    assert (placed[[0, 2], : FAST.width] == vectors[[0, 2]]).all()
    assert not placed[[0, 2], FAST.width :].any()
    assert placed[1, FAST.width :].any()


def test_two_languages_are_unlike_though_they_share_their_columns(tmp_path: Path) -> None:
    spaces = made(tmp_path, ("es", "pt"))
    vectors = FAST.embed(TEXTS)
    one, other = (spaces.place(TEXTS, [code] * len(TEXTS), vectors)[:, FAST.width :] for code in ("es", "pt"))
    assert np.abs((one * other).sum(axis=1)).mean() < 0.15 < (one * one).sum(axis=1).mean()


def test_the_same_texts_make_the_same_space_and_a_file_gives_it_back(tmp_path: Path) -> None:
    one, again = made(tmp_path / "one"), made(tmp_path / "again")
    assert one.mark == again.mark == kept_spaces(tmp_path / "one", FAST).mark
    assert one.name == f"{FAST.name} {one.mark}"
    vectors = FAST.embed(TEXTS[:3])
    kept = kept_spaces(tmp_path / "one", FAST)
    first, second = (each.place(TEXTS[:3], ["es"] * 3, vectors) for each in (one, kept))
    assert np.array_equal(first, second)


def test_no_word_is_kept(tmp_path: Path) -> None:
    made(tmp_path)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert kept
    assert not any(word.encode() in kept for word in ("cafetera", "reembolso", "paquete"))


@pytest.mark.parametrize("torn", [b"", b"PK\x03\x04nothing", None])
def test_a_torn_file_is_no_space(torn: bytes | None, tmp_path: Path) -> None:
    made(tmp_path)
    (file,) = tmp_path.rglob("own.npz")
    file.write_bytes(file.read_bytes()[:-200] if torn is None else torn)
    spaces = kept_spaces(tmp_path, FAST)
    assert (dict(spaces.of), spaces.mark, spaces.width) == ({}, "", FAST.width)


def test_words_that_nobody_used_leave_the_model_alone_and_nothing_is_zeros(tmp_path: Path) -> None:
    spaces = made(tmp_path)
    words = ["", "☃☃☃", "Zzyzx"]
    placed = spaces.place(words, ["es"] * 3, FAST.embed(words))
    assert not placed[0].any()
    assert np.isfinite(placed).all()


def test_vectors_of_the_model_are_made_once_and_placed_each_time(tmp_path: Path) -> None:
    spaces = made(tmp_path)
    placed = PlacedVectors(KeptVectors(tmp_path, FAST), spaces)
    rows = placed.of(TEXTS[:2], ["es", "es"])
    assert rows.shape == (2, spaces.width)
    assert not placed.vectors.missing(TEXTS[:2])
