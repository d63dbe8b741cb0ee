"""What every engine offers, and the files of the lake it answers from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from emptychair.ledger.errors import LedgerError
from emptychair.ledger.known import NOTHING, Known
from emptychair.ledger.question import Question


class EngineError(LedgerError):
    """An engine that cannot be used; the text says what to install or to change."""


class Engine(Protocol):
    """Answers questions from the sealed Parquet of a lake; results are equal to the digit on all of them."""

    def prepare(self, lake: Path, promoted: Mapping[str, str], known: Known = NOTHING) -> None:
        """Show `signals`, `person_cards` and what is `known`; cheap when nothing changed.

        `promoted` are keys of `properties` and the names of their text columns.
        """

    def ask(self, question: Question) -> pa.Table:
        """The answer in the one shape of `emptychair.ledger.answer`."""

    def close(self) -> None:
        """Give back processes, connections and temporary files."""


def files_of(lake: Path) -> list[Path]:
    """The committed Parquet files of a lake, in order of month."""
    return sorted(lake.glob("month=*/*.parquet"))


def pattern_of(lake: Path) -> str:
    """The same files as a pattern for engines that list folders themselves."""
    return str(lake.resolve() / "month=*" / "*.parquet")
