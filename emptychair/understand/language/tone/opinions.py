"""The tone of each part of a text that holds an opinion of its own."""

from dataclasses import dataclass

from emptychair.understand.language.aspects import Unit, units
from emptychair.understand.language.embedding import Embedder
from emptychair.understand.language.tone.features import features
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tone.reading import Tone, tone_of, unreadable

# A part is read together with its sentence, which counts half as much: a part alone is often too short.
_OF_SENTENCE = 1 / 3
_MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Opinion:
    """A part of a text and its tone."""

    unit: Unit
    tone: Tone


def opinions(text: str, embedder: Embedder, head: Head) -> list[Opinion]:
    """The parts of a text in order, each with its tone; none of a text that cannot be read.

    At most the first 200 parts; embeds each part and each sentence of more than one.
    """
    if unreadable(text, head) is not None:
        return []
    parts = units(text)[:_MOST_PARTS]
    texts = list(dict.fromkeys([*(part.text for part in parts), *(part.sentence for part in parts)]))
    if not texts:
        return []
    found_in = features(texts, embedder.embed(texts))
    chances = dict(zip(texts, head.probabilities(found_in), strict=True))
    found = []
    for part in parts:
        both = (1 - _OF_SENTENCE) * chances[part.text] + _OF_SENTENCE * chances[part.sentence]
        found.append(Opinion(part, tone_of(both, head)))
    return found
