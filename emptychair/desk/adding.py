"""Adding a row that may be there already: both databases know ON CONFLICT, and its loser is no error."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def added(tx: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """True when this call added the row; False when a row with one of its unique keys is there."""
    statement = _insert(tx, table).values(**row).on_conflict_do_nothing().inline()
    # SQLAlchemy counts the rows of an INSERT only when asked to.
    return tx.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


def add_new(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add those rows whose keys are not there yet, in one batch."""
    tx.execute(_insert(tx, table).on_conflict_do_nothing(), [dict(row) for row in rows])


def _insert(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)
