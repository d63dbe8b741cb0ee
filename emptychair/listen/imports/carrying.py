"""The import itself: every row ends up stored, duplicate, refused or parked, and the books balance."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emptychair.ledger.books import Admitted
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.occurrences import Codes, Occurrences
from emptychair.listen.imports.casting import Casting, Taken, named_by_row
from emptychair.listen.imports.engine import engine
from emptychair.listen.imports.parts import Part
from emptychair.listen.imports.plan import Plan

KEPT_PARKED = 100_000
PARTS_TOGETHER = 80
PARKED = pa.schema(
    [
        ("row", pa.int64()),
        ("line", pa.int64()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("expected", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is: rows taken so far, and parts done of all parts."""

    rows: int
    parts_done: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The books of an import, in rows of the file: read = stored + duplicate + refused + parked.

    `signals` counts the signals stored (a contract that ended is two). `nameless` are stored rows that name
    no person. `parked_rows` has the columns of PARKED (row from 1 without the header; line of the file,
    null when unknown; the column; its value; what was expected) for the first 100,000 parked rows. `notes`
    are sentences.
    """

    read: int
    stored: int
    duplicate: int
    refused: int
    parked: int
    signals: int
    nameless: int
    notes: tuple[str, ...]
    parked_rows: pa.Table = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.read != self.stored + self.duplicate + self.refused + self.parked:
            raise AssertionError("the books of an import do not balance: this is a fault of Empty Chair")


@dataclass(slots=True)
class _Books:
    """What was counted so far."""

    read: int = 0
    stored: int = 0
    duplicate: int = 0
    parked: int = 0
    signals: int = 0
    nameless: int = 0
    tables: list[pa.Table] = field(default_factory=list)

    def take(self, part: Part, taken: Taken, *, names_people: bool) -> None:
        """Count a part, and list what is parked of it."""
        records = taken.records + len(part.damage)
        plain = part.lines_before is not None and part.lines == records
        self._park(_placed(taken.faulty, part, self.read, part.lines_before if plain else None))
        self.read += records
        if names_people:
            self.nameless += taken.signals[0].table["person"].null_count

    def keep(self, admitted: Mapping[int, Admitted]) -> None:
        """Count what was let in; the first lane has one signal for each record."""
        self.signals += sum(each.stored for each in admitted.values())
        if first := admitted.get(0):
            self.stored += first.stored
            self.duplicate += first.duplicate

    def _park(self, rows: pa.Table) -> None:
        self.parked += rows.num_rows
        room = KEPT_PARKED - sum(table.num_rows for table in self.tables)
        if room > 0 and rows.num_rows:
            self.tables.append(rows.slice(0, room))


class Door(Protocol):
    """Where signals go: a staging of the ledger, or somebody who only counts."""

    def add(self, table: pa.Table, lane: int, may_come_again: NDArray[np.bool_], codes: Codes) -> None:
        """Take signals of one cast, counted in a lane of their own; some may have an id that came before.

        `codes` are hashes of their ids.
        """

    def keep(self) -> Mapping[int, Admitted]:
        """Let in what was added; what became of the rows of each lane."""


def carry_out(
    plan: Plan,
    ledger: Ledger,
    *,
    import_id: str,
    now: datetime,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Store the rows of the plan under the source `import_id`. O(rows), in parts of bounded size.

    Eighty parts are let in together, and are durable before the next; after a crash the same import
    adds only what is missing. Raises PlanIncomplete while the plan has problems.
    """
    plan.ready_shape()
    with ledger.staging(import_id) as staging:
        return _carried(plan, staging, staging.cursor, import_id, now, progress)


def dry_run(plan: Plan, *, now: datetime) -> Summary:
    """What `carry_out` would say of an empty ledger; stores nothing."""
    plan.ready_shape()
    with engine() as connection:
        return _carried(plan, _Tally(), connection.cursor, "imp_dry_run", now, lambda progress: None)


class _Tally:
    """Counts what an empty ledger would store."""

    def __init__(self) -> None:
        self._seen = Occurrences()
        self._offered: Counter[int] = Counter()
        self._new: Counter[int] = Counter()

    def add(self, table: pa.Table, lane: int, may_come_again: NDArray[np.bool_], codes: Codes) -> None:
        """Count these signals."""
        earlier = self._seen.earlier(codes)
        self._offered[lane] += table.num_rows
        self._new[lane] += int(np.count_nonzero((earlier == 0) | may_come_again))

    def keep(self) -> Mapping[int, Admitted]:
        """What was counted since the last time."""
        told = {
            lane: Admitted(stored=self._new[lane], duplicate=offered - self._new[lane])
            for lane, offered in self._offered.items()
        }
        self._offered.clear()
        self._new.clear()
        return told


def _carried(
    plan: Plan,
    door: Door,
    cursor: Callable[[], duckdb.DuckDBPyConnection],
    source: str,
    now: datetime,
    progress: Callable[[Progress], None],
) -> Summary:
    """Parts come in their order; the next ones are converted and the last ones packed meanwhile."""
    parts, books, rows_before = plan.reading.parts, _Books(), Occurrences()
    casting = Casting(plan, source=source, now=now)
    with closing(cursor()) as reading:
        for done, (part, taken) in enumerate(_converted(casting, parts, reading), start=1):
            if casting.names_rows:
                taken = named_by_row(taken, rows_before)
            books.take(part, taken, names_people=not casting.is_of_spans)
            for lane, signals in enumerate(taken.signals):
                door.add(signals.table, lane, signals.is_known_by_content, signals.codes)
            if done % PARTS_TOGETHER == 0 or done == len(parts):
                books.keep(door.keep())
            progress(Progress(rows=books.read, parts_done=done, parts=len(parts)))
    return _summary(plan, books)


def _converted(
    casting: Casting, parts: Sequence[Part], connection: duckdb.DuckDBPyConnection
) -> Iterator[tuple[Part, Taken]]:
    """The parts with what they hold, in their order: in one stream up to a damaged one, then one by one."""
    done = 0
    for part, taken in zip(parts, casting.stream(parts, connection), strict=False):
        done += 1
        yield part, taken
    for part in parts[done:]:
        yield part, casting.take(part, connection)


def _placed(faulty: pa.Table, part: Part, before: int, first_line: int | None) -> pa.Table:
    """The parked rows of a part, faulty and damaged, with their row (and line) in the file, in its order.

    `first_line` is None when the lines of its sound records are not known.
    """
    if not (faulty.num_rows or part.damage):
        return PARKED.empty_table()
    clean = faulty.column("place").to_numpy().astype(np.int64)
    places = np.array([damage.place for damage in part.damage], dtype=np.int64)
    # A clean record comes after every damaged one whose place, less the damaged ones before that, is not
    # above its own.
    moved = clean + np.searchsorted(places - np.arange(len(places)), clean, side="right")
    lines = [None if first_line is None else first_line + int(place) for place in moved]
    lines += [
        None if part.lines_before is None else part.lines_before + damage.line for damage in part.damage
    ]
    damaged = {
        "field": ["record"] * len(places),
        "value": [damage.text for damage in part.damage],
        "expected": [damage.expected for damage in part.damage],
    }
    columns = {
        "row": pa.array(np.concatenate([moved, places]) + before + 1),
        "line": pa.array(lines, pa.int64()),
    }
    for name, values in damaged.items():
        known = faulty.column(name).combine_chunks().cast(pa.string())
        columns[name] = pa.concat_arrays([known, pa.array(values, pa.string())])
    return pa.table(columns, schema=PARKED).sort_by("row")


def _summary(plan: Plan, books: _Books) -> Summary:
    notes = list(plan.warnings)
    if books.nameless:
        notes.append(f"{books.nameless:,} rows name no person: they count in totals, never in retention.")
    if books.parked > KEPT_PARKED:
        notes.append(f"The first {KEPT_PARKED:,} of {books.parked:,} parked rows are listed.")
    return Summary(
        read=books.read,
        stored=books.stored,
        duplicate=books.duplicate,
        refused=0,
        parked=books.parked,
        signals=books.signals,
        nameless=books.nameless,
        notes=tuple(notes),
        parked_rows=pa.concat_tables(books.tables) if books.tables else PARKED.empty_table(),
    )
