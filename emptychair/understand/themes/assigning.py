"""Themes as they are kept, and the theme of a text that comes later."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.nearby import best, own
from emptychair.understand.themes.rules import Rule, hits

SURE_ENOUGH = 0.5
# Of (1, cosine, lead over the next theme), in log odds.
Weights = tuple[float, float, float]


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
    `calibration` has the odds that a text near a theme is one of its own, which decide whether it has one;
    `sureness` those that the theme is right, which are told (None: the same). Texts that are placed by the
    company's own words, which have something in the columns from `model_width` on, have odds of their own.
    `successors` has the theme into which one went.
    """

    embedder: str
    resolution: float
    themes: tuple[Theme, ...]
    areas: tuple[Area, ...]
    prototypes: Vectors
    owner: NDArray[np.int32]
    calibration: Weights
    sureness: Weights | None = None
    model_width: int | None = None
    own_calibration: Weights | None = None
    own_sureness: Weights | None = None
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
    theme, cosine, lead = best(themes.prototypes, themes.owner, vectors)
    known = vectors.any(axis=1)
    by_own = by_own_words(vectors, themes.model_width)
    chance, confidence = _chances(themes, by_own, cosine, lead)
    theme[chance * known < SURE_ENOUGH] = -1
    confidence *= known
    if texts is not None and themes.rules:
        for text, rule in hits(themes.rules, texts):
            place = themes.place(rule.theme)
            if place is not None:
                theme[text], confidence[text] = place, 1
    return Assigned(theme, confidence)


def told(themes: Themes, vectors: Vectors, labels: NDArray[np.int32]) -> Vectors:
    """How sure it is that texts are of the themes that they have, by where these are; 0 for those of none."""
    rows, cosine, lead = own(themes.prototypes, themes.owner, vectors, labels)
    confidence = np.zeros(len(vectors), np.float32)
    confidence[rows] = _chances(themes, by_own_words(vectors, themes.model_width)[rows], cosine, lead)[1]
    return confidence


def by_own_words(vectors: Vectors, model_width: int | None) -> NDArray[np.bool_]:
    """Which rows are placed by the company's own words, in the columns behind those of the model."""
    if model_width is None or model_width == vectors.shape[1]:
        return np.zeros(len(vectors), np.bool_)
    own: NDArray[np.bool_] = np.any(vectors[:, model_width:], axis=1)
    return own


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


def _chances(
    themes: Themes, by_own: NDArray[np.bool_], cosine: Vectors, lead: Vectors
) -> tuple[Vectors, Vectors]:
    """The chance that a text is of its theme, and that the theme is right."""
    chance = _chance(themes.calibration, cosine, lead)
    right = _chance(themes.sureness or themes.calibration, cosine, lead)
    own = np.flatnonzero(by_own)
    if len(own) and themes.own_calibration is not None:
        chance[own] = _chance(themes.own_calibration, cosine[own], lead[own])
        right[own] = _chance(themes.own_sureness or themes.own_calibration, cosine[own], lead[own])
    return chance, right


def _chance(weights: Weights, cosine: Vectors, lead: Vectors) -> Vectors:
    base, by_cosine, by_lead = weights
    found: Vectors = 1 / (1 + np.exp(-np.clip(base + by_cosine * cosine + by_lead * lead, -30, 30)))
    return found.astype(np.float32)


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
    # Themes that were kept before these were told apart have them from the next fit on.
    for odds in ("calibration", "sureness", "own_calibration", "own_sureness"):
        kept[odds] = tuple(kept[odds]) if kept.get(odds) else None
    return Themes(prototypes=prototypes, owner=owner, **kept)
