"""The import itself: every row ends up stored, duplicate, refused or parked, and the books balance."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.staging import Staging
from emptychair.listen.imports.conversion import (
    Field,
    converted,
    fault_column,
    fault_expected,
    fields_of,
)
from emptychair.listen.imports.numbering import Numbering
from emptychair.listen.imports.parts import Part, run_on
from emptychair.listen.imports.plan import Plan, Shape
from emptychair.listen.imports.reading import engine
from emptychair.listen.imports.signals import Cast, casts, signals, spans, values_used

KEPT_PARKED = 100_000
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

    def park(self, rows: pa.Table) -> None:
        self.parked += rows.num_rows
        room = KEPT_PARKED - sum(table.num_rows for table in self.tables)
        if room > 0 and rows.num_rows:
            self.tables.append(rows.slice(0, room))


Admit = Callable[[str], tuple[int, int]]


def carry_out(
    plan: Plan,
    ledger: Ledger,
    *,
    import_id: str,
    now: datetime,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Summary:
    """Store the rows of the plan under the source `import_id`. O(rows), in parts of bounded size.

    Each part is durable before the next begins; after a crash the same import adds only what is missing.
    Raises PlanIncomplete while the plan has problems.
    """
    plan.ready_shape()
    with ledger.staging(import_id) as staging:
        return _carried(plan, staging.connection, _admitting(staging), import_id, now, progress)


def dry_run(plan: Plan, *, now: datetime) -> Summary:
    """What `carry_out` would say of an empty ledger; stores nothing."""
    plan.ready_shape()
    with engine() as connection:

        def count(relation: str) -> tuple[int, int]:
            total, known = connection.execute(
                f"select count(*), count(distinct id) from {relation}"
            ).fetchall()[0]
            return known, total - known

        return _carried(plan, connection, count, "imp_dry_run", now, lambda progress: None)


def _admitting(staging: Staging) -> Admit:
    def admit(relation: str) -> tuple[int, int]:
        admitted = staging.admit(relation)
        return admitted.stored, admitted.duplicate

    return admit


def _carried(
    plan: Plan,
    connection: duckdb.DuckDBPyConnection,
    admit: Admit,
    source: str,
    now: datetime,
    progress: Callable[[Progress], None],
) -> Summary:
    parts, books = plan.reading.parts, _Books()
    work = Work(plan, connection, source, now, Numbering(connection, spans_parts=len(parts) > 1))
    for done, part in enumerate(parts, start=1):
        sound, faulty = work.convert(part)
        records = sound + faulty.num_rows + len(part.damage)
        plain = part.lines_before is not None and part.lines == records
        books.park(_placed(faulty, part, books.read, part.lines_before if plain else None))
        books.read += records
        for relation, is_first in work.relations():
            stored, duplicate = admit(relation)
            books.signals += stored
            books.stored += stored if is_first else 0
            books.duplicate += duplicate if is_first else 0
        books.nameless += work.nameless()
        progress(Progress(rows=books.read, parts_done=done, parts=len(parts)))
    return _summary(plan, books)


class Work:
    """The temporary tables of one import on one connection."""

    def __init__(
        self,
        plan: Plan,
        connection: duckdb.DuckDBPyConnection,
        source: str,
        now: datetime,
        numbering: Numbering,
    ) -> None:
        self.plan, self.connection, self.source, self.now = plan, connection, source, now
        self.fields: Mapping[str, Field] = fields_of(plan)
        self.casts: tuple[Cast, ...] = casts(plan, self.fields, now)
        self.used = values_used(plan, self.fields, now)
        self.numbering = numbering

    def convert(self, part: Part) -> tuple[int, pa.Table]:
        """Convert a part: how many rows are sound, and the faulty ones (place, field, value, expected)."""
        run_on(part, lambda rows: self.connection.execute(self._conversion(rows)))
        faulty = self.connection.sql(f"""select rowid as place, {fault_column(self.fields)} as field,
            left(wrong, 200) as value, {fault_expected(self.fields)} as expected
            from converted where bad is not null order by rowid""")
        table = faulty.to_arrow_table()
        (total,) = self.connection.execute("select count(*) from converted").fetchone() or (0,)
        self._number()
        return int(total) - table.num_rows, table

    def _conversion(self, rows: str) -> str:
        return (
            f"create or replace temp table converted as {converted(self.plan, self.fields, self.used, rows)}"
        )

    def _number(self) -> None:
        # Rows are numbered in the order of the file, so that the same file always gives the same ids.
        sound = "(select *, rowid as r from converted where bad is null)"
        self.numbering.number(sound, "h", "again")
        self._view("numbered", sound, n="again")
        if self.plan.shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
            begun = spans(self.plan, self.fields, self.now, "numbered")
            self.connection.execute(f"create or replace temp table begun as {begun}")
            self.numbering.number("begun", "hj", "joined_again")
            self.numbering.number("begun", "hl", "left_again")
            self._view("numbered", "begun", nj="joined_again", nl="left_again")

    def _view(self, name: str, rows: str, **numbers: str) -> None:
        """A view of rows with their numbers: 1 unless they are listed as having come before."""
        chosen, joins = "", ""
        for column, listed in numbers.items():
            (many,) = self.connection.execute(f"select count(*) from {listed}").fetchone() or (0,)
            chosen += f", coalesce({listed}.number, 1) as {column}" if many else f", 1 as {column}"
            joins += f" left join {listed} on {listed}.r = rows.r" if many else ""
        self.connection.execute(
            f"create or replace temp view {name} as select rows.*{chosen} from {rows} as rows{joins}"
        )

    def relations(self, *, with_place: bool = False) -> Iterator[tuple[str, bool]]:
        """The signals of the part, a table for each cast; True for the one with one signal per row.

        `with_place` adds the row's place in the part.
        """
        for place, cast in enumerate(self.casts):
            made = signals(self.plan, self.fields, cast, source=self.source, now=self.now, place=with_place)
            self.connection.execute(f"create or replace temp view made as {made}")
            yield "made", place == 0

    def nameless(self) -> int:
        """Sound rows of the part that name no person."""
        where = "val_person is null" if "person" in self.fields else "true"
        if self.plan.shape in (Shape.CONTRACTS, Shape.EMPLOYEES):
            return 0
        row = self.connection.execute(f"select count(*) from numbered where {where}").fetchone()
        return int(row[0]) if row else 0


def _placed(faulty: pa.Table, part: Part, before: int, first_line: int | None) -> pa.Table:
    """The parked rows of a part, faulty and damaged, with their row (and line) in the file, in its order.

    `first_line` is None when the lines of its sound records are not known.
    """
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
