"""The DuckDB file is a projection: lost, cut or spoiled, it comes back without a person."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from emptychair.ledger.errors import LedgerDegradedError, LedgerError
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

from .making import NOW, cards, count, orders, rows


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


def test_whatever_block_is_spoiled_the_next_question_is_answered_rightly(filled: Path) -> None:
    path = filled / "ledger" / "projection.duckdb"
    sound = path.read_bytes()
    repaired = 0
    for at in range(12288 + 64, len(sound), 262144):
        data = bytearray(sound)
        data[at : at + 4096] = b"X" * 4096
        path.write_bytes(bytes(data))
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
