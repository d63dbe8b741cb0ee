"""When spaces of own words are made, for the languages that the model does not know; safe to run again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emptychair.ledger.durable import write_file
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.own_space import FEWEST_TEXTS, MOST_TEXTS
from emptychair.understand.language.tongue import SMALL_KNOWS
from emptychair.understand.reading.corpus import in_language, languages_read
from emptychair.understand.reading.messages import Settle
from emptychair.understand.reading.tending import OFF, ReadingRoom

# So many languages have a space, those with most texts: each takes some megabytes of memory.
MOST_LANGUAGES = 8
# A space is made again when a language has so many times as many texts, up to the number that is looked at.
MORE_TEXTS = 1.5


def settle_when_due(ledger: Ledger, room: ReadingRoom) -> bool:
    """Make the spaces anew where a language has come or grown; whether that was done.

    All texts in these languages are unread then, so that search finds them in their space. Raises as
    `ReadingRoom.ask` does.
    """
    wanted = _wanted(ledger, room)
    before = settled(room)
    if all(code in before and texts < MORE_TEXTS * before[code] for code, texts in wanted.items()):
        return False
    languages, texts = [], []
    for code in wanted:
        # Copies tell nothing more: a flood of one text makes no space.
        own = list(dict.fromkeys(ledger.ask(in_language(code, MOST_TEXTS))["text"].to_pylist()))
        if len(own) >= FEWEST_TEXTS:
            texts += own
            languages += [code] * len(own)
    mark = room.ask(Settle(languages, texts)).mark
    ledger.readings.again(sorted({*wanted, *before}))
    write_file(_file(room), json.dumps({"mark": mark, "texts": wanted}).encode())
    return True


def settled(room: ReadingRoom) -> Mapping[str, int]:
    """The languages that have a space, and how many texts they had when it was made."""
    found: dict[str, int] = _kept(room).get("texts", {})
    return found


def told_apart_by(room: ReadingRoom) -> str:
    """What tells texts apart by their meaning now: the model, and the spaces beside it."""
    return f"{room.embedder} {_kept(room).get('mark', '')}".rstrip()


def _wanted(ledger: Ledger, room: ReadingRoom) -> dict[str, int]:
    """Languages and their texts. A model of the company's own is taken to know what it was chosen for."""
    if not isinstance(room.model, str) or room.model == OFF:
        return {}
    rows = ledger.ask(languages_read()).to_pylist()
    strange = [row for row in rows if row["language"] not in SMALL_KNOWS and row["texts"] >= FEWEST_TEXTS]
    return {row["language"]: min(int(row["texts"]), MOST_TEXTS) for row in strange[:MOST_LANGUAGES]}


def _kept(room: ReadingRoom) -> dict[str, Any]:
    path = _file(room)
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _file(room: ReadingRoom) -> Path:
    return room.folder / room.embedder / "own.json"
