"""Texts as sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.understand.language.sentences import LONGEST, sentences


def split(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["The app is slow.", "It crashes."],
        ["the app is slow.", "it crashes."],
        ["Why?", "Because!", "OK"],
        ["I met Dr. Smith at 5 p.m. in St. Ives.", "He was kind."],
        ["We came at 5 p.m.", "Nobody was there."],
        ["It has e.g. a bug, i.e. two, etc. and more.", "Bye."],
        ["It costs $3.50 in version 2.1.0.", "See https://a.example/x.html?q=1.Y for more."],
        ["It was... fine.", "Really..."],
        ["It was fine...", "Then it broke."],
        ['"Really?" she asked.', "He said “No.”", "So I left."],
        ["Great app! 😍", "I love it."],
        ["Love it 😍👍", "Great app"],
        ["J. Smith wrote to the U.S. Post.", "Thanks!"],
        ["I am in the U.S.", "They are not."],
        ["We took plan B.", "The rest is known."],
        ["Das Gerät ist z.B. laut.", "Am 3. mai kam es."],
        ["We waited for 3.", "Then 4."],
        ["He said no.", "Then he left."],
        ["Bill No. 5 is wrong.", "Help!!"],
    ],
)
def test_sentences_with_a_blank_between_them(expected: list[str]) -> None:
    assert split(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("とても良いです。ありがとう！また来ます", ["とても良いです。", "ありがとう！", "また来ます"]),
        ("他说：「好。」我走了。", ["他说：「好。」", "我走了。"]),
        ("यह अच्छा है। धन्यवाद।", ["यह अच्छा है।", "धन्यवाद।"]),
        ("هل هذا جيد؟ نعم.", ["هل هذا جيد؟", "نعم."]),
        ("Great app.Love it!Best ever", ["Great app.", "Love it!", "Best ever"]),
        ("Booked on Booking.Com for ann@mail.Example", ["Booked on Booking.Com for ann@mail.Example"]),
        ("Pros: cheap\nCons: loud", ["Pros: cheap", "Cons: loud"]),
        ("Title\n\nbody", ["Title", "body"]),
        ("- fast\n- cheap\n* good", ["- fast", "- cheap", "* good"]),
        ("1. Open it\n2. Close it. Again.", ["1. Open it", "2. Close it.", "Again."]),
        (
            "This line was wrapped by the programme that sent the mail to\nAnn and to me. Bye.",
            ["This line was wrapped by the programme that sent the mail to\nAnn and to me.", "Bye."],
        ),
        ("short line\nthat goes on", ["short line\nthat goes on"]),
        ("a\r\nB", ["a", "B"]),
    ],
)
def test_other_ways_to_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000", "\r\n"])
def test_blanks_have_no_sentence(text: str) -> None:
    assert sentences(text) == []


@pytest.mark.parametrize("text", ["word", "😀", "...", "!", "1.", "<br>"])
def test_whatever_is_not_blank_is_a_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    "bit", ["word ", "x", "👨‍👩‍👧", "e\u0301", ".", "。", ". ", "\n", " ", "a.B", "(" * 9, "1."]
)
def test_a_megabyte_of_anything_is_cut_into_pieces_of_bounded_length(bit: str) -> None:
    text = bit * (1_000_000 // len(bit))
    pieces = sentences(text)
    assert all(0 < len(piece.text) <= LONGEST for piece in pieces)
    assert "".join(piece.text for piece in pieces).replace(" ", "") == "".join(text.split())


def test_no_mark_is_torn_from_its_letter() -> None:
    assert not any(piece.text.startswith("\u0301") for piece in sentences("ee\u0301" * 3_000))


SIGNS = st.text(st.sampled_from(list("aB1 .!?…。\n\r\t\"'()-*•😀\u200d\u0301…،؟,:/@")), max_size=300)


@given(st.one_of(st.text(max_size=300), SIGNS), st.integers(1, 40))
def test_nothing_but_blanks_is_lost(text: str, longest: int) -> None:
    at = 0
    for sentence in sentences(text, longest):
        assert text[at : sentence.begin].strip() == ""
        assert sentence.text == text[sentence.begin : sentence.end]
        assert sentence.text.strip() == sentence.text != ""
        assert len(sentence.text) <= longest
        at = sentence.end
    assert text[at:].strip() == ""
