"""The words of a DOCX file: its paragraphs, never unpacking more than is taken, and without entities."""

import zipfile
import zlib
from io import BytesIO
from lzma import LZMAError
from xml.parsers import expat

from emptychair.understand.research.transcript import NotATranscript

DOCUMENT = "word/document.xml"
# An hour of speech is a megabyte of it.
MOST_UNPACKED, PIECE = 8 << 20, 64 << 10
MOST_ELEMENTS, DEEPEST = 500_000, 200
_SPACE = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
_TAB, _BREAKS = "tab", ("br", "cr")


def is_docx(raw: bytes) -> bool:
    """Whether it begins as a ZIP file does."""
    return raw.startswith(b"PK\x03\x04")


def text_of(raw: bytes) -> str:
    """Its paragraphs, one a line. Raises NotATranscript for a file that is none, or that is too much."""
    reading = _Words()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.begin, reading.end
    parser.CharacterDataHandler = reading.words
    # A document of Word has none of them; they are how a small file becomes a large one.
    parser.StartDoctypeDeclHandler = reading.refuse
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed, packed.open(DOCUMENT) as document:
            # What the head says of the size is what a stranger says: it is counted while it is unpacked.
            for _ in range(0, MOST_UNPACKED, PIECE):
                piece = document.read(PIECE)
                parser.Parse(piece, not piece)
                if not piece:
                    return "\n".join(reading.lines)
    except NotATranscript:
        raise
    except KeyError:
        raise NotATranscript("This ZIP file is no DOCX: there is no document in it.") from None
    except expat.ExpatError as problem:
        raise NotATranscript(f"This DOCX file cannot be read: {problem}.") from None
    except _DAMAGE:
        raise NotATranscript("This DOCX file is damaged, or locked with a password.") from None
    raise NotATranscript(f"This DOCX file unpacks to more than the {MOST_UNPACKED:,} bytes that are taken.")


class _Words:
    """Collects the text of paragraphs while a document is parsed; what was deleted in it is no text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._parts: list[str] = []
        self._depth = self._texts = self._deleted = self._elements = 0

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise NotATranscript("This DOCX file is larger, or nested deeper, than a transcript is.")
        tag = _tag(name)
        self._texts += tag == "t"
        self._deleted += tag == "del"
        if tag == _TAB:
            self._parts.append(" ")
        elif tag in _BREAKS:
            self._parts.append("\n")

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        tag = _tag(name)
        self._texts -= tag == "t"
        self._deleted -= tag == "del"
        if tag == "p":
            self.lines += "".join(self._parts).split("\n")
            self._parts.clear()

    def words(self, text: str) -> None:
        """Text inside of an element."""
        if self._texts and not self._deleted:
            self._parts.append(text)

    def refuse(self, *_: object) -> None:
        """A declaration of a document type."""
        raise NotATranscript("This DOCX file declares a document type, which no DOCX file does.")


def _tag(name: str) -> str:
    space, _, tag = name.rpartition(" ")
    return tag if space in _SPACE else ""
