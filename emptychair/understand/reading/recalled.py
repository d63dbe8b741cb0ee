"""The words that people pointed at when they changed themes: the ledger has them, or they are gone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.language.sentences import sentences
from emptychair.understand.reading.edited import Change

Said = Mapping[str, Any]


def texts_of(audience: Audience, signals: Sequence[str]) -> Question:
    """One row per signal of these that the audience has: id, text."""
    return question(
        "select id, text from signals where audience = :audience and id in (:signals) and text <> ''",
        audience=audience.value,
        signals=list(signals),
    )


def recalled(
    ledger: Ledger, audience: Audience, changes: Sequence[tuple[str, Said]]
) -> list[tuple[str, dict[str, Any]] | None]:
    """The changes with the words they point at; None in the place of one whose words are gone.

    A moved sentence gets `words`, the examples of each part of a split theme too; a part without any is left
    out, and a split of which less than two parts are left is gone.
    """
    words = sentences_of(ledger, audience, [one for change in changes for one in _named(*change)])
    return [_with_words(kind, says, words) for kind, says in changes]


def sentences_of(ledger: Ledger, audience: Audience, named: Sequence[str]) -> dict[str, str]:
    """The words of sentences by what they are called ("place signal"); those that are gone are left out."""
    signals = sorted({one.partition(" ")[2] for one in named})
    if not signals:
        return {}
    rows = ledger.ask(texts_of(audience, signals)).to_pylist()
    cut = {row["id"]: [one.text for one in sentences(row["text"])] for row in rows}
    found = {}
    for one in named:
        place, _, signal = one.partition(" ")
        parts = cut.get(signal, [])
        if place.isdecimal() and int(place) < len(parts):
            found[one] = parts[int(place)]
    return found


def _named(kind: str, says: Said) -> Iterator[str]:
    if kind == Change.MOVE:
        yield f"{says['place']} {says['signal']}"
    elif kind == Change.SPLIT:
        for part in says.get("parts", ()):
            yield from part["examples"]


def _with_words(kind: str, says: Said, words: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    if kind == Change.MOVE:
        told = words.get(f"{says['place']} {says['signal']}")
        return None if told is None else (kind, {**says, "words": told})
    if kind == Change.SPLIT and "parts" in says:
        parts = []
        for part in says["parts"]:
            there = [one for one in part["examples"] if one in words]
            parts.append({**part, "examples": there, "words": [words[one] for one in there]})
        left = [part for part in parts if part["words"]]
        return None if len(left) < 2 else (kind, {**says, "parts": left})
    return kind, dict(says)
