"""Records that cannot be cut into the columns of their table: taken out, so that the rest can be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emptychair.listen.imports.dialect import ALIGNED, Dialect

# A field with line breaks is followed this far; a quote that is still open there was never meant to close.
FARTHEST = 1 << 20
LONGEST_RECORD = 4 << 20
SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A record that was taken out: its place among the records and lines of the part (from 0), and why."""

    place: int
    line: int
    text: str
    expected: str


def repaired(path: Path, dialect: Dialect, width: int) -> list[Damage]:
    """Rewrite the part without the records that cannot be cut, and tell which. O(size), one line at a time.

    Only damaged parts come here: a sound one never passes through Python by the line.
    """
    damage: list[Damage] = []
    clean = path.with_suffix(".clean")
    with path.open("rb") as source, clean.open("wb") as out:
        cut = _Cut(dialect, width)
        for place, (line, record, fault) in enumerate(_records(source.read().split(b"\n"), cut)):
            if fault:
                text = record[:SHOWN].decode("utf-8", "replace")
                damage.append(Damage(place=place, line=line, text=text, expected=fault))
            else:
                out.write(record + b"\n")
    clean.replace(path)
    return damage


def has_open_quote(path: Path, dialect: Dialect) -> bool:
    """Whether a field begins with a quote that is not closed before a delimiter, a line end or the end."""
    cut = _Cut(dialect, dialect.width)
    if not cut.quote:
        return False
    d, q = re.escape(cut.delimiter), re.escape(cut.quote)
    begins = rb"(?:\A|%b|\n) *%b" % (d, q)
    closed = re.compile(rb"%b(?>[^%b]|%b%b)*+%b *(?=%b|\n|\Z)" % (begins, q, q, q, q, d))
    return re.search(begins, closed.sub(b"", path.read_bytes())) is not None


class _Cut:
    """Tells how many fields a record has, or that a quote in it is still open or wrongly closed."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self.delimiter = b"\t" if dialect.delimiter == ALIGNED else dialect.delimiter.encode()
        self.quote, self.width, self.ragged = dialect.quote.encode(), width, dialect.ragged
        d, q = re.escape(self.delimiter), re.escape(self.quote)
        self.closed = re.compile(rb" *%b(?>[^%b]|%b%b)*+%b *(?=%b|$)" % (q, q, q, q, q, d)) if q else None
        self.bare = re.compile(rb"[^%b]*+" % d)
        self.opens = re.compile(rb" *%b" % q) if q else None

    def fault(self, record: bytes) -> str:
        """What is wrong with the record, or nothing; an open quote says so by the word "quote"."""
        at, fields = 0, 0
        while True:
            quoted = self.opens and self.opens.match(record, at)
            match = self.closed.match(record, at) if quoted and self.closed else self.bare.match(record, at)
            if match is None:
                return "a quoted field that is closed by a quote and a delimiter"
            at, fields = match.end(), fields + 1
            if at >= len(record):
                break
            at += len(self.delimiter)
        if fields == self.width or (self.ragged and fields < self.width):
            return ""
        if fields == self.width + 1 and record.endswith(self.delimiter):
            return ""
        return f"{self.width} fields; this record has {fields}"


def _records(lines: list[bytes], cut: _Cut) -> Iterator[tuple[int, bytes, str]]:
    """(line, record, fault) for every record; a record whose quote never closes is only its first line."""
    if lines and not lines[-1]:
        lines.pop()
    at = 0
    while at < len(lines):
        record = lines[at]
        if not record and cut.width > 1:
            at += 1  # blank lines are no records for the engine either
            continue
        fault = "a shorter record" if len(record) > LONGEST_RECORD else _quick_fault(record, cut)
        used = 1
        if fault is None:
            fault = cut.fault(record)
            if fault and "quote" in fault and record.count(cut.quote) % 2:
                used, record, fault = _joined(lines, at, cut)
        yield at, record, fault
        at += used


def _quick_fault(record: bytes, cut: _Cut) -> str | None:
    """The fault of a record without quotes by counting delimiters; None when it must be looked at."""
    if cut.quote and cut.quote in record:
        return None
    if b"\r" in record:
        return "no carriage return inside a record"
    fields = record.count(cut.delimiter) + 1
    return "" if fields == cut.width else cut.fault(record)


def _joined(lines: list[bytes], at: int, cut: _Cut) -> tuple[int, bytes, str]:
    """The record that begins at a line and goes on over the next ones until its quote closes."""
    pieces, size = [lines[at]], len(lines[at])
    for used, line in enumerate(lines[at + 1 :][:10_000], start=2):
        pieces.append(line)
        size += len(line) + 1
        if size > FARTHEST:
            break
        if cut.quote in line and line.count(cut.quote) % 2:
            record = b"\n".join(pieces)
            fault = cut.fault(record)
            if not fault:
                return used, record, ""
            break
    return 1, lines[at], "a quoted field that is closed by a quote and a delimiter"
