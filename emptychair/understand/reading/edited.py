"""What people changed about themes, as it is kept, made into what is applied to every finding."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.themes.edits import Declare, Edit, Merge, Move, Pin, Rename
from emptychair.understand.themes.rules import Rule


class Change(StrEnum):
    """The kinds of changes."""

    RENAME = "rename"
    MERGE = "merge"
    PIN = "pin"
    MOVE = "move"
    DECLARE = "declare"
    RULE = "rule"


def edits(changes: Sequence[tuple[str, Mapping[str, Any]]], vectors: KeptVectors) -> list[Edit]:
    """The changes in their order; examples are the words that a person pointed at."""
    return [_edit(Change(kind), says, vectors) for kind, says in changes]


def _edit(kind: Change, says: Mapping[str, Any], vectors: KeptVectors) -> Edit:
    match kind:
        case Change.RENAME:
            return Rename(theme=says["theme"], name=says["name"])
        case Change.MERGE:
            return Merge(into=says["into"], themes=(says["theme"],))
        case Change.PIN:
            return Pin(theme=says["theme"], text=f"{says['place']} {says['signal']}")
        case Change.MOVE:
            (vector,) = vectors.of([says["words"]])
            text = f"{says['place']} {says['signal']}"
            return Move(text=text, vector=tuple(vector.tolist()), to=says["to"] or None)
        case Change.DECLARE:
            rows = vectors.of(says["examples"])
            examples = tuple(tuple(row.tolist()) for row in rows)
            return Declare(theme=says["theme"], name=says["name"], area=says["area"], examples=examples)
        case Change.RULE:
            return Rule(theme=says["theme"], patterns=tuple(says["patterns"]))
