"""A new fit whose themes keep the ids and names of the old one where they are the same themes."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.assigning import Theme, assign
from emptychair.understand.themes.edits import Declare, Split
from emptychair.understand.themes.fitting import Corpus, Fit, TooFew, discover, fit
from emptychair.understand.themes.prototypes import prototypes

SAME_FROM = 0.3  # of all texts of either that are of both
MOST_OF = 0.5


class Became(StrEnum):
    """What became of a theme."""

    KEPT = "kept"
    SPLIT = "split"  # new, most of it came from `other`, which lives on
    MERGED = "merged"  # old, most of it went into `other`
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one theme, and the other theme in it."""

    theme: str
    became: Became
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Refit:
    """The new fit, before any edits, and what became of every theme."""

    fit: Fit
    changes: tuple[Change, ...]


def refit(previous: Fit, before: Corpus, corpus: Corpus, *, seed: int) -> Refit | TooFew:
    """Themes of `corpus` with what is kept of `previous`, the fit of `before` without edits.

    Texts of both count by the theme they had, others by the theme that the old themes assign them; the
    resolution stays. Edits are applied to the outcome again, in their order.
    """
    new = fit(corpus, seed=seed, resolution=previous.themes.resolution)
    if isinstance(new, TooFew):
        return new
    return matched(previous, _old_labels(previous, before, corpus), new)


def _old_labels(previous: Fit, before: Corpus, corpus: Corpus) -> NDArray[np.int32]:
    had = dict(zip(before.ids, previous.labels.tolist(), strict=True))
    later = assign(previous.themes, corpus.vectors).theme.tolist()
    return np.array([had.get(text, theme) for text, theme in zip(corpus.ids, later, strict=True)], np.int32)


def matched(previous: Fit, had: NDArray[np.int32], new: Fit) -> Refit:
    """Pair the themes by the greatest sum of overlaps (Jaccard); a pair below .3 is none."""
    from scipy.optimize import linear_sum_assignment  # a quarter of a second of a start: only a fit needs it

    old_themes, new_themes = previous.themes.themes, new.themes.themes
    shared = np.zeros((len(old_themes), len(new_themes)))
    both = (had >= 0) & (new.labels >= 0)
    np.add.at(shared, (had[both], new.labels[both]), 1)
    of_old = np.maximum(np.bincount(had[had >= 0], minlength=len(old_themes)), 1)[:, None]
    of_new = np.maximum(np.bincount(new.labels[new.labels >= 0], minlength=len(new_themes)), 1)[None, :]
    overlap = shared / (of_old + of_new - shared)
    pairs = zip(*linear_sum_assignment(-overlap), strict=True)
    kept = {int(one): int(other) for one, other in pairs if overlap[one, other] >= SAME_FROM}
    from_old = {new_place: old_themes[old] for old, new_place in kept.items()}
    taken = {theme.id for theme in old_themes} | {went for went, _ in previous.themes.successors}
    names = {theme.name for theme in from_old.values()}
    themes: list[Theme] = []
    for place, theme in enumerate(new_themes):
        themes.append(_carried(theme, from_old.get(place), taken, names))
    changes = [Change(theme.id, Became.KEPT) for theme in from_old.values()]
    changes += [
        _arrival(themes[place].id, shared[:, place] / of_new[0, place], old_themes, kept)
        for place in range(len(new_themes))
        if place not in from_old
    ]
    departures = [
        _departure(theme.id, shared[place] / of_old[place, 0], themes)
        for place, theme in enumerate(old_themes)
        if place not in kept
    ]
    went = tuple((one.theme, one.other) for one in departures if one.other is not None)
    successors = (*previous.themes.successors, *went)
    version = previous.themes.version + 1
    mapped = replace(new.themes, themes=tuple(themes), successors=successors, version=version)
    return Refit(replace(new, themes=mapped), (*changes, *departures))


def _carried(new: Theme, old: Theme | None, taken: set[str], names: set[str]) -> Theme:
    """The theme with the id and name it had; one that is new has an id and a name that nobody had."""
    if old is not None:
        return replace(new, id=old.id, name=old.name)
    name, number = new.name, 2
    while name in names:
        name, number = f"{new.name} ({number})", number + 1
    names.add(name)
    key = new.id
    while key in taken:
        key += "n"
    taken.add(key)
    return replace(new, id=key, name=name)


def _arrival(theme: str, came: NDArray[np.float64], old: tuple[Theme, ...], kept: dict[int, int]) -> Change:
    best = int(came.argmax()) if len(came) else -1
    if best in kept and came[best] >= MOST_OF:
        return Change(theme, Became.SPLIT, old[best].id)
    return Change(theme, Became.NEW)


def _departure(theme: str, went: NDArray[np.float64], new: list[Theme]) -> Change:
    best = int(went.argmax()) if len(went) else -1
    if best >= 0 and went[best] >= MOST_OF:
        return Change(theme, Became.MERGED, new[best].id)
    return Change(theme, Became.GONE)


def proposed_split(found: Fit, corpus: Corpus, theme: str, *, seed: int) -> Split | None:
    """A split of a theme by a finer fit inside it; None when it is one thing or has too few texts."""
    place = found.themes.place(theme)
    inside = np.flatnonzero(found.labels == place) if place is not None else np.zeros(0, np.int64)
    vectors: Vectors = corpus.vectors[inside]
    parts = discover(vectors, None, seed=seed, resolution=1.0)
    if isinstance(parts, TooFew) or len(parts.area) < 2:
        return None
    rows, owner = prototypes(vectors, parts.labels, np.arange(len(vectors)))
    name = found.themes.themes[place].name if place is not None else ""
    return Split(
        theme=theme,
        parts=tuple(
            Declare(
                theme=theme if part == 0 else f"{theme}.{part + 1}",
                name=name if part == 0 else f"{name} ({part + 1})",
                area="",
                examples=tuple(tuple(map(float, row)) for row in rows[owner == part]),
            )
            for part in range(len(parts.area))
        ),
    )
