"""RSS and Atom as feedparser reads them; runs in the limited child process alone."""

import calendar
import io
import time
from datetime import UTC, datetime
from typing import Any

import feedparser
import msgspec

MOST_ENTRIES = 1_000
LONGEST_PART = 200_000


def read_feed(raw: bytes) -> dict[str, Any]:
    """A feed: its title and its entries, each with everything that feedparser says of it.

    `raw` is a line of JSON with the headers of the answer, and behind it the document. Raises ValueError for
    what is no feed.
    """
    head, _, document = raw.partition(b"\n")
    headers = msgspec.json.decode(head)
    # As a stream: of bytes it would think that they may be the name of a file.
    found = feedparser.parse(io.BytesIO(document), response_headers=headers)
    if not found.get("version") and not found.entries:
        raise ValueError("this is no RSS and no Atom")
    return {
        "title": _plain(found.feed.get("title")),
        "link": _plain(found.feed.get("link")),
        "version": found.get("version") or "",
        "entries": [_entry(entry) for entry in found.entries[:MOST_ENTRIES]],
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        name: _instant(value) if isinstance(value, time.struct_time) else _plain(value)
        for name, value in entry.items()
        if not name.endswith("_detail")
    }


def _instant(value: time.struct_time) -> str | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _plain(value: Any, depth: int = 0) -> Any:
    """Texts, numbers, lists and objects, not deeper and not longer than a person would write them."""
    if isinstance(value, str):
        return value[:LONGEST_PART].encode("utf-8", "replace").decode()
    if value is None or isinstance(value, bool | int):
        return value
    if depth > 4:
        return None
    if isinstance(value, dict):
        return {str(name): _plain(each, depth + 1) for name, each in list(value.items())[:50]}
    if isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in list(value)[:50]]
    return str(value)[:LONGEST_PART]
