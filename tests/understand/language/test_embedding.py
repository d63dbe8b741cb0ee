"""Vectors of both models that come with the product."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.understand.language.embedding import Embedder, Tier, embedder, embedder_name

CARD = "My card was declined at the till"
REFUSED = "the payment with my card got refused"
WEATHER = "lovely weather today"


@pytest.fixture(params=Tier, scope="module")
def model(request: pytest.FixtureRequest) -> Embedder:
    return embedder(request.param)


def test_what_means_the_same_is_near_and_what_does_not_is_far(model: Embedder) -> None:
    card, refused, weather = model.embed([CARD, REFUSED, WEATHER])
    assert card @ refused > 0.5
    assert card @ weather < 0.2


def test_a_text_has_its_vector_whatever_comes_with_it(model: Embedder) -> None:
    alone = model.embed([CARD])[0]
    among = model.embed([WEATHER * 30, CARD, "", REFUSED])[1]
    assert np.array_equal(alone, among)


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "\n\t"])
def test_a_text_in_which_nothing_is_known_is_zeros(model: Embedder, text: str) -> None:
    assert not model.embed([text]).any()


def test_none_is_none(model: Embedder) -> None:
    assert model.embed([]).shape == (0, model.width)


def test_a_megabyte_is_a_text(model: Embedder) -> None:
    (long,) = model.embed([f"{CARD}. " * 40_000])
    assert long @ model.embed([CARD])[0] > 0.6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_text_has_a_vector_of_length_one_or_none(texts: list[str]) -> None:
    for tier in Tier:
        lengths = np.linalg.norm(embedder(tier).embed(texts), axis=1)
        assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))


def test_the_names_of_models_are_known_before_they_are_loaded() -> None:
    for tier in Tier:
        assert embedder_name(tier) == embedder(tier).name
