"""What people changed about themes, as it is kept, made into what is applied to every finding."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from emptychair.understand.language.own_spaces import PlacedVectors
from emptychair.understand.language.tongue import code_of
from emptychair.understand.reading.parting import Parting
from emptychair.understand.themes.edits import Declare, Edit, Merge, Move, Pin, Rename, Split
from emptychair.understand.themes.rules import Rule


class Change(StrEnum):
    """The kinds of changes."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    PIN = "pin"
    MOVE = "move"
    DECLARE = "declare"
    RULE = "rule"


Vector: TypeAlias = tuple[float, ...]
# The vectors of words, and of the signals that they stand in as far as that is known.
Rows = Callable[[Sequence[str], Sequence[str]], tuple[Vector, ...]]


def edits(changes: Sequence[tuple[str, Mapping[str, Any]]], rows: Rows) -> list[Edit | Parting]:
    """The changes in their order, with the words that people pointed at (`recalled`)."""
    return [_edit(Change(kind), says, rows) for kind, says in changes]


def rows_of(vectors: PlacedVectors, languages: Mapping[str, str | None]) -> Rows:
    """The vectors of words as their signal's language places them, by `languages` of signals.

    Those of other signals, and of none, are in the language that they are told to be in.
    """

    def found(words: Sequence[str], signals: Sequence[str]) -> tuple[Vector, ...]:
        spoken = signals or [""] * len(words)
        codes = [
            languages[one] if one in languages else code_of(text)
            for text, one in zip(words, spoken, strict=True)
        ]
        return tuple(tuple(row.tolist()) for row in vectors.of(words, codes))

    return found


def _edit(kind: Change, says: Mapping[str, Any], rows: Rows) -> Edit | Parting:
    match kind:
        case Change.RENAME:
            return Rename(theme=says["theme"], name=says["name"])
        case Change.MERGE:
            return Merge(into=says["into"], themes=(says["theme"],))
        case Change.SPLIT:
            return _split(says, rows)
        case Change.PIN:
            return Pin(theme=says["theme"], text=f"{says['place']} {says['signal']}")
        case Change.MOVE:
            (vector,) = rows([says["words"]], [says["signal"]])
            text = f"{says['place']} {says['signal']}"
            return Move(text=text, vector=vector, to=says["to"] or None)
        case Change.DECLARE:
            examples = rows(says["examples"], ())
            return Declare(theme=says["theme"], name=says["name"], area=says["area"], examples=examples)
        case Change.RULE:
            return Rule(theme=says["theme"], patterns=tuple(says["patterns"]))


def _split(says: Mapping[str, Any], rows: Rows) -> Split | Parting:
    """The parts that were found before, or that they are to be found."""
    if "parts" not in says:
        return Parting(says["theme"])
    return Split(
        theme=says["theme"],
        parts=tuple(
            Declare(theme=part["theme"], name=part["name"], area="", examples=_shown(part, rows))
            for part in says["parts"]
        ),
    )


def _shown(part: Mapping[str, Any], rows: Rows) -> tuple[Vector, ...]:
    return rows(part["words"], [one.partition(" ")[2] for one in part["examples"]])
