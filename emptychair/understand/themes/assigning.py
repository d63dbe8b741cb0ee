"""Themes as they are kept, and the theme of a text that comes later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.rules import Rule, hits

_AT_ONCE = 50_000
SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme. `texts` counts copies once, `authors` is None when nobody's was known, `quote` is a
    text's id.
    """

    id: str
    name: str
    area: str
    texts: int = 0
    authors: int | None = None
    quote: str | None = None
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Themes that belong together."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Themes:
    """All that is needed to tell the theme of a text.

    Row i of `prototypes` speaks for the theme at `owner[i]`, or for none at all where that is -1.
    `calibration`
    makes a confidence of (cosine, lead over the next theme). `successors` has the theme into which one went.
    """

    embedder: str
    resolution: float
    themes: tuple[Theme, ...]
    areas: tuple[Area, ...]
    prototypes: Vectors
    owner: NDArray[np.int32]
    calibration: tuple[float, float, float]
    rules: tuple[Rule, ...] = ()
    successors: tuple[tuple[str, str], ...] = ()
    version: int = 1

    def place(self, theme: str) -> int | None:
        """Where a theme, or the one into which it went, stands in `themes`."""
        went, seen = dict(self.successors), set()
        while theme in went and theme not in seen:
            seen.add(theme)
            theme = went[theme]
        return next((at for at, one in enumerate(self.themes) if one.id == theme), None)


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """For every text: the place of its theme in `Themes.themes`, -1 for none, and how sure that is (0 to
    1).
    """

    theme: NDArray[np.int32]
    confidence: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A sentence of a text that is about a theme."""

    text: int
    sentence: int
    theme: str
    confidence: float


def assign(themes: Themes, vectors: Vectors, texts: Sequence[str] | None = None) -> Assigned:
    """The theme of every unit row, or none below even odds; a rule that a text meets goes before its
    vector.
    """
    theme = np.full(len(vectors), -1, np.int32)
    confidence = np.zeros(len(vectors), np.float32)
    for begin in range(0, len(vectors), _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        theme[here], cosine, lead = best(themes.prototypes, themes.owner, len(themes.themes), vectors[here])
        confidence[here] = _confidence(themes.calibration, cosine, lead) * vectors[here].any(axis=1)
    theme[confidence < SURE_ENOUGH] = -1
    if texts is not None and themes.rules:
        for text, rule in hits(themes.rules, texts):
            place = themes.place(rule.theme)
            if place is not None:
                theme[text], confidence[text] = place, 1
    return Assigned(theme, confidence)


def mentions(
    themes: Themes, vectors: Vectors, text: Sequence[int], sentences: Sequence[str] | None = None
) -> tuple[Mention, ...]:
    """The sentences that are about a theme; row i is the next sentence of text `text[i]`."""
    found = assign(themes, vectors, sentences)
    counted: dict[int, int] = {}
    every = []
    for row, number in enumerate(text):
        sentence = counted.get(number, 0)
        counted[number] = sentence + 1
        if found.theme[row] >= 0:
            theme, sure = themes.themes[found.theme[row]].id, float(found.confidence[row])
            every.append(Mention(text=number, sentence=sentence, theme=theme, confidence=sure))
    return tuple(every)


def best(
    prototypes: Vectors, owner: NDArray[np.int32], themes: int, vectors: Vectors
) -> tuple[NDArray[np.int32], Vectors, Vectors]:
    """(nearest theme or -1, its cosine, its lead over the next theme) of every row."""
    if not len(prototypes):
        nothing = np.zeros(len(vectors), np.float32)
        return np.full(len(vectors), -1, np.int32), nothing, nothing
    order = np.argsort(owner, kind="stable")
    owners, begins = np.unique(owner[order], return_index=True)
    scores = np.maximum.reduceat(vectors @ prototypes[order].T, begins, axis=1)
    first = scores.argmax(axis=1)
    top = scores.max(axis=1)
    scores[np.arange(len(scores)), first] = -1
    return owners[first].astype(np.int32), top, top - scores.max(axis=1)


def _confidence(calibration: tuple[float, float, float], cosine: Vectors, lead: Vectors) -> Vectors:
    base, by_cosine, by_lead = calibration
    found: Vectors = 1 / (1 + np.exp(-np.clip(base + by_cosine * cosine + by_lead * lead, -30, 30)))
    return found


def save(themes: Themes, folder: Path) -> None:
    """Write `themes.json` and `themes.npz` (plain arrays) into a folder."""
    kept = asdict(replace(themes, prototypes=themes.prototypes[:0], owner=themes.owner[:0]))
    del kept["prototypes"], kept["owner"]
    np.savez(folder / "themes.npz", prototypes=themes.prototypes, owner=themes.owner)
    (folder / "themes.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> Themes:
    """What `save` wrote."""
    kept = json.loads((folder / "themes.json").read_text(encoding="utf-8"))
    with np.load(folder / "themes.npz", allow_pickle=False) as arrays:
        prototypes, owner = arrays["prototypes"], arrays["owner"]
    kept["themes"] = tuple(Theme(**{**one, "phrases": tuple(one["phrases"])}) for one in kept["themes"])
    kept["areas"] = tuple(Area(**one) for one in kept["areas"])
    kept["rules"] = tuple(Rule(theme=one["theme"], patterns=tuple(one["patterns"])) for one in kept["rules"])
    kept["successors"] = tuple((one, other) for one, other in kept["successors"])
    kept["calibration"] = tuple(kept["calibration"])
    return Themes(prototypes=prototypes, owner=owner, **kept)
