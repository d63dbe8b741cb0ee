"""Whether what a model wrote holds: its quotes letter by letter, its sources and its numbers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from emptychair.understand.language.sentences import sentences

LONGEST = 8_000
COUNTS = "counts"
_CITED = re.compile(r"\[([^\[\]]{1,120})\]")
_ID = re.compile(r"e\d{1,3}|counts")
# "It is slow. [e1]" is one sentence.
_BEHIND = re.compile(r"([.!?。！？])[ \t]*((?:\[[^\[\]\n]{1,120}\][ \t]*)+)")
_MARKS = ("“”", "„“", "„”", "«»", "»«", "‹›", "「」", "『』", '""', "＂＂")
# A single mark opens a quote only where no letter is before it, and closes one only where none follows.
_QUOTED = re.compile(
    "|".join(rf"{pair[0]}([^{pair[0]}{pair[1]}]*){pair[1]}" for pair in _MARKS)
    + r"|(?<!\w)[‘'`]([^‘’'`\n]*(?:[’'](?=\w)[^‘’'`\n]*)*)[’'`](?!\w)"
)
_ANY_MARK = re.compile('["“”„«»‹›「」『』＂]')
_NUMBER = re.compile(r"\d[\d.,  ]*\d|\d")
_SPELT = re.compile(
    r"\b(?:hundreds?|thousands?|millions?|dozens?|half|third|quarter|most|majority|all|every(?:one|body)?|nobody|none)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?:https?:|www\.|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|ru|cn|info|biz|example)\b|@\w|\]\()", re.I
)
_HELD = "\ue000{}\ue001"


class Why(StrEnum):
    """Why a sentence was taken out."""

    NO_SOURCE = "no_source"
    UNKNOWN_SOURCE = "unknown_source"
    QUOTE = "quote"
    NUMBER = "number"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its marks of sources, and the ids of the evidence that it names."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What holds, in order, and how many sentences were taken out for which reason."""

    sentences: tuple[Sentence, ...]
    removed: Mapping[Why, int]


def checked(text: str, sources: Mapping[str, str], counts: Sequence[str]) -> Checked:
    """The sentences of a text that hold against the sources (by id) and the counts. O(length), never raises.

    A sentence has to name a source; each quote in it stands letter by letter (blanks apart) in one that it
    names; each number is a count, or stands in one of them. What it says beside that cannot be checked.
    """
    kept: list[Sentence] = []
    removed: Counter[Why] = Counter()
    for part, quotes in _parts(text[:LONGEST]):
        found = _held(part, quotes, sources, counts)
        if isinstance(found, Why):
            removed[found] += 1
        elif found is not None:
            kept.append(found)
    return Checked(sentences=tuple(kept), removed=dict(removed))


def _parts(text: str) -> list[tuple[str, list[str]]]:
    """The sentences, each with what is quoted in it; a quote of several sentences does not part them."""
    quotes: list[str] = []

    def hold(match: re.Match[str]) -> str:
        quotes.append(match.group())
        return _HELD.format(len(quotes) - 1)

    plain = text.replace("\ue000", " ").replace("\ue001", " ")
    held = _BEHIND.sub(lambda match: f" {match[2].strip()}{match[1]} ", _QUOTED.sub(hold, plain))
    found = []
    for one in (each for line in held.splitlines() for each in sentences(line)):
        own = [int(number) for number in re.findall("\ue000(\\d+)\ue001", one.text)]
        found.append((one.text, [quotes[number] for number in own]))
    return found


def _held(
    part: str, quotes: Sequence[str], sources: Mapping[str, str], counts: Sequence[str]
) -> Sentence | Why | None:
    cited = [one.strip() for match in _CITED.findall(part) for one in re.split(r"[,;\s]+", match) if one]
    bare = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_CITED.sub(" ", part).split()))
    if not any(sign.isalnum() for sign in re.sub("\ue000\\d+\ue001", "x" if quotes else "", bare)):
        return None
    if not cited:
        return Why.NO_SOURCE
    if not all(_ID.fullmatch(one) and (one == COUNTS or one in sources) for one in cited):
        return Why.UNKNOWN_SOURCE
    named = [_plain(sources[one]) for one in cited if one != COUNTS]
    if _ANY_MARK.search(bare) or not all(_stands(quote, named) for quote in quotes):
        return Why.QUOTE
    outside = re.sub("\ue000\\d+\ue001", " ", bare)
    if ADDRESS.search(outside):
        return Why.ADDRESS
    if not _numbers_hold(outside, named, counts if COUNTS in cited else ()):
        return Why.NUMBER
    for number, quote in zip(re.findall("\ue000\\d+\ue001", bare), quotes, strict=True):
        bare = bare.replace(number, quote, 1)
    return Sentence(bare.lstrip("-*#> "), tuple(dict.fromkeys(one for one in cited if one != COUNTS)))


def _stands(quote: str, named: Sequence[str]) -> bool:
    inside = _plain(quote[1:-1])
    return bool(inside) and any(inside in source for source in named)


def _numbers_hold(text: str, named: Sequence[str], counts: Sequence[str]) -> bool:
    known = {_digits(one) for one in counts}
    known |= {_digits(found) for source in named for found in _NUMBER.findall(source)}
    if any(_digits(found) not in known for found in _NUMBER.findall(text)):
        return False
    # "Most customers" is a number too: it needs the counts.
    return bool(counts) or not _SPELT.search(text)


def _digits(number: str) -> str:
    """A number without what parts its thousands, and without zeros that say nothing.

    >>> _digits("1,234"), _digits("12.50"), _digits("3.0")
    ('1234', '12.5', '3')
    """
    bare = re.sub(r"(?<=\d)[,  \s](?=\d{3}(?:\D|$))", "", number).replace(",", ".").strip(". ")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def _plain(text: str) -> str:
    return " ".join(text.split())
