"""Cues of needs in words: rules that can be read, one sentence at a time."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from emptychair.domain.scale import scale_of
from emptychair.understand.language.sentences import sentences
from emptychair.understand.needs.rules import RULES

# Rules look at so much of a sentence: nobody writes more, and a rule stays quick in any text.
LONGEST = 600


class Cue(StrEnum):
    """What a sentence tells of a need that nobody asked for.

    WORKAROUND: people help themselves. COMPARISON: elsewhere, or before, it could be done. WISH: what would
    be nice, said by somebody who is not content. SOUGHT: looked for and not found.
    """

    WORKAROUND = "workaround"
    COMPARISON = "comparison"
    WISH = "wish"
    SOUGHT = "sought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A cue in a sentence of a text, counted from 0; `begin` to `end` of the sentence is what told it."""

    cue: Cue
    place: int
    begin: int
    end: int


def cues(text: str, *, name: str = "", score: Decimal | None = None) -> list[Marked]:
    """The cues in a text, each at most once a sentence; a `score` of the question `name` came with it."""
    if not RULES["any"][0].search(text):
        return []
    found = []
    for place, one in enumerate(sentences(text)):
        for cue in Cue:
            told = next((hit for rule in RULES[cue] if (hit := rule.search(one.text[:LONGEST]))), None)
            if told is not None and (cue is not Cue.WISH or not is_content(name, score)):
                found.append(Marked(cue=cue, place=place, begin=told.start(), end=told.end()))
    return found


def is_content(name: str, score: Decimal | None) -> bool:
    """Whether a score says that somebody wants for little: in the upper quarter of its scale."""
    scale = scale_of(name)
    if score is None or scale is None or not scale.has(score):
        return False
    return score > scale.lowest + (scale.highest - scale.lowest) * Decimal("0.75")
