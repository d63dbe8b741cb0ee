"""What the company decided about a model that writes answers: none, or whose, and how much it may."""

import re
from typing import Any
from urllib.parse import urlsplit

from emptychair.desk.columns import whole
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import Setting

# The name of a secret of the desk.
KEY = "writer.key"


def _refused(expected: str) -> Refused:
    return Refused(Reason.SETTING_IS_NOT_VALID, f"expected {expected}")


def _address(text: str) -> str:
    text = text.strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or "@" in text or "?" in text or "#" in text or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise _refused("an address such as https://models.example.com/v1, or nothing")
    return whole(text, 400)


def _line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise _refused("one line of text")
    return whole(text.strip(), 200)


def _whole(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()) or not least <= int(text) <= most:
        raise _refused(f"a whole number from {least} to {most:,}")
    return int(text)


def _setting(key: str, about: str, default: Any, parse: Any) -> Setting[Any]:
    return Setting(key=key, about=about, default=default, per_audience=False, parse=parse, text=str)


WRITER_ADDRESS: Setting[str] = _setting(
    "writer_address",
    "Where a model answers as OpenAI's does, up to /chat/completions; empty: nothing leaves this machine.",
    "",
    _address,
)
WRITER_MODEL: Setting[str] = _setting("writer_model", "The name of the model there.", "", _line)
WRITER_SECONDS: Setting[int] = _setting(
    "writer_seconds", "So long it may take to answer.", 60, lambda text: _whole(text, 1, 300)
)
WRITER_TOKENS: Setting[int] = _setting(
    "writer_tokens",
    "At most so many tokens are written in one answer.",
    700,
    lambda text: _whole(text, 50, 8_000),
)
WRITER_HOURLY: Setting[int] = _setting(
    "writer_hourly",
    "At most so many answers are written in one hour, of all who ask together.",
    60,
    lambda text: _whole(text, 1, 10_000),
)
WRITER_SETTINGS: tuple[Setting[Any], ...] = (
    WRITER_ADDRESS,
    WRITER_MODEL,
    WRITER_SECONDS,
    WRITER_TOKENS,
    WRITER_HOURLY,
)
KEYS = tuple(setting.key for setting in WRITER_SETTINGS)
