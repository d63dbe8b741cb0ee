"""Words of a person that put a text under a theme, found in time that grows with the text alone."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
LONGEST_PATTERN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A text that has one of the patterns is about the theme.

    A pattern is a word or several in a row; a star at the end of a word stands for any ending: `refund*
    my order`.
    """

    theme: str
    patterns: tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a text without capitals, in compatible letters."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def hits(rules: Sequence[Rule], texts: Sequence[str]) -> Iterator[tuple[int, Rule]]:
    """(place of a text, the first rule that it meets). O(letters · words of a pattern)."""
    by_first: dict[str, list[tuple[list[str], int]]] = {}
    starred: list[tuple[list[str], int]] = []
    for number, rule in enumerate(rules):
        for parts in filter(None, map(_parts, rule.patterns)):
            if parts[0].endswith("*"):
                starred.append((parts, number))
            else:
                by_first.setdefault(parts[0], []).append((parts, number))
    for place, text in enumerate(texts):
        said = words(text)
        met = [
            number
            for at, word in enumerate(said)
            for parts, number in (*by_first.get(word, ()), *starred)
            if _stands(parts, said, at)
        ]
        if met:
            yield place, rules[min(met)]


def _parts(pattern: str) -> list[str]:
    """The words of a pattern with their stars."""
    found = []
    for part in pattern.split()[:LONGEST_PATTERN]:
        inner = words(part)
        if inner:
            inner[-1] += "*" if part.endswith("*") else ""
        found += inner
    return found


def _stands(parts: list[str], said: list[str], at: int) -> bool:
    here = said[at : at + len(parts)]
    return len(here) == len(parts) and all(
        word.startswith(part[:-1]) if part.endswith("*") else word == part
        for part, word in zip(parts, here, strict=True)
    )
