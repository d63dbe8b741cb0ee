"""A transcript read from a file: WebVTT, SubRip, DOCX or plain text, told apart by what is in it."""

from collections.abc import Callable

from emptychair.understand.research import cues, docx, plain
from emptychair.understand.research.transcript import NotATranscript, Turn, bounded

# An hour of speech is 60 kB of text.
LARGEST = 8 << 20
LARGEST_TEXT = 4 << 20
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What looks like a text of Windows and holds such bytes is none.
_STRANGE = (b"%PDF", b"\xd0\xcf\x11\xe0", b"RIFF", b"ID3", b"OggS", b"\x1aE\xdf\xa3")


def transcript(raw: bytes) -> list[Turn]:
    """The turns of a file. Raises NotATranscript for everything that cannot be taken in."""
    if len(raw) > LARGEST:
        raise NotATranscript(f"This is more than the {LARGEST:,} bytes that a transcript may have.")
    if docx.is_docx(raw):
        return from_text(docx.text_of(raw))
    if raw.startswith(_STRANGE):
        raise NotATranscript("This is no transcript: send WebVTT, SubRip (SRT), DOCX or plain text.")
    return from_text(_decoded(raw))


def from_text(text: str) -> list[Turn]:
    """The turns of a text: captions, or paragraphs."""
    if len(text) > LARGEST_TEXT:
        raise NotATranscript(f"This is more than the {LARGEST_TEXT:,} characters that a transcript may have.")
    clean = _clean(text)
    read: Callable[[str], list[Turn]] = cues.turns_of if cues.is_captions(clean) else plain.turns_of
    return bounded(read(clean))


def _decoded(raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise NotATranscript("This text ends in the middle of a letter.") from None
    # Every other text that people have on their machines is read so, sometimes with odd accents.
    return raw.decode("cp1252", "replace")


def _clean(text: str) -> str:
    """Line ends as one sign, and without signs that nobody can see."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if sum(sign < " " and sign not in "\n\t\f\v" for sign in text[:4_000]) > len(text[:4_000]) // 20:
        raise NotATranscript("This is no text: send WebVTT, SubRip (SRT), DOCX or plain text.")
    kept = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    return kept.encode("utf-8", "replace").decode()
