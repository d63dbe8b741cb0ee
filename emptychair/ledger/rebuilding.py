"""A projection brought to where the lake and the journal are: by the last commit, or from nothing."""

from enum import Enum

import duckdb

from emptychair.ledger import card, sealing, withdrawal
from emptychair.ledger.admission import load_files
from emptychair.ledger.books import Loaded
from emptychair.ledger.lake import Change
from emptychair.ledger.loader import load_all
from emptychair.ledger.opening import opened, remove, set_aside
from emptychair.ledger.projection import Place
from emptychair.ledger.stores import Stores, parquet


class Condition(Enum):
    """What is known of the projection's file before it is restored."""

    OPEN = "just opened"
    DOUBTFUL = "to be opened again"
    DAMAGED = "to be set aside"


def restore(stores: Stores, place: Place, condition: Condition) -> None:
    """Make the projection hold what lake and journal hold.

    One that belongs to another lake or is too far behind is built anew.
    """
    stores.lake.recover()
    stores.journal.forget(stores.lake.head.sealed)
    if condition is not Condition.OPEN:
        stores.projection.close()
        if condition is Condition.DAMAGED:
            set_aside(place.path)
        stores.projection = opened(place)
    try:
        if is_current(stores):
            stores.projection.show(stores.promoted)
            catch_up(stores)
            return
    except duckdb.Error:
        stores.projection.close()
        set_aside(place.path)
    else:
        stores.projection.close()
        remove(place.path)
    stores.projection = opened(place, building=True)
    stores.projection.show(stores.promoted)
    rebuild(stores)
    stores.projection.close()
    stores.projection = opened(place)
    load_all(stores)


def is_current(stores: Stores) -> bool:
    """True when the projection needs nothing but the journal's tail, or the last commit of the lake."""
    head, batch = stores.lake.head, stores.projection.batch()
    position = stores.projection.position()
    if batch != head.number and (batch == 0 or batch != head.number - 1):
        return False
    return position.segment <= head.sealed or stores.journal.has(position)


def catch_up(stores: Stores) -> Loaded:
    """Apply the commit that a crash kept from the projection, then load the journal's tail."""
    head = stores.lake.head
    if stores.projection.batch() < head.number:
        with stores.projection.transaction() as connection:
            _APPLY[head.change](connection, stores)
            connection.execute("update loaded set batch = ?", [head.number])
    return load_all(stores)


def rebuild(stores: Stores) -> None:
    """Fill an empty projection from the lake: O(rows), without a person."""
    lake = stores.lake
    months = lake.months()
    files = [lake.signals / name for names in months.values() for name in names]
    with stores.projection.transaction() as connection:
        if files:
            connection.execute(f"insert into signal_rows by name {stores.rows(parquet(files), '0')}")
            card.merge(connection, "signal_rows")
        for month, names in months.items():
            if len(names) == 1:
                connection.execute("insert into sorted_months values (?)", [month])
        connection.execute(
            'update loaded set segment = ?, "offset" = 0, batch = ?', [lake.head.sealed, lake.head.number]
        )


def _admit(connection: duckdb.DuckDBPyConnection, stores: Stores) -> None:
    load_files(connection, stores, [stores.lake.signals / name for name in stores.lake.head.added])


def _seal(connection: duckdb.DuckDBPyConnection, stores: Stores) -> None:
    sealing.catch_up(connection, stores, stores.lake.head)


def _compact(connection: duckdb.DuckDBPyConnection, stores: Stores) -> None:
    """The same rows lie in other files: nothing to do."""


def _withdraw(connection: duckdb.DuckDBPyConnection, stores: Stores) -> None:
    withdrawal.remove(connection, stores.lake.head.source or "")


_APPLY = {Change.ADMIT: _admit, Change.SEAL: _seal, Change.COMPACT: _compact, Change.WITHDRAW: _withdraw}
