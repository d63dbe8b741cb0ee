"""Telephone numbers in a text."""

import re
from collections.abc import Iterator

import phonenumbers

_CANDIDATE = re.compile(
    r"(?<![\w.,$€£#@/\-])(?:\+|\()?\d[\d ().\-/\u00a0\u2010-\u2013]{5,26}(?<=\d)(?![\w@])(?![.,]\d)"
)
# What is no number to call, however many digits it has.
_OTHER = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?<![\d+])\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?![\d\-])"
    r"|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?"
    r"|(?<![\d+])\d{1,3}(?:[.,' ]000){1,5}(?!\d)|(?<![\d+])\d{1,3}(?:[.,]\d{3}){1,5}[.,]\d{2}(?!\d)"
    r"|\d[\d.,]{0,20}\s?(?:[$€£%]|USD|EUR|GBP)"
    r"|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d(?!\d)"
)
_CALL = re.compile(
    r"(?:call|phone|tel|tell?efon\w*|mobile|mob|cell|number is|text|reach|whats\s?app|fax|ring|contact|dial"
    r"|sms|handy|anruf\w*|t[eé]l|m[oó]vil|celular)\W{0,3}(?:\w+\W{1,2}){0,3}$",
    re.IGNORECASE,
)
_NO_CALL = re.compile(
    r"(?:order|orders|invoice|ticket|case|ref|reference|tracking|parcel|booking|confirmation|account|customer"
    r"|article|item|sku|isbn|ean|serial|imei|policy|bestell\w*|rechnung\w*|kunden\w*|flight|version|id|pin|model"
    r"|code|po|transaction)\b\W{0,3}(?:(?:number|no|nr|num|nummer|is|was|id|code)\b\W{0,3}){0,3}$",
    re.IGNORECASE,
)
_FEWEST, _MOST = 7, 15


def phones(text: str, region: str | None) -> Iterator[tuple[int, int]]:
    """Where numbers to call are: with a country's code anywhere, without as they are called in `region`."""
    rest = _OTHER.sub(lambda match: "\x00" * len(match.group()), text)
    for match in _CANDIDATE.finditer(rest):
        before = rest[max(0, match.start() - 40) : match.start()]
        if _NO_CALL.search(before):
            continue
        is_called = _CALL.search(before) is not None
        for begin, end in _parts(match.group()):
            if _is_phone(match.group()[begin:end], region, is_called):
                yield match.start() + begin, match.start() + end
                break


def _parts(candidate: str) -> Iterator[tuple[int, int]]:
    """Runs of whole groups between blanks, the longest first, that may be one number."""
    groups = [match.span() for match in re.finditer(r"\S+", candidate)][:8]
    runs = [(one[0], other[1]) for at, one in enumerate(groups) for other in groups[at:]]
    for begin, end in sorted(runs, key=lambda run: run[0] - run[1]):
        if _FEWEST <= sum(map(str.isdecimal, candidate[begin:end])) <= _MOST:
            yield begin, end


def _is_phone(written: str, region: str | None, is_called: bool) -> bool:
    is_abroad = written.startswith(("+", "00"))
    if not is_abroad and region is None:
        return False
    is_grouped = re.search(r"\d[ ().\-/\u00a0\u2010-\u2013]+\d", written) is not None
    if not (is_abroad or is_called or written.startswith(("0", "(")) or is_grouped):
        return False  # ten digits in a row are an order as often as a phone
    try:
        number = phonenumbers.parse("+" + written[2:] if written.startswith("00") else written, region)
    except phonenumbers.NumberParseException:
        return False
    if written.startswith("+"):
        return phonenumbers.is_possible_number(number)  # a plus says enough, and plans of numbers change
    return phonenumbers.is_valid_number(number)
