"""Whether what was said speaks for a claim, against it, or neither: by what it says and by its tone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from emptychair.understand.ask.axes import bears_on
from emptychair.understand.ask.inquiry import Inquiry
from emptychair.understand.language.aspects import units
from emptychair.understand.language.embedding import Tier, Vectors, embedder
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tone.mood import Mood
from emptychair.understand.language.tone.opinions import tones_of_parts
from emptychair.understand.language.tone.reading import Tone


class Side(StrEnum):
    """What a sentence is to a claim."""

    FOR = "for"
    AGAINST = "against"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The side of one sentence, and the part of it (`begin`, `end`, in the sentence) by which it was told.

    `tone` is that of the part: a mood, `unsure`, or None where it cannot be read.
    """

    side: Side
    tone: str | None
    begin: int
    end: int


def judged(
    inquiry: Inquiry,
    parts: Sequence[str],
    is_near: Sequence[bool],
    vectors: Vectors,
    seen: SeenVectors,
    head: Head,
) -> list[Judged]:
    """The side of each sentence; `vectors` are those of the sentences. All are unsure if nothing is claimed.

    A sentence with two opinions is judged by the part that is nearest to the claim. What has another subject
    has a tone too, so that of a claim that is more than praise or blame the tone alone decides only where a
    sentence `is_near` to it.
    """
    places = _telling(inquiry.topic, parts)
    pieces = [part[begin:end] for part, (begin, end) in zip(parts, places, strict=True)]
    tones = tones_of_parts(parts, pieces, vectors, seen.of, head)
    return [
        Judged(
            side=Side.UNSURE if _asks(part) else _side(inquiry, piece, tone, is_close),
            tone=_name(tone),
            begin=begin,
            end=end,
        )
        for part, piece, tone, is_close, (begin, end) in zip(
            parts, pieces, tones, is_near, places, strict=True
        )
    ]


def _asks(part: str) -> bool:
    """Whether somebody asks, which says nothing for or against."""
    return part.rstrip(" \"'”’)").endswith(("?", "？", "؟"))


def _side(inquiry: Inquiry, piece: str, tone: Tone, is_near: bool) -> Side:
    """What is said on the claim's own axis comes first; a tone that is sure of the contrary is a doubt."""
    if not inquiry.leaning:
        return Side.UNSURE
    mood = {Mood.NEGATIVE: -1, Mood.POSITIVE: 1}.get(tone.mood) if tone.mood is not None else None
    own = [axis for axis in inquiry.axes if axis != "worth"]
    said = bears_on(piece, own) if own else 0
    if said and mood == -said and tone.language is None:
        return Side.UNSURE
    if own and not said and not is_near:
        return Side.UNSURE
    pole = said or mood or bears_on(piece, ["worth"])
    if not pole or (tone.mood is Mood.NEUTRAL and not said):
        return Side.UNSURE
    return Side.FOR if pole == inquiry.leaning else Side.AGAINST


def _telling(topic: str, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Where, in each sentence, the part is that is nearest to the topic: by the fast vectors."""
    cut = [units(part) for part in parts]
    several = [row for row, each in enumerate(cut) if len(each) > 1]
    if not several:
        return [(0, len(part)) for part in parts]
    model = embedder(Tier.FAST)
    vectors = model.embed([topic, *(unit.text for row in several for unit in cut[row])])
    places, at = [(0, len(part)) for part in parts], 1
    for row in several:
        best = int(np.argmax(vectors[at : at + len(cut[row])] @ vectors[0]))
        places[row] = (cut[row][best].begin, cut[row][best].end)
        at += len(cut[row])
    return places


def _name(tone: Tone) -> str | None:
    if tone.mood is not None:
        return tone.mood.name.lower()
    return None if tone.negative is None else "unsure"
