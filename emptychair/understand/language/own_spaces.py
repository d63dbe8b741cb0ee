"""The spaces of own words of one company, one a language that the model does not know, kept in a file."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np

from emptychair.understand.language.embedding import Embedder, Tier, Vectors, embedder_name
from emptychair.understand.language.own_space import WIDTH, OwnSpace
from emptychair.understand.language.tongue import SMALL_KNOWS, code_among
from emptychair.understand.language.vectors import KeptVectors

# Of what is alike the models tell so much, own words the rest: measured in docs/language.md.
OF_MODEL = {embedder_name(Tier.SMALL): 0.5, embedder_name(Tier.FAST): 0.15}
_PARTS = ("rarity", "directions", "centre")


@dataclass(frozen=True, slots=True, eq=False)
class OwnSpaces:
    """Spaces by language; `mark` tells them from those before, and is empty where there are none."""

    embedder: Embedder
    of: Mapping[str, OwnSpace] = field(default_factory=dict)
    mark: str = ""

    @property
    def name(self) -> str:
        """What makes the vectors comparable."""
        return f"{self.embedder.name} {self.mark}".rstrip()

    @property
    def width(self) -> int:
        """How many numbers a vector has; those behind the model's tell of own words."""
        return self.embedder.width + (WIDTH if self.of else 0)

    def spoken(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[str | None]:
        """The space of every text, None where the model knows its language or nobody made a space for it.

        Where a text alone cannot be told, the likeliest of the languages that this company has is enough.
        """
        if not self.of:
            return [None] * len(texts)
        among = SMALL_KNOWS | self.of.keys()
        told = (code or code_among(text, among) for text, code in zip(texts, languages, strict=True))
        return [code if code in self.of else None for code in told]

    def place(self, texts: Sequence[str], languages: Sequence[str | None], vectors: Vectors) -> Vectors:
        """The rows of texts that are told to be in these languages and have these vectors of the model."""
        if not self.of:
            return vectors
        placed = np.zeros((len(texts), self.width), np.float32)
        placed[:, : vectors.shape[1]] = vectors
        spoken = self.spoken(texts, languages)
        for code in {code for code in spoken if code is not None}:
            rows = [row for row, language in enumerate(spoken) if language == code]
            placed[rows] = self.of[code].place([texts[row] for row in rows], vectors[rows])
        return placed


def kept_spaces(folder: Path, embedder: Embedder) -> OwnSpaces:
    """The spaces that were kept last; none where there are none, or where the file is torn."""
    try:
        saved = _file(folder, embedder).read_bytes()
        with np.load(io.BytesIO(saved), allow_pickle=False) as file:
            found = {
                code: OwnSpace(code, OF_MODEL[embedder.name], *(file[f"{code}.{part}"] for part in _PARTS))
                for code in file["languages"].tolist()
            }
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return OwnSpaces(embedder)
    return OwnSpaces(embedder, found, f"{crc32(saved):08x}" if found else "")


def stamp(folder: Path, embedder: Embedder) -> tuple[int, int]:
    """What changes when the spaces that are kept do."""
    try:
        told = _file(folder, embedder).stat()
    except FileNotFoundError:
        return 0, 0
    return told.st_mtime_ns, told.st_size


def keep_spaces(folder: Path, embedder: Embedder, spaces: Sequence[OwnSpace]) -> OwnSpaces:
    """Keep these spaces in place of those before; a crash leaves the ones before."""
    made = io.BytesIO()
    every = {f"{one.language}.{part}": getattr(one, part) for one in spaces for part in _PARTS}
    np.savez(made, allow_pickle=False, languages=np.array([one.language for one in spaces], np.str_), **every)
    target = _file(folder, embedder)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = target.with_suffix(".new")
    written.write_bytes(made.getvalue())
    written.replace(target)
    return kept_spaces(folder, embedder)


def _file(folder: Path, embedder: Embedder) -> Path:
    return folder / embedder.name / "own.npz"


class PlacedVectors:
    """The vectors of texts by their language, from those of the model, which are made once, and own words."""

    def __init__(self, vectors: KeptVectors, spaces: OwnSpaces) -> None:
        self.vectors, self.spaces = vectors, spaces

    def of(self, texts: Sequence[str], languages: Sequence[str | None]) -> Vectors:
        """The rows of texts that are told to be in these languages."""
        return self.spaces.place(texts, languages, self.vectors.of(texts))
