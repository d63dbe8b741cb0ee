"""Transcripts are read from the files that people have, and no bytes in a file are a fault."""

import io
import struct
import zipfile
from contextlib import suppress

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.desk.research_turns import Speaks
from emptychair.understand.research.files import LARGEST, from_text, transcript
from emptychair.understand.research.speaking import roles
from emptychair.understand.research.transcript import (
    LONGEST_TURN,
    MOST_TURNS,
    NotATranscript,
    Turn,
)

VTT = """WEBVTT - a meeting

NOTE made by hand, and
of two lines

STYLE
::cue { color: red }

intro
00:00:01.000 --> 00:00:04.000 align:start position:0%
<v Ada King>How do you grind <b>beans</b> &amp; such?

00:00:04.500 --> 00:00:06.000
<v.loud Pat Doe>Every morning, and it is

00:00:06.200 --> 00:00:09.000
<v Pat Doe>far too loud.</v>

01:02:03.500 --> 01:02:05.000
<v Ada King>And then?</v> <v Pat Doe>Then I stop.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Interviewer: How is it?

2
00:00:05,000 --> 00:00:07,000
{\\an8}<i>Pat: It is loud.</i>
3
00:00:07,500 --> 00:00:09,000
And it smells.

It really does.
"""
TEXT = """Interview with a customer

Interviewer: When did you last grind beans?
Pat: This morning. There is one thing: it was loud.
And it smelt.
Interviewer: Why?
Pat: No idea
"""
ABOVE = """Ada King  0:03
How do you do?

Pat Doe  0:10
Fine: I think.
Ada King  1:03
Good
"""


def said(raw: bytes) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in transcript(raw)]


def packed(document: bytes, name: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, document)
    return out.getvalue()


def test_webvtt_has_voices_times_and_no_notes() -> None:
    turns = transcript(VTT.encode())
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Ada King", "How do you grind beans & such?"),
        ("Pat Doe", "Every morning, and it is far too loud."),
        ("Ada King", "And then?"),
        ("Pat Doe", "Then I stop."),
    ]
    assert [(turn.begins_ms, turn.ends_ms) for turn in turns[:3]] == [
        (1_000, 4_000), (4_500, 9_000), (3_723_500, 3_725_000),
    ]  # fmt: skip


def test_subrip_goes_on_with_the_same_speaker_and_loses_no_words() -> None:
    assert said(SRT.encode()) == [
        ("Interviewer", "How is it?"),
        ("Pat", "It is loud. And it smells. It really does."),
    ]


def test_text_names_its_speakers_and_a_colon_alone_names_nobody() -> None:
    assert said(TEXT.encode()) == [
        ("", "Interview with a customer"),
        ("Interviewer", "When did you last grind beans?"),
        ("Pat", "This morning. There is one thing: it was loud. And it smelt."),
        ("Interviewer", "Why?"),
        ("Pat", "No idea"),
    ]
    assert said(ABOVE.encode()) == [
        ("Ada King", "How do you do?"), ("Pat Doe", "Fine: I think."), ("Ada King", "Good"),
    ]  # fmt: skip
    assert said(b"One paragraph.\nStill it.\n\nAnother: this one") == [
        ("", "One paragraph. Still it."), ("", "Another: this one"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_in_the_encodings_that_people_have(encoding: str) -> None:
    text = "Moderatorin: Wie schön?\r\nJürgen: Sehr schön.\r\nModeratorin: Warum?\r\nJürgen: Groß."
    assert said(text.encode(encoding))[3] == ("Jürgen", "Groß.")


def test_a_document_of_word_is_read_by_its_paragraphs() -> None:
    document = docx.Document()
    for line in ("Ada King 00:03", "How do you do?", "Pat Doe 00:10", "Fine.", "Ada King 01:03", "Good."):
        document.add_paragraph(line)
    document.add_table(1, 1).cell(0, 0).text = "Bye."
    out = io.BytesIO()
    document.save(out)
    turns = transcript(out.getvalue())
    assert [(turn.speaker, turn.text, turn.begins_ms) for turn in turns] == [
        ("Ada King", "How do you do?", 3_000),
        ("Pat Doe", "Fine.", 10_000),
        ("Ada King", "Good. Bye.", 63_000),
    ]  # fmt: skip


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = packed(b"<a>" + b" " * (40 << 20) + b"</a>")
LAUGHS = packed(b'<!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>')
DEEP = packed(b"<a>" * 5_000)
MANY = packed(b"<a>" + b"<b/>" * 600_000 + b"</a>")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "Nobody says anything"),
        (b"  \n \n", "Nobody says anything"),
        (b"%PDF-1.7 and more", "This is no transcript"),
        (b"\x00\x01\x02\x03" * 50, "This is no text"),
        (b"\xff\xfea", "ends in the middle of a letter"),
        (b"x" * (LARGEST + 1), "more than"),
        (("a\n\n" * (MOST_TURNS + 1)).encode(), "More than 5,000 turns"),
        (BOMB, "unpacks to more than"),
        (LAUGHS, "declares a document type"),
        (DEEP, "nested deeper"),
        (MANY, "larger"),
        (packed(b"<a>", "other.xml"), "no document in it"),
        (packed(b"no xml"), "cannot be read"),
        (BOMB[:900], "damaged"),
    ],
)
def test_what_is_no_transcript_is_refused_with_why(raw: bytes, why: str) -> None:
    with pytest.raises(NotATranscript, match=why):
        transcript(raw)
    assert len(BOMB) < 100_000, "the bomb is small while it is packed"


def test_what_was_deleted_in_a_document_is_not_said() -> None:
    body = "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:t>gone</w:t></w:r></w:del></w:p>"
    assert said(packed(f"<w:document {WORD}>{body}</w:document>".encode())) == [("", "kept")]


@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_no_bytes_are_a_fault(raw: bytes) -> None:
    with suppress(NotATranscript):
        whole(transcript(raw))


@given(
    st.sampled_from([VTT, SRT, TEXT, ABOVE]),
    st.integers(0, 900),
    st.text(
        alphabet=st.sampled_from(list("<>v:-\n 0123456789.,&;[](){}\\AZaz\u2028\ud800\x85")), max_size=30
    ),
    st.integers(0, 40),
)
def test_no_damage_to_a_transcript_is_a_fault(text: str, at: int, dirt: str, cut: int) -> None:
    with suppress(NotATranscript):
        whole(from_text(text[:at] + dirt + text[at + cut :]))


@given(st.binary(max_size=60), st.integers(0, 3_000), st.integers(0, 200))
def test_no_damage_to_a_packed_document_is_a_fault(dirt: bytes, at: int, cut: int) -> None:
    raw = packed(f"<w:document {WORD}><w:p><w:r><w:t>Hello there</w:t></w:r></w:p></w:document>".encode())
    with suppress(NotATranscript):
        whole(transcript(raw[:at] + dirt + raw[at + cut :]))
    method = raw.replace(struct.pack("<H", 8), struct.pack("<H", 12 + at % 4))
    with suppress(NotATranscript):
        whole(transcript(method))


names = st.sampled_from(["Ada King", "Pat", "Interviewer", "P1"])
sentences = st.text(alphabet="abcdefgh ", min_size=1, max_size=60).map(str.strip).filter(bool)


@given(st.lists(st.tuples(names, sentences), min_size=2, max_size=30))
def test_what_is_written_as_captions_is_read_again(dialogue: list[tuple[str, str]]) -> None:
    """Whatever is said comes back in its order, each word once, under who said it."""
    cues = [
        f"00:{place:02}:00.000 --> 00:{place:02}:01.000\n<v {name}>{text}"
        for place, (name, text) in enumerate(dialogue)
    ]
    for form in ("WEBVTT\n\n" + "\n\n".join(cues), "\n".join(f"{name}: {text}" for name, text in dialogue)):
        turns = from_text(form)
        words = [(turn.speaker, word) for turn in turns for word in turn.text.split()]
        assert words == [(name, word) for name, text in dialogue for word in text.split()]


def test_long_lines_take_no_longer_than_their_length() -> None:
    """Hostile patterns for each expression; the time limit of the test is the assertion."""
    for hostile in ("A " * 25_000 + ":", "<v " * 20_000, "[0:0" * 15_000, "- " * 30_000, "0:00 " * 12_000):
        with suppress(NotATranscript):
            whole(from_text(f"WEBVTT\n\n0:01.0 --> 0:02.0\n{hostile}\n"))
            whole(from_text("\n".join([hostile] * 3)))


@pytest.mark.parametrize(
    ("speakers", "interviewer", "told"),
    [
        (["Interviewer", "Pat"], "", {"Interviewer": "interviewer", "Pat": "participant"}),
        (["Ada King", "Pat"], "Ada King", {"Ada King": "interviewer", "Pat": "participant"}),
        (["Ada", "Pat"], "Ada King", {"Ada": "interviewer", "Pat": "participant"}),
        (["Ada", "Pat"], "Lea", {"Ada": "unknown", "Pat": "unknown"}),
        (["Pat"], "Lea", {"Pat": "participant"}),
        (["", "Interviewer", "Pat"], "", {"": "unknown", "Interviewer": "interviewer", "Pat": "participant"}),
        ([""], "Ada", {"": "unknown"}),
    ],
)
def test_who_asks_is_told_only_where_it_is_plain(
    speakers: list[str], interviewer: str, told: dict[str, str]
) -> None:
    found = roles([Turn(speaker=name, text="x") for name in speakers], interviewer)
    assert found == {name: Speaks(part) for name, part in told.items()}


def whole(turns: list[Turn]) -> None:
    """Turns that can be kept: with words, in bounds, and fit for every store."""
    assert turns
    for turn in turns:
        assert 0 < len(turn.text) <= LONGEST_TURN
        assert turn.text == turn.text.strip()
        assert len(turn.speaker) <= 80
        assert "\0" not in turn.text + turn.speaker
        turn.text.encode()
        turn.speaker.encode()
        assert turn.begins_ms is None or 0 <= turn.begins_ms <= 24 * 3_600_000
