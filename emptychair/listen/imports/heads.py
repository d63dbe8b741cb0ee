"""Rows below the head of a table that are no data: exports of Qualtrics have two of them."""

import json
import re

_IMPORT_ID = re.compile(r'\{"ImportId":.*\}')


def plain(name: str) -> str:
    """A column's name without case and signs.

    >>> plain("Canceled At (UTC)")
    'canceled at utc'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower()).split())


def extra_heads(rows: list[list[str]]) -> tuple[int, str]:
    """How many rows below the first are no data, and the time zone that they tell: exports of Qualtrics have
    the questions in the second row, and ids as JSON in the third.

    >>> extra_heads([["ResponseId"], ["Response ID"], ['{"ImportId":"_recordId"}'], ["R_1"]])
    (2, '')
    """
    if not rows or "responseid" not in {plain(name) for name in rows[0]}:
        return 0, ""
    zone = ""
    for n, row in enumerate(rows[1:3], start=1):
        ids = [cell for cell in row if _IMPORT_ID.fullmatch(cell.strip())]
        if ids and len(ids) == len([cell for cell in row if cell.strip()]):
            for cell in ids:
                zone = zone or _zone(cell)
            return n, zone
    place = [plain(name) for name in rows[0]].index("responseid")
    is_label = len(rows) > 1 and place < len(rows[1]) and plain(rows[1][place]) == "response id"
    return (1 if is_label else 0), ""


def _zone(cell: str) -> str:
    try:
        told = json.loads(cell).get("timeZone", "")
    except (ValueError, AttributeError):
        return ""
    zone = str(told)
    return zone if re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}|Z|UTC", zone) else ""
