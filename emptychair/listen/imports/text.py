"""A text table: its encoding, its cut and its header, and its rows as parts in UTF-8."""

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from emptychair.listen.imports import dialect as dialects
from emptychair.listen.imports.container import Compression, blocks
from emptychair.listen.imports.dialect import ALIGNED, Dialect
from emptychair.listen.imports.encoding import (
    Encoding,
    NotThisEncoding,
    as_utf8,
    by_mark,
    is_binary,
    of_damaged_utf8,
)
from emptychair.listen.imports.engine import engine_when_asked
from emptychair.listen.imports.heads import extra_heads
from emptychair.listen.imports.parts import Part, write_parts
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.sample import Sample, sampled

# The engine holds 2,048 values of every column at once, several times over, in each thread.
WIDEST = 2_000
_BLOCKS_AHEAD = 4
# More than the look at the delimiter takes.
_LOOKED_AT = 300_000
_UTF8 = Encoding(name="utf-8", why="every byte of it is valid UTF-8")


@dataclass(slots=True, kw_only=True)
class LaidOut:
    """A text table ready to be read, and what its first rows look like."""

    encoding: Encoding
    dialect: Dialect
    names: list[str]
    parts: list[Part]
    sample: Sample
    notes: list[str]
    zone: str = ""


def laid_out(
    path: Path,
    compression: Compression,
    head: bytes,
    place: Path,
    stated_encoding: str | None,
    delimiter: str | None,
    header: bool | None,
) -> LaidOut:
    """The table, its rows written as parts into `place`; the encoding is checked on every byte."""
    encoding = _first_guess(path, head, stated_encoding)

    def laid(encoding: Encoding) -> LaidOut:
        return _laid(path, compression, head, place, encoding, delimiter, header)

    try:
        return laid(encoding)
    except NotThisEncoding as wrong:
        if stated_encoding or encoding is not _UTF8:
            raise ImportRefused(
                f"{path.name} is not {encoding.name} throughout: pass --map encoding=NAME with the right one"
            ) from wrong
        around = wrong.around
    try:
        return laid(of_damaged_utf8(around))
    except NotThisEncoding:
        return laid(Encoding(name="latin-1", why="no other encoding has all of its bytes"))


def _first_guess(path: Path, head: bytes, stated: str | None) -> Encoding:
    if stated:
        try:
            return Encoding(name=codecs.lookup(stated).name, why="it was stated")
        except LookupError as error:
            raise ImportRefused(f"{stated} is no encoding: try utf-8, cp1252, utf-16 or shift_jis") from error
    marked = by_mark(head)
    if marked is None and is_binary(head):
        raise ImportRefused(
            f"{path.name} is binary data, not a table: export it as CSV, XLSX, Parquet or JSON Lines"
        )
    return marked or _UTF8


def _laid(
    path: Path,
    compression: Compression,
    head: bytes,
    place: Path,
    encoding: Encoding,
    delimiter: str | None,
    header: bool | None,
) -> LaidOut:
    normal = _Normal(b"\n" in head)
    stream = normal.lines(as_utf8(_ahead(blocks(path, compression)), encoding))
    first = b"".join(islice(stream, 1)) or b""
    sample = _whole_lines(first, head)
    if not sample.strip():
        raise ImportRefused(f"{path.name} holds only blanks: there is nothing to import")
    cut = dialects.found(sample, delimiter, header)
    if cut.width > WIDEST:
        raise too_wide(path.name, cut.width)
    rows = dialects.records(sample, cut.delimiter, cut.quote, 4)
    extra, zone = extra_heads(rows) if header is not False else (0, "")
    if extra:
        cut = replace(cut, header=True)
    names = column_names(rows[0] if cut.header and rows else [], cut.width)
    skip = _header_lines(sample, cut, 1 + extra) if cut.header else 0
    whole = _chain(first, stream)
    if cut.delimiter == ALIGNED:
        whole = _aligned(whole)
    parts: list[Part] = []
    if cut.ragged:
        parts += write_parts(whole, place, cut, skip_lines=skip)
        names = _widened(parts, names)
        seen = _sampled(parts, names)
    else:
        written = write_parts(whole, place, cut, skip_lines=skip)
        seen = _looked_at_meanwhile(written, names, parts)
    return LaidOut(
        encoding=encoding,
        dialect=cut,
        names=names,
        parts=parts,
        sample=seen,
        notes=_notes(encoding, cut, normal, extra),
        zone=zone,
    )


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks, the next few unpacked while one is worked on."""
    with ThreadPoolExecutor(1, "unpacking") as beside:
        coming = deque(beside.submit(next, blocks, b"") for _ in range(_BLOCKS_AHEAD))
        while block := coming.popleft().result():
            coming.append(beside.submit(next, blocks, b""))
            yield block


def _looked_at_meanwhile(written: Iterable[Part], names: list[str], parts: list[Part]) -> Sample:
    """A sample of the first parts, looked at while the others are still being written; all go to `parts`."""
    ready: SimpleQueue[Part | None] = SimpleQueue()
    with ThreadPoolExecutor(1, "looking") as beside:
        sample = beside.submit(_sampled, iter(ready.get, None), names)
        try:
            for part in written:
                parts.append(part)
                ready.put(part)
        finally:
            ready.put(None)
    return sample.result()


def _sampled(parts: Iterable[Part], names: list[str]) -> Sample:
    with engine_when_asked(len(names)) as engine:
        return sampled(parts, names, engine)


def too_wide(what: str, width: int) -> ImportRefused:
    """The refusal of a table with too many columns."""
    return ImportRefused(
        f"{what} has {width:,} columns and an import takes at most {WIDEST:,}: "
        "leave out those that say nothing of a person"
    )


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _whole_lines(first: bytes, head: bytes) -> str:
    """The first lines as text, without one that the block cuts short."""
    enough = first.rfind(b"\n", 0, _LOOKED_AT)
    if len(first) > _LOOKED_AT and enough > 0:
        return first[: enough + 1].decode("utf-8", "ignore")
    text = first.decode("utf-8", "ignore")
    end = text.rfind("\n")
    return text[: end + 1] if end > 0 and len(head) >= 1 << 20 else text


class _Normal:
    """Line ends become LF and zero bytes go; what was taken out is counted."""

    def __init__(self, has_feeds: bool) -> None:
        self.has_feeds = has_feeds
        self.zeros = 0

    def lines(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The text with LF line ends and no zero bytes."""
        held = b""
        for block in blocks:
            block = held + block
            held = b"\r" if block.endswith(b"\r") else b""
            block = block[: len(block) - len(held)]
            if b"\0" in block:
                self.zeros += block.count(b"\0")
                block = block.replace(b"\0", b"")
            if b"\r" in block:
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b" " if self.has_feeds else b"\n")
            yield block
        if held:
            yield b"\n"


def _aligned(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Runs of blanks become one tab, and none at the edges of lines."""
    held = b""
    for block in stream:
        text, _, held = (held + block).rpartition(b"\n")
        if text:
            yield _tabbed(text) + b"\n"
    if held:
        yield _tabbed(held)


def _tabbed(text: bytes) -> bytes:
    return re.sub(rb"(?m)^\t+|\t+$", b"", re.sub(rb"[ \t]+", b"\t", text))


def _header_lines(sample: str, cut: Dialect, heads: int) -> int:
    """How many lines of the text so many head rows take: more when a name has a line break."""
    lines = sample.split("\n")
    skipped = next((i for i, line in enumerate(lines) if line.strip()), 0)
    quotes = 0
    for used, line in enumerate(lines[skipped:], start=skipped + 1):
        quotes += line.count(cut.quote) if cut.quote else 0
        if quotes % 2 == 0:
            heads -= 1
            if heads == 0:
                return used
    return skipped + 1


def column_names(header: list[str], width: int) -> list[str]:
    """A name for every column: c1, c2 ... where there is none, and `_2` where it came before."""
    names: list[str] = []
    for place in range(width):
        name = (header[place].strip() if place < len(header) else "") or f"c{place + 1}"
        name = re.sub(r"\s+", " ", name)[:200]
        base, number = name, 1
        while name in names:
            number += 1
            name = f"{base}_{number}"
        names.append(name)
    return names


def _widened(parts: list[Part], names: list[str]) -> list[str]:
    """The names of a ragged table: as many as its longest record has fields."""
    width = len(names)
    for part in parts:
        delimiter = part.dialect.delimiter.encode() if part.dialect else b","
        with part.path.open("rb") as file:
            width = max(width, max((line.count(delimiter) + 1 for line in file), default=1))
    if width > WIDEST:
        raise too_wide("a record", width)
    for part in parts:
        part.width = width
    return column_names(names, width)


def _notes(encoding: Encoding, cut: Dialect, normal: _Normal, extra: int) -> list[str]:
    notes = [
        f"Encoding {encoding.name}: {encoding.why}.",
        f"Fields are separated by {cut.delimiter_name}: {cut.why}.",
        "The first row names the columns."
        if cut.header
        else "There is no header: columns are called c1, c2 ...",
    ]
    if extra:
        notes.append(f"{extra} more rows below it say what the columns are, and are no data.")
    if cut.ragged:
        notes.append("Rows have different numbers of fields: short ones are filled with blanks.")
    if normal.zeros:
        notes.append(f"{normal.zeros:,} zero bytes were taken out of the text.")
    return notes
