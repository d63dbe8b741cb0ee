"""Signals that went, by a withdrawal or an erasure, and whose words are in the index still."""

from pathlib import Path

from emptychair.ledger.ledger import Ledger
from emptychair.understand.search.words import Words


def gone(folder: Path, ledger: Ledger) -> list[str]:
    """Signals in the index that the ledger has not; O(1) while it has as many texts as the index."""
    words = Words(folder / "words")
    read, _ = ledger.readings.progress()
    return ledger.readings.strange(words.signals()) if len(words) > read else []
