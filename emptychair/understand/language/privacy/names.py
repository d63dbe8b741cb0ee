"""Names that are known, of the person who writes and of the company's own people."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_FAR_EAST = "\u2e80"  # from here on names stand without blanks around them


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whom a text may name: the person, by own names, and the company's people; where phones ring ("DE")."""

    names: Collection[str] = ()
    staff: Collection[str] = ()
    staff_addresses: Collection[str] = ()
    region: str | None = None


def staff_addresses(text: str, known: Known) -> Iterator[tuple[int, int]]:
    """Where addresses of the company's own people are."""
    if not known.staff_addresses or "@" not in text:
        return
    wanted = {address.lower() for address in known.staff_addresses}
    for match in re.finditer(r"[\w.+'-]{1,64}@[\w.-]{1,253}", text):
        address = match.group().rstrip(".-")
        if address.lower() in wanted:
            yield match.start(), match.start() + len(address)


def named(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where one of the names is: the whole name in any case, a part of it with a capital, accents or not.

    O(length), however many names there are.
    """
    if not names:
        return
    wholes = _wholes(names)
    parts = {part for whole in wholes.values() for words in whole for part in words if len(part) > 1}
    words = [(match.start(), match.end(), _folded(match.group())) for match in _WORD.finditer(text)]
    found = list(_in_far_east(text, names))
    at = 0
    while at < len(words):
        begin, end, word = words[at]
        length = _length_of_whole(text, words, at, wholes.get(word, ()))
        if length:
            _, end, last = words[at + length - 1]
            found.append((begin, end - 2 * (last.endswith("'s") and last not in parts)))
        elif text[begin].isupper() and (word in parts or word.removesuffix("'s") in parts):
            found.append((begin, end - 2 * (word not in parts)))
        at += max(1, length)
    yield from _apart(sorted(found))


def _wholes(names: Collection[str]) -> dict[str, list[tuple[str, ...]]]:
    """The names as folded words, by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in names:
        words = tuple(_folded(word) for word in _WORD.findall(name))
        if words:
            found.setdefault(words[0], []).append(words)
    return {first: sorted(wholes, key=len, reverse=True)[:50] for first, wholes in found.items()}


def _length_of_whole(
    text: str, words: list[tuple[int, int, str]], at: int, wholes: Collection[tuple[str, ...]]
) -> int:
    """How many words from `at` on are a whole name of more than one word; 0 when none."""
    for whole in wholes:
        here = words[at : at + len(whole)]
        if len(whole) > 1 and tuple(word.removesuffix("'s") for _, _, word in here) == whole:
            return len(whole)
    return 0


def _in_far_east(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    for name in names:
        if len(name) > 1 and name[0] >= _FAR_EAST:
            yield from (match.span() for match in re.finditer(re.escape(name), text))


def _apart(found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = 0
    for begin, end in found:
        if begin >= last:
            yield begin, end
            last = end


def _folded(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word).replace("’", "'")
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()
