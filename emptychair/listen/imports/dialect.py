"""How a text is cut into records and fields, and whether it has a header, found by consistency."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from emptychair.listen.imports.words import is_known, is_vocabulary

ALIGNED = "aligned"  # columns separated by runs of blanks
NO_DELIMITER = "\x1f"  # one column: a character that no text has
_CANDIDATES = (",", ";", "\t", "|", "^", "~")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ALIGNED: "blanks", NO_DELIMITER: "none"}
_RECORDS = 2000
_SAMPLE = 256 << 10
_TYPED = re.compile(
    r"[-+(]?[$€£]?\s?[-+]?\d[\d.,'  ]*[%)]?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"
    r"|(?i:true|false|yes|no)"
)
_DIGITS = re.compile(r"[-+(]?[$€£]?\s?[-+]?\d[\d.,'  :/TZ-]*[%)]?")

Records = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The cut: `quote` is empty when quotes are ordinary letters; `width` is the number of columns.

    `ragged`: rows have different numbers of fields and short ones are filled with blanks.
    """

    delimiter: str
    quote: str
    header: bool
    width: int
    ragged: bool
    why: str

    @property
    def delimiter_name(self) -> str:
        """The delimiter as people call it."""
        return _NAMES.get(self.delimiter, self.delimiter)


def csv_field_limit() -> None:
    """Let the sniffing reader see long fields; the length of records is limited elsewhere."""
    csv.field_size_limit(1 << 26)


def records(sample: str, delimiter: str, quote: str, limit: int = _RECORDS) -> Records:
    """The first records of a sample under one way to cut it."""
    if delimiter == ALIGNED:
        return [line.split() for line in sample.split("\n")[:limit] if line.strip()]
    reader = csv.reader(
        _lines(sample),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    return [row for row in islice(reader, limit) if row]


class _Cuts:
    """A sample as the ways to cut it, each tried once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tried: dict[tuple[str, str], Records] = {}

    def records(self, delimiter: str, quote: str) -> Records:
        """The first records under one way."""
        way = (delimiter, quote)
        if way not in self._tried:
            self._tried[way] = records(self.text, delimiter, quote)
        return self._tried[way]


def _lines(sample: str) -> Iterator[str]:
    """Its lines one after the other: most of a sample is never asked for."""
    begin = 0
    while begin < len(sample):
        end = sample.find("\n", begin) + 1 or len(sample)
        yield sample[begin:end]
        begin = end


def found(sample: str, delimiter: str | None = None, header: bool | None = None) -> Dialect:
    """The dialect of a sample (text with LF line ends); what the caller states is taken as it is."""
    csv_field_limit()
    sample = sample[: sample.rfind("\n", 0, _SAMPLE) + 1 or None] if len(sample) > _SAMPLE else sample
    cuts = _Cuts(sample)
    best = _best_cut(cuts) if delimiter is None else _stated(cuts, delimiter)
    rows = cuts.records(best.delimiter, best.quote)
    has_header = header if header is not None else _has_header(rows)
    return replace(best, header=has_header)


def _stated(tried: _Cuts, delimiter: str) -> Dialect:
    quote = _quote(tried, delimiter)
    rows = tried.records(delimiter, quote)
    width, share = _width(rows)
    ragged = share < 0.9
    width = max((len(row) for row in rows), default=1) if ragged else width
    return Dialect(
        delimiter=delimiter, quote=quote, header=False, width=width, ragged=ragged, why="it was stated"
    )


def _best_cut(tried: _Cuts) -> Dialect:
    cuts = []
    for order, delimiter in enumerate(_CANDIDATES):
        if delimiter not in tried.text:
            continue
        quote = _quote(tried, delimiter)
        rows = tried.records(delimiter, quote)
        width, share = _width(rows)
        spread = sum(len(row) >= 2 for row in rows) / max(1, len(rows))
        if width >= 2:
            cuts.append((share, spread, -order, width, delimiter, quote, rows))
    even = [cut for cut in cuts if cut[0] >= 0.9 or (cut[0] >= 0.5 and _is_named(cut[6], cut[3]))]
    if even:
        # Among cuts that fit nearly every record the one with more columns is the real one.
        share, _, _, width, delimiter, quote, _ = max(even, key=lambda cut: (cut[0] >= 0.98, cut[3], cut[2]))
        why = f"{share:.0%} of the records have {width} fields this way"
        return Dialect(delimiter=delimiter, quote=quote, header=False, width=width, ragged=False, why=why)
    if aligned := _aligned(tried.text):
        return aligned
    ragged = [cut for cut in cuts if cut[1] >= 0.98]
    if ragged:
        _, _, _, _, delimiter, quote, rows = max(ragged)
        width = max(len(row) for row in rows)
        why = f"every record has it, {min(len(row) for row in rows)} to {width} fields a record"
        return Dialect(delimiter=delimiter, quote=quote, header=False, width=width, ragged=True, why=why)
    quote = '"' if _wrapped(tried.text, NO_DELIMITER, '"') else ""
    why = "no delimiter cuts the records alike: one column"
    return Dialect(delimiter=NO_DELIMITER, quote=quote, header=False, width=1, ragged=False, why=why)


def _is_named(rows: Records, width: int) -> bool:
    """Whether the first record names as many columns as most records have: then the others are damaged."""
    return len(rows[0]) == width and 2 * sum(map(is_known, rows[0])) >= width and _has_header(rows)


def _aligned(sample: str) -> Dialect | None:
    """Columns aligned with blanks: every line has the same number of words, and blanks come in runs."""
    lines = [line for line in sample.split("\n")[:_RECORDS] if line.strip()]
    width, share = _width([line.split() for line in lines])
    runs = sum(line.startswith(" ") or "  " in line.strip() for line in lines)
    if width < 2 or share < 0.95 or runs < 0.5 * len(lines):
        return None
    why = f"{share:.0%} of the lines have {width} words, aligned with blanks"
    return Dialect(delimiter=ALIGNED, quote="", header=False, width=width, ragged=False, why=why)


def _width(rows: Records) -> tuple[int, float]:
    """The most frequent number of fields, and its share."""
    if not rows:
        return 1, 1.0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    return width, count / len(rows)


def _quote(tried: _Cuts, delimiter: str) -> str:
    """The character that wraps fields, or empty when quotes are ordinary letters in this text."""
    sample = tried.text
    if '"' not in sample or _edges(sample, delimiter, '"')[0] == 0:
        return "'" if _wrapped(sample, delimiter, "'") else '"'
    if not _wrapped(sample, delimiter, '"'):
        # One or two open quotes are damage; many, or one in a tab-separated text, are how its people write.
        return "" if delimiter == "\t" or _edges(sample, delimiter, '"')[0] > 2 else '"'
    if not any("\n" in "".join(row) for row in tried.records(delimiter, '"')):
        return '"'
    width, share = _width(tried.records(delimiter, ""))
    return "" if share >= 0.99 and width >= 2 else '"'


def _edges(sample: str, delimiter: str, quote: str) -> tuple[int, int, int]:
    """How many fields seem to begin with the quote, how many to end with it, and of how many quotes both is
    true: a field that is quoted may begin or end with the delimiter.
    """
    opened = sample.count(delimiter + quote) + sample.count("\n" + quote) + sample.startswith(quote)
    closed = sample.count(quote + delimiter) + sample.count(quote + "\n") + sample.endswith(quote)
    both = sum(
        sample.count(before + quote + after) for before in (delimiter, "\n") for after in (delimiter, "\n")
    )
    return opened, closed, both


def _wrapped(sample: str, delimiter: str, quote: str) -> bool:
    """Whether fields that begin with the quote end with it, whichever of it the doubtful ones do."""
    opened, closed, both = _edges(sample, delimiter, quote)
    enough = 1 if quote == '"' else 4
    quotes = opened + closed - both
    return opened >= enough and opened - both <= quotes / 1.6 and opened >= quotes / 2.7


def _has_header(rows: Records) -> bool:
    """Whether the first record names the columns: short, untyped cells above typed ones, or known words."""
    first, rest = rows[0] if rows else [], rows[1:200]
    cells = [cell.strip() for cell in first]
    if not any(cells) or any(_DIGITS.fullmatch(cell) for cell in cells):
        return False
    if sum(not cell for cell in cells) > 1 + len(cells) // 3:
        return False
    columns = [[row[i].strip() for row in rest if i < len(row) and row[i].strip()] for i in range(len(cells))]
    named = [cell for cell in cells if cell]
    if 3 * sum(is_known(cell) for cell in named) >= len(named):
        return True
    if any(map(_is_typed, columns)) and not any(len(cell) > 80 for cell in cells):
        return True
    if any(len(cell) > 80 or cell.count(" ") > 7 for cell in cells):
        return False
    if any(cell and cell in column for cell, column in zip(cells, columns, strict=True)):
        return False
    return any(is_vocabulary(cell) for cell in cells) or all(_is_label(cell) for cell in cells)


def _is_typed(column: list[str]) -> bool:
    return bool(column) and sum(bool(_TYPED.fullmatch(value)) for value in column) >= 0.9 * len(column)


def _is_label(cell: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d][\w .#/%()&-]{0,40}", cell)) and cell.count(" ") < 4 and cell[-1] != "."
