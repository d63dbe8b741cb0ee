"""The DuckDB file is a projection: lost, cut or spoiled, it comes back without a person."""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from emptychair.ledger.errors import LedgerDegradedError, LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.projection import Place, Projection
from emptychair.ledger.question import question

from .making import NOW, cards, count, given, orders, rows


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A closed ledger with rows in the lake, in the journal, and a promoted key."""
    ledger = Ledger.open(tmp_path)
    ledger.append(orders(200))
    ledger.seal(NOW)
    ledger.append(orders(50, first=200))
    ledger.promote("plan")
    ledger.close()
    return tmp_path


def spoil(path: Path, how: str) -> None:
    size = path.stat().st_size
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(path.read_bytes()[: size // 2])
    elif how == "garbage":
        path.write_bytes(b"\0garbage" * 5000)
    elif how == "spoiled inside":
        data = bytearray(path.read_bytes())
        for at in range(12288 + 1000, size, 4096):
            data[at : at + 16] = b"spoiled spoiled!"
        path.write_bytes(bytes(data))


@pytest.mark.parametrize("how", ["missing", "empty", "cut", "garbage", "spoiled inside"])
def test_a_spoiled_projection_is_set_aside_and_rebuilt(filled: Path, how: str) -> None:
    ledger = Ledger.open(filled)
    before = rows(ledger), cards(ledger)
    ledger.close()
    spoil(filled / "ledger" / "projection.duckdb", how)
    ledger = Ledger.open(filled)
    assert (rows(ledger), cards(ledger)) == before
    state = ledger.state()
    assert state.degraded is None
    assert len(state.set_aside) == (0 if how == "missing" else 1)
    assert ledger.ask(question("select count(p_plan) as n from signals")).to_pylist() == [{"n": 250}]
    ledger.close()


@pytest.mark.parametrize(("shift", "wrong"), [(64, b"X" * 4096), (0, bytes(262144))], ids=["spoiled", "lost"])
def test_whatever_block_is_wrong_the_next_question_is_answered_rightly(
    filled: Path, shift: int, wrong: bytes
) -> None:
    path = filled / "ledger" / "projection.duckdb"
    sound = path.read_bytes()
    repaired = 0
    for at in range(12288, len(sound), 262144):
        data = bytearray(sound)
        data[at + shift : at + shift + len(wrong)] = wrong
        path.write_bytes(bytes(data[: len(sound)]))
        ledger = Ledger.open(filled)
        with suppress(LedgerDegradedError):
            rows(ledger), cards(ledger)
        ledger.wait()
        assert len(rows(ledger)) == 250
        assert sum(int(str(card["signals"])) for card in cards(ledger)) == 250
        repaired += bool(ledger.state().set_aside)
        ledger.close()
        for old in path.parent.glob("*.bad"):
            old.unlink()
    assert repaired > 0


def test_a_file_of_an_older_version_is_rebuilt(filled: Path) -> None:
    ledger = Ledger.open(filled)
    before = rows(ledger), cards(ledger)
    ledger.close()
    with duckdb.connect(filled / "ledger" / "projection.duckdb") as connection:
        for view in ("signals", "memberships"):
            connection.execute(f"drop view {view}")
        connection.execute("alter table signal_rows alter kind type varchar")
    ledger = Ledger.open(filled)
    assert (rows(ledger), cards(ledger)) == before
    assert len(ledger.state().set_aside) == 1
    ledger.close()


def test_a_file_that_was_rebuilt_is_kept_from_others_while_it_is_open(filled: Path) -> None:
    path = filled / "ledger" / "projection.duckdb"
    opening = [sys.executable, "-c", "import duckdb, sys; duckdb.connect(sys.argv[1])", str(path)]
    spoil(path, "missing")
    ledger = Ledger.open(filled)
    assert "lock" in subprocess.run(opening, capture_output=True, text=True, check=False).stderr
    ledger.close()
    subprocess.run(opening, check=True)


def test_few_spoiled_files_are_kept(filled: Path) -> None:
    for _ in range(5):
        spoil(filled / "ledger" / "projection.duckdb", "garbage")
        ledger = Ledger.open(filled)
        assert count(ledger) == 250
        ledger.close()
    assert len(list((filled / "ledger").glob("*.bad"))) == 3


def test_a_file_deleted_while_it_is_open_is_rebuilt_and_signals_are_taken_in_meanwhile(filled: Path) -> None:
    ledger = Ledger.open(filled)
    (filled / "ledger" / "projection.duckdb").unlink()
    ledger.load(NOW)
    ledger.append(orders(10, first=250))
    ledger.wait()
    ledger.load(NOW)
    assert count(ledger) == 260
    assert (filled / "ledger" / "projection.duckdb").exists()
    ledger.close()


def test_a_rebuild_that_failed_is_tried_again_later_and_signals_are_taken_in_meanwhile(filled: Path) -> None:
    spoilt = next((filled / "ledger" / "lake" / "signals").rglob("*.parquet"))
    sound = spoilt.read_bytes()
    spoilt.write_bytes(b"no Parquet")
    spoil(filled / "ledger" / "projection.duckdb", "missing")
    with pytest.raises(LedgerError, match=spoilt.name):
        Ledger.open(filled)
    ledger = Ledger.open(filled, wait=False)
    ledger.wait()
    assert spoilt.name in str(ledger.state().degraded)
    ledger.append(orders(10, first=250))
    spoilt.write_bytes(sound)
    for seconds in (0, 1, 31):
        ledger.load(NOW + timedelta(seconds=seconds))
        ledger.wait()
    assert count(ledger) == 260
    ledger.close()


def test_a_rebuild_that_is_killed_is_begun_again(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    with ledger.staging("imp_1") as staging:
        staging.connection.execute(f"create temp table a as {given('range(400000)')}")
        staging.admit("a")
    ledger.close()
    spoil(tmp_path / "ledger" / "projection.duckdb", "missing")
    opening = "import pathlib, sys; from emptychair.ledger.ledger import Ledger; print(flush=True); "
    for killed in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", opening + "Ledger.open(pathlib.Path(sys.argv[1]))", str(tmp_path)],
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.1 + killed * 0.06)
            process.kill()
    ledger = Ledger.open(tmp_path)
    assert count(ledger) == 400_000
    assert sum(int(str(card["signals"])) for card in cards(ledger)) == 300_000
    ledger.close()


def test_only_while_it_is_built_a_projection_lets_rows_change_their_order(tmp_path: Path) -> None:
    place = Place(path=tmp_path / "p.duckdb", folders=[], temporary=tmp_path, memory_limit="100MB", threads=1)
    projection = Projection(place)
    asked = "select current_setting('preserve_insertion_order')"
    with suppress(ZeroDivisionError), projection.building() as connection:
        assert connection.execute(asked).fetchall() == [(False,)]
        connection.execute("insert into sorted_months values ('2026-01')")
        raise ZeroDivisionError
    with projection.reading() as cursor:
        assert cursor.execute(asked).fetchall() == [(True,)]
        assert cursor.execute("from sorted_months").fetchall() == []
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            cursor.execute("set memory_limit = '1GB'")
    projection.close()


def test_without_waiting_questions_are_refused_until_the_projection_is_there(filled: Path) -> None:
    spoil(filled / "ledger" / "projection.duckdb", "missing")
    ledger = Ledger.open(filled, wait=False)
    ledger.append(orders(10, first=250))
    with suppress(LedgerDegradedError):
        assert count(ledger) == 250
    ledger.wait()
    ledger.load(NOW)
    assert count(ledger) == 260
    ledger.close()


def test_a_projection_of_another_time_is_built_anew(filled: Path) -> None:
    path = filled / "ledger" / "projection.duckdb"
    old = path.read_bytes()
    ledger = Ledger.open(filled)
    for part in range(3):
        ledger.append(orders(50, first=250 + part * 50))
        ledger.seal(NOW)
    before = rows(ledger), cards(ledger)
    ledger.close()
    path.write_bytes(old)
    ledger = Ledger.open(filled)
    assert (rows(ledger), cards(ledger)) == before
    ledger.close()


def test_a_staging_reads_what_it_may_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("a\n1\n")
    (tmp_path / "b.csv").write_text("a\n1\n")
    ledger = Ledger.open(tmp_path / "home", readable=[tmp_path / "in"])
    with ledger.staging("imp_1") as staging:
        connection = staging.connection
        assert connection.execute(f"select * from read_csv('{tmp_path}/in/a.csv')").fetchall() == [(1,)]
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{tmp_path}/b.csv')")
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("set enable_external_access = true")
    ledger.close()
