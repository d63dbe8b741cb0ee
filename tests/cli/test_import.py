"""Files taken in from the command line: shown, stored, parked, refused, and taken back."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ORDERS = """customer,ordered at,total
ada,2024-01-05,10.50
ben,2024-01-09,20
ada,2024-02-11,not a number
ada,2024-03-02,-10.50
,2024-03-04,7
"""


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


def books(told: str) -> dict[str, int]:
    counts: dict[str, int] = json.loads(told)[0]["summary"]
    assert counts["read"] == sum(counts[name] for name in ("stored", "duplicate", "refused", "parked"))
    return counts


def test_a_bad_row_is_parked_by_number_field_and_value_and_the_rest_is_stored(run: Run, orders: Path) -> None:
    done = run("import", orders)
    assert done.returncode == 0, done.stderr
    assert "5 read = 4 stored + 0 duplicate + 0 refused + 1 parked" in done.stdout
    assert "not a number" in done.stdout
    parked = json.loads(run("import", orders, "--dry-run", "--json").stdout)[0]["parked_rows"]
    assert [(row["row"], row["field"], row["value"]) for row in parked] == [(3, "total", "not a number")]


def test_the_same_file_twice_adds_nothing(run: Run, orders: Path) -> None:
    assert books(run("import", orders, "--json").stdout)["stored"] == 4
    again = books(run("import", orders, "--json").stdout)
    assert (again["stored"], again["duplicate"]) == (0, 4)


def test_a_dry_run_shows_the_plan_and_stores_nothing(run: Run, orders: Path) -> None:
    shown = run("import", orders, "--dry-run")
    assert shown.returncode == 0
    assert "orders of customers" in shown.stdout
    assert "Nothing was stored" in shown.stdout
    assert json.loads(run("score", "--json").stdout) == []


def test_an_import_is_taken_back_with_everything_it_brought(run: Run, orders: Path) -> None:
    import_id = json.loads(run("import", orders, "--json").stdout)[0]["import"]
    taken = run("withdraw", import_id)
    assert "4 signals removed" in taken.stdout
    assert json.loads(run("score", "--json").stdout) == []
    assert json.loads(run("imports", "--json").stdout)[0]["status"] == "withdrawn"
    assert books(run("import", orders, "--json").stdout)["stored"] == 4


def test_an_ambiguous_date_order_is_asked_and_nothing_is_stored_until_it_is_answered(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer,date,total\n" + "".join(f"c{n},0{n}/0{n + 1}/2024,5\n" for n in range(1, 9)))
    asked = run("import", path)
    assert asked.returncode == 1
    assert "--map" in asked.stdout
    assert ":dmy" in asked.stdout
    assert json.loads(run("imports", "--json").stdout) == []
    answered = run("import", path, "--map", "time=date:dmy", "--json")
    assert books(answered.stdout)["stored"] == 8


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(200), b"\x00" * 5000, b"PK\x03\x04oops"]
)
def test_what_is_no_table_is_refused_in_one_line(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing.csv"
    path.write_bytes(content)
    refused = run("import", path)
    assert refused.returncode == 1
    assert "thing.csv" in refused.stderr
    assert "Traceback" not in refused.stderr + refused.stdout


def test_a_sound_file_is_stored_beside_one_that_is_refused(run: Run, orders: Path, tmp_path: Path) -> None:
    told = run("import", tmp_path / "missing.csv", orders, "--json")
    assert told.returncode == 1
    first, second = json.loads(told.stdout)
    assert "no file" in first["error"]
    assert second["summary"]["stored"] == 4


def test_the_parked_rows_can_be_listed_later(run: Run, orders: Path) -> None:
    import_id = json.loads(run("import", orders, "--json").stdout)[0]["import"]
    listed = json.loads(run("imports", import_id, "--parked", "--json").stdout)[0]
    assert [row["value"] for row in listed["parked_rows"]] == ["not a number"]


def test_a_mistake_in_the_options_is_one_line_and_no_trace(run: Run, orders: Path) -> None:
    run("import", orders)
    for arguments in (
        ("import", orders, "--map", "nonsense"),
        ("import", orders, "--map", "person=nobody"),
        ("withdraw", "imp_nothing"),
        ("imports", "imp_nothing"),
        ("score", "--by", "no such field"),
        ("score", "--from", "2024-02-01", "--to", "2024-01-01"),
    ):
        refused = run(*arguments)
        assert refused.returncode != 0, arguments
        assert "Traceback" not in refused.stderr + refused.stdout, arguments
        assert refused.stderr.strip(), arguments
