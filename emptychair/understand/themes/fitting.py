"""Themes found in texts: nothing is forced, nobody alone makes one, the order of texts does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes import partition
from emptychair.understand.themes.assigning import Area, Theme, Themes, assign, by_own_words, told
from emptychair.understand.themes.graph import NEIGHBOURS, Nodes, capped, joined, nodes
from emptychair.understand.themes.grouping import members_of, people, placed
from emptychair.understand.themes.naming import named
from emptychair.understand.themes.neighbours import Neighbours, chosen, neighbours
from emptychair.understand.themes.prototypes import calibrations, prototypes
from emptychair.understand.themes.sureness import sureness

FEWEST_TEXTS = 30
MOST_OF_AN_AUTHOR = 10
_TRIED_ON = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Corpus:
    """Texts with ids that last, their unit vectors, and who wrote them (None: nobody knows).

    Columns from `model_width` on place texts by the company's own words; None: there are none.
    """

    ids: Sequence[str]
    texts: Sequence[str]
    vectors: Vectors
    embedder: str
    authors: Sequence[str | None] | None = None
    model_width: int | None = None


@dataclass(frozen=True, slots=True)
class TooFew:
    """No themes: `have` different texts with a meaning, of at least `need`."""

    have: int
    need: int = FEWEST_TEXTS

    @property
    def missing(self) -> int:
        """How many more different texts it takes."""
        return self.need - self.have


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """Themes, and for every text of the corpus its place in `themes.themes`, -1 for none, and how sure
    that is; `agreement` is that of two halves, None where it is not known.
    """

    themes: Themes
    labels: NDArray[np.int32]
    confidence: NDArray[np.float32]
    agreement: float | None = None

    @property
    def without_theme(self) -> int:
        """How many texts belong nowhere."""
        return int((self.labels < 0).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Themes before they have names: the theme of every text (-1: none) and the area of every theme.

    `agreement` is that of what two random halves find, on all texts (adjusted Rand index).
    """

    labels: NDArray[np.int32]
    area: NDArray[np.int32]
    resolution: float
    agreement: float
    nodes: Nodes


def fit(corpus: Corpus, *, seed: int, resolution: float | None = None) -> Fit | TooFew:
    """The themes of a corpus. `resolution` None: 2, or 1 or 4 where that is clearly steadier."""
    found = discover(corpus.vectors, corpus.authors, seed=seed, resolution=resolution)
    if isinstance(found, TooFew):
        return found
    return dress(corpus, found, seed)


def discover(
    vectors: Vectors,
    authors: Sequence[str | None] | None,
    *,
    seed: int,
    resolution: float | None = None,
) -> Found | TooFew:
    """Themes by vectors alone."""
    rng = np.random.default_rng(seed)
    every = nodes(vectors)
    if len(every) < FEWEST_TEXTS:
        return TooFew(len(every))
    used = capped(every, authors, MOST_OF_AN_AUTHOR)
    if len(used) < FEWEST_TEXTS:
        return TooFew(len(used))
    rows = chosen(vectors, every.first[used], rng)
    near = neighbours(rows, 2 * NEIGHBOURS if len(rows) <= _TRIED_ON else NEIGHBOURS, rng)
    if resolution is None:
        resolution, agreement = _steady(rows, near, rng, partition.RESOLUTIONS)
    else:
        # What is known already draws nothing from the lot that the themes are drawn by.
        _, agreement = _steady(rows, near, np.random.default_rng([seed, 1]), (resolution,))
    del rows
    graph = joined(Neighbours(near.which[:, :NEIGHBOURS], near.cosine[:, :NEIGHBOURS]))
    del near
    groups = placed(graph, partition.communities(graph, resolution, rng), every.first[used], authors)
    area = partition.areas(graph, groups, rng)
    labels = np.full(len(every) + 1, -1, np.int32)  # the last is for texts that are no node
    labels[used] = groups
    return Found(labels[every.of], area, resolution, agreement, every)


def _steady(
    rows: Vectors, near: Neighbours, rng: np.random.Generator, among: Sequence[float]
) -> tuple[float, float]:
    if len(rows) <= _TRIED_ON:
        return partition.steady_resolution(near, rng, among)
    some = rows[np.sort(rng.choice(len(rows), _TRIED_ON, replace=False))]
    return partition.steady_resolution(neighbours(some, 2 * NEIGHBOURS, rng), rng, among)


def dress(corpus: Corpus, found: Found, seed: int) -> Fit:
    """Names, quotes, prototypes and confidences for themes that were found."""
    rng = np.random.default_rng(seed)
    first, count = found.nodes.first, len(found.area)
    labels = found.labels[first]
    used = capped(found.nodes, corpus.authors, MOST_OF_AN_AUTHOR)
    points, owner = prototypes(corpus.vectors, labels, first)
    names = named([corpus.texts[text] for text in first], labels, found.area)
    members = members_of(labels, count)
    keys = [int(found.nodes.key[own].min()) for own in members]
    above: dict[int, int] = {}
    for area, key in zip(found.area.tolist(), keys, strict=True):
        above[area] = min(above.get(area, key), key)
    parts = members_of(owner, count)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    wrote = people(labels, first, corpus.authors, count) if corpus.authors is not None else None
    themes = tuple(
        Theme(
            id=f"thm_{keys[theme]:016x}",
            name=names.themes[theme],
            area=f"are_{above[int(found.area[theme])]:016x}",
            texts=int(sizes[theme]),
            authors=int(wrote[theme]) if wrote is not None else None,
            quote=_central(corpus, first[members[theme]], points[parts[theme]]),
            phrases=names.phrases[theme],
        )
        for theme in range(count)
    )
    kinds = _kinds(corpus)
    odds = calibrations(corpus.vectors, labels, first, rng, kinds)
    sure = sureness(corpus.vectors, labels[used], first[used], corpus.authors, found.resolution, rng, kinds)
    kept = dict.fromkeys((theme.area, int(found.area[at])) for at, theme in enumerate(themes))
    every = Themes(
        embedder=corpus.embedder,
        resolution=found.resolution,
        themes=themes,
        areas=tuple(Area(id=one, name=names.areas[area]) for one, area in kept),
        prototypes=points,
        owner=owner,
        calibration=odds[0],
        sureness=sure[0],
        model_width=corpus.model_width,
        own_calibration=odds[1] if len(kinds) > 1 else None,
        own_sureness=sure[1] if len(kinds) > 1 else None,
    )
    return _with_confidence(every, corpus, found, used)


def _kinds(corpus: Corpus) -> list[NDArray[np.bool_]]:
    """Texts that the model places, and those that own words do: how alike is alike differs between them."""
    own = by_own_words(corpus.vectors, corpus.model_width)
    return [~own, own] if own.any() else [~own]


def _central(corpus: Corpus, texts: NDArray[np.int64], points: Vectors) -> str:
    """The id of the text nearest to the mean of the theme, among those that are easy to read if there are
    any.
    """
    readable = [text for text in texts if 20 <= len(corpus.texts[text]) <= 240]
    some = np.array(readable) if readable else texts
    return corpus.ids[int(some[(corpus.vectors[some] @ points.mean(axis=0)).argmax()])]


def _with_confidence(themes: Themes, corpus: Corpus, found: Found, used: NDArray[np.int64]) -> Fit:
    """The fit; texts that an author had too many of to take part are assigned like texts that come later."""
    beyond = np.ones(len(found.nodes) + 1, np.bool_)
    beyond[used] = beyond[-1] = False
    came_later = beyond[found.nodes.of] & (found.labels < 0)
    labels = found.labels.copy()
    if came_later.any():
        labels[came_later] = assign(themes, corpus.vectors[came_later]).theme
    return Fit(
        themes=themes,
        labels=labels,
        confidence=told(themes, corpus.vectors, labels),
        agreement=found.agreement,
    )
