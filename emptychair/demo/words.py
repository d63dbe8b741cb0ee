"""Words for every theme in four languages: an opening, a core and a close, with the slips of real typing."""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from emptychair.demo.clock import Ints
from emptychair.demo.pourwell import BEANS, LANGUAGES, PRODUCTS
from emptychair.demo.themes import Theme

TYPING_SLIPS = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All phrasings, sorted by language and theme: `first` and `count` of each theme and language."""

    texts: pa.Array
    first: Ints
    count: Ints


def sentences(rng: np.random.Generator, themes: Ints, languages: Ints) -> pa.Array:
    """One text per row about its theme in its language; null where the theme is -1."""
    known = themes >= 0
    theme = np.where(known, themes, 0)
    book = phrases()
    picked = (rng.random(themes.size) * book.count[theme, languages]).astype(np.int64)
    return book.texts.take(pa.array(book.first[theme, languages] + picked, mask=~known))


@cache
def phrases() -> Phrases:
    """Every phrasing of every theme, the same in every process."""
    texts: list[str] = []
    shape = (len(Theme), len(LANGUAGES))
    first, count = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for number, language in enumerate(LANGUAGES):
        book = tomllib.loads((files(__package__) / "words" / f"{language}.toml").read_text("utf-8"))
        for theme in Theme:
            lines = _combined(book, theme.name.lower(), language)
            first[theme, number], count[theme, number] = len(texts), len(lines)
            texts.extend(lines)
    return Phrases(texts=pa.array(texts, pa.string()), first=first, count=count)


def _combined(book: dict[str, dict[str, list[str]]], theme: str, language: str) -> list[str]:
    entry = book[theme]
    mood = book[entry["mood"][0]]
    lines = [
        " ".join(part for part in (opening, core, close) if part)
        for opening in mood["open"]
        for core in entry["core"]
        for close in mood["close"]
    ]
    # Random's text seed and shuffle are the same on every platform and version
    dice = random.Random(f"{theme} {language}")  # noqa: S311
    dice.shuffle(lines)
    return [_slipped(dice, _begun(dice, _filled(dice, line))) for line in lines]


def _begun(dice: random.Random, line: str) -> str:
    return line[0].upper() + line[1:] if dice.random() < 0.85 else line


def _filled(dice: random.Random, line: str) -> str:
    for slot, fillers in (
        ("{product}", [name.lower() for name, _ in PRODUCTS]),
        ("{bean}", list(BEANS)),
        ("{days}", [str(number) for number in range(9, 31)]),
        ("{few}", ["2", "3", "4", "5"]),
    ):
        if slot in line:
            line = line.replace(slot, fillers[int(dice.random() * len(fillers))])
    return line


def _slipped(dice: random.Random, line: str) -> str:
    if dice.random() >= TYPING_SLIPS or len(line) < 12:
        return line
    at = 1 + int(dice.random() * (len(line) - 4))
    kind = int(dice.random() * 4)
    if kind == 0:
        return line[:at] + line[at + 1] + line[at] + line[at + 2 :]
    if kind == 1:
        return line[:at] + line[at + 1 :]
    return line.lower().rstrip(".") if kind == 2 else line.rstrip(".") + "!!"
