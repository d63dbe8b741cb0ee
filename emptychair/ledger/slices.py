"""Tables of signals cut by month, sorted, and written as one Parquet file a month with a row group each."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from emptychair.ledger.durable import sync_file
from emptychair.ledger.schema import SIGNALS

# Columns in which few values come again and again; others are written plainly, which is faster and no larger.
_FEW_VALUES = ["audience", "kind", "name", "channel", "source", "currency"]
# Columns whose smallest and largest values let a reader skip rows: not ids and words, which are in no order.
_IN_ORDER = [name for name in SIGNALS.names if name not in ("id", "text", "properties")]
# Rows that are encoded at once; the default is 1,024.
_ROWS_AT_ONCE = 1 << 14
# No month has more microseconds than 2^42.
_BITS_OF_A_MONTH = 42
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
        self._waiting: dict[str, deque[tuple[pa.Table | None, Future[None]]]] = {}
        self._lock = Lock()
        self._behind: deque[Future[None]] = deque()

    def write(self, table: pa.Table, chosen: NDArray[np.bool_] | None = None) -> None:
        """Add a row group to the file of each month; inside of it rows lie by person and time. O(n log n).

        `table` has the columns of the schema, where texts may be dictionaries; only the `chosen` rows are
        written. What goes wrong with the disk is raised here, by a later call, or by `close`.
        """
        table = table.combine_chunks()
        while len(self._behind) > _BEHIND:
            self._behind.popleft().result()
        for month, places in _by_month(table, chosen):
            self._submit(month, table.take(pa.array(places)))

    def close(self) -> None:
        """Complete the files. Safe to call again; the first of what went wrong is raised at the end."""
        for month in list(self._waiting):
            self._submit(month, None)
        self._packing.shutdown()
        self._waiting.clear()
        problems = [problem for done in self._behind if (problem := done.exception()) is not None]
        self._behind.clear()
        if problems:
            raise problems[0]

    def _submit(self, month: str, rows: pa.Table | None) -> None:
        """Have rows packed, or the file completed: each month in its order, by one thread at a time."""
        done: Future[None] = Future()
        self._behind.append(done)
        with self._lock:
            waiting = self._waiting.setdefault(month, deque())
            waiting.append((rows, done))
            if len(waiting) == 1:
                self._packing.submit(self._pack, month)

    def _pack(self, month: str) -> None:
        waiting = self._waiting[month]
        while True:
            rows, done = waiting[0]
            try:
                self._complete(month) if rows is None else self._writer(month, rows.schema).write_table(rows)
                done.set_result(None)
            except BaseException as problem:  # who waits for it must be told, whatever it is
                done.set_exception(problem)
            with self._lock:
                waiting.popleft()
                if not waiting:
                    return

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


def _by_month(table: pa.Table, chosen: NDArray[np.bool_] | None) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """(month, places of its chosen rows in order of person and time), in order of month."""
    instants = table["occurred_at"].combine_chunks().to_numpy()
    first, last = (end.astype("datetime64[M]") for end in (instants.min(), instants.max()))
    months = np.arange(first, last + 1)
    begin_of = months.astype(instants.dtype)
    # Where among the months it lies is found in a third of the time of what month it is.
    distances = np.searchsorted(begin_of, instants, side="right") - 1
    order = np.argsort(distances.astype(np.uint16) if len(months) < 1 << 16 else distances, kind="stable")
    if chosen is not None and not chosen.all():
        order = order[chosen[order]]
    begins = np.flatnonzero(np.diff(distances[order], prepend=-1))
    since = (instants - begin_of[distances]).astype(np.int64)
    keys = _ranks(table["person"].combine_chunks()) << _BITS_OF_A_MONTH | since
    for begin, end in zip(begins, [*begins[1:], len(order)], strict=True):
        places = order[begin:end]
        yield str(months[distances[places[0]]]), places[np.argsort(keys[places], kind="stable")]


def _ranks(people: pa.Array) -> NDArray[np.int64]:
    """The place of each row's person among all people of the table in order; nobody comes last."""
    known = people if isinstance(people, pa.DictionaryArray) else people.dictionary_encode()
    ranks = np.empty(len(known.dictionary) + 1, dtype=np.int64)
    ranks[pc.sort_indices(known.dictionary).to_numpy()] = np.arange(len(known.dictionary))
    ranks[-1] = len(known.dictionary)
    rows: NDArray[np.int64] = ranks[known.indices.fill_null(len(known.dictionary)).to_numpy()]
    return rows


def fitted(table: pa.Table) -> pa.Table:
    """The table with the columns of the schema in their order, where texts may be dictionaries.

    Raises pyarrow.ArrowInvalid for a value that does not fit, KeyError for a column that is not there.
    """
    columns, fields = [], []
    for field in SIGNALS:
        column = table[field.name]
        kind = column.type if _is_few_texts(column.type) and pa.types.is_string(field.type) else field.type
        columns.append(column if column.type == kind else column.cast(kind))
        fields.append(field.with_type(kind))
        if not field.nullable and column.null_count:
            raise pa.ArrowInvalid(f"column {field.name} must not be null")
    return pa.table(columns, schema=pa.schema(fields))


def _is_few_texts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type))
