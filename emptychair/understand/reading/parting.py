"""Themes that people asked to be parted: the parts are found once, then known by their sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emptychair.understand.themes.edits import Declare, Edit, Split, apply
from emptychair.understand.themes.fitting import Corpus, Fit
from emptychair.understand.themes.naming import named
from emptychair.understand.themes.refitting import proposed_split

_SEED = 11
# So many sentences, those nearest to what was found, are remembered of a part.
EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class Parting:
    """A theme is to be parted, into what is found in it."""

    theme: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its id and name, and the sentences that show it (ids of the corpus)."""

    theme: str
    name: str
    examples: tuple[str, ...]


def edited_by(
    found: Fit, corpus: Corpus, edits: Sequence[Edit | Parting]
) -> tuple[Fit, dict[int, Sequence[Part]]]:
    """The fit with the edits in their order; the parts of each parting by its place, none when it is one."""
    parted: dict[int, Sequence[Part]] = {}
    for place, edit in enumerate(edits):
        if isinstance(edit, Parting):
            parts = parted[place] = _parts(found, corpus, edit.theme)
            if not parts:
                continue
            edit = split_of(edit.theme, parts, corpus)
        found = apply(found, corpus, [edit])
    return found, parted


def split_of(theme: str, parts: Sequence[Part], corpus: Corpus) -> Split:
    """The parts by the vectors of their sentences."""
    at = {one: place for place, one in enumerate(corpus.ids)}
    return Split(
        theme=theme,
        parts=tuple(
            Declare(
                theme=part.theme,
                name=part.name,
                area="",
                examples=tuple(
                    tuple(map(float, corpus.vectors[at[one]])) for one in part.examples if one in at
                ),
            )
            for part in parts
        ),
    )


def _parts(found: Fit, corpus: Corpus, theme: str) -> Sequence[Part]:
    split = proposed_split(found, corpus, theme, seed=_SEED)
    if split is None:
        return ()
    inside = np.flatnonzero(found.labels == found.themes.place(theme))
    rows = np.array([row for part in split.parts for row in part.examples], np.float32)
    owner = np.repeat(np.arange(len(split.parts)), [len(part.examples) for part in split.parts])
    alike = corpus.vectors[inside] @ rows.T
    labels = owner[alike.argmax(axis=1)].astype(np.int32)
    texts = [corpus.texts[int(one)] for one in inside]
    names = named(texts, labels, np.zeros(len(split.parts), np.int32))
    made = []
    for place, part in enumerate(split.parts):
        own = np.flatnonzero(labels == place)
        nearest = own[np.argsort(-alike[own][:, owner == place].max(axis=1), kind="stable")]
        # Copies are one example.
        examples = list({texts[one]: corpus.ids[int(inside[one])] for one in reversed(nearest)}.values())
        name = part.name if place == 0 else names.themes[place]
        made.append(Part(part.theme, name, tuple(reversed(examples))[:EXAMPLES]))
    return made if all(part.examples for part in made) else ()
