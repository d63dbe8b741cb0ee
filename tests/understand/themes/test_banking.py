"""Themes of ten thousand real questions of bank customers, against what they were about."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.themes.assigning import assign
from emptychair.understand.themes.fitting import Corpus, Fit, fit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bank(data: Path) -> tuple[Corpus, np.ndarray]:
    with gzip.open(data / "banking77" / "train.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = [row["text"] for row in rows]
    model = embedder(Tier.SMALL)
    ids = [str(number) for number in range(len(texts))]
    made = Corpus(ids=ids, texts=texts, vectors=model.embed(texts), embedder=model.name)
    return made, np.array([row["category"] for row in rows])


def fitted(made: Corpus, seed: int) -> Fit:
    found = fit(made, seed=seed)
    assert isinstance(found, Fit)
    return found


def part(made: Corpus, places: np.ndarray) -> Corpus:
    return Corpus(
        ids=[made.ids[at] for at in places],
        texts=[made.texts[at] for at in places],
        vectors=made.vectors[places],
        embedder=made.embedder,
    )


def test_the_intents_are_found_with_no_theme_as_a_theme_of_its_own(bank: tuple[Corpus, np.ndarray]) -> None:
    made, truth = bank
    found = fitted(made, 0)
    assert normalized_mutual_info_score(truth, found.labels) >= 0.80
    assert adjusted_rand_score(truth, found.labels) >= 0.52
    assert found.without_theme < 0.1 * len(truth)


def test_two_seeds_agree(bank: tuple[Corpus, np.ndarray]) -> None:
    one, other = fitted(bank[0], 0), fitted(bank[0], 1)
    assert adjusted_rand_score(one.labels, other.labels) > 0.9


def test_two_halves_agree(bank: tuple[Corpus, np.ndarray]) -> None:
    made, _ = bank
    order = np.random.default_rng(5).permutation(len(made.ids))
    half = len(order) // 2
    one, other = (
        assign(fitted(part(made, np.sort(some)), 0).themes, made.vectors).theme
        for some in (order[:half], order[half:])
    )
    assert adjusted_rand_score(one, other) > 0.5
