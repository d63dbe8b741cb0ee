"""What a question asks for: a claim with its leaning, or something open."""

import pytest

from emptychair.understand.ask.axes import bears_on, leans
from emptychair.understand.ask.inquiry import Form, Inquiry, inquiry


def asked(text: str) -> Inquiry:
    found = inquiry(text, lambda words: None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "topic", "leaning", "axis"),
    [
        ("Do customers think that delivery is slow?", "delivery is slow", -1, "speed"),
        ("Is delivery fast?", "delivery fast", 1, "speed"),
        ("Delivery is not slow", "Delivery is not slow", 1, "speed"),
        ("Is it true that the app isn't easy to use?", "the app isn't easy to use", -1, "ease"),
        ("People complain about plastic", "People complain about plastic", -1, "worth"),
        ("do our customers like the app??", "like the app", 1, "worth"),
        ("Are flights on time?", "flights on time", 1, "speed"),
        ("A great, fast app", "A great, fast app", 1, "speed"),
    ],
)
def test_a_claim_leans_one_way_on_an_axis(text: str, topic: str, leaning: int, axis: str) -> None:
    found = asked(text)
    assert (found.topic, found.form, found.leaning, found.axes) == (topic, Form.CLAIM, leaning, (axis,))


@pytest.mark.parametrize(
    ("text", "topic", "form"),
    [
        ("What do customers say about refunds?", "refunds", Form.OPEN),
        ("why are people unhappy with refunds", "unhappy with refunds", Form.OPEN),
        ("How many customers complain about the price?", "complain about the price", Form.COUNT),
        ("refunds", "refunds", Form.OPEN),
        ("Tell me about delivery", "delivery", Form.OPEN),
        ("退款很慢", "退款很慢", Form.OPEN),
        ("هل التوصيل بطيء؟", "هل التوصيل بطيء؟", Form.OPEN),
        ("😡😡", "😡😡", Form.OPEN),
        ("delivery is fast and slow", "delivery is fast and slow", Form.OPEN),
    ],
)
def test_everything_else_is_open(text: str, topic: str, form: Form) -> None:
    found = asked(text)
    assert (found.topic, found.form, found.leaning) == (topic, form, 0)


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\x00\x07", "\u200f", "---"])
def test_a_question_without_a_word_is_none(text: str) -> None:
    assert inquiry(text, lambda words: 1.0) is None


def test_a_claim_without_a_known_word_leans_as_its_tone_does_when_that_is_clear() -> None:
    assert inquiry("The barista was a gem to us", lambda words: 0.8).leaning == 1  # type: ignore[union-attr]
    assert inquiry("The barista was a gem to us", lambda words: 0.2).why_open == "leaning"  # type: ignore[union-attr]
    assert inquiry("half caf coffee", lambda words: 0.9).form is Form.OPEN  # type: ignore[union-attr]


def test_a_megabyte_is_a_question_of_400_letters() -> None:
    assert len(asked("delivery " * 120_000).text) <= 400
    assert len(asked("x" * 1_000_000).text) == 400


@pytest.mark.parametrize(
    ("text", "pole"),
    [
        ("it was never slow", 1),
        ("not only slow", -1),
        ("I have never dealt with slower people", -1),
        ("takes far too long", -1),
        ("I would like to move my delivery", 0),
        ("slow but quick", 0),
    ],
)
def test_what_stands_before_a_word_turns_it_around(text: str, pole: int) -> None:
    assert bears_on(text, ["speed", "worth"]) == pole
    assert bears_on(text, ["price"]) == 0


def test_the_subject_is_what_the_contrary_speaks_of_too() -> None:
    assert asked("Are refunds too slow?").subject == "refunds"
    assert asked("Are flights on time?").subject == "flights"
    assert asked("slow, late").subject == "slow, late", "nothing else would be left"
    assert [lean.axis for lean in leans("cheap and cheerful, but rude")] == ["price", "kindness"]
