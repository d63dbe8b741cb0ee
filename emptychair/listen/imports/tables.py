"""Files that are tables by themselves: workbooks, Parquet and JSON Lines, as parts of text columns."""

from pathlib import Path

import duckdb
import fastexcel
import pyarrow as pa
import pyarrow.parquet as pq

from emptychair.listen.imports.container import Compression, blocks
from emptychair.listen.imports.dialect import Dialect
from emptychair.listen.imports.encoding import Encoding, NotThisEncoding, as_utf8, by_mark
from emptychair.listen.imports.parts import Part, write_parts
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.repair import SHOWN, Damage
from emptychair.listen.imports.sql import literal
from emptychair.listen.imports.text import WIDEST, column_names, too_wide

_LINES = Dialect(delimiter="\x1f", quote="", header=False, width=1, ragged=False, why="one object a line")
_ROWS_AT_ONCE = 122_880


def parquet(
    path: Path, name: str, connection: duckdb.DuckDBPyConnection
) -> tuple[list[str], list[Part], list[str]]:
    """The columns, the file itself as its part, and notes; nested values become their JSON."""
    try:
        described = connection.execute(f"describe from read_parquet({literal(str(path))})").fetchall()
        rows = connection.execute(f"select count(*) from read_parquet({literal(str(path))})").fetchall()[0][0]
    except duckdb.Error as error:
        raise ImportRefused(f"{name} is a damaged Parquet file: write or download it again") from error
    _check_width(len(described), name)
    columns = tuple(
        f"{_as_text(_identifier(str(row[0])), str(row[1]))} as c{place}"
        for place, row in enumerate(described)
    )
    names = column_names([str(row[0]) for row in described], len(described))
    return names, _parts(path, columns, rows), [f"Parquet with {rows:,} rows."]


def _parts(path: Path, columns: tuple[str, ...], rows: int) -> list[Part]:
    """A Parquet file in spans of bounded size."""
    spans = [(start, min(start + _ROWS_AT_ONCE, rows)) for start in range(0, rows, _ROWS_AT_ONCE)]
    return [Part(path=path, width=len(columns), columns=columns, rows=span) for span in spans]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _as_text(column: str, type_name: str) -> str:
    """SQL of the value as other formats write it: whole floats without a point, nested values as JSON."""
    if type_name in ("DOUBLE", "FLOAT"):
        whole = f"{column} = round({column}) and abs({column}) < 1e15"
        return f"case when {whole} then {column}::bigint::varchar else {column}::varchar end"
    if type_name.startswith(("STRUCT", "MAP", "UNION")) or type_name.endswith("]"):
        return f"to_json({column})::varchar"
    if type_name == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({column})), '%Y-%m-%d %H:%M:%S.%f')"
    if type_name == "BLOB":
        return f"coalesce(try_cast(decode(try_cast({column} as blob)) as varchar), hex({column}))"
    return f"nullif({column}::varchar, '')"


def workbook(
    path: Path, name: str, place: Path, sheet: str | None, header: bool | None
) -> tuple[list[str], list[Part], list[str], str]:
    """The columns, a part, notes and the sheet: the stated one, or the first that holds something."""
    try:
        book = fastexcel.read_excel(str(path))
        names = list(book.sheet_names)
    except fastexcel.FastExcelError as error:
        raise ImportRefused(
            f"{name} is a zip file but no readable .xlsx: save it again from Excel, without a password"
        ) from error
    if sheet is not None and sheet not in names:
        raise ImportRefused(
            f"{name} has no sheet {sheet}: pass --map sheet=NAME with one of {', '.join(names)}"
        )
    for candidate in [sheet] if sheet else names:
        cells = _cells(book, candidate, name)
        if cells is not None:
            break
    else:
        raise ImportRefused(f"{name} has only empty sheets: there is nothing to import")
    titles, table = _titled(cells, header)
    _check_width(len(titles), name)
    target = place / "sheet.parquet"
    pq.write_table(table, target, compression="none")
    parts = _parts(target, tuple(f"c{place}" for place in range(len(titles))), table.num_rows)
    others = f" of {', '.join(names)}" if len(names) > 1 else ""
    return titles, parts, [f"Sheet {candidate}{others} is read."], candidate


def _cells(book: fastexcel.ExcelReader, sheet: str, name: str) -> pa.Table | None:
    """Every cell of a sheet as text, or None when it is empty."""
    try:
        loaded = book.load_sheet(sheet, header_row=None, dtypes="string")
        table = pa.Table.from_batches([loaded.to_arrow()])
    except (fastexcel.FastExcelError, pa.ArrowException) as error:
        raise ImportRefused(f"sheet {sheet} of {name} cannot be read: {error}") from error
    return table if table.num_rows and table.num_columns else None


def _titled(cells: pa.Table, header: bool | None) -> tuple[list[str], pa.Table]:
    """The titles from the first row with most of its cells filled, and the rows below it."""
    width = cells.num_columns
    head = cells.slice(0, 50).to_pylist()
    filled = [sum(value not in (None, "") for value in row.values()) for row in head]
    if header is False:
        first = -1
    else:
        first = next((i for i, count in enumerate(filled) if count >= 0.6 * max(filled)), 0)
    titles = [str(value or "") for value in head[first].values()] if first >= 0 else []
    body = cells.slice(first + 1).rename_columns([f"c{i}" for i in range(width)])
    return column_names(titles, width), body.cast(pa.schema([(f"c{i}", pa.string()) for i in range(width)]))


def json_lines(
    path: Path, compression: Compression, head: bytes, place: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[Encoding, list[str], list[Part], list[str]]:
    """The keys of all objects as columns (nested ones one level deep, a.b), the rows as parts, notes."""
    encoding = by_mark(head) or Encoding(name="utf-8", why="JSON is UTF-8")
    try:
        lines = list(write_parts(as_utf8(blocks(path, compression), encoding), place, _LINES))
    except NotThisEncoding as error:
        raise ImportRefused(f"{path.name} is not UTF-8, as JSON must be: write it again") from error
    keys: dict[tuple[str, str | None], None] = {}
    for part in lines:
        keys |= dict.fromkeys(_keys(part, connection))
    if not keys:
        raise ImportRefused(f"{path.name} begins like JSON Lines but no line is a JSON object with keys")
    _check_width(len(keys), path.name)
    names = column_names([outer if inner is None else f"{outer}.{inner}" for outer, inner in keys], len(keys))
    parts = [_extracted(part, list(keys), connection) for part in lines]
    return encoding, names, parts, [f"JSON Lines with {len(keys)} different keys."]


def _keys(part: Part, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None]]:
    """The keys of a part in the order they are met; (a, b) for the key b of an object under a."""
    connection.execute(f"""create or replace temp table lines as select c0 as line,
        case when json_valid(c0) then json_type(c0) = 'OBJECT' else false end as is_object
        from {part.relation()} where trim(c0) <> ''""")
    found = connection.execute("""
        with listed as (select json_keys(line) as names, line, rowid as r from lines where is_object),
        pairs as (select unnest(names) as k, unnest(range(len(names))) as place, line, r from listed),
        pointed as (select *, '/' || replace(replace(k, '~', '~0'), '/', '~1') as p from pairs),
        typed as (select *, json_type(line, p) as t from pointed),
        objects as (select k, place, r, json_keys(line, p) as names from typed where t = 'OBJECT'),
        nested as (
            select k, place, r, unnest(names) as i, unnest(range(len(names))) as inner_place from objects)
        select k, i from (
            select k, null as i, min((r, place, 0)) as met from typed where t <> 'OBJECT' group by k
            union all select k, i, min((r, place, inner_place)) from nested group by k, i)
        order by met, k, i""").fetchall()
    return [(str(outer), None if inner is None else str(inner)) for outer, inner in found]


def _extracted(part: Part, keys: list[tuple[str, str | None]], connection: duckdb.DuckDBPyConnection) -> Part:
    """The objects of a part as a Parquet part of text; lines that are no object are its damage."""
    _keys(part, connection)
    pointers = "[" + ", ".join(literal(_pointer(*key)) for key in keys) + "]"
    columns = tuple(f"c{place}" for place in range(len(keys)))
    taken = ", ".join(f"nullif(v[{place + 1}], '') as c{place}" for place in range(len(keys)))
    target = part.path.with_suffix(".parquet")
    connection.execute(f"""copy (select {taken} from (
        select json_extract_string(line, {pointers}) as v from lines where is_object))
        to {literal(str(target))} (format parquet, compression lz4)""")
    bad = connection.execute("select rowid, line from lines where not is_object order by rowid").fetchall()
    damage = [
        Damage(place=place, line=place, text=str(line)[:SHOWN], expected="a JSON object")
        for place, line in bad
    ]
    part.path.unlink()
    return Part(path=target, width=len(keys), columns=columns, damage=damage)


def _pointer(outer: str, inner: str | None) -> str:
    """The JSON pointer of a key; pointers keep dots and quotes in names apart."""
    steps = [outer] if inner is None else [outer, inner]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _check_width(width: int, name: str) -> None:
    if width > WIDEST:
        raise too_wide(name, width)
