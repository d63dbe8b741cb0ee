"""A part of a file as columns: what is wrong with each record, and the signals that the sound ones become."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from emptychair.ledger.occurrences import Occurrences
from emptychair.ledger.schema import SIGNALS
from emptychair.listen.imports.conversion import converted, fault_column, fault_expected, fields_of
from emptychair.listen.imports.parts import Part, is_whole, run_on, together
from emptychair.listen.imports.plan import Plan, Shape
from emptychair.listen.imports.signals import Cast, casts, columns, spans, values_used

_CONSTANT = re.compile(r"'((?:[^']|'')*)'")
_SQL_TYPES = {"score": "decimal(9,4)", "value": "decimal(18,4)", "occurred_at": "timestamp"}
_NULL = "null"
_ROWS_AT_ONCE = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """The signals of one cast in the columns of the ledger, and the places of their records in the part.

    `codes` are hashes of their ids, `known_by` of what they are known by, where rows have to be named by it.
    `is_known_by_content` tells which have no id of their own in the file.
    """

    table: pa.Table
    places: NDArray[np.int64]
    codes: NDArray[np.uint64]
    known_by: NDArray[np.uint64] | None
    is_known_by_content: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a part holds: its records, the faulty ones (place, field, value, expected), signals of each cast.

    The first cast has exactly one signal for each sound record.
    """

    records: int
    faulty: pa.Table
    signals: tuple[Signals, ...]


class Casting:
    """Turns the parts of one file into signals; any number of parts at the same time."""

    def __init__(self, plan: Plan, *, source: str, now: datetime) -> None:
        """Raises PlanIncomplete while the plan has problems."""
        self._plan, self._now = plan, now
        self._fields = fields_of(plan)
        self._used = values_used(plan, self._fields, now)
        self._casts = [
            (cast, columns(plan, self._fields, cast, source=source, now=now))
            for cast in casts(plan, self._fields, now)
        ]
        self.is_of_spans = plan.shape in (Shape.CONTRACTS, Shape.EMPLOYEES)
        self.names_rows = self.is_of_spans and "person" not in self._fields
        self._asked = self._columns_asked()

    def take(self, part: Part, connection: duckdb.DuckDBPyConnection) -> Taken:
        """The records of a part as signals, in their order. O(records of the part) memory."""
        return self._taken(run_on(part, lambda rows: connection.sql(self._query(rows)).to_arrow_table()))

    def stream(self, parts: Sequence[Part], connection: duckdb.DuckDBPyConnection) -> Iterator[Taken]:
        """The same for one part after the other, in a third less time; ends before one that is damaged.

        Planned once for all, and the engine reads ahead.
        """
        rows = together(parts)
        if rows is None:
            return
        pieces: list[pa.RecordBatch] = []
        number = 0
        try:
            with connection.sql(self._query(rows)).to_arrow_reader(_ROWS_AT_ONCE) as batches:
                schema = batches.schema
                for batch in batches:
                    for piece in _cut(batch):
                        while number < piece.column("part")[0].as_py():
                            table = pa.Table.from_batches(pieces, schema)
                            if not is_whole(parts[number], table.num_rows):
                                return
                            yield self._taken(table)
                            pieces, number = [], number + 1
                        pieces.append(piece)
        except (duckdb.Error, pa.ArrowException, OSError):
            # What is wrong is found, and told, when the part is taken by itself.
            return
        for part in parts[number:]:
            table = pa.Table.from_batches(pieces, schema)
            if not is_whole(part, table.num_rows):
                return
            yield self._taken(table)
            pieces = []

    def _taken(self, table: pa.Table) -> Taken:
        is_sound = pc.is_null(table["bad"])
        places = np.flatnonzero(is_sound.to_numpy())
        has_no_fault = len(places) == table.num_rows
        sound = table if has_no_fault else table.filter(is_sound)
        faulty = table.select(["field", "wrong", "expected"]).rename_columns(["field", "value", "expected"])
        faulty = faulty.append_column("place", pa.array(np.arange(table.num_rows)))
        return Taken(
            records=table.num_rows,
            faulty=faulty.slice(0, 0) if has_no_fault else faulty.filter(pc.invert(is_sound)),
            signals=tuple(self._signals(cast, made, sound, places) for cast, made in self._casts),
        )

    def _columns_asked(self) -> dict[str, str]:
        """What is asked of a part besides its faults: SQL and the name of its column."""
        asked: dict[str, str] = {}
        for cast, made in self._casts:
            wanted = {_code(made)}
            if self.names_rows:
                wanted.add(_known_by(cast))
            if cast.where != "true":
                wanted.add(f"({cast.where})")
            wanted |= {_typed(name, sql) for name, sql in made.items() if _constant(name, sql) is None}
            for sql in sorted(wanted):
                asked.setdefault(sql, f"x{len(asked)}")
        if "id" in self._fields:
            asked["val_id is null"] = "is_nameless"
        return asked

    def _query(self, rows: str) -> str:
        records = converted(self._plan, self._fields, self._used, rows)
        if self.is_of_spans:
            records = spans(self._plan, self._fields, self._now, f"({records})")
        wanted = "".join(f", {sql} as {name}" for sql, name in self._asked.items())
        return f"""select part, bad, {fault_column(self._fields)} as field, left(wrong, 200) as wrong,
            {fault_expected(self._fields)} as expected{wanted} from ({records})"""

    def _signals(
        self, cast: Cast, made: dict[str, str], sound: pa.Table, places: NDArray[np.int64]
    ) -> Signals:
        if cast.where != "true":
            chosen = sound[self._asked[f"({cast.where})"]]
            sound, places = sound.filter(chosen), places[chosen.to_numpy()]
        rows = sound.num_rows
        arrays = []
        for field in SIGNALS:
            constant = _constant(field.name, made[field.name])
            if constant is None:
                arrays.append(sound[self._asked[_typed(field.name, made[field.name])]])
            else:
                arrays.append(_repeated(constant, field.type, rows))
        return Signals(
            table=pa.table(arrays, names=SIGNALS.names),
            places=places,
            codes=sound[self._asked[_code(made)]].to_numpy(),
            known_by=sound[self._asked[_known_by(cast)]].to_numpy() if self.names_rows else None,
            is_known_by_content=(
                sound["is_nameless"].to_numpy() if "id" in self._fields else np.ones(rows, dtype=np.bool_)
            ),
        )


def _cut(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of each part, in order."""
    ends = np.flatnonzero(np.diff(batch.column("part").to_numpy())) + 1
    for begin, end in pairwise([0, *ends.tolist(), batch.num_rows]):
        yield batch.slice(begin, end - begin)


def named_by_row(taken: Taken, occurrences: Occurrences) -> Taken:
    """The same with people who have no name but their record: identical records are different people.

    `occurrences` counts what earlier parts of the file held, so parts come in the order of the file.
    """
    first = taken.signals[0]
    if first.known_by is None:
        return taken
    numbers = np.zeros(taken.records, dtype=np.int64)
    numbers[first.places] = occurrences.earlier(first.known_by) + 1
    return replace(
        taken,
        signals=tuple(
            replace(each, table=_numbered(each.table, "person", numbers[each.places]))
            for each in taken.signals
        ),
    )


def _numbered(table: pa.Table, name: str, numbers: NDArray[np.int64]) -> pa.Table:
    whole = pc.binary_join_element_wise(table[name], pa.array(numbers).cast(pa.string()), ".")
    return table.set_column(table.schema.get_field_index(name), name, whole)


def _code(made: dict[str, str]) -> str:
    """SQL of a hash of the id, as `delivery.codes` has it: the engine is at it anyway."""
    return f"hash({_typed('id', made['id'])})"


def _known_by(cast: Cast) -> str:
    return f"hash({cast.known_by})"


def _typed(name: str, sql: str) -> str:
    return f"({sql})::{_SQL_TYPES.get(name, 'varchar')}"


def _constant(name: str, sql: str) -> str | None:
    """The SQL of a column that is the same in every row, or None when it is not."""
    if name == "received_at" or sql == _NULL or _CONSTANT.fullmatch(sql):
        return sql
    return None


def _repeated(sql: str, kind: pa.DataType, rows: int) -> pa.Array:
    if sql == _NULL:
        return pa.nulls(rows, kind)
    text = _CONSTANT.search(sql)
    value = text[1].replace("''", "'") if text else ""
    if pa.types.is_timestamp(kind):
        moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return pa.repeat(pa.scalar(moment, pa.timestamp("us", "UTC")), rows).cast(kind)
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int8)), pa.array([value], kind))
