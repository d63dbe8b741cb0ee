"""How the ledger is, read off its stores."""

from pathlib import Path

from emptychair.ledger.books import LedgerState
from emptychair.ledger.opening import aside
from emptychair.ledger.stores import Stores


def state_of(stores: Stores, projection: Path, degraded: str | None) -> LedgerState:
    """The state of these stores; nothing is counted while the projection is `degraded`."""
    rows = people = lag = 0
    version = ""
    if degraded is None:
        rows, people = stores.projection.sizes()
        position = stores.projection.position()
        lag = stores.journal.lag(position)
        numbers = (stores.lake.head.number, position.segment, position.offset, stores.projection.settled())
        version = ".".join(map(str, numbers))
    recovered = stores.journal.recovered
    return LedgerState(
        version=version,
        rows=rows,
        people=people,
        journal_lag=lag,
        cut_bytes=recovered.cut_bytes,
        damaged=tuple(str(path) for path in recovered.damaged),
        set_aside=tuple(str(path) for path in aside(projection)),
        degraded=degraded,
    )
