"""No content of a file may become a stack trace, a lost row or a statement."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from emptychair.listen.imports import ImportRefused, PlanIncomplete, Shape, read
from emptychair.listen.imports.dialect import Dialect
from emptychair.listen.imports.parts import write_parts
from tests.listen.conftest import Door

GOOD = "id,created_at,event\n" + "".join(f"p{i},2024-01-{i % 28 + 1:02d},login\n" for i in range(40))


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


REFUSED = {
    "empty": (b"", "is empty"),
    "only_blanks": (b"\n \n\n", "only blanks"),
    "header_only": (b"person,time,amount\n", "header and no rows"),
    "binary": (random.Random(7).randbytes(5000), "binary data"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture"),
    "old_excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    "zip_no_xlsx": (zipped(readme="hello"), "no readable .xlsx"),
    "cut_gzip": (gzip.compress(GOOD.encode() * 100)[:-40], "damaged or cut gzip"),
    "broken_gzip": (b"\x1f\x8b\x08\x00" + b"junk" * 50, "damaged or cut gzip"),
    "gzip_of_nothing": (gzip.compress(b""), "empty inside"),
    "broken_zstd": (b"\x28\xb5\x2f\xfd" + b"junk" * 50, "damaged or cut zstd"),
    "broken_bzip2": (b"BZh9" + b"junk" * 50, "damaged or cut bzip2"),
    "broken_parquet": (b"PAR1" + b"junk" * 50 + b"PAR1", "damaged Parquet"),
    "json_array": (b'[{"a": 1}, {"a": 2}]', "one object per line"),
    "json_scalars": (b'{"a"\n{"b"\n', "no line is a JSON object"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_a_sentence(door: Door, name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(ImportRefused, match=words) as caught:
        door.take(door.write(content, f"{name}.dat"))
    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value)) < 600
    left = list((door.folder / "ledger" / "tmp").glob("import-*"))
    assert left == []


def test_a_folder_and_a_missing_file_are_refused(door: Door) -> None:
    with pytest.raises(ImportRefused, match="is a folder"):
        read(door.folder, folder=door.folder)
    with pytest.raises(ImportRefused, match="does not exist"):
        read(door.folder / "nothing.csv", folder=door.folder)


def test_a_decompression_bomb_is_refused(door: Door) -> None:
    bomb = gzip.compress(b"a,b\n" * (70 << 20), compresslevel=9)
    with pytest.raises(ImportRefused, match="times its size"):
        door.take(door.write(bomb, "bomb.csv.gz"))


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    cut = Dialect(delimiter=",", quote='"', header=True, width=2, ragged=False, why="")
    with pytest.raises(ImportRefused, match="not a table of rows"):
        list(write_parts((b"x" * 1000 for _ in range(100)), tmp_path, cut, size=10_000, longest=10_000))


def test_a_very_long_record_is_parked_and_the_rest_is_stored(door: Door) -> None:
    summary = door.text(
        "person,time,message\na,2024-01-01,hi\nb,2024-01-02," + "x" * (5 << 20) + "\nc,2024-01-03,bye\n"
    )
    assert (summary.read, summary.stored, summary.parked) == (3, 2, 1)
    assert summary.parked_rows.to_pylist()[0]["row"] == 2


def test_records_that_cannot_be_cut_are_parked_with_their_place(door: Door) -> None:
    lines = ["person,time,event"] + [f"p{i},2024-01-01,login" for i in range(1, 11)]
    lines[3] = "p3,2024-01-01"
    lines[5] = "p5,2024-01-01,login,more,fields"
    lines[7] = 'p7,2024-01-01,"never closed'
    lines[9] = "p9,not a date,login"
    summary = door.text("\n".join(lines) + "\n")
    assert (summary.read, summary.stored, summary.parked) == (10, 6, 4)
    parked = summary.parked_rows.to_pylist()
    assert [(row["row"], row["line"], row["field"]) for row in parked] == [
        (3, 4, "record"), (5, 6, "record"), (7, 8, "record"), (9, 10, "time"),
    ]  # fmt: skip
    assert parked[0]["expected"] == "3 fields; this record has 2"
    assert "quote" in parked[2]["expected"]
    assert parked[3]["value"] == "not a date"
    assert {person for (person,) in door.rows("person")} == {"p1", "p2", "p4", "p6", "p8", "p10"}


def lines_of(count: int, first: int = 0) -> str:
    """Rows of some 40 bytes, every one another."""
    return "".join(
        f"p{n:08},2024-01-{n % 28 + 1:02d},login number {n:08}\n" for n in range(first, first + count)
    )


def test_damage_deep_inside_a_long_file_costs_only_its_record(door: Door) -> None:
    text = "id,created_at,event\n" + lines_of(90_000) + 'p7,2024-01-01,"open\n' + lines_of(60_000, 90_000)
    summary = door.text(text)
    assert len(door.plans[0].reading.parts) > 2
    assert (summary.read, summary.stored, summary.parked) == (150_001, 150_000, 1)
    (row,) = summary.parked_rows.to_pylist()
    assert (row["row"], row["line"], row["field"]) == (90_001, 90_002, "record")


@pytest.mark.parametrize("before", [1, 12_000, 30_000, 400_000])
@pytest.mark.parametrize(
    "end", ['x,"open', 'x, "open', 'x,"open, ""and"" never closed', '5" plate,"open'], ids=range(4)
)
def test_a_quote_that_is_never_closed_costs_its_record_wherever_it_stands(
    door: Door, before: int, end: str
) -> None:
    """In one part, in few, and in more than the engine reads with several threads each."""
    lines = [f"p{n},2024-01-{n % 28 + 1:02d},login,{n:030}\n" for n in range(before + 20_000)]
    lines.insert(before, f"p7,2024-01-01,{end}\n")
    summary = door.text("id,created_at,event,more\n" + "".join(lines))
    assert (summary.read, summary.stored, summary.parked) == (before + 20_001, before + 20_000, 1)
    (row,) = summary.parked_rows.to_pylist()
    assert (row["row"], row["line"], row["field"]) == (before + 1, before + 2, "record")


def test_a_quote_that_is_never_closed_costs_its_record_in_a_ragged_table_too(door: Door) -> None:
    lines = [f"p{n},2024-01-{n % 28 + 1:02d},login" + f",{n}" * (n % 3) for n in range(3_000)]
    lines[2_000] = 'p7,2024-01-01,"open'
    summary = door.text("id,created_at,event,a,b\n" + "\n".join(lines) + "\n", "delimiter=,")
    assert (summary.read, summary.stored, summary.parked) == (3_000, 2_999, 1)


def test_fields_of_several_lines_are_no_damage(door: Door) -> None:
    rows = "".join(
        f'p{n},2024-01-{n % 28 + 1:02d},"login\nof ""{n:030}""","a, ""b"" \n\n c"\n' for n in range(200_000)
    )
    summary = door.text("id,created_at,event,more\n" + rows)
    assert len(door.plans[0].reading.parts) > 4
    assert (summary.read, summary.stored, summary.parked) == (200_000, 200_000, 0)


def test_a_part_of_blank_lines_moves_no_row(door: Door) -> None:
    text = "id,created_at,event\n" + lines_of(50_000) + "\n" * (5 << 20) + lines_of(50_000, 50_000)
    summary = door.text(text + "p1,yesterday,login\n")
    assert (summary.read, summary.stored, summary.parked) == (100_001, 100_000, 1)
    assert summary.parked_rows["row"].to_pylist() == [100_001]


def test_the_same_long_file_twice_adds_nothing_and_a_longer_one_its_end(door: Door) -> None:
    head = "id,created_at,event\n"
    same = lines_of(2_000)
    first = door.text(head + lines_of(100_000) + same)
    assert (first.stored, first.duplicate) == (102_000, 0)
    again = door.text(head + lines_of(100_000) + same)
    assert (again.stored, again.duplicate) == (0, 102_000)
    longer = door.text(head + lines_of(100_010) + same)
    assert (longer.stored, longer.duplicate) == (10, 102_000)


def test_line_breaks_in_quotes_stay_and_rows_after_them_are_counted_right(door: Door) -> None:
    summary = door.text(
        'person,time,comment\na,2024-01-01,"one\ntwo, three"\nb,never,"x\n\ny"\n'
        'c,2024-01-03,"say ""hi"""\nd,2024-01-04\n'
    )
    assert (summary.read, summary.stored, summary.parked) == (4, 2, 2)
    assert [row["row"] for row in summary.parked_rows.to_pylist()] == [2, 4]
    assert [text for (text,) in door.rows("text")] == ["one\ntwo, three", 'say "hi"']


def test_quotes_inside_fields_are_letters(door: Door) -> None:
    summary = door.text('person,time,comment\na,2024-01-01,a 5" screen\nb,2024-01-02,it is 6" wide\n' * 1)
    assert summary.stored == 2
    assert [text for (text,) in door.rows("text")] == ['a 5" screen', 'it is 6" wide']


def test_zero_bytes_are_taken_out_and_said(door: Door) -> None:
    path = door.write(GOOD.replace("p7,", "p\x007,"))
    summary = door.take(path)
    assert summary.stored == 40
    assert any("zero bytes" in note for note in door.plans[-1].reading.notes)


def test_names_that_are_missing_or_twice_are_told_apart(door: Door) -> None:
    door.text("person,time,event,,x,x\n" + "a,2024-01-01,login,1,2,3\n" * 3)
    assert [column.name for column in door.plans[-1].reading.columns] == [
        "person",
        "time",
        "event",
        "c4",
        "x",
        "x_2",
    ]
    assert door.rows("properties")[0] == ('{"c4":"1","x":"2","x_2":"3"}',)


def test_two_thousand_columns_are_read(door: Door) -> None:
    names = ["person", "time", "event"] + [f"k{i}" for i in range(1_997)]
    line = "a,2024-01-01,login," + ",".join(str(i) for i in range(1_997))
    summary = door.text(",".join(names) + "\n" + f"{line}\n" * 3)
    assert summary.stored == 3


def test_too_many_columns_are_refused(door: Door) -> None:
    with pytest.raises(ImportRefused, match="at most"):
        door.text(",".join(f"k{i}" for i in range(5_000)) + "\n" + ",".join(["1"] * 5_000) + "\n")


def test_one_column_of_words_is_messages(door: Door) -> None:
    summary = door.text("comment\nThe app is, all in all, quite good\nIt crashes; always when I open it\n")
    assert summary.stored == 2
    assert door.plans[-1].shape is Shape.MESSAGES


EVIL = [
    '"; drop table signal_rows; --',
    "'); drop table signal_rows; --",
    "{{ 7 * 7 }}{% for x in y %}",
    "{rows}",
    "%s %(x)s \\ \\n $$ /* --",
    "=cmd|' /C calc'!A0",
    "c0",
    "a.b",
    "$.a",
]


@pytest.mark.parametrize("evil", EVIL)
def test_names_and_values_are_data(door: Door, evil: str) -> None:
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["person", "time", "comment", evil])
    writer.writerow([evil, "2024-01-01", f"{evil} and words that follow it", evil])
    writer.writerow(["b", "2024-01-02", "some other words that are long", ""])
    summary = door.text(out.getvalue())
    assert summary.stored == 2
    ((person, text, properties), _) = door.rows("person, text, properties::json->>'$' as p")
    assert (person, text) == (evil, f"{evil} and words that follow it")
    import json

    assert json.loads(properties) == {evil: evil}
    path = door.write(out.getvalue().replace("2024", "24"), "b.csv")
    with pytest.raises(ImportRefused):
        door.take(path, f"time={evil}:dmy:x")


def test_a_plan_with_questions_stores_nothing(door: Door) -> None:
    path = door.write("person,time,amount\na,01/02/2024,5\nb,03/04/2024,6\n")
    with pytest.raises(PlanIncomplete, match=r"--map time=time:dmy or --map time=time:mdy"):
        door.take(path)
    assert door.rows() == []


def test_random_bytes_never_become_a_stack_trace(door: Door) -> None:
    rng = random.Random(11)
    letters = b'abc,;\t|"\n\r\n\x00\xff\xc3\xa9 0123456789-/:.{}[]'
    for number in range(60):
        content = bytes(rng.choice(letters) for _ in range(rng.randrange(1, 400)))
        try:
            summary = door.take(door.write(content, f"r{number}.csv"), shape=Shape.MESSAGES)
        except ImportRefused:
            continue
        assert summary.read == summary.stored + summary.duplicate + summary.parked
