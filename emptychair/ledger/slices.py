"""Tables of signals cut by month, and written as one Parquet file a month with a row group each."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from emptychair.ledger.durable import sync_file
from emptychair.ledger.schema import SIGNALS, check_closed

# Columns in which few values come again and again; others are written plainly, which is faster and no larger.
_FEW_VALUES = ["audience", "kind", "name", "channel", "source", "currency"]
# Columns whose smallest and largest values let a reader skip rows: not ids and words, which are in no order.
_IN_ORDER = [name for name in SIGNALS.names if name not in ("id", "text", "properties")]
# Rows that are encoded at once; the default is 1,024.
_ROWS_AT_ONCE = 1 << 14
_BEHIND = 4
# More than processors: completing a file waits for the disk.
_AT_ONCE = 8


class MonthFiles:
    """The files of one delivery: `<folder>/month=YYYY-MM/<name>.parquet`, open until `close`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._writers: dict[str, pq.ParquetWriter] = {}
        # Packing is half of the work, and needs no look at what comes next.
        self._packing = ThreadPoolExecutor(_AT_ONCE, "packing")
        self._waiting: dict[str, deque[tuple[Callable[[], None], Future[None]]]] = {}
        self._lock = Lock()
        self._behind: deque[Future[None]] = deque()
        self._latest: set[str] = set()
        # Months that had no rows in a later table, once each.
        self._quiet: dict[str, Future[None]] = {}

    def write(self, table: pa.Table, chosen: NDArray[np.bool_] | None = None) -> None:
        """Add a row group to the file of each month, with its rows in their order. O(n).

        `table` has the columns of the schema, where texts may be dictionaries; only the `chosen` rows are
        written. What goes wrong with the disk is raised here, by a later call, or by `close`.
        """
        while len(self._behind) > _BEHIND:
            self._behind.popleft().result()
        if chosen is not None and not chosen.all():
            table = table.filter(pa.array(chosen))
        pieces = dict(_by_month(table))
        for month, rows in pieces.items():
            self._behind.append(self._submit(month, partial(self._pack, month, rows)))
        # Most files come in order of time: what is on the disk already is not waited for at the end.
        for month in self._latest - pieces.keys() - self._quiet.keys():
            self._quiet[month] = self._submit(month, partial(sync_file, self._path(month)))
        self._latest = set(pieces)

    def close(self) -> None:
        """Complete the files. Safe to call again; the first of what went wrong is raised at the end."""
        for month in list(self._waiting):
            self._behind.append(self._submit(month, partial(self._complete, month)))
        self._packing.shutdown()
        self._waiting.clear()
        done = [*self._behind, *self._quiet.values()]
        problems = [problem for each in done if (problem := each.exception()) is not None]
        self._behind.clear()
        self._quiet.clear()
        if problems:
            raise problems[0]

    def _submit(self, month: str, work: Callable[[], None]) -> Future[None]:
        """Have something done with a file: for each month in its order, by one thread at a time."""
        done: Future[None] = Future()
        with self._lock:
            waiting = self._waiting.setdefault(month, deque())
            waiting.append((work, done))
            if len(waiting) == 1:
                self._packing.submit(self._work_on, waiting)
        return done

    def _work_on(self, waiting: deque[tuple[Callable[[], None], Future[None]]]) -> None:
        while True:
            work, done = waiting[0]
            try:
                work()
                done.set_result(None)
            except BaseException as problem:  # who waits for it must be told, whatever it is
                done.set_exception(problem)
            with self._lock:
                waiting.popleft()
                if not waiting:
                    return

    def _pack(self, month: str, rows: pa.Table) -> None:
        self._writer(month, rows.schema).write_table(rows)

    def _complete(self, month: str) -> None:
        if writer := self._writers.pop(month, None):
            writer.close()
            # Others are being packed meanwhile; all must be on the disk before they are let in.
            sync_file(self._path(month))

    def _writer(self, month: str, schema: pa.Schema) -> pq.ParquetWriter:
        if month not in self._writers:
            path = self._path(month)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[month] = parquet_writer(path, schema)
        return self._writers[month]

    def _path(self, month: str) -> Path:
        return self._folder / f"month={month}" / f"{self._name}.parquet"


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of the lake's kind of Parquet; its tables may come in parts."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=_FEW_VALUES,
        write_statistics=_IN_ORDER,
        write_batch_size=_ROWS_AT_ONCE,
        # As DuckDB writes them: decimals as integers, and no description that only Arrow reads.
        store_decimal_as_integer=True,
        store_schema=False,
    )


def _by_month(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each month, in order of month; the same memory where they lie side by side."""
    instants = table["occurred_at"].to_numpy()
    first, last = (end.astype("datetime64[M]") for end in (instants.min(), instants.max()))
    if first == last:
        yield str(first), table
        return
    months = np.arange(first, last + 1)
    # Where among the months it lies is found in a third of the time of what month it is.
    places = np.searchsorted(months.astype(instants.dtype), instants, side="right") - 1
    if np.any(places[1:] < places[:-1]):
        order = np.argsort(places.astype(np.uint16) if len(months) < 1 << 16 else places, kind="stable")
        table, places = table.combine_chunks().take(pa.array(order)), places[order]
    begins = np.flatnonzero(np.diff(places, prepend=-1))
    for begin, end in pairwise([*begins, len(places)]):
        yield str(months[places[begin]]), table.slice(begin, end - begin)


def fitted(table: pa.Table) -> pa.Table:
    """The table with the columns of the schema in their order, where texts may be dictionaries.

    Raises pyarrow.ArrowInvalid for a value that does not fit or is not in a closed list, KeyError for a
    column that is not there.
    """
    columns, fields = [], []
    for field in SIGNALS:
        column = table[field.name]
        kind = column.type if _is_few_texts(column.type) and pa.types.is_string(field.type) else field.type
        columns.append(column if column.type == kind else column.cast(kind))
        fields.append(field.with_type(kind))
        if not field.nullable and column.null_count:
            raise pa.ArrowInvalid(f"column {field.name} must not be null")
    found = pa.table(columns, schema=pa.schema(fields))
    check_closed(found)
    return found


def _is_few_texts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type))
