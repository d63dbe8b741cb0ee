"""The index as somebody sees it who looks for meanings: those of the model, and of own words beside them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emptychair.understand.language.embedding import Model, Vectors, embedder
from emptychair.understand.language.own import ModelTrouble
from emptychair.understand.language.own_spaces import OwnSpaces, kept_spaces, stamp
from emptychair.understand.language.tongue import code_of
from emptychair.understand.language.vectors import Keys
from emptychair.understand.search.folder import own_folder
from emptychair.understand.search.meanings import Meanings
from emptychair.understand.search.words import Among, Match, Words

MOST, NEAREST = 1_000, 200


@dataclass(slots=True)
class Opened:
    """One index under one mark. What was written since is seen after `refresh`."""

    mark: str
    model: Model
    words: Words
    meanings: Meanings
    _language: Path
    _folder: Path
    _stamp: tuple[int, int] = (0, 0)
    _beside: tuple[OwnSpaces, Meanings] | None = None

    def refresh(self) -> None:
        """See what was written since, and spaces that were made since."""
        self.words.refresh()
        self.meanings.refresh()
        model = embedder(self.model)
        made = stamp(self._language, model)
        if made != self._stamp:
            spaces = kept_spaces(self._language, model)
            folder = own_folder(self._folder, spaces.mark)
            self._beside = (spaces, Meanings(folder, spaces.width)) if spaces.of else None
            self._stamp = made
        if self._beside is not None:
            self._beside[1].refresh()

    def alike(
        self, text: str, among: Among, least: float, texts: int = NEAREST, entries: int = MOST
    ) -> list[Match]:
        """Entries whose texts mean what is alike, the nearest first.

        A text in a language that has a space of own words finds texts of that space; any other, what the
        model knows. The two are never compared.
        """
        keys, cosines = self._nearest(text, texts)
        order = {int(key): place for place, key in enumerate(keys[cosines >= least].tolist())}
        return sorted(self.words.with_keys(list(order), among, entries), key=lambda match: order[match.key])

    def _nearest(self, text: str, texts: int) -> tuple[Keys, Vectors]:
        vector, beside = self._vector(text), self._beside
        if beside is not None:
            spaces, own = beside
            languages = spaces.spoken([text], [code_of(text)])
            if languages != [None]:
                (placed,) = spaces.place([text], languages, vector[None])
                return own.nearest(placed, texts)
        if not vector.any():
            return np.zeros(0, np.uint64), np.zeros(0, np.float32)
        keys, cosines = self.meanings.nearest(vector, texts)
        if beside is not None:
            # Those that were read before their language had a space are still among the others.
            stays = ~beside[1].has(keys)
            keys, cosines = keys[stays], cosines[stays]
        return keys, cosines

    def _vector(self, text: str) -> Vectors:
        """The vector of a text; nothing where a model elsewhere does not answer: then words alone find."""
        model = embedder(self.model)
        try:
            vector: Vectors = model.embed([text])[0]
        except ModelTrouble:
            return np.zeros(model.width, np.float32)
        return vector


def opened(language: Path, folder: Path, model: Model, mark: str) -> Opened:
    """The index in this folder. Raises TornError, OSError or ValueError where it is not whole."""
    meanings = Meanings(folder / "meanings", embedder(model).width)
    return Opened(mark, model, Words(folder / "words"), meanings, language, folder)
