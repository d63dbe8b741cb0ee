"""Rows of one source on their way into the lake: each id once, in files aside, until they are let in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from emptychair.ledger.errors import NotASignalError
from emptychair.ledger.identities import Identities
from emptychair.ledger.occurrences import Codes
from emptychair.ledger.slices import MonthFiles, fitted, parquet_writer

_ROWS_AT_ONCE = 1 << 20


@dataclass(slots=True)
class Lane:
    """Rows that are counted together: how many were offered, and how many were written as new."""

    files: MonthFiles
    offered: int = 0
    written: int = 0
    doubtful: pq.ParquetWriter | None = field(default=None, repr=False)


class Delivery:
    """Files in `folder` that `admission.admit` makes part of the lake as one."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection, seen: Identities) -> None:
        """`seen` are the ids of earlier deliveries of the same source."""
        self.folder = folder
        self.lanes: dict[int, Lane] = {}
        self._connection, self._seen = connection, seen

    @property
    def is_empty(self) -> bool:
        """True when no row was offered."""
        return not any(lane.offered for lane in self.lanes.values())

    def add(
        self,
        table: pa.Table,
        number: int,
        may_come_again: NDArray[np.bool_] | None = None,
        known: Codes | None = None,
    ) -> None:
        """Write the rows of `table` whose id is new, counted in the lane of this number.

        Of rows that `may_come_again` the second of an id gets `.2` behind it, and so on: they are facts that
        look the same. Another row whose id has a hash that came before is set aside, and compared when the
        delivery is let in. Hashes of 64 bits: among five million ids two differ and agree once in a million
        files, and then a row is a second where it is a first (docs/decisions/0091). `known` are these hashes,
        where somebody has computed them (`codes`).

        Raises NotASignalError, with nothing written, for a table that the ledger cannot hold.
        """
        try:
            table = fitted(table)
        except (pa.ArrowException, KeyError) as error:
            raise NotASignalError(f"the rows do not fit the columns of the ledger: {error}") from error
        lane = self.lanes.setdefault(number, Lane(MonthFiles(self.folder, str(number))))
        hashes = self._codes(table["id"]) if known is None else known
        for begin in range(0, table.num_rows, _ROWS_AT_ONCE):
            some = slice(begin, begin + _ROWS_AT_ONCE)
            numbered = None if may_come_again is None else may_come_again[some]
            self._add(table.slice(begin, _ROWS_AT_ONCE), lane, number, numbered, hashes[some])

    def _add(
        self,
        table: pa.Table,
        lane: Lane,
        number: int,
        may_come_again: NDArray[np.bool_] | None,
        hashes: Codes,
    ) -> None:
        lane.offered += table.num_rows
        place = table.schema.get_field_index("id")
        ids, again = self._seen.told_apart(table["id"], hashes, may_come_again, self._codes)
        self._keep(table.set_column(place, table.schema.field(place), ids), lane, number, ~again, again)

    def _codes(self, ids: pa.Array | pa.ChunkedArray) -> Codes:
        return codes(self._connection, ids)

    def _keep(
        self, table: pa.Table, lane: Lane, number: int, new: NDArray[np.bool_], doubtful: NDArray[np.bool_]
    ) -> None:
        if doubtful.any():
            if lane.doubtful is None:
                lane.doubtful = parquet_writer(self._doubtful(number), table.schema)
            lane.doubtful.write_table(table.filter(pa.array(doubtful)))
        if written := int(np.count_nonzero(new)):
            lane.files.write(table, new)
        lane.written += written

    def close(self) -> None:
        """Complete the files. Safe to call again."""
        for lane in self.lanes.values():
            lane.files.close()
            if lane.doubtful is not None:
                lane.doubtful.close()

    def files(self) -> list[Path]:
        """The files of new rows, by month and lane."""
        return sorted(self.folder.glob("month=*/*.parquet"))

    def doubtful(self) -> Iterator[tuple[int, Path]]:
        """The lanes that have rows to be compared, and their files."""
        for number, lane in self.lanes.items():
            if lane.doubtful is not None:
                yield number, self._doubtful(number)

    def _doubtful(self, number: int) -> Path:
        return self.folder / f"doubtful-{number}.parquet"


def codes(connection: duckdb.DuckDBPyConnection, ids: pa.Array | pa.ChunkedArray) -> Codes:
    """Hashes of ids, the same for the same id as long as the process lives."""
    connection.register("arriving", pa.table({"id": ids}))
    found = connection.sql("select hash(id) as code from arriving").to_arrow_table()
    connection.unregister("arriving")
    hashes: Codes = found.column("code").to_numpy()
    return hashes
