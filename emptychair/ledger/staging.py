"""The bulk door: whole relations become sorted Parquet, rows and cards, without passing through Python."""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from emptychair.ledger.books import Admitted


class Staging:
    """A place to prepare signals with SQL: `connection` has temp tables and sees the files it may."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        admit: Callable[[duckdb.DuckDBPyConnection, str], Admitted],
    ) -> None:
        self.connection = connection
        self._admit = admit

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table a relation of `connection`."""
        self.connection.register(name, table)

    def admit(self, relation: str) -> Admitted:
        """Let in the rows of `relation`, which has the columns of the schema in any order.

        Ids that came twice or are known are refused and counted. Durable when it returns, and whole: after
        a crash either all rows are in or none.
        """
        return self._admit(self.connection, relation)
