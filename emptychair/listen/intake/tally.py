"""What became of everything that sources sent, added up from the books of the ledger."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from emptychair.ledger.understood import Counts, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The books of one source: heard = stored + duplicate + refused + parked.

    `clients` says how many events each library wrote, `refusals` and `faults` how many were refused and
    parked for each reason.
    """

    heard: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    parked: int = 0
    clients: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)

    @property
    def balances(self) -> bool:
        """Whether every event is accounted for."""
        return self.heard == self.stored + self.duplicate + self.refused + self.parked


def tallies(counts: Counts) -> dict[str, Tally]:
    """The books by source.

    >>> from datetime import date
    >>> from emptychair.ledger.understood import Line
    >>> day = date(2026, 1, 2)
    >>> heard = Line(day, "src_1", "posthog-js 1", Outcome.HEARD)
    >>> stored = Line(day, "src_1", "", Outcome.STORED)
    >>> tallies(Counter({heard: 3, stored: 3}))["src_1"].clients
    {'posthog-js 1': 3}
    """
    return {source: _tally(counts, source) for source in sorted({line.source for line in counts})}


def _tally(counts: Counts, source: str) -> Tally:
    mine = [(line, n) for line, n in sorted(counts.items()) if line.source == source]
    total: Counter[Outcome] = Counter()
    by: dict[Outcome, Counter[str]] = {outcome: Counter() for outcome in Outcome}
    for line, n in mine:
        total[line.outcome] += n
        by[line.outcome][line.client if line.outcome is Outcome.HEARD else line.reason] += n
    return Tally(
        heard=total[Outcome.HEARD],
        stored=total[Outcome.STORED],
        duplicate=total[Outcome.DUPLICATE],
        refused=total[Outcome.REFUSED],
        parked=total[Outcome.PARKED],
        clients=dict(by[Outcome.HEARD].most_common()),
        refusals=dict(by[Outcome.REFUSED].most_common()),
        faults=dict(by[Outcome.PARKED].most_common()),
    )
