"""The themes of each audience as they were found last, kept in files, and what is said of them."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from emptychair.understand.language.own_spaces import PlacedVectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.vectors import Keys, keys_of
from emptychair.understand.reading.parting import Part, Parting, edited_by
from emptychair.understand.themes import assigning
from emptychair.understand.themes.assigning import Themes
from emptychair.understand.themes.edits import Edit
from emptychair.understand.themes.fitting import Corpus, Fit, TooFew, fit
from emptychair.understand.themes.refitting import matched

_SEED = 7
_PLACES = Decimal("0.0001")
# Shorter sentences ("Thanks!", "See above") are of no theme, and would make one of politeness.
FEWEST_WORDS = 3
FEWEST_OF_A_PHRASE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One text as themes are found in: the signal, who said it (None: nobody knows), its words, and the
    language that they are in (None: it could not be told).
    """

    signal: str
    person: str | None
    text: str
    language: str | None = None


class Cut(NamedTuple):
    """One text as its sentences."""

    signal: str
    parts: Sequence[str]
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The themes, rows of mentions, and the sentence ("place signal") and number of texts of each theme.

    `themed` counts texts under any theme; `few` is told when there were too few for themes; `parted` has the
    parts of themes that were asked to be parted, by the place of the edit.
    """

    themes: Themes | None
    mentions: Sequence[dict[str, Any]]
    quotes: dict[str, str]
    sizes: dict[str, int]
    themed: int
    few: TooFew | None
    parted: dict[int, Sequence[Part]]
    agreement: float | None = None


class KeptThemes:
    """The themes of one audience in a folder; None before they were found, or by other vectors.

    `base` has them as they were found, with the theme of every sentence, so that the next finding keeps their
    ids, also one by other vectors; `edited` with what people changed, which is what is told.
    """

    def __init__(self, folder: Path, audience: str, vectors: PlacedVectors) -> None:
        self._folder = folder / f"themes-{audience}"
        self._mark = f"_{audience[:1]}"
        self._vectors = vectors
        self.themes = self._loaded("edited")
        self._phrases = self._kept_phrases()

    def mentions(self, texts: Sequence[Cut]) -> list[dict[str, Any]]:
        """Rows of mentions for texts that come as their sentences."""
        if self.themes is None:
            return []
        rows = [
            (text.signal, place, part, text.language)
            for text in texts
            for place, part in enumerate(text.parts)
            if _is_long_enough(part) and part not in self._phrases
        ]
        if not rows:
            return []
        _, _, words, languages = zip(*rows, strict=True)
        found = assigning.assign(self.themes, self._vectors.of(words, languages), words)
        return [
            _row(signal, place, self.themes.themes[theme].id, sure)
            for (signal, place, *_), theme, sure in zip(
                rows, found.theme.tolist(), found.confidence.tolist(), strict=True
            )
            if theme >= 0
        ]

    def find(self, texts: Sequence[Spoken], edits: Sequence[Edit | Parting]) -> Finding:
        """Find themes in all these texts, by sentence, and keep them in place of those before."""
        cut = [[one.text for one in sentences(text.text)] for text in texts]
        phrases = common_phrases(cut)
        ids, parts, authors, languages = [], [], [], []
        for text, each in zip(texts, cut, strict=True):
            for place, part in enumerate(each):
                if _is_long_enough(part) and part not in phrases:
                    ids.append(f"{place} {text.signal}")
                    parts.append(part)
                    authors.append(text.person)
                    languages.append(text.language)
        corpus = Corpus(
            ids=ids,
            texts=parts,
            vectors=self._vectors.of(parts, languages),
            embedder=self._vectors.spaces.name,
            authors=authors,
            model_width=self._vectors.spaces.embedder.width,
        )
        keys = keys_of(ids)
        found = self._fitted(corpus, keys)
        if isinstance(found, TooFew):
            return Finding(themes=None, mentions=[], quotes={}, sizes={}, themed=0, few=found, parted={})
        edited, parts_found = edited_by(found, corpus, edits)
        self._keep(found, keys, edited.themes, phrases)
        return _found(edited, ids, parts_found)

    def _fitted(self, corpus: Corpus, keys: Keys) -> Fit | TooFew:
        """The themes of a corpus, under the ids and names that they had before where they are the same."""
        before = self._loaded("base", of_any=True)
        found = fit(corpus, seed=_SEED, resolution=None if before is None else before.resolution)
        if isinstance(found, TooFew) or before is None:
            return found if isinstance(found, TooFew) else self._own(found)
        had = np.full(len(keys), -1, np.int32)
        if before.embedder == corpus.embedder:
            had = assigning.assign(before, corpus.vectors).theme
        known, labels = self._labels()
        if len(known):
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            had = np.where(known[at] == keys, labels[at], had).astype(np.int32)
        nothing = np.zeros(0, np.float32)
        return self._own(matched(Fit(themes=before, labels=labels, confidence=nothing), had, found).fit)

    def _own(self, found: Fit) -> Fit:
        """The same under ids of this audience: two audiences may speak of the same, and are kept apart."""
        named = {one.id: self._id(one.id) for one in found.themes.themes}
        themes = replace(
            found.themes,
            themes=tuple(replace(one, id=named[one.id]) for one in found.themes.themes),
            successors=tuple((gone, named.get(into, into)) for gone, into in found.themes.successors),
        )
        return replace(found, themes=themes)

    def _id(self, theme: str) -> str:
        return theme if theme.endswith(self._mark) else theme + self._mark

    def _keep(self, found: Fit, keys: Keys, edited: Themes, phrases: frozenset[str]) -> None:
        """Written beside and put in place: a crash leaves the ones before."""
        fresh, old = self._folder.with_suffix(".new"), self._folder.with_suffix(".old")
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        for name, themes in (("base", found.themes), ("edited", edited)):
            (fresh / name).mkdir(parents=True)
            assigning.save(themes, fresh / name)
        order = np.argsort(keys)
        np.savez(fresh / "labels.npz", keys=keys[order], labels=found.labels[order])
        (fresh / "phrases.json").write_text(json.dumps(sorted(phrases), ensure_ascii=False), encoding="utf-8")
        if self._folder.exists():
            self._folder.rename(old)
        fresh.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)
        self.themes, self._phrases = edited, phrases

    def _loaded(self, name: str, *, of_any: bool = False) -> Themes | None:
        """The themes that were kept, those that were told apart by other vectors only when `of_any`."""
        try:
            themes = assigning.load(self._folder / name)
        except _NOT_WHOLE:
            return None
        return themes if of_any or themes.embedder == self._vectors.spaces.name else None

    def _kept_phrases(self) -> frozenset[str]:
        try:
            return frozenset(json.loads((self._folder / "phrases.json").read_text(encoding="utf-8")))
        except _NOT_WHOLE:
            return frozenset()

    def _labels(self) -> tuple[Keys, NDArray[np.int32]]:
        try:
            with np.load(self._folder / "labels.npz", allow_pickle=False) as kept:
                return kept["keys"], kept["labels"]
        except _NOT_WHOLE:
            return np.zeros(0, np.uint64), np.zeros(0, np.int32)


# None yet, torn, or of another version.
_NOT_WHOLE = (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile)


def _found(found: Fit, ids: Sequence[str], parted: dict[int, Sequence[Part]]) -> Finding:
    known = set(ids)
    rows: list[dict[str, Any]] = []
    signals: dict[str, set[str]] = {theme.id: set() for theme in found.themes.themes}
    surest: dict[str, tuple[float, str]] = {}
    for one, label, sure in zip(ids, found.labels.tolist(), found.confidence.tolist(), strict=True):
        if label >= 0:
            place, _, signal = one.partition(" ")
            theme = found.themes.themes[label].id
            rows.append(_row(signal, int(place), theme, sure))
            signals[theme].add(signal)
            surest[theme] = max(surest.get(theme, (0.0, "")), (sure, one))
    return Finding(
        themes=found.themes,
        mentions=rows,
        quotes={
            theme.id: theme.quote if theme.quote in known else surest.get(theme.id, (0.0, ""))[1]
            for theme in found.themes.themes
        },
        sizes={theme: len(own) for theme, own in signals.items()},
        themed=len(set().union(*signals.values())),
        few=None,
        parted=parted,
        agreement=found.agreement,
    )


def _row(signal: str, place: int, theme: str, sure: float) -> dict[str, Any]:
    confidence = Decimal(sure).quantize(_PLACES)
    return {"signal": signal, "place": place, "theme": theme, "confidence": confidence}


def common_phrases(texts: Sequence[Sequence[str]]) -> frozenset[str]:
    """Sentences that stand in many texts beside all sorts of others ("Please fix this."): of no theme.

    Those of at least 20 texts, and of one in 200, that stand beside a fifth as many different ones.
    """
    times = Counter(part for parts in texts if len(parts) > 1 for part in set(parts))
    least = max(FEWEST_OF_A_PHRASE, len(texts) // 200)
    often = {part: set[str]() for part, n in times.items() if n >= least}
    for parts in texts:
        for part in set(parts) & often.keys():
            often[part].update(other for other in parts if other != part)
    return frozenset(part for part, others in often.items() if len(others) >= times[part] / 5)


def _is_long_enough(part: str) -> bool:
    return len(part.split(maxsplit=FEWEST_WORDS)) >= FEWEST_WORDS or not part.isascii()
