"""What reads: vectors of texts and of their sentences, language, tone, and themes that are spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.tongue import tongue
from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.search.indexing import Indexing
from emptychair.understand.search.words import Entry


class Origin(NamedTuple):
    """Where words were said, and when, in microseconds of Unix time."""

    kind: str = ""
    channel: str = ""
    source: str = ""
    occurred_at: int = 0


NOWHERE = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words of one signal."""

    signal: str
    audience: str
    text: str
    origin: Origin = NOWHERE


class Reader:
    """Reads in one folder, where vectors are kept; not for two processes at once."""

    def __init__(self, folder: Path, tier: Tier) -> None:
        self._vectors = KeptVectors(folder, embedder(tier))
        self._search = Indexing(folder, tier)

    def read(self, texts: Sequence[Text]) -> tuple[pa.Table, pa.Table]:
        """What is in these texts: readings and mentions, in the columns of the ledger."""
        parts = [[one.text for one in sentences(each.text)] for each in texts]
        vectors = self._vectors.of([each.text for each in texts])
        self._vectors.of([part for each in parts for part in each])
        rows = []
        for each in texts:
            found = tongue(each.text)
            rows.append({"signal": each.signal, "language": found.code if found else None})
        self._search.keep([_entry(each) for each in texts], vectors)
        return pa.Table.from_pylist(rows, READINGS), MENTIONS.empty_table()

    def forget(self, signals: Sequence[str]) -> None:
        """Forget the words of signals that are gone; what they mean is known to no signal any more."""
        self._search.forget(signals)


def _entry(text: Text) -> Entry:
    return Entry(signal=text.signal, audience=text.audience, text=text.text, **text.origin._asdict())
