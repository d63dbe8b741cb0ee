"""What a part is read as without the engine is what the engine reads."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emptychair.listen.imports.dialect import Dialect
from emptychair.listen.imports.parts import Part
from emptychair.listen.imports.rfc4180 import read_plain

FIELDS = st.one_of(
    st.sampled_from(["", '""', "a", "7.50", " b", "c ", '"d"', '"e, f"', '"g\nh"', '"say ""i"""', "é"]),
    st.text(alphabet='a ",\n;', max_size=6),
)


def part(folder: Path, text: str, *, width: int = 3, delimiter: str = ",", quote: str = '"') -> Part:
    path = folder / "part.txt"
    path.write_text(text, encoding="utf-8", newline="")
    cut = Dialect(delimiter=delimiter, quote=quote, header=False, width=width, ragged=False, why="")
    return Part(path=path, width=width, dialect=cut, lines=text.count("\n"))


def as_the_engine_reads(part: Part) -> list[tuple[str | None, ...]]:
    with duckdb.connect() as connection:
        return connection.sql(f"select * exclude (part) from {part.relation()}").fetchall()


def records(table: pa.Table) -> list[tuple[str | None, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


@settings(max_examples=300)
@given(st.lists(st.tuples(FIELDS, FIELDS, FIELDS), min_size=1, max_size=6), st.sampled_from(['"', ""]))
@example([("a", "b", '"c')], '"')
@example([("a", '"b"c', "d")], '"')
@example([('"', ",", '"'), ("a", "b", "c")], '"')
@example([("", "", "")], '"')
def test_what_is_read_is_what_the_engine_reads(rows: list[tuple[str, ...]], quote: str) -> None:
    text = "".join(",".join(row) + "\n" for row in rows)
    with TemporaryDirectory() as folder:
        written = part(Path(folder), text, quote=quote)
        found = read_plain(written)
        if found is not None:
            assert records(found) == as_the_engine_reads(written)


def test_a_plain_part_is_read(tmp_path: Path) -> None:
    text = 'a;"b ""c"" d";\n"e;f"; g ;"h\ni"\n'
    found = read_plain(part(tmp_path, text, delimiter=";"))
    assert found is not None
    assert records(found) == [("a", 'b "c" d', None), ("e;f", " g ", "h\ni")]


@pytest.mark.parametrize(
    "text",
    [
        'a,b,"c\n',  # never closed
        'a,b"c",d\n',  # in the middle of a field
        'a,"b"c,d\n',  # closed before the end of the field
        'a, "b",c\n',  # a blank before it
        "a,b\n",  # too few fields
        "a,b,c,d\n",  # too many
        "a,b,c\rd,e,f\n",  # two kinds of line ends
        "\ufeffa,b,c\n",  # a mark that is no text
    ],
)
def test_what_readers_may_differ_in_is_left_to_the_engine(tmp_path: Path, text: str) -> None:
    assert read_plain(part(tmp_path, text)) is None


def test_quotes_may_be_letters(tmp_path: Path) -> None:
    found = read_plain(part(tmp_path, 'a"b,"c,d""\n', quote=""))
    assert found is not None
    assert records(found) == [('a"b', '"c', 'd""')]
