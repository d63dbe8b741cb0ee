"""The rows of a file as plain parts of bounded size, in the order of the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np

from emptychair.listen.imports.dialect import ALIGNED, Dialect
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.repair import LONGEST_RECORD, Damage, has_open_quote, repaired
from emptychair.listen.imports.sql import literal

# A part becomes several times its size in memory while it is let in, and small ones keep two processors busy
# from the first on.
PART = 3 << 18
Answer = TypeVar("Answer")


@dataclass(slots=True, kw_only=True)
class Part:
    """One piece of the file: cut text in `path` (or a Parquet file of text columns when `dialect` is None).

    `lines` counts its lines and `lines_before` is the number of its first line in the file, from 1 (None
    where a file has no lines); `rows` is the span [from, to) of a Parquet file. Records that cannot be cut
    are taken out when they are met: `damage`, by their place among the records of this part, counted from
    0.
    """

    path: Path
    width: int
    dialect: Dialect | None = None
    lines: int = 0
    lines_before: int | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None
    damage: list[Damage] = field(default_factory=list)
    is_repaired: bool = False

    def relation(self) -> str:
        """SQL of a table with one row per record, in the order of the file.

        Its columns are c0, c1 ... of text, and `part`, which is 0.
        """
        if self.dialect is None:
            names = ", ".join(self.columns)
            file = literal(str(self.path))
            if self.rows is None:
                return f"(select {names}, 0 as part from read_parquet({file}))"
            span = f"file_row_number >= {self.rows[0]} and file_row_number < {self.rows[1]}"
            return (
                f"(select {names}, 0 as part from read_parquet({file}, file_row_number = true) where {span})"
            )
        return f"(select *, 0 as part from read_csv({literal(str(self.path))}, {self.options()}))"

    def options(self) -> str:
        """SQL of how the engine has to read a part that is cut text."""
        return _options(self.dialect, self.width) if self.dialect is not None else ""

    def is_open(self) -> bool:
        """Whether a quote in it is never closed. O(size)."""
        return self.dialect is not None and has_open_quote(self.path, self.dialect)

    def repair(self) -> None:
        """Take the records that cannot be cut out of the part, and remember them."""
        if self.dialect is None or self.is_repaired:
            raise ImportRefused("the file cannot be cut into records")
        self.damage = repaired(self.path, self.dialect, self.width)
        self.is_repaired = True


def together(parts: Sequence[Part]) -> str | None:
    """SQL of a table of all records, with the number of its part in `part`; None when it takes several.

    It fails when a record of any part cannot be cut.
    """
    if len(parts) < 2 or any(part.dialect is None or part.is_repaired for part in parts):
        return None
    paths = ", ".join(literal(str(part.path)) for part in parts)
    return f"(select *, file_index as part from read_csv([{paths}], {parts[0].options()}))"


def is_whole(part: Part, records: int) -> bool:
    """Whether so many records are all that the part has.

    Reading many files at once, or one without threads, DuckDB 2.0 takes a quote that is never closed for the
    end of the file: all behind it would be lost without a word.
    """
    return records >= part.lines or part.is_repaired or not part.is_open()


def run_on(part: Part, act: Callable[[str], Answer]) -> Answer:
    """What `act` makes of the part's rows (SQL of a table), without records that cannot be cut."""
    if part.dialect is not None and part.dialect.ragged and not part.is_repaired and part.is_open():
        part.repair()
    try:
        return act(part.relation())
    except duckdb.InvalidInputException:
        if part.is_repaired or part.dialect is None:
            raise
        part.repair()
        return act(part.relation())


def _options(dialect: Dialect, width: int) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    delimiter = "\t" if dialect.delimiter == ALIGNED else dialect.delimiter
    options = {
        "auto_detect": "false",
        "header": "false",
        "delim": literal(delimiter),
        "quote": literal(dialect.quote),
        "escape": literal(dialect.quote),
        "new_line": r"'\n'",
        "null_padding": "true" if dialect.ragged else "false",
        # Padding with quoted line breaks is refused by the parallel reader.
        "parallel": "false" if dialect.ragged else "true",
        "max_line_size": str(LONGEST_RECORD + 1),
        "columns": "{" + columns + "}",
    }
    return ", ".join(f"{name} = {value}" for name, value in options.items())


def write_parts(
    blocks: Iterable[bytes],
    folder: Path,
    dialect: Dialect,
    *,
    skip_lines: int = 0,
    size: int = PART,
    longest: int = LONGEST_RECORD,
) -> Iterator[Part]:
    """Parts of whole records, cut at line ends outside quotes; `skip_lines` lines are the header."""
    quote = dialect.quote.encode()
    count = _Count(size)
    buffer, odd, number, line = bytearray(), 0, 0, skip_lines + 1
    for block in _without_lines(blocks, skip_lines):
        buffer += block
        odd ^= count(block, quote) & 1 if quote else 0
        if len(buffer) < size:
            continue
        cut = _last_end(buffer, quote, odd)
        if cut == 0 and len(buffer) < 2 * max(size, longest):
            continue
        cut = cut or buffer.rfind(b"\n") + 1
        if cut == 0:
            raise ImportRefused(f"a line is longer than {longest >> 19} MB: this is not a table of rows")
        yield (part := _written(memoryview(buffer)[:cut], folder, number, dialect, line, count))
        line += part.lines
        odd = buffer.count(quote, cut) & 1 if quote else 0
        del buffer[:cut]
        number += 1
    if buffer:
        yield _written(memoryview(buffer), folder, number, dialect, line, count)


def _last_end(buffer: bytearray, quote: bytes, odd: int) -> int:
    """Just after the last line end outside quotes, or 0 when there is none in the last megabytes."""
    end, inside = len(buffer), odd
    floor = max(0, len(buffer) - LONGEST_RECORD)
    while (place := buffer.rfind(b"\n", floor, end)) >= 0:
        inside ^= buffer.count(quote, place, end) & 1 if quote else 0
        if not inside:
            return place + 1
        end = place
    return 0


class _Count:
    """How often a sign of one byte is there: three times as fast as `bytes.count` where there are many."""

    def __init__(self, size: int) -> None:
        # Fresh memory for every block would take longer than the counting.
        self._is_there = np.empty(2 * size, dtype=np.bool_)

    def __call__(self, data: bytes | memoryview, sign: bytes) -> int:
        if len(data) > len(self._is_there):
            self._is_there = np.empty(2 * len(data), dtype=np.bool_)
        is_there = self._is_there[: len(data)]
        np.equal(np.frombuffer(data, np.uint8), sign[0], out=is_there)
        return int(np.count_nonzero(is_there))


def _written(data: memoryview, folder: Path, number: int, dialect: Dialect, line: int, count: _Count) -> Part:
    path = folder / f"part-{number:05d}.txt"
    path.write_bytes(data)
    lines = count(data, b"\n") + (data[-1] != ord("\n"))
    return Part(path=path, width=dialect.width, dialect=dialect, lines=lines, lines_before=line)


def _without_lines(blocks: Iterable[bytes], count: int) -> Iterator[bytes]:
    """The text after its first `count` lines."""
    head = b""
    for block in blocks:
        if count == 0:
            yield block
            continue
        head += block
        while count and (end := head.find(b"\n")) >= 0:
            head = head[end + 1 :]
            count -= 1
        if count == 0 and head:
            yield head
        if len(head) > 2 * LONGEST_RECORD:
            raise ImportRefused("the first line is too long to be the header of a table")
