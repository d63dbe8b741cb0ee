"""A projection brought to where the lake and the journal are: by the last commit, or from nothing."""

from enum import Enum

import duckdb

from emptychair.ledger import bookkeeping, card, links, people, sealing, withdrawal
from emptychair.ledger.books import Loaded
from emptychair.ledger.following import load, unseen
from emptychair.ledger.lake import Change, Commit, is_sorted
from emptychair.ledger.loader import load_all
from emptychair.ledger.opening import opened, remove, set_aside
from emptychair.ledger.projection import Place
from emptychair.ledger.settling import settle
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
            settle(stores)
            return
        is_empty = stores.projection.is_empty()
    except duckdb.Error:
        stores.projection.close()
        set_aside(place.path)
        stores.projection = opened(place)
    else:
        if not is_empty:
            stores.projection.close()
            remove(place.path)
            stores.projection = opened(place)
    stores.projection.show(stores.promoted)
    rebuild(stores)
    load_all(stores)
    settle(stores)


def is_current(stores: Stores) -> bool:
    """True when the projection needs nothing but the journal's tail, and admissions or one other commit.

    One that has nothing yet is built faster than it catches up.
    """
    head, batch = stores.lake.head, stores.projection.batch()
    if batch != head.number and (batch == 0 or batch > head.number):
        return False
    commits = unseen(stores)
    if len(commits) > 1 and any(commit.change is not Change.ADMIT for commit in commits):
        return False
    position = stores.projection.position()
    return position.segment <= head.sealed or stores.journal.has(position)


def catch_up(stores: Stores) -> Loaded:
    """Apply the commits that the projection has not seen, then load the journal's tail."""
    commits = unseen(stores)
    if commits and commits[0].change is Change.ADMIT:
        load(stores, commits)
    elif commits:
        with stores.projection.transaction() as connection:
            _APPLY[commits[0].change](connection, stores, commits[0])
            connection.execute("update loaded set batch = ?", [commits[0].number])
    return load_all(stores)


def rebuild(stores: Stores) -> None:
    """Fill an empty projection from the lake: O(rows), without a person."""
    lake = stores.lake
    months = lake.months()
    files = [lake.signals / name for names in months.values() for name in names]
    with stores.projection.building() as connection:
        if files:
            links.learn(connection, parquet(files))
            people.rename(connection, stores.decisions, anew=True)
            connection.execute("drop table moves")
            renamed = people.is_anybody_renamed(connection)
            stores.write(connection, parquet(files), 0, is_anybody_renamed=renamed)
            card.merge(connection, "signal_rows")
        for commit in lake.records():
            bookkeeping.enter(connection, -commit.number, commit.books)
        for month, names in months.items():
            if is_sorted(names):
                connection.execute("insert into sorted_months values (?)", [month])
        connection.execute(
            'update loaded set segment = ?, "offset" = 0, batch = ?', [lake.head.sealed, lake.head.number]
        )


def _seal(connection: duckdb.DuckDBPyConnection, stores: Stores, commit: Commit) -> None:
    sealing.catch_up(connection, stores, commit)


def _compact(connection: duckdb.DuckDBPyConnection, stores: Stores, commit: Commit) -> None:
    """The same rows lie in other files: nothing to do."""


def _withdraw(connection: duckdb.DuckDBPyConnection, stores: Stores, commit: Commit) -> None:
    withdrawal.remove(connection, stores, withdrawal.rows_of(commit.source or "", commit.ids))


_APPLY = {Change.SEAL: _seal, Change.COMPACT: _compact, Change.WITHDRAW: _withdraw}
