"""One small table in every encoding, cut and container is the same signals."""

import bz2
import codecs
import gzip
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emptychair.listen.imports import ImportRefused, read
from tests.listen.conftest import Door, at
from tests.listen.workbooks import workbook

NAMES = ["customer_id", "order_date", "total", "city"]
ROWS = [
    ["k1", "2024-01-05", "12.50", "Köln"],
    ["k2", "2024-02-06", "-3.00", "Besançon"],
    ["k1", "2024-02-06", "7", "Año Nuevo, el"],
    ["k1", "2024-02-06", "7", "Año Nuevo, el"],
    ["", "2024-03-07", "0.5", ""],
]
Make = Callable[[Path], Path]


def cut(sign: str, rows: list[list[str]] = ROWS, names: list[str] = NAMES) -> str:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\n")
    writer.writerows([names, *rows])
    return out.getvalue()


def as_json() -> str:
    import json

    lines = [
        json.dumps({k: v or None for k, v in zip(NAMES, row, strict=True)}, ensure_ascii=False)
        for row in ROWS
    ]
    return "\n".join(lines) + "\n"


def as_parquet() -> bytes:
    columns = {name: [row[i] or None for row in ROWS] for i, name in enumerate(NAMES)}
    columns["order_date"] = [datetime.fromisoformat(str(day)) for day in columns["order_date"]]  # type: ignore[misc]
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content, asbytes=True))


TEXT = cut(",")
FORMS: dict[str, bytes] = {
    "comma": TEXT.encode(),
    "semicolon": cut(";").encode(),
    "tab": cut("\t").encode(),
    "bar": cut("|").encode(),
    "crlf": TEXT.replace("\n", "\r\n").encode(),
    "cr": TEXT.replace("\n", "\r").encode(),
    "no_last_line_end": TEXT.rstrip("\n").encode(),
    "utf8_mark": codecs.BOM_UTF8 + TEXT.encode(),
    "utf16": TEXT.encode("utf-16"),
    "utf16_unmarked": TEXT.encode("utf-16-le"),
    "utf16_be": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf32": TEXT.encode("utf-32"),
    "cp1252": TEXT.encode("cp1252"),
    "gzip": gzip.compress(TEXT.encode()),
    "gzip_twice": gzip.compress(TEXT[:40].encode()) + gzip.compress(TEXT[40:].encode()),
    "bzip2": bz2.compress(TEXT.encode()),
    "zstd": zstd(TEXT.encode()),
    "other_order": cut(",", [row[::-1] for row in ROWS], NAMES[::-1]).encode(),
    "json_lines": as_json().encode(),
    "json_lines_gzip": gzip.compress(as_json().encode()),
    "parquet": as_parquet(),
    "xlsx": workbook([NAMES, *ROWS]),
    "xlsx_second_sheet": workbook([], [NAMES, *ROWS]),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_in_another_form_adds_nothing(door: Door, form: str) -> None:
    assert door.text(TEXT).stored == 5
    summary = door.take(door.write(FORMS[form], f"{form}.dat"))
    assert (summary.read, summary.stored, summary.duplicate) == (5, 0, 5)


def test_the_signals_are_these(door: Door) -> None:
    door.text(TEXT, "currency==eur")
    columns = "person, kind, name, occurred_at, value::varchar, currency, properties"
    assert sorted(door.rows(columns), key=str) == sorted(
        [
            ("k1", "paid", "order", at(2024, 1, 5), "12.5000", "EUR", '{"city":"Köln"}'),
            ("k2", "paid", "return", at(2024, 2, 6), "-3.0000", "EUR", '{"city":"Besançon"}'),
            ("k1", "paid", "order", at(2024, 2, 6), "7.0000", "EUR", '{"city":"Año Nuevo, el"}'),
            ("k1", "paid", "order", at(2024, 2, 6), "7.0000", "EUR", '{"city":"Año Nuevo, el"}'),
            (None, "paid", "order", at(2024, 3, 7), "0.5000", "EUR", "{}"),
        ],
        key=str,
    )


def test_a_longer_export_adds_only_its_new_rows(door: Door) -> None:
    door.text(TEXT)
    longer = cut(",", [["k9", "2024-04-01", "1", "Rom"], *ROWS, ROWS[2]])
    summary = door.text(longer)
    assert (summary.read, summary.stored, summary.duplicate) == (7, 2, 5)


def test_single_wrong_bytes_in_utf8_are_read_as_windows_1252(door: Door) -> None:
    wrong = TEXT.encode().replace("Köln".encode(), "Köln caf".encode() + b"\xe9")
    door.take(door.write(wrong * 1))
    assert door.rows("properties", "value = 12.5") == [('{"city":"Köln café"}',)]
    assert any("Windows-1252" in note for note in door.plans[-1].reading.notes)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1250", "Zażółć gęślą jaźń, proszę o kontakt z działem obsługi klienta, dziękuję bardzo"),
        ("cp1251", "Очень хороший сервис, спасибо большое, всё работает отлично и быстро"),
        ("shift_jis", "とても良いサービスです。ありがとうございます。また利用したいと思います。"),
        ("gb18030", "服务非常好，谢谢你们的帮助，我会再次使用这个产品的，真的很满意。"),
        ("cp1253", "Πολύ καλή εξυπηρέτηση, ευχαριστώ πάρα πολύ για τη βοήθεια σας"),
    ],
)
def test_other_alphabets_are_read_when_stated_and_mostly_found(door: Door, encoding: str, words: str) -> None:
    content = ("time,comment\n" + "".join(f'2024-01-{i:02d},"{words} {i}"\n' for i in range(1, 25))).encode(
        encoding
    )
    path = door.write(content)
    door.take(path, f"encoding={encoding}")
    assert door.rows("text")[0] == (f"{words} 1",)
    found = door.plan(path).reading
    assert found.encoding is not None
    assert found.sample.column(1)[0].as_py() == f"{words} 1"
    found.close()


def test_an_encoding_that_shows_behind_the_sampled_rows_holds_for_the_columns_too(door: Door) -> None:
    rows = "".join(f"2024-01-{n % 28 + 1:02d},p{n},in order\n" for n in range(90_000))
    content = ("time,person,comment\n" + rows).encode() + "2024-02-01,p,über Straße\n".encode("cp1252")
    plan = door.plan(door.write(content))
    assert len(plan.reading.parts) > 1
    assert plan.reading.encoding is not None
    assert plan.reading.encoding.name == "cp1252"
    assert plan.reading.sample.num_rows == 20_000
    assert [column.filled for column in plan.reading.columns] == [20_000] * 3
    plan.reading.close()


def test_a_wrong_stated_encoding_is_refused(door: Door) -> None:
    with pytest.raises(ImportRefused, match="encoding=NAME"):
        door.take(door.write(TEXT.encode("cp1252")), "encoding=utf-8")
    with pytest.raises(ImportRefused, match="is no encoding"):
        door.take(door.write(TEXT), "encoding=klingon")


def test_columns_aligned_with_blanks_with_and_without_header(door: Door) -> None:
    body = "".join(f"  {i:05d}  199701{i % 28 + 1:02d}  {i % 3 + 1}   {i * 1.5:8.2f}\n" for i in range(1, 60))
    door.text(body)
    plan = door.plans[-1]
    assert plan.reading.dialect is not None
    assert (plan.reading.dialect.delimiter, plan.reading.dialect.header) == ("aligned", False)
    assert [column.name for column in plan.reading.columns] == ["c1", "c2", "c3", "c4"]
    door.text("  customer_id  date  number  dollar_value\n" + body)
    assert door.plans[-1].reading.dialect is not None
    assert door.plans[-1].reading.dialect.header


def test_the_stated_sheet_is_read_and_an_unknown_one_refused(door: Door) -> None:
    path = door.write(workbook([NAMES, *ROWS], [NAMES, *ROWS[:1]]), "book.xlsx")
    assert door.take(path, "sheet=Sheet2").read == 1
    assert door.take(path).read == 5
    with pytest.raises(ImportRefused, match="Sheet1, Sheet2"):
        door.take(path, "sheet=Nope")


def test_nested_objects_become_columns_one_level_deep(door: Door) -> None:
    door.text(
        '{"user": {"id": "u1", "a/b~c": 1}, "event": "open", "at": "2024-01-01T10:00:00+02:00"}\n'
        '{"user": {"id": "u2"}, "event": "open", "at": "2024-01-01T10:00:00Z", "tags": ["x", "y"]}\n'
        "not json\n\n"
        '{"user": {"id": "u3"}, "event": "close", "at": "2024-01-02T10:00:00.250Z"}\n',
    )
    names = [column.name for column in door.plans[-1].reading.columns]
    assert names == ["user.id", "user.a/b~c", "event", "at", "tags"]
    assert door.rows("person, name, occurred_at") == [
        ("u1", "open", at(2024, 1, 1, 8)),
        ("u2", "open", at(2024, 1, 1, 10)),
        ("u3", "close", at(2024, 1, 2, 10, 0, 0, 250_000)),
    ]


def test_reading_tells_what_it_found(door: Door) -> None:
    reading = read(door.write(cut(";").encode("utf-16")), folder=door.folder / "x")
    notes = " ".join(reading.notes)
    assert "utf-16-le" in notes
    assert "semicolon" in notes
    reading.close()
    assert list((door.folder / "x").iterdir()) == []


def test_only_a_line_end_ends_a_line(door: Door) -> None:
    """Other signs that Python takes for line ends stand inside of fields."""
    rows = [[f"k{i}", "2024-01-05", "1.50", "one\u2028two\x0bthree\x85four"] for i in range(40)]
    plan = door.plan(door.write(cut(",", rows)))
    assert plan.reading.dialect is not None
    assert plan.reading.dialect.why == "100% of the records have 4 fields this way"
    plan.reading.close()


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize("form", ["; {}", "{};", ";{};"])
def test_quoted_fields_may_begin_and_end_with_the_delimiter(door: Door, form: str, place: int) -> None:
    rows = [[*row[:place], form.format(n), *row[place + 1 :]] for n, row in enumerate(ROWS[:4])]
    summary = door.take(door.write(cut(";", rows)), "delimiter=;")
    assert (summary.stored, summary.parked) == (4, 0)
    column = "person" if place == 0 else "properties::json->>'city'"
    assert sorted(name for (name,) in door.rows(column)) == sorted(row[place] for row in rows)
