"""The words that opinions are about, told from how they stand among others."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.understand.language.terms import terms, wording

# What some customers of a hotel say, so that it is seen how the words stand.
HOTEL = [
    "The breakfast was wonderful.",
    "My breakfast is always cold.",
    "I loved the breakfast.",
    "The breakfasts are poor.",
    "No breakfast, no coffee.",
    "We liked the reception desk.",
    "The reception desk is rude.",
    "Your reception desk was kind, the desk is too small.",
    "The desk has scratches, and my desk was dirty.",
    "Another desk, please.",
    "We slept badly and left early for the school.",
    "It was small, very small, too small.",
    "They wanted to charge us, and we left.",
]


def found(text: str, *more: str) -> list[str]:
    texts = [text, *more, *HOTEL]
    return [term.key for term in terms(texts, wording(texts))[0]]


def test_a_noun_that_many_speak_of_is_what_an_opinion_is_about() -> None:
    assert found("The breakfast was awful") == ["breakfast"]
    assert found("breakfast disgusting") == ["breakfast"]


def test_plural_and_singular_are_one() -> None:
    assert found("Their breakfasts were late") == ["breakfast"]


def test_words_that_stand_together_are_one_term() -> None:
    assert found("I hate the reception desk") == ["reception desk"]
    assert found("I hate the desk") == ["desk"]


@pytest.mark.parametrize(
    "text", ["It was small", "They left", "I slept badly", "Terrible!", "", "...", "我很喜欢"]
)
def test_nothing_is_an_answer(text: str) -> None:
    assert found(text) == []


def test_what_says_where_or_what_for_is_not_what_it_is_about() -> None:
    assert found("We waited for the breakfast") == []
    assert found("We waited at the small desk and hated the breakfast") == ["breakfast"]


def test_a_word_of_one_sentence_alone_is_none() -> None:
    assert found("The balcony is lovely. The balcony was cold. My balcony, a balcony, the balcony.") == []


def test_addresses_handles_and_markup_are_no_words() -> None:
    more = ["The @desk/breakfast is <b>bold</b>, see https://desk.example/breakfast"] * 3
    assert found("The @breakfast, desk@breakfast.example and <desk> were bad", *more) == []


@given(st.lists(st.text(max_size=80), max_size=6))
def test_terms_are_where_they_say(texts: list[str]) -> None:
    doubled = [*texts, *texts, *HOTEL]
    for text, some in zip(doubled, terms(doubled, wording(doubled)), strict=True):
        at = 0
        for term in some:
            assert at <= term.begin < term.end <= len(text)
            at = term.end


def test_aspects_of_laptops_are_found_better_than_frequent_words_are(data: Path) -> None:
    """ACOS, dev: as the benchmark, whose figures docs/language.md states."""
    with gzip.open(data / "acos" / "laptop_quad_dev.tsv.gz", "rt") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    texts = [text for text, *_ in lines]
    named = [
        {
            " ".join(text.split(" ")[int(first) : int(last)])
            for quad in quads
            for first, last in [quad.split(" ")[0].split(",")]
            if int(first) >= 0
        }
        for text, *quads in lines
    ]
    told = [
        {text[term.begin : term.end] for term in some}
        for text, some in zip(texts, terms(texts, wording(texts)), strict=True)
    ]
    hits = sum(len(ours & gold) for ours, gold in zip(told, named, strict=True))
    assert hits / sum(map(len, told)) > 0.65
    assert hits / sum(map(len, named)) > 0.38
