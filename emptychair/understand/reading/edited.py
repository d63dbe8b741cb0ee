"""What people changed about themes, as it is kept, made into what is applied to every finding."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from emptychair.understand.language.vectors import KeptVectors
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


def edits(changes: Sequence[tuple[str, Mapping[str, Any]]], vectors: KeptVectors) -> list[Edit | Parting]:
    """The changes in their order, with the words that people pointed at (`recalled`)."""
    return [_edit(Change(kind), says, vectors) for kind, says in changes]


def _edit(kind: Change, says: Mapping[str, Any], vectors: KeptVectors) -> Edit | Parting:
    match kind:
        case Change.RENAME:
            return Rename(theme=says["theme"], name=says["name"])
        case Change.MERGE:
            return Merge(into=says["into"], themes=(says["theme"],))
        case Change.SPLIT:
            return _split(says, vectors)
        case Change.PIN:
            return Pin(theme=says["theme"], text=f"{says['place']} {says['signal']}")
        case Change.MOVE:
            (vector,) = vectors.of([says["words"]])
            text = f"{says['place']} {says['signal']}"
            return Move(text=text, vector=tuple(vector.tolist()), to=says["to"] or None)
        case Change.DECLARE:
            return Declare(
                theme=says["theme"],
                name=says["name"],
                area=says["area"],
                examples=_rows(says["examples"], vectors),
            )
        case Change.RULE:
            return Rule(theme=says["theme"], patterns=tuple(says["patterns"]))


def _split(says: Mapping[str, Any], vectors: KeptVectors) -> Split | Parting:
    """The parts that were found before, or that they are to be found."""
    if "parts" not in says:
        return Parting(says["theme"])
    return Split(
        theme=says["theme"],
        parts=tuple(
            Declare(theme=part["theme"], name=part["name"], area="", examples=_rows(part["words"], vectors))
            for part in says["parts"]
        ),
    )


def _rows(words: Sequence[str], vectors: KeptVectors) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row.tolist()) for row in vectors.of(words))
