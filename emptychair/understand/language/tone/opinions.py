"""The tone of each part of a text that holds an opinion of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emptychair.understand.language.aspects import Unit, units
from emptychair.understand.language.embedding import Embedder, Vectors
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


def tones_of_parts(
    sentences: Sequence[str],
    parts: Sequence[str],
    vectors: Vectors,
    embed: Callable[[Sequence[str]], Vectors],
    head: Head,
) -> list[Tone]:
    """The tone of one part of each sentence, read together with it; `vectors` are those of the sentences.

    Only parts that are not the whole sentence are embedded; one that gets a vector of zeros, as there were
    too many, has the tone of its sentence.
    """
    tones: list[Tone | None] = [unreadable(sentence, head) for sentence in sentences]
    rows = [row for row, tone in enumerate(tones) if tone is None]
    if not rows:
        return [tone for tone in tones if tone is not None]
    chances = head.probabilities(features([sentences[row] for row in rows], vectors[rows]))
    apart = [at for at, row in enumerate(rows) if parts[row] != sentences[row]]
    made = embed([parts[rows[at]] for at in apart])
    known = [nth for nth in range(len(apart)) if made[nth].any()]
    if known:
        words = [parts[rows[apart[nth]]] for nth in known]
        of_parts = head.probabilities(features(words, made[known]))
        at = [apart[nth] for nth in known]
        chances[at] = (1 - _OF_SENTENCE) * of_parts + _OF_SENTENCE * chances[at]
    for nth, row in enumerate(rows):
        tones[row] = tone_of(chances[nth], head)
    return [tone for tone in tones if tone is not None]
