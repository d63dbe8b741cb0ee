"""What people decided about themes, as data that is applied to every fit anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes.assigning import Area, Theme
from emptychair.understand.themes.fitting import Corpus, Fit
from emptychair.understand.themes.nearby import best
from emptychair.understand.themes.rules import Rule, hits

LEAST_ALIKE = 0.45  # cosine from which a text is like an example of a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A theme has this name."""

    theme: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The themes go into `into`."""

    into: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The theme is shown by this text."""

    theme: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A text belongs to `to` (None: to no theme); its vector is kept, so that it teaches when the text is
    gone.
    """

    text: str
    vector: tuple[float, ...]
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """A theme that people know of, told by the vectors of a few examples."""

    theme: str
    name: str
    area: str
    examples: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A theme is several: those of its texts that are nearest to a part's vectors become a theme of that
    part's.

    The first part keeps the theme's id and name. `proposed_split` makes one by fitting inside the theme.
    """

    theme: str
    parts: tuple[Declare, ...]


Edit = Rename | Merge | Pin | Move | Declare | Split | Rule


def apply(fit: Fit, corpus: Corpus, edits: Sequence[Edit]) -> Fit:
    """The fit with the edits in their order; a second time changes nothing, and unknown themes are passed
    over.
    """
    for edit in edits:
        match edit:
            case Rename():
                fit = _changed(fit, edit.theme, name=edit.name)
            case Pin():
                fit = _changed(fit, edit.theme, quote=edit.text)
            case Merge():
                fit = _merged(fit, edit)
            case Move():
                fit = _moved(fit, corpus, edit)
            case Declare():
                fit = _declared(fit, corpus, edit)
            case Split():
                fit = _split(fit, corpus, edit)
            case Rule():
                fit = _ruled(fit, corpus, edit)
    return fit


def _changed(fit: Fit, theme: str, *, name: str | None = None, quote: str | None = None) -> Fit:
    place = fit.themes.place(theme)
    if place is None:
        return fit
    old = fit.themes.themes[place]
    new = replace(old, name=name or old.name, quote=quote or old.quote)
    themes = (*fit.themes.themes[:place], new, *fit.themes.themes[place + 1 :])
    return replace(fit, themes=replace(fit.themes, themes=themes))


def _merged(fit: Fit, edit: Merge) -> Fit:
    into = fit.themes.place(edit.into)
    places = {fit.themes.place(theme) for theme in edit.themes} - {None, into}
    if into is None or not places:
        return fit
    kept = [at for at in range(len(fit.themes.themes)) if at not in places]
    number = np.full(len(fit.themes.themes) + 1, -1, np.int32)  # the last is for no theme
    number[kept] = np.arange(len(kept))
    for gone in places:
        number[gone] = number[into]
    old = fit.themes
    gone_ids = [old.themes[at].id for at in sorted(place for place in places if place is not None)]
    moved = [old.themes[at] for at in sorted(place for place in places if place is not None)]
    whole = replace(
        old.themes[into], texts=old.themes[into].texts + sum(theme.texts for theme in moved), authors=None
    )
    themes = replace(
        old,
        themes=tuple(whole if at == into else old.themes[at] for at in kept),
        owner=number[old.owner],
        successors=(*old.successors, *((gone, old.themes[into].id) for gone in gone_ids)),
    )
    return replace(fit, themes=themes, labels=number[fit.labels])


def _moved(fit: Fit, corpus: Corpus, edit: Move) -> Fit:
    place = -1 if edit.to is None else fit.themes.place(edit.to)
    if place is None:
        return fit
    return _taught(fit, corpus, np.array([edit.vector], np.float32), place)


def _declared(fit: Fit, corpus: Corpus, edit: Declare) -> Fit:
    if fit.themes.place(edit.theme) is not None or not edit.examples:
        return fit
    area = next((one for one in fit.themes.areas if one.name == edit.area), None)
    areas = fit.themes.areas if area else (*fit.themes.areas, Area(id=f"are_{edit.theme}", name=edit.area))
    theme = Theme(id=edit.theme, name=edit.name, area=(area or areas[-1]).id)
    fit = replace(fit, themes=replace(fit.themes, themes=(*fit.themes.themes, theme), areas=areas))
    return _taught(fit, corpus, np.array(edit.examples, np.float32), len(fit.themes.themes) - 1)


def _taught(fit: Fit, corpus: Corpus, examples: Vectors, place: int) -> Fit:
    """Examples become prototypes, and the texts that are nearer to them than to anything else follow."""
    old = fit.themes
    # An example that is taught again, or elsewhere, speaks for its last theme only.
    kept = (old.prototypes @ examples.T).max(axis=1, initial=-1) < 1 - 1e-5
    rows = np.vstack([old.prototypes[kept], examples])
    owner = np.concatenate([old.owner[kept], np.full(len(examples), place, np.int32)])
    near = (corpus.vectors @ examples.T).max(axis=1)
    alike = np.flatnonzero(near >= LEAST_ALIKE)
    _, elsewhere, _ = best(old.prototypes[kept], old.owner[kept], corpus.vectors[alike])
    follows = np.zeros(len(near), np.bool_)
    follows[alike] = near[alike] > elsewhere
    return _labelled(replace(fit, themes=replace(old, prototypes=rows, owner=owner)), follows, place)


def _labelled(fit: Fit, texts: NDArray[np.bool_], place: int) -> Fit:
    labels = np.where(texts, place, fit.labels).astype(np.int32)
    confidence = np.where(texts, np.maximum(fit.confidence, 0.5 if place >= 0 else 0), fit.confidence)
    return replace(fit, labels=labels, confidence=confidence.astype(np.float32))


def _split(fit: Fit, corpus: Corpus, edit: Split) -> Fit:
    place = fit.themes.place(edit.theme)
    others = edit.parts[1:]
    if place is None or not others or any(fit.themes.place(part.theme) is not None for part in others):
        return fit
    old = fit.themes
    rows = np.array([row for part in edit.parts for row in part.examples], np.float32)
    places = [place, *range(len(old.themes), len(old.themes) + len(others))]
    owner = np.repeat(np.array(places, np.int32), [len(part.examples) for part in edit.parts])
    area = old.themes[place].area
    themes = replace(
        old,
        themes=(*old.themes, *(Theme(id=part.theme, name=part.name, area=area) for part in others)),
        prototypes=np.vstack([old.prototypes[old.owner != place], rows]),
        owner=np.concatenate([old.owner[old.owner != place], owner]),
    )
    inside = np.flatnonzero(fit.labels == place)
    labels = fit.labels.copy()
    labels[inside] = owner[(corpus.vectors[inside] @ rows.T).argmax(axis=1)]
    return replace(fit, themes=themes, labels=labels)


def _ruled(fit: Fit, corpus: Corpus, edit: Rule) -> Fit:
    place = fit.themes.place(edit.theme)
    if place is None:
        return fit
    rules = (*(rule for rule in fit.themes.rules if rule != edit), edit)
    met = np.zeros(len(fit.labels), np.bool_)
    met[[text for text, _ in hits((edit,), corpus.texts)]] = True
    ruled = replace(fit, themes=replace(fit.themes, rules=rules))
    return replace(
        _labelled(ruled, met, place), confidence=np.where(met, 1, fit.confidence).astype(np.float32)
    )
