"""What exactly was good or bad."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.understand.language.aspects import unit_at, units
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.tone.head import starting_head
from emptychair.understand.language.tone.lexicon import lexicon_moods, lexicon_scores, plain
from emptychair.understand.language.tone.opinions import opinions

FAST = embedder(Tier.FAST)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The screen is nice, but the keyboard is awful.", ["The screen is nice", "the keyboard is awful."]),
        ("The room was clean and the staff were rude.", ["The room was clean", "the staff were rude."]),
        ("Fast and friendly delivery", ["Fast and friendly delivery"]),
        ("I love it. It broke!", ["I love it.", "It broke!"]),
        ("Salt and pepper, bread and butter", ["Salt and pepper, bread and butter"]),
        ("", []),
        ("!!!", []),
    ],
)
def test_a_text_comes_apart_where_another_opinion_begins(text: str, expected: list[str]) -> None:
    assert [unit.text for unit in units(text)] == expected


def test_each_part_has_its_own_tone() -> None:
    text = "The screen is beautiful, but the keyboard is awful and support was terrible."
    found = opinions(text, FAST, starting_head(FAST))
    balances = [opinion.tone.balance for opinion in found]
    assert len(balances) == 3
    assert [balance is not None and balance > 0 for balance in balances] == [True, False, False]


@pytest.mark.parametrize("text", ["", "...", "咖啡是凉的，没有人回复我的邮件"])
def test_what_cannot_be_read_has_no_opinions(text: str) -> None:
    assert opinions(text, FAST, starting_head(FAST)) == []


def test_a_megabyte_has_at_most_two_hundred() -> None:
    assert (
        len(opinions("The tea was cold, but the cake was good. " * 25_000, FAST, starting_head(FAST))) == 200
    )


@given(st.text(max_size=200))
def test_units_are_where_they_say(text: str) -> None:
    at = 0
    for unit in units(text):
        assert at <= unit.begin < unit.end
        assert text[unit.begin : unit.end] == unit.text
        at = unit.end


def test_in_sentences_with_two_opinions_the_aspect_is_told_better_than_by_the_sentence(data: Path) -> None:
    """The sentences of ACOS (laptops) in which one aspect is liked and another is not."""
    ours = vader = n = 0
    head = starting_head(FAST)
    with gzip.open(data / "acos" / "laptop_quad_train.tsv.gz", "rt") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    for text, *quads in lines:
        aspects = {(int(quad.split(",")[0]), int(quad.split(" ")[2])) for quad in quads}
        aspects = {(word, polarity) for word, polarity in aspects if word >= 0 and polarity != 1}
        if len({polarity for _, polarity in aspects}) < 2:
            continue
        parts = opinions(text, FAST, head)
        (said,) = lexicon_moods(lexicon_scores([plain(text)]))
        for word, polarity in aspects:
            unit = unit_at([part.unit for part in parts], len(" ".join(text.split(" ")[:word])) + 1)
            balance = next((part.tone.balance for part in parts if part.unit is unit), 0) or 0
            ours += (balance > 0) == (polarity == 2)
            vader += (said == 2) == (polarity == 2)
            n += 1
    assert n > 100
    assert ours / n > vader / n + 0.05
