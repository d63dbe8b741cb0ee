"""Which encoding the bytes of a text are in, and the same text as UTF-8."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH = re.compile(rb"[\x80-\xff]")
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = bytes({*range(32), 127} - {*b"\t\n\v\f\r\x1b"})
_SAMPLE = 16 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How to read the bytes. `mixed`: UTF-8 in which single bytes are Windows-1252; `why` is the evidence."""

    name: str
    bom: int = 0
    mixed: bool = False
    why: str


def by_mark(head: bytes) -> Encoding | None:
    """The encoding that a byte order mark or the zero bytes of UTF-16 give away; None without either."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name=name, bom=len(mark), why="its byte order mark says so")
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) >= 2 and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return Encoding(name="utf-16-le", why="every second byte is zero")
    if len(odd) >= 2 and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return Encoding(name="utf-16-be", why="every second byte is zero")
    return None


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no text in any one-byte or UTF-8 encoding."""
    return len(head) - len(head.translate(None, _CONTROL)) > 0.02 * len(head) + 8


def of_damaged_utf8(around: bytes) -> Encoding:
    """The encoding of bytes that are not UTF-8; `around` holds some of those that are not."""
    high, valid = len(_HIGH.findall(around)), sum(len(run) for run in _VALID.findall(around))
    if valid > high / 2:
        why = "most of it is UTF-8; single bytes that are not were read as Windows-1252"
        return Encoding(name="utf-8", mixed=True, why=why)
    best = from_bytes(_lines_with_accents(around)).best()
    name = best.encoding if best else "cp1252"
    # charset-normalizer prefers look-alikes of Windows-1252 on short Western texts.
    if name in ("cp1250", "latin_1", "iso8859_1", "cp1252", "ascii", "mac_roman", "cp437") or not best:
        name = _latin(_lines_with_accents(around))
    return Encoding(name=name, why="it is not UTF-8 and its letters fit this encoding best")


def _latin(sample: bytes) -> str:
    """Windows-1252, or 1250 where it makes more letters, or Latin-1 where neither has all the bytes."""
    signs = {name: _signs_in_words(sample.decode(name, "replace")) for name in ("cp1252", "cp1250")}
    for name in sorted(signs, key=lambda name: signs[name]):
        try:
            sample.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _signs_in_words(text: str) -> int:
    """How many signs beyond ASCII that are no letters touch a letter, as wrongly read accents do."""
    return sum(
        (left.isalpha() and ord(right) > 127 and category(right)[0] != "L")
        or (right.isalpha() and ord(left) > 127 and category(left)[0] != "L")
        for left, right in pairwise(text)
    )


def _lines_with_accents(sample: bytes) -> bytes:
    lines = [line for line in sample.splitlines() if _HIGH.search(line)]
    return b"\n".join(lines)[:_SAMPLE] or sample[:_SAMPLE]


class NotThisEncoding(ValueError):
    """Bytes that the encoding does not have; `around` shows them."""

    def __init__(self, around: bytes) -> None:
        super().__init__("bytes that are not in the encoding")
        self.around = around


def as_utf8(blocks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """The text in UTF-8, a block at a time; raises `NotThisEncoding` at the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding.name)("cp1252_for_bad" if encoding.mixed else "strict")
    plain = encoding.name == "utf-8" and not encoding.mixed
    skip, block = encoding.bom, b""
    try:
        for block in blocks:
            data, skip = block[skip:], 0
            held = decoder.getstate()[0]
            if plain and not held and data.isascii():
                yield data  # an eighth of the time of decoding it
                continue
            text = decoder.decode(data)
            if plain:
                kept = len(decoder.getstate()[0])
                yield held + data[: len(data) - kept] if kept else held + data
            else:
                yield text.encode("utf-8", "replace")
        if rest := decoder.decode(b"", final=True):
            yield rest.encode("utf-8", "replace")
    except UnicodeDecodeError as error:
        raise NotThisEncoding(block[max(0, error.start - _SAMPLE) : error.start + 4 * _SAMPLE]) from error


def _cp1252_for_bad(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("cp1252_for_bad", _cp1252_for_bad)
