"""Parts that keep to RFC 4180 to the letter, so that every reader finds the same in them."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from emptychair.listen.imports.parts import Part

_LINE_END, _BYTE_ORDER_MARK = ord("\n"), b"\xef\xbb\xbf"


def read_plain(part: Part) -> pa.Table | None:
    """All records as columns c0, c1 ... of text, blanks as null; None for a part that is not that plain.

    In a tenth of the time that the engine takes to open and look. O(size) memory.
    """
    cut = part.dialect
    if cut is None or cut.ragged or cut.width < 2 or part.damage:
        return None
    if len(cut.delimiter.encode()) != 1 or len(cut.quote.encode()) > 1:
        return None
    data = part.path.read_bytes()
    if (
        b"\r" in data
        or data.startswith(_BYTE_ORDER_MARK)
        or not _is_well_quoted(data, cut.delimiter, cut.quote)
    ):
        return None
    columns = [f"c{place}" for place in range(cut.width)]
    try:
        return csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=columns),
            csv.ParseOptions(
                delimiter=cut.delimiter, quote_char=cut.quote or False, newlines_in_values=bool(cut.quote)
            ),
            csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        # A record of another width, say.
        return None


def _is_well_quoted(data: bytes, delimiter: str, quote: str) -> bool:
    """Whether quotes stand at the ends of fields or doubled inside of quoted ones, and all are closed."""
    text = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(text == ord(quote)) if quote else np.empty(0, np.int64)
    if len(quotes) == 0:
        return True
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    # Two in a row inside of a field close it and open it again.
    again = opening[1:] == closing[:-1] + 1
    begins = np.append(opening[:1] == 0, again) | _is_edge(text[opening - 1], delimiter)
    at_end = closing[-1:] == len(text) - 1
    ends = np.append(again, at_end) | _is_edge(text[np.minimum(closing + 1, len(text) - 1)], delimiter)
    return bool(np.all(begins) and np.all(ends))


def _is_edge(text: NDArray[np.uint8], delimiter: str) -> NDArray[np.bool_]:
    edges: NDArray[np.bool_] = (text == ord(delimiter)) | (text == _LINE_END)
    return edges
