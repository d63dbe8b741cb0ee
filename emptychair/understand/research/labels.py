"""Who speaks, as transcripts write it: `Name: words`, `[00:12] Name: words`, or a line `Name 0:12` above."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_TIME = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_NAME = r"[^\W_][^:\[\]()<>]{0,59}?"
_LABEL = re.compile(
    rf"(?:-\s{{0,3}})?(?:[\[(]?(?P<before>{_TIME})[\])]?[\s–-]{{1,4}})?(?P<name>{_NAME})\s{{0,3}}"
    rf"(?:[\[(](?P<behind>{_TIME})[\])])?\s?:(?:\s+|$)"
)
_HEADS = (
    re.compile(rf"(?P<name>{_NAME})\s{{1,20}}[\[(]?(?P<before>{_TIME})[\])]?"),
    re.compile(rf"[\[(]?(?P<before>{_TIME})[\])]?\s{{1,20}}(?P<name>{_NAME})"),
)
_PARTICLES = frozenset({"al", "bin", "da", "de", "del", "der", "di", "dos", "du", "la", "le", "van", "von"})
MOST_WORDS = 4
# Longer lines are read as words alone: names stand at a beginning.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's name, the time beside it in milliseconds (None: none), and where the words begin.

    `is_above`: it has a line of its own, above the words.
    """

    name: str
    at_ms: int | None
    end: int
    is_above: bool


def labels(lines: Sequence[str]) -> list[Label | None]:
    """The label of each line, where it has one.

    A word before a colon is a name when it looks like one, and comes again or is what most lines begin with:
    "There is one thing: it broke" names nobody. Names are written in one of the ways, the most usual one.
    """
    found = [_label(line) for line in lines]
    above = sum(one is not None and one.is_above for one in found)
    is_above = 2 * above > sum(one is not None for one in found)
    found = [one if one is not None and one.is_above is is_above else None for one in found]
    times = Counter(one.name for one in found if one is not None)
    filled = sum(bool(line.strip()) for line in lines)
    are_most = times.total() > 1 and (is_above or 2 * times.total() >= filled)
    return [one if one is not None and (are_most or times[one.name] > 1) else None for one in found]


def milliseconds(text: str) -> int:
    """A time such as 1:02, 01:02:03 or 01:02:03.450, in milliseconds.

    >>> milliseconds("1:02"), milliseconds("01:00:03,45")
    (62000, 3603450)
    """
    whole, _, part = text.replace(",", ".").partition(".")
    seconds = 0
    for number in whole.split(":"):
        seconds = seconds * 60 + int(number)
    return seconds * 1000 + int(part.ljust(3, "0")[:3] or 0)


def _label(line: str) -> Label | None:
    text = line.strip()[:_LOOKED_AT]
    start = len(line) - len(line.lstrip())
    found = _LABEL.match(text)
    if found is not None and _is_name(found["name"]):
        told = found["before"] or found["behind"]
        at_ms = None if told is None else milliseconds(told)
        return Label(_plain(found["name"]), at_ms, start + found.end(), is_above=False)
    for head in _HEADS:
        above = head.fullmatch(text)
        if above is not None and _is_name(above["name"]):
            return Label(_plain(above["name"]), milliseconds(above["before"]), len(line), is_above=True)
    return None


def _is_name(text: str) -> bool:
    """Few words, each with a capital or a figure at its beginning."""
    words = text.split()
    if not 0 < len(words) <= MOST_WORDS:
        return False
    if len(words) == 1 and words[0].isalpha() and words[0].islower():
        return words[0] in INTERVIEWERS
    return all(word[0].isupper() or word[0].isdigit() or word in _PARTICLES for word in words) and any(
        letter.isalpha() for letter in text
    )


def _plain(name: str) -> str:
    return " ".join(name.split())


# As transcripts call those who ask, in the languages that the product speaks.
INTERVIEWERS = frozenset(
    {
        "interviewer", "interviewerin", "interviewers", "moderator", "moderatorin", "moderatrice",
        "researcher", "facilitator", "host", "int", "i", "q", "mod", "enquêteur", "enquêtrice",
        "entrevistador", "entrevistadora", "moderador", "moderadora", "fragender", "question",
    }
)  # fmt: skip
