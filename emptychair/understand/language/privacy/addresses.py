"""E-mail, IP and web addresses in a text."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import parse_qsl, unquote, urlsplit

# Every repetition is bounded: the time is that of the text's length.
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{0,63}[\w+]@(?:\w(?:[\w-]{0,61}\w)?\.){1,6}[^\W\d_]{2,24}"
    r"|[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}(?:(?:\s?[\[({]\s?dot\s?[\])}]\s?|\.)[\w-]{2,24}){1,4}",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”«»\x00]{1,2000}", re.IGNORECASE)
_PERSONAL_KEY = re.compile(
    r"mail|phone|tel$|mobile|name|user|uid|token|key$|session|sid$|auth|pass|code$|sig|secret|customer|account"
    r"|address|birth|dob$|ssn|login|member|cust",
    re.IGNORECASE,
)
_SECRET = re.compile(r"(?=\w{0,99}\d)(?=\w{0,99}[A-Za-z])\w{20,}", re.ASCII)
_IPV4 = re.compile(r"(?<![\w.\-/])\d{1,3}(?:\.\d{1,3}){3}(?![\w\-])(?!\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,8}(?![\w:])")
_A_VERSION = re.compile(
    r"(?:\bv|\bver|version|release|build|firmware|update|driver|bios|ios|android|windows)\W{0,3}$", re.I
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses are, also those written with (at)."""
    for match in _EMAIL.finditer(text) if "@" in text or "at" in text.lower() else ():
        begin = match.start()
        while text[begin] in ".'`*{|/=&#!?" and begin < match.end():
            begin += 1
        yield begin, match.end()


def personal_urls(text: str) -> Iterator[tuple[int, int]]:
    """Where web addresses with somebody's data are: in the user, the query or a secret in the path."""
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?)]}»”’*")
        if _is_personal(address):
            yield match.start(), match.start() + len(address)


def _is_personal(address: str) -> bool:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        pairs = parse_qsl(parts.query) + parse_qsl(parts.fragment)
    except ValueError:
        return "@" in address or "?" in address  # cannot be read: rather too much than too little
    if "@" in parts.netloc or "@" in unquote(parts.path).lstrip("/@") or _SECRET.search(parts.path):
        return True
    return any(_PERSONAL_KEY.search(key) or "@" in value or _SECRET.search(value) for key, value in pairs)


def ips(text: str) -> Iterator[tuple[int, int]]:
    """Where IP addresses are; not versions with four parts, the machine itself or nothing (0.0.0.0)."""
    four = (
        match.span()
        for match in _IPV4.finditer(text)
        if not _A_VERSION.search(text[max(0, match.start() - 20) : match.start()]) and _is_ip(match.group())
    )
    six = (
        match.span()
        for match in _IPV6.finditer(text)
        if any(map(str.isdigit, match.group())) and _is_ip(match.group())
    )
    yield from sorted([*four, *six])


def _is_ip(written: str) -> bool:
    try:
        address = IPv6Address(written) if ":" in written else IPv4Address(written)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
