"""What exactly was good or bad: the parts of a text that each hold one opinion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emptychair.understand.language.sentences import sentences

# A new opinion may begin behind these; "and" and a comma only where a subject and a verb follow.
_BREAK = re.compile(
    r"[;:—–]+|\s-+\s|\.(?=\s)|[()]"
    r"|,?\s*\b(?:but|although|though|however|yet|except(?: that| for)?|whereas|while|despite|unfortunately"
    r"|besides|otherwise|because|since|even if|even though|on the other hand|other than)\b,?",
    re.IGNORECASE,
)
_MAYBE = re.compile(r",\s*(?:and|so|or)?\b|\s(?:and|so)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\s*(?:(?:the|a|an|my|its|your|their|our|this|that|these|those|it|i|we|they|he|she|you|there|no|very)\b"
    r"(?:\s+[\w'-]+){0,3}?\s+)?(?:[\w'-]+\s+){0,2}?"
    r"(?:is|are|was|were|'s|'m|'re|has|have|had|does|did|do|works?|worked|looks?|feels?|seems?|runs?|keeps?|can|could"
    r"|will|would|won|isn|wasn|doesn|didn|don|can't|love|like|hate|needs?|takes?|took|makes?|made|gets?|got|broke"
    r"|stopped|arrived|came)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'-]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a text with one opinion, its place (`end` is exclusive) and the sentence around it."""

    text: str
    begin: int
    end: int
    sentence: str


def units(text: str) -> list[Unit]:
    """The parts of the text's sentences, in order; nothing but what joins them is lost. O(length)."""
    found = []
    for sentence in sentences(text):
        begin = sentence.begin
        for first, last in [*_breaks(sentence.text), (len(sentence.text), len(sentence.text))]:
            part = text[begin : sentence.begin + first]
            if _WORD.search(part):
                at = begin + len(part) - len(part.lstrip())
                found.append(Unit(part.strip(), at, at + len(part.strip()), sentence.text))
            begin = sentence.begin + last
    return found


def unit_at(parts: list[Unit], place: int) -> Unit | None:
    """The unit that a place of the text is in, or the one before it; None when there is none."""
    before = [unit for unit in parts if unit.begin <= place]
    return before[-1] if before else (parts[0] if parts else None)


def _breaks(sentence: str) -> Iterator[tuple[int, int]]:
    """Where one part ends and the next begins, ascending."""
    sure = [match.span() for match in _BREAK.finditer(sentence)]
    maybe = [match.span() for match in _MAYBE.finditer(sentence) if _SUBJECT.match(sentence, match.end())]
    last = 0
    for begin, end in sorted([*sure, *maybe]):
        if begin >= last:
            yield begin, end
            last = end
