"""What was read in somebody's words: how they sound, and which themes they speak of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from emptychair.domain.signal import Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person.history import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read in one text: its `tone` (None: it cannot be told) from -1 to 1, and its themes.

    `themes` are ids with the sentence in which they are surest, the surest first.
    """

    tone: str | None = None
    tone_score: Decimal | None = None
    language: str | None = None
    themes: Sequence[tuple[str, int]] = field(default=())


def is_theirs(one: Happening) -> bool:
    """Whether a happening has words of the person: what they met has words of ours."""
    return bool(one.text) and one.kind is not Kind.MET


def read_of(ledger: Ledger, signals: Sequence[str]) -> Mapping[str, Read]:
    """What was read in those of these signals in which anything was, by their id."""
    if not signals:
        return {}
    spoken: dict[str, dict[str, tuple[Decimal, int]]] = {}
    for row in ledger.readings.mentioned(signals).to_pylist():
        themes = spoken.setdefault(row["signal"], {})
        surest = themes.get(row["theme"])
        if surest is None or row["confidence"] > surest[0]:
            themes[row["theme"]] = (row["confidence"], row["place"])
    return {
        row["signal"]: Read(
            tone=row["tone"],
            tone_score=row["tone_score"],
            language=row["language"],
            themes=_surest_first(spoken.get(row["signal"], {})),
        )
        for row in ledger.readings.told(signals).to_pylist()
    }


def _surest_first(themes: Mapping[str, tuple[Decimal, int]]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(themes.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple((theme, place) for theme, (_, place) in ordered)
