"""What envelopes say: signals, what follows from them, what was counted, and what could not be understood."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from emptychair.ledger.envelope import unpacked


class Outcome(StrEnum):
    """What became of an event. HEARD counts all of them: heard = stored + duplicate + refused + parked."""

    HEARD = "heard"
    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the books; `client` is empty for stored and duplicate, `reason` but for the last two."""

    day: date
    source: str
    client: str
    outcome: Outcome
    reason: str = ""


Counts = Counter[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEvent:
    """An event that nobody could understand, kept as it was written; the same event has the same id.

    `sent_at` is what its request said of when it was sent, as JSON.
    """

    id: str
    source: str
    door: str
    client: str
    received_at: datetime
    reason: str
    field: str
    expected: str
    sent_at: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The good events in the columns of the ledger, one signal each, and signals that follow from them.

    `counts` has how many events were heard, refused and parked; stored and duplicate are for the ledger to
    tell. Signals of envelopes that came `again`, and those that follow, are in `more` and are not counted.
    """

    signals: pa.Table
    more: pa.Table
    counts: Counts
    parked: tuple[ParkedEvent, ...]


# Of envelopes as they lie in the journal: whoever reads them may not be in this process.
Translate = Callable[[Sequence[bytes]], Understood]
Park = Callable[[Sequence[ParkedEvent]], None]


class NoTranslatorError(Exception):
    """A journal holds envelopes, and the ledger was opened without anybody who reads them."""


def nobody_reads(payloads: Sequence[bytes]) -> Understood:
    """The translator of a ledger that was opened without one."""
    raise NoTranslatorError(f"nobody reads what came by the door {unpacked(payloads[0]).door}")


def nobody_keeps(parked: Sequence[ParkedEvent]) -> None:
    """The keeper of a ledger that was opened without one: for tests and tools that bring no events."""
