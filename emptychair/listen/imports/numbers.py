"""How a column writes numbers, found from its values and turned into SQL."""

import re
from collections.abc import Sequence
from enum import StrEnum

from emptychair.listen.imports.sql import literal


class NumberStyle(StrEnum):
    """Which sign begins the decimals; the values are what `--map amount=COLUMN:STYLE` takes."""

    POINT = "point"  # 1,234.56
    COMMA = "comma"  # 1.234,56
    UNDECIDED = "undecided"  # 1,234: thousands or decimals


_MARK = r"(?:(?:[$€£¥₹₽₺₩₪฿%]|[A-Z]{1,2}\$|[A-Z]{3}|kr|zł|Kč|Ft|Rs)\s?)"
_BLANK = "[ \u00a0\u202f']"
_HEAD = rf"[-+(]?\s?{_MARK}?[-+]?"
_TAIL = rf"\s?{_MARK}?[-)]?"
_ENGLISH = rf"{_HEAD}(?:\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}|\d{{1,3}}(?:{_BLANK}\d{{3}})+|\d+)?(?:\.\d*)?{_TAIL}"
_EUROPEAN = rf"{_HEAD}(?:\d{{1,3}}(?:\.\d{{3}})+|\d{{1,3}}(?:{_BLANK}\d{{3}})+|\d+)(?:,\d+)?{_TAIL}"
_BOTH = re.compile(rf"{_HEAD}\d{{1,3}}[,]\d{{3}}{_TAIL}")
_COMMA_ONLY = re.compile(r"\d,\d")
_english, _european = re.compile(rf"{_ENGLISH}|[-+]?\d+(\.\d*)?[eE][-+]?\d+"), re.compile(_EUROPEAN)
_digit = re.compile(r"\d")


def style_of(values: Sequence[str], *, least: float = 0.9) -> NumberStyle | None:
    """The style that at least this share of the values has, None when they are no numbers.

    Undecided when every comma could begin either three decimals or a group of thousands.
    """
    if not any(_digit.search(value) for value in values):
        return None
    english = european = 0
    for number, value in enumerate(values, start=1):
        if value.isdecimal():  # as both write it
            english, european = english + 1, european + 1
        else:
            english += _english.fullmatch(value) is not None
            european += _european.fullmatch(value) is not None
        if max(english, european) + len(values) - number < least * len(values):
            return None  # too many are none already
    if english != european:
        return NumberStyle.POINT if english > european else NumberStyle.COMMA
    with_comma = [value for value in values if _COMMA_ONLY.search(value)]
    if with_comma and all(_BOTH.fullmatch(value) for value in with_comma):
        points = any("." in value for value in values)
        return NumberStyle.POINT if points else NumberStyle.UNDECIDED
    return NumberStyle.POINT


def number(column: str, style: NumberStyle, type_name: str = "decimal(18,4)") -> str:
    """SQL of the exact number, NULL where the text is none; (12) and 12- are negative."""
    pattern, keep = (_ENGLISH, "[^0-9.]") if style is not NumberStyle.COMMA else (_EUROPEAN, "[^0-9,]")
    digits = f"regexp_replace({column}, {literal(keep)}, '', 'g')"
    if style is NumberStyle.COMMA:
        digits = f"replace({digits}, ',', '.')"
    negative = f"regexp_matches({column}, '^[^0-9]*[-(]|-$')"
    cleaned = (
        f"case when regexp_full_match({column}, {literal(_in_ascii(pattern))}) then "
        f"try_cast(case when {negative} then '-' else '' end || {digits} as {type_name}) end"
    )
    if style is NumberStyle.COMMA:
        return f"({cleaned})"
    return f"coalesce(try_cast({column} as {type_name}), {cleaned})"


def _in_ascii(pattern: str) -> str:
    """The pattern for the engine, whose Python side goes through other text letter by letter, twice."""
    return "".join(letter if letter.isascii() else f"\\x{{{ord(letter):x}}}" for letter in pattern)
