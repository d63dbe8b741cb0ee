"""The bulk door: whole tables become sorted Parquet of the lake, never through Python by the row."""

from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from types import TracebackType
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.ledger.books import Admitted
from emptychair.ledger.delivery import Delivery
from emptychair.ledger.errors import NotASignalError
from emptychair.ledger.identities import Identities
from emptychair.ledger.months import ORDER
from emptychair.ledger.occurrences import Codes
from emptychair.ledger.schema import COLUMNS, SIGNALS
from emptychair.ledger.stores import Stores

_TYPES = {
    "string": "varchar",
    "timestamp[us]": "timestamp",
    "decimal128(9, 4)": "decimal(9, 4)",
    "decimal128(18, 4)": "decimal(18, 4)",
}
_TYPED = ", ".join(f"{field.name}::{_TYPES[str(field.type)]} as {field.name}" for field in SIGNALS)
_ROWS_AT_ONCE = 122_880


class Staging:
    """A place to prepare signals with SQL: `connection` has temp tables and sees the files it may.

    Signals come in as tables with `add`, to be let in with `keep`, or as a relation of SQL with `admit`.
    Not for two threads at once, but for `cursor`.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        stores: Stores,
        admit: Callable[[duckdb.DuckDBPyConnection, Delivery], dict[int, Admitted]],
    ) -> None:
        self.connection = connection
        self._stores, self._admit = stores, admit
        self._seen = Identities()
        self._under_way: Delivery | None = None
        self._has_kept = False
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Another connection of the same reach, for one more thread; to be closed by the caller."""
        return self.connection.cursor()

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table a relation of `connection`."""
        self.connection.register(name, table)

    def add(
        self,
        table: pa.Table,
        lane: int = 0,
        may_come_again: NDArray[np.bool_] | None = None,
        codes: Codes | None = None,
    ) -> None:
        """Take the rows of a table with the columns of the schema, to be let in by the next `keep`.

        `keep` counts the rows of each lane by themselves. Of rows that `may_come_again` the second with an id
        is another fact that looks the same, and gets `.2` behind it; of others it is a duplicate. `codes`
        are the engine's hashes of the ids, computed when they are not given.

        Raises NotASignalError for values that do not fit, OSError when the disk is full; nothing that was
        added since the last `keep` is let in then.
        """
        if self._under_way is None:
            if self._has_kept:
                # What the pieces left behind, so that many deliveries take no more memory than one.
                pa.default_memory_pool().release_unused()
            folder = self._closing.enter_context(self._stores.lake.aside())
            # Rows may come from an answer of `connection` that is still open.
            beside = self._closing.enter_context(closing(self.connection.cursor()))
            self._under_way = Delivery(folder, beside, self._seen)
        try:
            self._under_way.add(table, lane, may_come_again, codes)
        except BaseException:
            self._drop()  # a part of it must never be let in as if it were the whole
            raise

    def keep(self) -> dict[int, Admitted]:
        """Let in what was added since the last time; what became of the rows of each lane.

        Ids that came twice or are known are refused and counted. Durable when it returns, and whole: after
        a crash either all rows are in or none.
        """
        if self._under_way is None or self._under_way.is_empty:
            self._drop()
            return {}
        try:
            return self._admit(self.connection, self._under_way)
        finally:
            self._drop()
            self._has_kept = True

    def admit(self, relation: str) -> Admitted:
        """Let in the rows of a relation, which has the columns of the schema in any order, as `keep` does.

        The same rows make the same files, whatever order they come in. Raises NotASignalError, with nothing
        let in, for a relation that the ledger cannot hold.
        """
        try:
            rows = f"select {_TYPED} from {relation} order by date_trunc('month', occurred_at), {ORDER}"
            if self._repeats(relation):
                rows += f", {', '.join(COLUMNS)}"  # which of two rows with one id stays must not be chance
            with self.connection.sql(rows).to_arrow_reader(_ROWS_AT_ONCE) as batches:
                for batch in batches:
                    self.add(pa.Table.from_batches([batch]))
            return self.keep().get(0, Admitted(stored=0, duplicate=0))
        except (duckdb.DataError, pa.ArrowInvalid) as error:
            raise NotASignalError(f"the rows do not fit the columns of the ledger: {error}") from error
        finally:
            self._drop()

    def _repeats(self, relation: str) -> bool:
        different = f"select count(*) = count(distinct hash(id)) from {relation}"
        return self.connection.execute(different).fetchall() != [(True,)]

    def _drop(self) -> None:
        if self._under_way is not None:
            with suppress(OSError):
                self._under_way.close()
            self._under_way = None
        self._closing.close()
